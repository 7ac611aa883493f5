"""A table that opens, and the first of a card: exactly what will be sent and where each value comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from console.models.inbox_card import Argument
from console.theme import paint
from console.theme.look import Look
from console.views.inbox.section import Pen, Section

ROW, PAD, BAR = 30, 16, 3
LINES, ALL_LINES = 4, 400
_ROWS = 12
_UNFOLDED, _BRIEF = 7, 60
"""Rows of a call that is shown whole; characters of a value that a longer one may fold."""
_ORIGINS = {
    "record": ("database", "ok", "System of record"), "case": ("file-text", "text", "Case"),
    "unproven": ("triangle-alert", "wait", "UNPROVEN"), "": ("minus", "faint", "Needs no proof"),
}  # fmt: skip


class _Columns(NamedTuple):
    """Where columns begin and how wide names are, in pixels; `source` is 0 where it goes under the origin."""

    value: int
    origin: int
    source: int
    names: int


class Table(Section):
    """A table that shows its beginning, and all of it on a click or Enter.

    Signals:
        opened: more or less of it is shown now.
    """

    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.all_shown = False
        self._cut = False

    def toggle(self) -> None:
        """Show all of it, or its beginning again."""
        if self._cut or self.all_shown:
            self.all_shown = not self.all_shown
            self.refresh()
            self.opened.emit()

    def fold(self, cut: bool) -> None:
        """Take up whether there is more than is shown."""
        self._cut = cut
        can = cut or self.all_shown
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (self._cut or self.all_shown):
            self.toggle()
        else:
            event.ignore()

    def lay_more(self, pen: Pen, y: int, width: int, hidden: str) -> int:
        """Draw the line that says how much is not shown."""
        px = self.look.px
        text = self.tr("Show less") if self.all_shown else hidden
        pen.icon(px(PAD), y, "chevron-up" if self.all_shown else "chevron-down", "dim", 14, ROW)
        pen.text(QRect(px(PAD + 22), y, width - px(2 * PAD + 22), px(ROW)), text, "small.name", "dim", elide=True)
        return px(ROW)


class Arguments(Table):
    """Name, value, origin, source; what is unproven stands out."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._rows: Sequence[Argument] = ()
        self._title = self._right = ""
        self._warnings: Sequence[str] = ()

    def show_rows(self, rows: Sequence[Argument], title: str, right: str, warnings: Sequence[str] = ()) -> None:
        """Show these arguments; `warnings` is what is wrong with the call as a whole."""
        if rows != self._rows:
            self.all_shown = False
        self._rows, self._title, self._right, self._warnings = rows, title, right, warnings
        self.setAccessibleName(title)
        said = [f"{r.path}: {r.value}, {self.tr(_ORIGINS[r.origin][2])} {r.detail or r.source}".strip() for r in rows]
        self.setAccessibleDescription(". ".join([*warnings, *said]))
        self.setToolTip("\n".join(f"{r.path}: {r.detail}" for r in rows if r.detail))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px, y = self.look.px, pen.head(0, width, self._title, self._right, "mono.small")
        top = y
        columns = self._columns(width)
        if pen.painter is not None:
            height = self.lay(Pen(self.look), width) - top
            pen.card(QRect(0, top, width, height))
        for warning in self._warnings:
            y += self._lay_warning(pen, y, width, warning)
        cut, number = False, 0
        first, quiet = (list(self._rows), []) if self.all_shown else parted(self._rows)
        shown = first if self.all_shown else first[:_ROWS]
        for number, row in enumerate(shown):
            if number or self._warnings:
                pen.rule(1, y, width - 2)
            height, long = self._lay_row(pen, y, width, row, columns)
            y, cut = y + height, cut or long
        if not self._rows:
            pen.text(
                QRect(px(PAD), y, width - px(2 * PAD), px(ROW)), self.tr("Nothing is sent with it."), "body", "dim"
            )
            y += px(ROW)
        hidden = len(first) - len(shown)
        self.fold(cut or hidden > 0 or bool(quiet))
        if cut or hidden or quiet or self.all_shown:
            pen.rule(1, y, width - 2)
            y += self.lay_more(pen, y, width, self._more(hidden, quiet))
        pen.outline(QRect(0, top, width, y - top))
        return y

    def _more(self, hidden: int, quiet: Sequence[Argument]) -> str:
        if hidden:
            return self.tr("Show {0} more").format(hidden + len(quiet))
        if not quiet:
            return self.tr("Show long values whole")
        said = self.tr("and 1 more that needs no proof") if len(quiet) == 1 else self.tr(
            "and {0} more that need no proof").format(len(quiet))  # fmt: skip
        return f"{said}: {', '.join(row.path for row in quiet)}"

    def _columns(self, width: int) -> _Columns:
        """Return where the columns begin; the source goes under the origin where values would not fit else."""
        px, look = self.look.px, self.look
        names = max((look.width(row.path, "mono") for row in self._rows), default=0)
        words = max((look.width(self.tr(_ORIGINS[row.origin][2]), "name") for row in self._rows), default=0)
        sources = max((look.width(row.source, "small") for row in self._rows), default=0)
        values = max((look.width(row.value, "mono.name") for row in self._rows), default=0)
        value = px(PAD) + round(min(max(names + px(24), px(104)), width * 0.30))
        source = width - px(PAD) - round(min(sources, width * 0.24)) - 1
        origin = source - px(16) - round(words) - px(24)
        if origin - px(16) - value < min(values, px(150)):
            origin = width - px(PAD) - px(24) - round(max(words, min(sources, width * 0.26))) - 2
            return _Columns(value, origin, 0, value - px(PAD) - px(8))
        return _Columns(value, origin, source, value - px(PAD) - px(8))

    def _lay_warning(self, pen: Pen, y: int, width: int, warning: str) -> int:
        px = self.look.px
        pen.fill(QRect(1, y + 1, width - 2, px(ROW) - 1), "wait_b")
        pen.icon(px(PAD), y, "triangle-alert", "wait", 16, ROW)
        pen.text(QRect(px(PAD + 24), y, width - px(2 * PAD + 24), px(ROW)), warning, "name", "wait", elide=True)
        return px(ROW)

    def _lay_row(self, pen: Pen, y: int, width: int, row: Argument, columns: _Columns) -> tuple[int, bool]:
        px, look = self.look.px, self.look
        value, origin, source, names = columns
        room = max(px(40), origin - px(16) - value)
        most = ALL_LINES if self.all_shown else LINES
        lines = paint.wrap(look, row.value, "mono.name", room)
        names_of = paint.wrap(look, row.path.replace("_", "_\u200b"), "mono", names)
        called = [line.replace("\u200b", "") for line in names_of]
        line = look.line("mono")
        many = max(min(len(lines), most), len(called))
        height = max(px(ROW), many * line + px(10), 0 if source or not row.source else line + px(24))
        unproven = row.origin == "unproven"
        if unproven:
            pen.fill(QRect(1, y + 1, width - 2, height - 1), "wait_b")
            pen.fill(QRect(0, y, px(BAR), height), "wait_f")
        top = y + px(5)
        for number, each in enumerate(called):
            pen.text(QRect(px(PAD), top + number * line, names, line), each, "mono", "wait" if unproven else "dim")
        cut = len(lines) > most
        for number, each in enumerate(lines[:most]):
            last = cut and number == most - 1
            pen.text(QRect(value, top + number * line, room, line), f"{each[:-1]}…" if last else each, "mono.name")
        self._lay_origin(pen, top, width, row, columns)
        return height, cut

    def _lay_origin(self, pen: Pen, top: int, width: int, row: Argument, columns: _Columns) -> None:
        px, line, (_, origin, source, _) = self.look.px, self.look.line("mono"), columns
        icon, role, word = _ORIGINS[row.origin]
        style, quiet = ("strong", "wait") if row.origin == "unproven" else ("name", "dim")
        pen.icon(origin, top, icon, role)
        right = (source or width - px(PAD)) - px(8 if source else 0)
        pen.text(QRect(origin + px(24), top, right - origin - px(24), line), self.tr(word), style, role, elide=True)
        if source:
            box = QRect(source - px(8), top, width - px(PAD) - source + px(8), line)
            pen.text(box, row.source, "small", quiet, "right", elide=True)
        else:
            box = QRect(origin + px(24), top + line - px(2), width - px(PAD) - origin - px(24), px(16))
            pen.text(box, row.source, "small", quiet, elide=True)


def parted(rows: Sequence[Argument]) -> tuple[list[Argument], list[Argument]]:
    """Return what must be seen, the values that need a proof first, and what a long call may fold into one line.

    Only short values that need no proof are folded: a text that is sent is what the call is about.
    """
    proved = [row for row in rows if row.origin]
    free = [row for row in rows if not row.origin]
    if len(rows) <= _UNFOLDED:
        return [*proved, *free], []
    brief = [row for row in free if len(row.value) <= _BRIEF and "\n" not in row.value]
    return [*proved, *(row for row in free if row not in brief)], brief
