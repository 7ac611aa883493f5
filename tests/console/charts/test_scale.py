"""Axes: round marks inside the bounds, and values in their place."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from console.widgets.charts.scale import Scale, around, ticks

VALUES = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4))


@given(VALUES, st.floats(0.001, 1e6))
def test_marks_are_round_ascending_and_inside(low: float, reach: float) -> None:
    high = low + reach
    marks = ticks(low, high)
    assert marks == sorted(set(marks))
    assert len(marks) <= 12
    slack = reach * 1e-6 + 1e-9
    assert all(low - slack <= mark <= high + slack for mark in marks)
    steps = [later - earlier for earlier, later in itertools.pairwise(marks)]
    for step in steps:
        leading = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert min(abs(leading - nice) for nice in (1, 2, 5, 10)) < 1e-3


@given(st.lists(VALUES, min_size=1))
def test_bounds_hold_every_value(values: list[float]) -> None:
    low, high = around(values)
    assert low < high
    slack = (high - low) * 1e-6
    assert all(low - slack <= value <= high + slack for value in values)


def test_bounds_of_nothing_are_still_bounds() -> None:
    assert around([]) == (0.0, 1.0)
    assert around([float("nan")]) == (0.0, 1.0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_scale_keeps_the_order_and_stays_within_its_ends(one: float, other: float) -> None:
    scale = Scale(0.2, 0.8, 100, 20)
    assert 20 <= scale.at(one) <= 100
    if one <= other:
        assert scale.at(one) >= scale.at(other)


def test_a_scale_without_length_puts_everything_in_the_middle() -> None:
    assert Scale(3, 3, 0, 10).at(3) == 5
