"""A line over days or shares: hairlines, an optional band, limits and targets as dashed lines with words beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from console.theme import paint
from console.theme.look import Look
from console.widgets.charts import strokes
from console.widgets.charts.chart import Chart
from console.widgets.charts.scale import Scale, around, ticks


class Point(NamedTuple):
    """One point; `low` and `high` are its interval."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    marked: bool = False


class Level(NamedTuple):
    """A dashed line across: a target, a gate or a limit, with its words at the right."""

    y: float
    words: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Axes:
    """How the axes are labelled, and their bounds where they are fixed."""

    y_words: Callable[[float], str]
    x_marks: Sequence[tuple[float, str]]
    x_bounds: tuple[float, float]
    y_bounds: tuple[float, float] | None = None
    at: tuple[float, str] | None = None
    """A vertical dotted line and its words."""


class LineChart(Chart):
    """One series."""

    def __init__(self, look: Look, name: str, height: int = 200, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self._height = height
        self._points: tuple[Point, ...] = ()
        self._levels: tuple[Level, ...] = ()
        self._axes = Axes(str, (), (0.0, 1.0))
        self._role = "run_f"

    def show_points(
        self, points: Sequence[Point], axes: Axes, levels: Sequence[Level] = (), role: str = "run_f", words: str = ""
    ) -> None:
        """Show another series; `words` say it to whoever cannot see it."""
        self._points, self._axes, self._levels, self._role = tuple(points), axes, tuple(levels), role
        self.describe(words)

    def height_needed(self) -> int:
        return self.look.px(self._height)

    def _scales(self) -> tuple[Scale, Scale]:
        look, axes = self.look, self._axes
        known = [value for p in self._points for value in (p.y, p.low, p.high) if value is not None]
        bounds = axes.y_bounds or around([*known, *(level.y for level in self._levels)])
        left = max((look.width(axes.y_words(mark), "caption") for mark in ticks(*bounds)), default=0) + look.px(12)
        right = max((look.width(level.words, "caption") for level in self._levels), default=0)
        right = right + look.px(12) if right else look.px(8)
        bottom = self.height() - look.px(26)
        return (
            Scale(*axes.x_bounds, round(left), round(self.width() - right)),
            Scale(*bounds, bottom, look.px(22 if axes.at else 10)),
        )

    def draw(self, painter: QPainter) -> None:
        if not self._points:
            return
        across, up = self._scales()
        self._grid(painter, across, up)
        places = [QPointF(across.at(p.x), up.at(p.y)) for p in self._points]
        banded = [p for p in self._points if p.low is not None and p.high is not None]
        if len(banded) > 1:
            strokes.band(
                painter, self.look, [QPointF(across.at(p.x), up.at(p.high or 0.0)) for p in banded],
                [QPointF(across.at(p.x), up.at(p.low or 0.0)) for p in banded], self._role,
            )  # fmt: skip
        for level in self._levels:
            y = round(up.at(level.y))
            strokes.dashes(painter, self.look, QLineF(across.start, y, across.end, y), level.role, 1.5)
            where = QRectF(across.end + self.look.px(6), y - self.look.px(8), self.width(), self.look.px(16))
            paint.text(painter, self.look, where, level.words, "caption", "dim")
        if len(places) > 1:
            strokes.line(painter, self.look, places, self._role)
        self._dots(painter, places)

    def _grid(self, painter: QPainter, across: Scale, up: Scale) -> None:
        look, axes = self.look, self._axes
        for mark in ticks(up.low, up.high):
            y = round(up.at(mark))
            paint.rule(painter, look, round(across.start), y, round(across.end - across.start))
            where = QRectF(0, y - look.px(8), across.start - look.px(8), look.px(16))
            paint.text(painter, look, where, axes.y_words(mark), "caption", "faint", "right")
        for x, words in axes.x_marks:
            width = look.width(words, "caption")
            left = min(max(across.at(x) - width / 2, 0.0), self.width() - width)
            where = QRectF(left, up.start + look.px(8), width, look.px(16))
            paint.text(painter, look, where, words, "caption", "faint")
        if axes.at is not None:
            x, words = axes.at
            place, width = round(across.at(x)), look.width(words, "caption") + look.px(12)
            strokes.dashes(painter, look, QLineF(place, look.px(18), place, up.start), "faint", 1)
            left = min(max(place - width / 2, across.start), self.width() - width)
            label = QRectF(left, 0, width, look.px(18))
            paint.fill(painter, look, label, "panel", 4)
            paint.outline(painter, look, label, "line2", 4)
            paint.text(painter, look, label, words, "caption", "text", "centre")

    def _dots(self, painter: QPainter, places: Sequence[QPointF]) -> None:
        look = self.look
        few = len(places) <= 31
        for point, place in zip(self._points, places, strict=True):
            if point.marked:
                paint.dot(painter, look, place, "err_f", 12)
                paint.dot(painter, look, place, "panel", 9)
                paint.dot(painter, look, place, "err_f", 6)
            elif few:
                paint.dot(painter, look, place, self._role, 5)
        if not self._points[-1].marked:
            paint.dot(painter, look, places[-1], self._role, 8)
