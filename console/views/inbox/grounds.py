"""How it can be undone, which rule asked and why; texts of other cards in the same quiet boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect

from console.theme.look import Look
from console.views.inbox.section import Pen, Section

PAD, INDENT, GAP, LEADING = 16, 38, 16, 18
_LEAST = 250
"""Pixels: boxes narrower than this go under each other."""


class Box(NamedTuple):
    """A quiet box: an icon in a colour, a title, text, and more text after a word that stands out."""

    icon: str
    role: str
    title: str
    text: str
    strong: str = ""
    more: str = ""


class Boxes(Section):
    """Boxes beside each other where there is room."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._boxes: Sequence[Box] = ()

    def show_boxes(self, boxes: Sequence[Box]) -> None:
        """Show these."""
        self._boxes = boxes
        self.setAccessibleName(", ".join(box.title for box in boxes))
        self.setAccessibleDescription(". ".join(f"{b.title}: {b.text} {b.strong} {b.more}".strip() for b in boxes))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px, many = self.look.px, len(self._boxes)
        if not many:
            return 0
        each = (width - (many - 1) * px(GAP)) // many
        if each < px(_LEAST):
            y = 0
            for box in self._boxes:
                y += self._lay_box(pen, 0, y, width, box, self._height(box, width)) + px(GAP)
            return y - px(GAP)
        height = max(self._height(box, each) for box in self._boxes)
        for number, box in enumerate(self._boxes):
            self._lay_box(pen, number * (each + px(GAP)), 0, each, box, height)
        return height

    def _height(self, box: Box, width: int) -> int:
        return self._lay_box(Pen(self.look), 0, 0, width, box, 0)

    def _lay_box(self, pen: Pen, x: int, y: int, width: int, box: Box, height: int) -> int:
        px = self.look.px
        if height:
            pen.card(QRect(x, y, width, height), "raised")
        pen.icon(x + px(PAD), y + px(12), box.icon, box.role)
        left, room, top = x + px(INDENT), width - px(INDENT + PAD), y + px(12)
        top += pen.words(left, top, room, box.title, "strong", most=2) + px(4)
        if box.text:
            top += pen.words(left, top, room, box.text, "small", "dim", leading=LEADING)
        if box.strong:
            pen.text(QRect(left, top, room, px(LEADING)), box.strong, "small.strong")
            # What follows the strong word begins behind it; no-break spaces hold its place in the wrapping.
            space = self.look.width("\u00a0", "small")
            held = "\u00a0" * math.ceil((self.look.width(box.strong, "small.strong") + 0.8 * space) / space)
            top += pen.words(left, top, room, f"{held}{box.more}", "small", "dim", leading=LEADING)
        return top + px(14) - y


class Texts(Section):
    """A heading and what stands under it: paragraphs, or points with a source."""

    def __init__(self, look: Look, title: str, icon: str = "") -> None:
        super().__init__(look, title)
        self._title, self._icon = title, icon
        self._points: Sequence[tuple[str, str]] = ()

    def show_points(self, points: Sequence[tuple[str, str]]) -> None:
        """Show these texts, each with a quiet word after it."""
        self._points = points
        self.setAccessibleDescription(". ".join(f"{text} {more}".strip() for text, more in points))
        self.setVisible(bool(points))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px = self.look.px
        y = top = pen.head(0, width, self._title)
        if pen.painter is not None:
            pen.card(QRect(0, top, width, self.lay(Pen(self.look), width) - top))
        for number, (text, more) in enumerate(self._points):
            if number:
                pen.rule(1, y, width - 2)
            y += px(6)
            left = px(PAD)
            if self._icon:
                pen.icon(left, y, self._icon, "dim", 14)
                left += px(22)
            y += pen.words(left, y, width - left - px(PAD), text, "body")
            if more:
                y += pen.words(left, y, width - left - px(PAD), more, "small", "dim")
            y += px(6)
        return y
