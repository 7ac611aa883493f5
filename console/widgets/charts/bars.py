"""Shares of a whole side by side: a thin bar of parts, each with its colour and, below, its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from console.theme import paint
from console.theme.look import Look
from console.widgets.charts.chart import Chart
from console.widgets.charts.scale import Scale, around, ticks
from console.words import count

_BAR = 46


class Part(NamedTuple):
    """A part of a bar."""

    words: str
    value: float
    role: str


class Bar(NamedTuple):
    """One bar: its name, what is below it, its parts from left to right, and the figure at the right."""

    label: str
    below: str
    parts: tuple[Part, ...]
    figure: str = ""


class Bars(Chart):
    """Horizontal bars from zero, in parts; one can be opened where `opens` says so.

    Signals:
        chosen: the place of a bar (click, Enter).
    """

    chosen = Signal(int)

    def __init__(self, look: Look, name: str, *, opens: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self._bars: tuple[Bar, ...] = ()
        self._at = 0
        self._opens = opens
        if opens:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars."""
        self._bars = tuple(bars)
        self.describe("; ".join(
            f"{bar.label}: " + ", ".join(f"{part.words} {count(round(part.value))}" for part in bar.parts)
            for bar in bars
        ))  # fmt: skip

    def height_needed(self) -> int:
        return self.look.px(_BAR) * max(1, len(self._bars)) + self.look.px(24)

    def draw(self, painter: QPainter) -> None:
        look, each = self.look, self.look.px(_BAR)
        most = max((sum(part.value for part in bar.parts) for bar in self._bars), default=0)
        bounds = around([most], zero=True, least=1)
        across = Scale(*bounds, look.px(168), max(look.px(200), self.width() - look.px(100)))
        bottom = each * len(self._bars)
        for mark in ticks(*bounds):
            if mark != int(mark):
                continue
            x = round(across.at(mark))
            paint.rule(painter, look, x, 0, bottom, down=True)
            where = QRectF(x - 40, bottom + look.px(5), 80, look.px(16))
            paint.text(painter, look, where, count(int(mark)), "caption", "faint", "centre")
        for index, bar in enumerate(self._bars):
            if self.hasFocus() and index == self._at:
                paint.fill(painter, look, QRectF(0, index * each, self.width(), each), "sel", 6)
            self._bar(painter, across, bar, index * each, each)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._choose(int(event.position().y()) // self.look.px(_BAR))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_J: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_K: -1}.get(Qt.Key(event.key()))
        if step is not None and self._opens:
            self._at = min(max(self._at + step, 0), max(0, len(self._bars) - 1))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._at)
        else:
            super().keyPressEvent(event)

    def _choose(self, place: int) -> None:
        if self._opens and 0 <= place < len(self._bars):
            self._at = place
            self.chosen.emit(place)

    def _bar(self, painter: QPainter, across: Scale, bar: Bar, top: int, height: int) -> None:
        look = self.look
        names = across.start - look.px(12)
        above, below = QRectF(0, top + look.px(5), names, look.px(18)), QRectF(0, top + look.px(23), names, look.px(16))
        paint.text(painter, look, above, bar.label, "name", elide=True)
        paint.text(painter, look, below, bar.below, "small", "dim", elide=True)
        x = across.start
        for part in bar.parts:
            wide = across.at(part.value) - across.start
            if wide > 0:
                box = QRectF(round(x), top + look.px(12), max(2, round(wide) - 1), look.px(22))
                paint.fill(painter, look, box, part.role, 2)
            x += wide
        where = QRectF(self.width() - look.px(96), top, look.px(96), height)
        paint.text(painter, look, where, bar.figure, "mono.name", align="right")


class Legend(Chart):
    """The colours of parts and their words, in one row."""

    def __init__(self, look: Look, parts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(look, ", ".join(words for words, _ in parts), parent)
        self._parts = tuple(parts)

    def height_needed(self) -> int:
        return self.look.px(20)

    def draw(self, painter: QPainter) -> None:
        look, x = self.look, 0.0
        for words, role in self._parts:
            paint.fill(painter, look, QRectF(round(x), look.px(6), look.px(9), look.px(9)), role, 2)
            used = paint.text(painter, look, QRectF(x + look.px(15), 0, 400, self.height()), words, "small", "dim")
            x += used + look.px(33)


def bar_of_parts(painter: QPainter, look: Look, box: QRectF, parts: Sequence[Part]) -> None:
    """Draw one thin bar that is full: each part as wide as its share, 3 px apart."""
    whole = sum(part.value for part in parts)
    x = box.left()
    for part in parts:
        if part.value <= 0:
            continue
        wide = box.width() * part.value / whole
        paint.fill(painter, look, QRectF(round(x), box.top(), max(2, round(wide) - 3), box.height()), part.role, 2)
        x += wide


def key(painter: QPainter, look: Look, at: QPointF, part: Part) -> float:
    """Draw a part's colour and words; return how wide they are."""
    paint.fill(painter, look, QRectF(at.x(), at.y() + look.px(4), look.px(8), look.px(8)), part.role, 2)
    return look.px(14) + paint.text(
        painter, look, QRectF(at.x() + look.px(14), at.y(), 300, look.px(16)), part.words, "small", "dim"
    )
