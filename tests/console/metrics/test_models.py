"""Figures of days: windows, sums, shares, and the limits of a p-chart."""

from __future__ import annotations

import math
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.metrics import (
    FEWEST_DAYS,
    Measured,
    Window,
    beyond,
    by_agent,
    change_of,
    control_limits,
    each_day,
    ended,
    last_days,
    rate,
    rate_each_day,
)
from storage.queries.metrics import Spread
from storage.records import DayRecord

HOUR_US = 3_600_000_000
NOTHING = Spread(0, None, None)


def a_day(day: str, agent: str = "clerk", **sums: int) -> DayRecord:
    zeros = dict.fromkeys(DayRecord._fields[3:], 0)
    return DayRecord(day=day, agent=agent, mode="live", **{**zeros, **sums})


def test_a_window_ends_today_in_the_business_time_zone() -> None:
    late_evening = 1_764_021_600_000_000  # 24 Nov 2025, 22:00 UTC: the 25th in Tokyo
    window = last_days(late_evening, ZoneInfo("Asia/Tokyo"), 14)
    assert window == Window(date(2025, 11, 12), date(2025, 11, 25))
    assert window.before == Window(date(2025, 10, 29), date(2025, 11, 11))
    assert len(window.each()) == window.days == 14


def test_a_day_of_another_length_is_a_whole_day() -> None:
    back_to_winter = Window(date(2025, 10, 26), date(2025, 10, 26))
    since, until = back_to_winter.bounds(ZoneInfo("Europe/Oslo"))
    assert until - since == 25 * HOUR_US


def test_shares_are_of_runs_that_ended() -> None:
    days = (a_day("2026-11-20", started=9, finished=6, handed_off=2), a_day("2026-11-21", failed=2))
    measured = Measured(days, 6, NOTHING, NOTHING, ())
    assert measured.ended == 10
    assert rate(measured, "handed_off") == pytest.approx(0.2)
    assert rate(Measured((), 0, NOTHING, NOTHING, ()), "failed") is None


def test_days_without_work_have_no_share_but_a_sum_of_zero() -> None:
    window = Window(date(2026, 11, 19), date(2026, 11, 21))
    days = [a_day("2026-11-20", finished=3, handed_off=1), a_day("2026-11-20", "triage", handed_off=4)]
    assert each_day(window, days, lambda day: day.finished) == [0, 3, 0]
    assert rate_each_day(window, days, "handed_off") == [(None, 0), (0.625, 8), (None, 0)]


def test_agents_are_summed_and_the_busiest_comes_first() -> None:
    days = [
        a_day("2026-11-19", "a", finished=1),
        a_day("2026-11-19", "b", finished=5),
        a_day("2026-11-20", "a", failed=1),
    ]
    rows = by_agent(days)
    assert [(agent, ended(sums)) for agent, sums in rows] == [("b", 5), ("a", 2)]


def test_few_days_have_no_limits() -> None:
    assert control_limits([(0.1, 50)] * (FEWEST_DAYS - 1)) is None
    assert control_limits([(0.1, 50)] * (FEWEST_DAYS - 1) + [(None, 0)]) is None


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(40, 90)), min_size=FEWEST_DAYS, max_size=60))
def test_limits_are_three_sigma_around_the_mean(days: list[tuple[int, int]]) -> None:
    limits = control_limits([(part / whole, whole) for part, whole in days])
    assert limits is not None
    mean = sum(part for part, _ in days) / sum(whole for _, whole in days)
    assert limits.mean == pytest.approx(mean)
    sigma = math.sqrt(mean * (1 - mean) / (sum(whole for _, whole in days) / len(days)))
    assert limits.upper == pytest.approx(min(1.0, mean + 3 * sigma))
    assert 0.0 <= limits.lower <= limits.mean <= limits.upper <= 1.0


def test_a_day_is_beyond_by_its_own_number_of_runs() -> None:
    assert beyond(0.4, 100, 0.1)
    assert not beyond(0.4, 4, 0.1)
    assert not beyond(None, 0, 0.1)


def test_nothing_before_is_no_change() -> None:
    assert change_of(5, 0) is None
    assert change_of(None, 5) is None
    assert change_of(6, 5) == pytest.approx(0.2)


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(1, 400))
def test_windows_touch_and_do_not_overlap(last: date, days: int) -> None:
    window = Window(last - timedelta(days=days - 1), last)
    assert window.before.last + timedelta(days=1) == window.first
    zone = ZoneInfo("America/New_York")
    assert window.before.bounds(zone)[1] == window.bounds(zone)[0]
