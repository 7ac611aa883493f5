"""The list of runs: a filter, and rows in three groups."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.console import Console
from console.models import runs
from console.models.paged import PagedRows
from console.signs import MODE, STATE, sign
from console.theme import paint
from console.theme.look import Look
from console.widgets.field import Field
from console.widgets.paged_list import PagedList, RowState
from console.widgets.pill import HATCHED, paint_pill, pill_size
from storage.ids import now_us
from storage.queries.live import RunRow

ROW, WIDTH = 76, 296
_QUIET_MS = 120
"""How long after the last key the filter is asked."""
_ROLES = {"running": "run", "paused": "wait", "finished": "ok", "handed_off": "dim", "failed": "err", "stopped": "err"}
_ICONS = {"asking": "circle-pause", "waiting": "circle-pause", "paused": "circle-pause"}


class RunList(QWidget):
    """The pane.

    Signals:
        chosen: another run (a RunRow, or None) is current.
        opened: a run was opened (Enter, double click).
        counted: how many runs are in each group (a list of int).
    """

    chosen = Signal(object)
    opened = Signal(object)
    counted = Signal(object)

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._you = console.look, console.you
        self.filter = Field(console.look, self.tr("Filter runs"), "list-filter", "/")
        self.model = PagedRows(console.reads, console.tasks, "runs", runs.sources(), self)
        self.model.words = runs.spoken
        self.rows = PagedList(console.look, self.model, self._paint, row_height=ROW, name=self.tr("Runs"), margin=20)
        self.rows.current_changed.connect(self.chosen)
        self.rows.activated.connect(self.opened)
        self.model.groups_changed.connect(self._count)
        self.filter.textChanged.connect(self._typed)
        self.filter.returnPressed.connect(self.rows.setFocus)
        self._wait = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._wait.timeout.connect(self._filter)
        self._second = QTimer(self, interval=1_000)
        self._second.timeout.connect(self.rows.viewport().update)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.filter)
        self._column.addWidget(self.rows, 1)
        self._field_margins()
        console.look.changed.connect(self._field_margins)

    def sizeHint(self) -> QSize:
        """Return the width of the design."""
        return QSize(self._look.px(WIDTH), self._look.px(600))

    def _field_margins(self) -> None:
        px = self._look.px
        self._column.setContentsMargins(0, px(12), 0, 0)
        self._column.setSpacing(px(6))
        # The list goes from edge to edge, the field does not.
        self.filter.setFixedWidth(max(px(120), self.width() - px(24)))
        self._column.setAlignment(self.filter, Qt.AlignmentFlag.AlignHCenter)
        self.setMinimumWidth(px(240))
        self.update()

    def resizeEvent(self, event: object) -> None:
        """Keep the field's margins."""
        self._field_margins()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pane's ground."""
        painter = QPainter(self)
        paint.fill(painter, self._look, self.rect(), "panel")
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Count seconds while it is seen."""
        self._second.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        self._second.stop()
        self._wait.stop()
        super().hideEvent(event)

    def _typed(self) -> None:
        self._wait.start()

    def _filter(self) -> None:
        words = self.filter.text()
        self.rows.empty = self.tr("No run fits this filter.") if words.strip() else ""
        self.model.change_sources(runs.sources(words))

    def _count(self) -> None:
        self.counted.emit([group.rows for group in self.model.groups()])

    def _paint(self, painter: QPainter, look: Look, box: QRect, row: RunRow | None, state: RowState) -> None:
        px = look.px
        tile = QRectF(box.x() + px(8), box.y(), box.width() - px(16), px(72))
        if row is None:
            paint.fill(painter, look, QRectF(tile.x() + px(36), box.y() + px(12), px(140), px(10)), "sunken", 4)
            paint.fill(painter, look, QRectF(tile.x() + px(36), box.y() + px(34), px(90), px(8)), "sunken", 4)
            return
        if state.current:
            paint.fill(painter, look, tile, "sel", 6)
        elif state.hovered:
            paint.fill(painter, look, tile, "hover", 6)
        if state.focused:
            paint.focus_ring(painter, look, tile)
        self._paint_words(painter, look, box, row, state)

    def _paint_words(self, painter: QPainter, look: Look, box: QRect, row: RunRow, state: RowState) -> None:
        px = look.px
        shadow = row.mode != "live"
        meaning = sign(STATE, row.state)
        role = _ROLES.get(row.state, "wait")
        icon = _ICONS.get(row.state, meaning.icon)
        if shadow and row.state == "running":
            icon, role = "circle-dashed", "shadow"
        paint.icon(painter, look, QRectF(box.x() + px(20), box.y() + px(8), px(16), px(20)), icon, role)
        left, right = box.x() + px(44), box.right() - px(19)
        width = right - left
        title = QRectF(left, box.y() + px(8), width + px(6), px(20))
        paint.text(painter, look, title, runs.title(row), "strong" if state.current else "name", elide=True)
        time = runs.elapsed(row, now_us())
        time_role = "wait" if row.waits is not None or row.state in ("paused", "asking", "waiting", "doubt") else "dim"
        taken = look.width(time, "small")
        second = QRectF(left, box.y() + px(30), width, px(16))
        paint.text(painter, look, second, time, "small", time_role, "right")
        name = QRectF(left, second.y(), width - taken - px(8), px(16))
        paint.text(painter, look, name, runs.agent_name(row.agent), "small", "dim", elide=True)
        words, words_role = runs.line(row, self._you)
        room = width
        if shadow:
            word = sign(MODE, row.mode).word
            size = pill_size(look, word)
            paint_pill(painter, look, right - size.width(), box.y() + px(46), word, HATCHED)
            room -= size.width() + px(8)
        third = QRectF(left, box.y() + px(48), room, px(16))
        paint.text(painter, look, third, words, "small", words_role, elide=True)
