"""What changes by a call: before and after as chips, one row a place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect

from console.models.inbox_values import Change
from console.theme import paint
from console.theme.look import Look
from console.views.inbox.section import Pen
from console.views.inbox.tables import ALL_LINES, LINES, PAD, ROW, Table

_CHANGES = 6


class Changes(Table):
    """Before and after as chips, one row a place that changes."""

    def __init__(self, look: Look, title: str = "") -> None:
        super().__init__(look)
        self._title = title or self.tr("What changes")
        self._rows: Sequence[Change] = ()
        self._right = self._nothing = ""

    def show_changes(self, rows: Sequence[Change], right: str, nothing: str) -> None:
        """Show these changes; `nothing` is said where there are none."""
        if rows != self._rows:
            self.all_shown = False
        self._rows, self._right, self._nothing = rows, right, nothing
        self.setAccessibleName(self._title)
        said = [self.tr("{0}: {1} becomes {2}").format(c.path, c.was or "–", c.becomes or "–") for c in rows]
        self.setAccessibleDescription(". ".join(said) or nothing)
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px, look = self.look.px, self.look
        y = top = pen.head(0, width, self._title, self._right)
        if pen.painter is not None:
            pen.card(QRect(0, top, width, self.lay(Pen(look), width) - top))
        if not self._rows:
            y += px(6) + pen.words(px(PAD), y + px(6), width - px(2 * PAD), self._nothing, "body", "dim") + px(6)
            self.fold(False)
            return y
        few = len(self._rows) <= _CHANGES  # the line that says "more" is as high as the last row
        shown = self._rows if self.all_shown or few else self._rows[: _CHANGES - 1]
        label = round(min(max(look.width(_label(row.path), "body") for row in shown) + px(24), width * 0.36))
        widest = max((look.width(row.was or "–", "mono.name") for row in shown), default=0) + px(12) + 2
        old = min(round(widest), (width - label - px(2 * PAD + 48)) // 2)
        for number, row in enumerate(shown):
            if number:
                pen.rule(1, y, width - 2)
            y += self._lay_row(pen, y, width, row, label, old)
        hidden = len(self._rows) - len(shown)
        self.fold(hidden > 0)
        if hidden or self.all_shown:
            pen.rule(1, y, width - 2)
            y += self.lay_more(pen, y, width, self.tr("Show {0} more").format(hidden))
        pen.outline(QRect(0, top, width, y - top))
        return y

    def _lay_row(self, pen: Pen, y: int, width: int, row: Change, label: int, old: int) -> int:
        px, look = self.look.px, self.look
        left = px(PAD) + label
        arrow = left + old + px(12)
        new = arrow + px(32)
        rooms = (max(px(40), old), max(px(40), width - px(PAD) - new))
        heights = [
            self._chip(Pen(look), 0, 0, room, text, "")
            for room, text in zip(rooms, (row.was, row.becomes), strict=True)
        ]
        labels = paint.wrap(look, _label(row.path), "body", label - px(12), LINES)
        height = max(px(ROW), max(heights) + px(10), len(labels) * px(20) + px(10))
        for number, each in enumerate(labels):
            pen.text(QRect(px(PAD), y + px(5) + number * px(20), label - px(12), px(20)), each, "body", "dim")
        self._chip(pen, left, y + px(5), rooms[0], row.was, "err")
        pen.icon(arrow, y + px(5), "arrow-right", "dim")
        self._chip(pen, new, y + px(5), rooms[1], row.becomes, "ok")
        return height

    def _chip(self, pen: Pen, x: int, y: int, room: int, text: str | None, meaning: str) -> int:
        px, look = self.look.px, self.look
        if text is None:
            pen.text(QRect(x, y, room, px(20)), self.tr("nothing"), "small", "dim", elide=True)
            return px(20)
        lines = paint.wrap(look, text, "mono.name", room - px(12), ALL_LINES if self.all_shown else LINES)
        wide = round(max(look.width(line, "mono.name") for line in lines)) + px(12)
        height = len(lines) * px(20)
        if meaning:
            pen.fill(QRect(x, y, wide, height), f"{meaning}_b", 4)
            for number, each in enumerate(lines):
                pen.text(QRect(x + px(6), y + number * px(20), wide - px(6), px(20)), each, "mono.name", meaning)
        return height


def _label(path: str) -> str:
    """Return a path as people read it: `booked.order_version` → "Booked, order version"."""
    text = path.replace("_", " ").replace(".", ", ")
    return text[:1].upper() + text[1:]
