"""A confusion matrix: a row what people did, a column what the agent would have done, colour the share of its row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from console.models.matrix import Matrix
from console.theme import paint
from console.theme.look import Look
from console.widgets.charts.chart import Chart
from console.words import count

_CELL, _NAMES, _HEAD, _SUM = 38, 176, 40, 56


class HeatMap(Chart):
    """The matrix; cells can be walked with the arrow keys and opened.

    Signals:
        opened: (row, column) of a cell (click, Enter).
    """

    opened = Signal(int, int)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self._matrix = Matrix((), (), (), ())
        self._at: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_matrix(self, matrix: Matrix) -> None:
        """Show another matrix."""
        self._matrix, self._at = matrix, None
        same = sum(row[matrix.columns.index(name)] for name, row in zip(matrix.rows, matrix.cells, strict=True)
                   if name in matrix.columns)  # fmt: skip
        self.describe(self.tr("{same} of {all} the same").format(same=same, all=sum(matrix.totals)))

    def height_needed(self) -> int:
        return self.look.px(_HEAD) + self.look.px(_CELL) * max(1, len(self._matrix.rows)) + self.look.px(6)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.look.px(_NAMES + _SUM + 30 * max(1, len(self._matrix.columns))), self.height_needed())

    def _cell(self, row: int, column: int) -> QRectF:
        look = self.look
        left = look.px(_NAMES)
        width = min(look.px(96), (self.width() - left - look.px(_SUM)) / max(1, len(self._matrix.columns)))
        top = look.px(_HEAD) + row * look.px(_CELL)
        return QRectF(round(left + column * width), top, round(width) - 2, look.px(_CELL) - 2)

    def draw(self, painter: QPainter) -> None:
        look, matrix = self.look, self._matrix
        numbered = self._numbered()
        for column, name in enumerate(matrix.columns):
            box = self._cell(0, column)
            short = str(column + 1) if numbered and column < len(matrix.rows) else name
            lines = paint.wrap(look, short, "caption", box.width(), 2)
            top = look.px(_HEAD) - look.px(4) - look.line("caption") * len(lines)
            for line in lines:
                where = QRectF(box.x(), top, box.width(), look.line("caption"))
                paint.text(painter, look, where, line, "caption", "faint", "centre", elide=True)
                top += look.line("caption")
        for row, name in enumerate(matrix.rows):
            box = self._cell(row, 0)
            left = look.px(22) if numbered else 0
            if numbered:
                number = QRectF(0, box.y(), look.px(14), box.height())
                paint.text(painter, look, number, str(row + 1), "mono.small", "faint", "right")
            lines = paint.wrap(look, name, "small.name", look.px(_NAMES) - look.px(10) - left, 2)
            tall = look.line("small.name")
            above = box.center().y() - tall * len(lines) / 2
            for place, part in enumerate(lines):
                where = QRectF(left, above + place * tall, look.px(_NAMES) - look.px(10) - left, tall)
                paint.text(painter, look, where, part, "small.name", elide=True)
            for column in range(len(matrix.columns)):
                self._draw_cell(painter, row, column)
            where = QRectF(self.width() - look.px(_SUM), box.y(), look.px(_SUM), box.height())
            paint.text(painter, look, where, count(matrix.totals[row]), "mono.small", "dim", "right")

    def _numbered(self) -> bool:
        """Return whether a name does not fit above its column; then rows and columns are numbered alike."""
        matrix, width = self._matrix, self._cell(0, 0).width()
        if matrix.columns[: len(matrix.rows)] != matrix.rows:
            return False
        fits = (
            len(paint.wrap(self.look, name, "caption", width)) <= 2
            and all(self.look.width(word, "caption") <= width for word in name.split())
            for name in matrix.columns
        )
        return not all(fits)

    def _draw_cell(self, painter: QPainter, row: int, column: int) -> None:
        look, matrix, box = self.look, self._matrix, self._cell(row, column)
        value, total = matrix.cells[row][column], max(1, matrix.totals[row])
        paint.fill(painter, look, box, "raised", 3)
        if value:
            same = matrix.rows[row] == matrix.columns[column]
            tint = QColor(look.colour("run_f" if same else "err_f"))
            # The tint stays light enough for text in the theme's own colour to be read on it.
            tint.setAlphaF(0.14 + 0.36 * min(1.0, value / total))
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(box, look.px(3), look.px(3))
            painter.restore()
        words, role = (count(value), "text") if value else ("·", "faint")
        paint.text(painter, look, box, words, "mono.name" if value else "mono.small", role, "centre")
        if (row, column) == self._at:
            paint.outline(painter, look, box, "text", 4, width=2)

    def _found(self, x: float, y: float) -> tuple[int, int] | None:
        for row in range(len(self._matrix.rows)):
            for column in range(len(self._matrix.columns)):
                if self._cell(row, column).contains(x, y):
                    return row, column
        return None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._choose(self._found(event.position().x(), event.position().y()), opening=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._matrix.rows:
            row, column = self._at or (0, -1 if step == (0, 1) else 0)
            row = min(max(row + step[0], 0), len(self._matrix.rows) - 1)
            self._choose((row, min(max(column + step[1], 0), len(self._matrix.columns) - 1)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.opened.emit(*self._at)
        else:
            super().keyPressEvent(event)

    def _choose(self, at: tuple[int, int] | None, *, opening: bool = False) -> None:
        if at is None:
            return
        self._at = at
        self.describe(self.words_of(*at))
        if opening:
            self.opened.emit(*at)

    def words_of(self, row: int, column: int) -> str:
        """Return a cell in words."""
        matrix = self._matrix
        return self.tr("people: {person}, agent: {agent}: {cases} of {all}").format(
            person=matrix.rows[row], agent=matrix.columns[column], cases=matrix.cells[row][column],
            all=matrix.totals[row],
        )  # fmt: skip

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._found(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self.words_of(*at) if at else "", self)
            return True
        return super().event(event)
