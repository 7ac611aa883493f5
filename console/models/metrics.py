"""What the Metrics room shows: figures of a stretch of days beside those of the same length before it. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from storage.queries.metrics import RuleSums, Spread
from storage.records import DayRecord

MICRO = 1_000_000
FEWEST_DAYS = 8
"""Days with work from which on control limits are drawn: fewer say little about what is usual."""


class Window(NamedTuple):
    """Days of the business time zone, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Window:
        """Return as many days, just before it."""
        return Window(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def each(self) -> list[date]:
        """Return every day."""
        return [self.first + timedelta(days=index) for index in range(self.days)]

    def bounds(self, zone: tzinfo) -> tuple[int, int]:
        """Return from when to before when it lasts, in UTC microseconds."""
        ends = (self.first, self.last + timedelta(days=1))
        since, until = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in ends)
        return int(since.timestamp()) * MICRO, int(until.timestamp()) * MICRO


def last_days(now: int, zone: tzinfo, days: int) -> Window:
    """Return the days that end today.

    Args:
        now: UTC microseconds.
    """
    today = datetime.fromtimestamp(now / MICRO, zone).date()
    return Window(today - timedelta(days=days - 1), today)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the store says of one stretch of days."""

    days: tuple[DayRecord, ...]
    cases: int
    cycle: Spread
    deciding: Spread
    rules: tuple[RuleSums, ...]

    def sum_of(self, field: str) -> int:
        """Return the sum of a field of the days."""
        return sum(getattr(day, field) for day in self.days)

    @property
    def ended(self) -> int:
        """Return how many runs ended, however they did."""
        return sum(ended(day) for day in self.days)


def ended(day: DayRecord) -> int:
    """Return how many runs ended on a day, however they did."""
    return day.finished + day.handed_off + day.failed + day.stopped


def rate(measured: Measured, field: str) -> float | None:
    """Return the share of ended runs that a field counts; None without any."""
    return measured.sum_of(field) / measured.ended if measured.ended else None


def each_day(window: Window, days: Iterable[DayRecord], measure: Callable[[DayRecord], float]) -> list[float]:
    """Return a measure for every day of the window, agents and modes summed, 0 where nothing was done."""
    sums = {day.isoformat(): 0.0 for day in window.each()}
    for record in days:
        if record.day in sums:
            sums[record.day] += measure(record)
    return list(sums.values())


def rate_each_day(window: Window, days: Sequence[DayRecord], field: str) -> list[tuple[float | None, int]]:
    """Return for every day the share of ended runs that a field counts, and of how many; None without any."""
    counted = each_day(window, days, lambda day: float(getattr(day, field)))
    all_ = each_day(window, days, lambda day: float(ended(day)))
    return [(part / whole if whole else None, round(whole)) for part, whole in zip(counted, all_, strict=True)]


class Limits(NamedTuple):
    """Mean and three-sigma limits of a share (a p-chart: Shewhart 1931; Montgomery, Statistical Quality Control)."""

    mean: float
    lower: float
    upper: float
    usual_n: float


def control_limits(shares: Sequence[tuple[float | None, int]]) -> Limits | None:
    """Return the limits at the usual (mean) number a day; None where fewer than FEWEST_DAYS days had work."""
    known = [(share, n) for share, n in shares if share is not None and n]
    if len(known) < FEWEST_DAYS:
        return None
    total = sum(n for _, n in known)
    mean = sum(share * n for share, n in known) / total
    usual = total / len(known)
    reach = 3 * math.sqrt(mean * (1 - mean) / usual)
    return Limits(mean, max(0.0, mean - reach), min(1.0, mean + reach), usual)


def beyond(share: float | None, n: int, mean: float) -> bool:
    """Return whether a day's share lies beyond three sigma for its own number of runs."""
    if share is None or not n:
        return False
    return abs(share - mean) > 3 * math.sqrt(mean * (1 - mean) / n) + 1e-12


def by_agent(days: Iterable[DayRecord]) -> list[tuple[str, DayRecord]]:
    """Return each agent's sums over the days, the busiest first."""
    sums: dict[str, DayRecord] = {}
    for day in days:
        held = sums.get(day.agent)
        sums[day.agent] = day if held is None else _added(held, day)
    return sorted(sums.items(), key=lambda item: (-ended(item[1]), item[0]))


def _added(one: DayRecord, other: DayRecord) -> DayRecord:
    summed = DayRecord._fields[DayRecord._fields.index("started") :]
    return one._replace(**{name: getattr(one, name) + getattr(other, name) for name in summed})


def change_of(now: float | None, before: float | None) -> float | None:
    """Return by what share a figure changed; None where there is nothing to compare with."""
    return None if now is None or not before else now / before - 1
