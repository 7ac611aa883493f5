"""Plain names and values: what a case says, what a person decided."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect

from console import words
from console.models.inbox_values import Leaf, shown
from console.theme import paint
from console.theme.look import Look
from console.views.inbox.section import Pen
from console.views.inbox.tables import Table

ROW, PAD = 30, 16
_ROWS, _LINES, _ALL_LINES = 8, 4, 400


class Values(Table):
    """One row a value, its name dim at the left; a long list or text opens."""

    def __init__(self, look: Look, title: str) -> None:
        super().__init__(look)
        self._title, self._right = title, ""
        self._rows: Sequence[Leaf] = ()
        self.setAccessibleName(title)

    def show_values(self, rows: Sequence[Leaf], right: str = "") -> None:
        """Show these; hidden where there are none."""
        if rows != self._rows:
            self.all_shown = False
        self._rows, self._right = rows, right
        self.setAccessibleDescription(". ".join(f"{row.path}: {shown(row.value)}" for row in rows))
        self.setVisible(bool(rows))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px, look = self.look.px, self.look
        y = top = pen.head(0, width, self._title, self._right)
        if pen.painter is not None:
            pen.card(QRect(0, top, width, self.lay(Pen(look), width) - top))
        rows = self._rows if self.all_shown else self._rows[:_ROWS]
        names = max((look.width(words.in_words(row.path), "body") for row in rows), default=0)
        left = px(PAD) + round(min(max(names + px(24), px(104)), width * 0.36))
        cut = False
        for number, row in enumerate(rows):
            if number:
                pen.rule(1, y, width - 2)
            height, long = self._lay_row(pen, y, width, row, left)
            y, cut = y + height, cut or long
        hidden = len(self._rows) - len(rows)
        self.fold(cut or hidden > 0)
        if cut or hidden or self.all_shown:
            pen.rule(1, y, width - 2)
            more = self.tr("Show {0} more").format(hidden) if hidden else self.tr("Show long values whole")
            y += self.lay_more(pen, y, width, more)
        return y

    def _lay_row(self, pen: Pen, y: int, width: int, row: Leaf, left: int) -> tuple[int, bool]:
        px, look, line = self.look.px, self.look, self.look.px(20)
        name = paint.wrap(look, words.in_words(row.path), "body", left - px(PAD + 12), _LINES)
        text = shown(row.value)
        style = "body" if isinstance(row.value, str) and " " in row.value else "mono.name"
        every = paint.wrap(look, text, style, width - left - px(PAD))
        most = _ALL_LINES if self.all_shown else _LINES
        height = max(px(ROW), max(len(name), min(len(every), most)) * line + px(10))
        for number, each in enumerate(name):
            pen.text(QRect(px(PAD), y + px(5) + number * line, left - px(PAD), line), each, "body", "dim")
        for number, each in enumerate(every[:most]):
            last = number == most - 1 and len(every) > most
            pen.text(QRect(left, y + px(5) + number * line, width - left - px(PAD), line),
                     f"{each[:-1]}…" if last else each, style)  # fmt: skip
        return height, len(every) > most
