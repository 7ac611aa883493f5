"""Axes: where a value lies on a line of pixels, and which round values to label. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Scale(NamedTuple):
    """A line from `low` at `start` to `high` at `end` (pixels; a vertical one has `end` above `start`)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies, in pixels; what is beyond the ends stays at them."""
        if self.high <= self.low:
            return (self.start + self.end) / 2
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return round values from `low` to `high`, about as many as asked for.

    Steps are 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990).
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(1, about)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def around(values: Iterable[float], *, least: float = 0.0, zero: bool = False) -> tuple[float, float]:
    """Return round bounds that hold all values; at least `least` apart, from zero on if asked for."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    if zero:
        low = min(0.0, low)
    if high - low < least or high == low:
        middle, half = (low + high) / 2, max(least, abs(high) * 0.1, 1e-6) / 2
        low, high = (low, low + 2 * half) if zero else (middle - half, middle + half)
    marks = ticks(low, high)
    step = marks[1] - marks[0] if len(marks) > 1 else (high - low)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
