"""The time axis of a trace: one scale for all rows, on which long stretches without work are folded to a band."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from console.models.trace_items import DOUBT, WAIT, Item

_SECOND = 1_000_000
_LEAST = _SECOND
"""A stretch shorter than this is never folded."""
_SHARE = 0.25
"""A stretch is folded if it is longer than this share of the work."""
_BANDS = 0.4
"""Folded bands take at most this share of the width."""


class Gap(NamedTuple):
    """A stretch without work; `waited`: a person (or the world) was waited for."""

    start: int
    end: int
    waited: bool


class Band(NamedTuple):
    """A folded stretch as it is drawn, in pixels."""

    gap: Gap
    left: float
    right: float


class Tick(NamedTuple):
    """A line of the scale; `label` "" without words."""

    x: float
    label: str


class Axis:
    """Times to pixels.

    Args:
        begin, end: UTC microseconds.
        gaps: folded stretches, in order.
        width: pixels.
        band: the pixels of a folded stretch, if there is room.
    """

    def __init__(self, begin: int, end: int, gaps: Sequence[Gap], width: float, band: float) -> None:
        self.begin, self.end, self.width = begin, max(end, begin + 1), width
        each = min(band, width * _BANDS / len(gaps)) if gaps else 0.0
        work = self.end - begin - sum(gap.end - gap.start for gap in gaps)
        self.scale = (width - each * len(gaps)) / max(1, work)
        self.bands: list[Band] = []
        self._times, self._xs, self._rates = [begin], [0.0], [self.scale]
        at, x = begin, 0.0
        for gap in gaps:
            x += (gap.start - at) * self.scale
            self.bands.append(Band(gap, x, x + each))
            self._add(gap.start, x, each / max(1, gap.end - gap.start))
            x += each
            self._add(gap.end, x, self.scale)
            at = gap.end

    def _add(self, time: int, x: float, rate: float) -> None:
        self._times.append(time)
        self._xs.append(x)
        self._rates.append(rate)

    def x(self, time: int) -> float:
        """Return where a time is, in pixels from the left."""
        part = max(0, bisect_right(self._times, time) - 1)
        return min(self.width, max(0.0, self._xs[part] + (time - self._times[part]) * self._rates[part]))

    def ticks(self, least: float) -> list[Tick]:
        """Return the lines of the scale; labels stand at least `least` pixels apart, and not under a band's words."""
        step = _nice(least / 2 / self.scale)
        found: list[Tick] = []
        free, count = 0.0, 0
        time = self.begin
        while time < self.end:
            band = next((b for b in self.bands if b.gap.start <= time < b.gap.end), None)
            if band is not None:
                # On behind the band, at the next round time.
                time = self.begin + -(-(band.gap.end - self.begin) // step) * step
                free, count = band.right, 0
                if time <= band.gap.end:
                    time += step
                continue
            x = self.x(time)
            ahead = next((b.left for b in self.bands if b.left >= x), self.width)
            fits = x >= free and x + least * 0.6 <= ahead and count % 2 == 0
            found.append(Tick(x, label(time - self.begin, step) if fits else ""))
            free, count = (x + least if fits else free), count + 1
            time += step
        return found


def label(us: int, step: int) -> str:
    """Return a time on the scale: `0 s`, `20 s`, `0.4 s`, `12 min`."""
    if step >= 60 * _SECOND:
        return f"{us // (60 * _SECOND)} min" if us < 3_600 * _SECOND * 3 else f"{us / 3_600 / _SECOND:.1f} h"
    if step >= _SECOND or us == 0:
        return f"{us // _SECOND} s"
    return f"{us / _SECOND:.3f}".rstrip("0") + " s" if step < _SECOND // 10 else f"{us / _SECOND:.1f} s"


def _nice(us: float) -> int:
    unit = 1
    while True:
        for factor in (1, 2, 5):
            if factor * unit >= us:
                step = factor * unit
                return _round_up(step) if step > 10 * _SECOND else step
        unit *= 10


def _round_up(step: int) -> int:
    nice = (15, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
    return next((n * _SECOND for n in nice if n * _SECOND >= step), step)


def gaps(items: Iterable[Item], begin: int, end: int) -> list[Gap]:
    """Return the stretches to fold: long, and without any model or tool at work."""
    busy: list[tuple[int, int]] = []
    waits: list[tuple[int, int]] = []
    for item in items:
        if item.start is None:
            continue
        span = (item.start, item.end if item.end is not None else end)
        (waits if item.kind in (WAIT, DOUBT) else busy).append(span)
    busy.sort()
    idle: list[tuple[int, int]] = []
    at = begin
    for start, stop in busy:
        if start - at >= _LEAST:
            idle.append((at, start))
        at = max(at, stop)
    if end - at >= _LEAST:
        idle.append((at, end))
    work = (end - begin) - sum(stop - start for start, stop in idle)
    return [
        Gap(start, stop, _covered(waits, start, stop) * 2 > stop - start)
        for start, stop in idle
        if stop - start > _SHARE * work
    ]


def _covered(waits: Iterable[tuple[int, int]], start: int, stop: int) -> int:
    return sum(max(0, min(stop, b) - max(start, a)) for a, b in waits)
