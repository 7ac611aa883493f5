"""Shares side by side: a row each with its 95 % interval as a bar, its estimate as a dot, and the figures beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from console.theme import paint
from console.theme.look import Look
from console.widgets.charts import strokes
from console.widgets.charts.chart import Chart
from console.widgets.charts.scale import Scale, ticks
from console.words import figure, interval

_NONE = "–"


class IntervalRow(NamedTuple):
    """One share and its 95 % interval; `estimate` None where there is no figure yet."""

    label: str
    estimate: float | None
    low: float
    high: float
    of: str
    enough: bool = True


class IntervalRows(Chart):
    """Rows of shares on one axis, which need not begin at 0 (so dots, never bars from the edge)."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self._rows: tuple[IntervalRow, ...] = ()
        self._gate: float | None = None

    def show_rows(self, rows: Sequence[IntervalRow], gate: float | None = None) -> None:
        """Show other rows; `gate` is drawn as a dashed line."""
        self._rows, self._gate = tuple(rows), gate
        self.describe("; ".join(
            f"{row.label}: {figure(row.estimate)} {interval(row.low, row.high)}, {row.of}"
            if row.estimate is not None else f"{row.label}: {self.tr('no figure')}"
            for row in rows
        ))  # fmt: skip

    def height_needed(self) -> int:
        return self.look.px(34) * max(1, len(self._rows)) + self.look.px(28)

    def _scale(self) -> Scale:
        lows = [row.low for row in self._rows if row.estimate is not None]
        lows += [self._gate] if self._gate is not None else []
        low = next((step / 10 for step in range(9, -1, -1) if step / 10 <= min(lows, default=0.9)), 0.0)
        left = self.look.px(176)
        return Scale(low, 1.0, left, max(left + 40, self.width() - self.look.px(132)))

    def draw(self, painter: QPainter) -> None:
        look, scale, row_height = self.look, self._scale(), self.look.px(34)
        bottom = row_height * len(self._rows)
        for mark in ticks(scale.low, scale.high, 3):
            x = round(scale.at(mark))
            paint.rule(painter, look, x, 0, bottom + look.px(6), down=True)
            where = QRectF(x - 30, bottom + look.px(9), 60, look.px(16))
            paint.text(painter, look, where, f"{mark:.2f}".rstrip("0").ljust(3, "0"), "caption", "faint", "centre")
        for index, row in enumerate(self._rows):
            self._row(painter, scale, row, index * row_height, row_height)
        if self._gate is not None:
            x = round(scale.at(self._gate))
            strokes.dashes(painter, look, QLineF(x, 0, x, bottom + look.px(6)), "text", 1.5)

    def _row(self, painter: QPainter, scale: Scale, row: IntervalRow, top: int, height: int) -> None:
        look, width = self.look, self.width()
        label = QRectF(0, top, scale.start - look.px(12), height)
        paint.text(painter, look, label, row.label, "body", elide=True)
        figures = QRectF(width - look.px(120), top, look.px(54), height)
        counts = QRectF(width - look.px(64), top, look.px(64), height)
        paint.text(painter, look, counts, row.of, "mono.small", "dim", "right")
        if row.estimate is None:
            paint.text(painter, look, figures, _NONE, "mono.name", "faint", "right")
            return
        paint.text(painter, look, figures, figure(row.estimate), "mono.name", align="right")
        passed = row.enough and (self._gate is None or row.low >= self._gate)
        strokes.interval(
            painter, look, top + height / 2, scale.at(row.low), scale.at(row.high), scale.at(row.estimate),
            "ok_f" if passed else "wait_f",
        )  # fmt: skip
