"""Statistics: exact against scipy as the oracle, sensible at every edge."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special, stats

from agents.pilots import statistics as s
from storage.errors import BadInput

counts = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.floats(0.05, 3000), st.floats(0.05, 3000), st.floats(0, 1))
def test_incomplete_beta_is_scipys(a: float, b: float, x: float) -> None:
    assert s.incomplete_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), abs=1e-9)


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=60, deadline=None)
def test_two_sided_interval_is_scipys(count: tuple[int, int], confidence: float) -> None:
    k, n = count
    assume(n > 0)
    oracle = stats.binomtest(k, n).proportion_ci(confidence, method="exact")
    ours = s.clopper_pearson(k, n, confidence)
    assert (ours.low, ours.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)
    assert ours.low <= ours.estimate <= ours.high


@given(counts)
@settings(max_examples=60, deadline=None)
def test_lower_bound_is_scipys(count: tuple[int, int]) -> None:
    k, n = count
    assume(n > 0)
    oracle = stats.binomtest(k, n, alternative="greater").proportion_ci(0.95, method="exact").low
    assert s.lower_bound(k, n) == pytest.approx(oracle, abs=1e-9)


def test_the_known_sample_sizes_for_ninety_five_per_cent() -> None:
    assert s.cases_needed(0.95, 0, 0) == 59
    assert s.cases_needed(0.95, 58, 58) == 1
    assert s.lower_bound(92, 93) >= 0.95 > s.lower_bound(91, 92)
    assert s.cases_needed(0.95, 0, 1) == 92
    assert s.cases_needed(0.9, 100, 100) == 0


@given(counts.filter(lambda c: c[1] < 300), st.floats(0.5, 0.97))
@settings(max_examples=60, deadline=None)
def test_cases_needed_is_the_least_number(count: tuple[int, int], target: float) -> None:
    k, n = count
    more = s.cases_needed(target, k, n)
    assert s.lower_bound(k + more, n + more) >= target
    assert more == 0 or s.lower_bound(k + more - 1, n + more - 1) < target


def test_no_case_says_nothing() -> None:
    empty = s.clopper_pearson(0, 0)
    assert math.isnan(empty.estimate)
    assert (empty.low, empty.high, empty.n) == (0.0, 1.0, 0)
    assert not empty.sufficient
    assert not s.clopper_pearson(29, 29).sufficient
    assert s.clopper_pearson(30, 30).sufficient


@pytest.mark.parametrize(("k", "n", "confidence"), [(2, 1, 0.95), (-1, 3, 0.95), (1, 2, 1.0)])
def test_impossible_counts_are_refused(k: int, n: int, confidence: float) -> None:
    with pytest.raises(BadInput):
        s.clopper_pearson(k, n, confidence)


def test_impossible_arguments_are_refused() -> None:
    with pytest.raises(BadInput):
        s.incomplete_beta(0, 1, 0.5)
    with pytest.raises(BadInput):
        s.beta_quantile(1.5, 1, 1)
    with pytest.raises(BadInput):
        s.cases_needed(1.0, 1, 1)


def test_kappa_of_the_textbook_example() -> None:
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa 0.4."""
    table = Counter({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    kappa = s.cohens_kappa(table)
    assert kappa.estimate == pytest.approx(0.4)
    assert kappa.n == 50


@given(st.lists(st.integers(5, 60), min_size=9, max_size=9))
def test_kappas_error_is_that_of_the_delta_method(cells: list[int]) -> None:
    """Oracle: numeric gradient of kappa over the cell shares of a multinomial."""
    pairs = [(h, p) for h in "abc" for p in "abc"]
    n = sum(cells)
    shares = [c / n for c in cells]

    def kappa(x: list[float]) -> float:
        table = dict(zip(pairs, x, strict=True))
        chance = sum(sum(table[k, o] for o in "abc") * sum(table[o, k] for o in "abc") for k in "abc")
        return (sum(table[k, k] for k in "abc") - chance) / (1 - chance)

    step = 1e-6
    slope = [
        (kappa([v + step * (i == j) for j, v in enumerate(shares)])
         - kappa([v - step * (i == j) for j, v in enumerate(shares)])) / (2 * step)
        for i in range(9)
    ]  # fmt: skip
    mean = sum(d * v for d, v in zip(slope, shares, strict=True))
    variance = sum(d * d * v for d, v in zip(slope, shares, strict=True)) - mean * mean
    ours = s.cohens_kappa(Counter(dict(zip(pairs, cells, strict=True))))
    assume(ours.low > -1 and ours.high < 1)
    assert (ours.high - ours.low) / 2 == pytest.approx(1.959964 * math.sqrt(variance / n), rel=1e-4)


def test_kappa_where_chance_explains_everything_is_not_a_number() -> None:
    assert math.isnan(s.cohens_kappa(Counter({("a", "a"): 9})).estimate)
    assert math.isnan(s.cohens_kappa(Counter()).estimate)


labels = st.sampled_from("abcd")


@given(st.lists(st.tuples(labels, labels), min_size=2, max_size=60))
def test_kappa_stays_in_bounds_and_does_not_depend_on_names(pairs: list[tuple[str, str]]) -> None:
    kappa = s.cohens_kappa(s.confusion(pairs))
    renamed = s.cohens_kappa(s.confusion([(h.upper(), p.upper()) for h, p in pairs]))
    if math.isnan(kappa.estimate):
        assert math.isnan(renamed.estimate)
        return
    assert -1 <= kappa.low <= kappa.estimate <= kappa.high <= 1
    assert kappa == pytest.approx(renamed)


def test_kappas_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """The standard error against the spread of simulated tables (seeded)."""
    import random

    rng = random.Random(4)
    cells, weights = [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], [0.45, 0.08, 0.07, 0.40]
    truth = s.cohens_kappa(Counter(dict(zip(cells, [45, 8, 7, 40], strict=True)))).estimate
    hits = sum(
        interval.low <= truth <= interval.high
        for interval in (s.cohens_kappa(Counter(rng.choices(cells, weights, k=300))) for _ in range(250))
    )
    assert 0.92 <= hits / 250 <= 0.98


def test_worst_confused_pairs_come_most_frequent_first() -> None:
    table = s.confusion([("a", "b")] * 3 + [("b", "a")] + [("a", "a")] * 7 + [("c", "a")])
    assert s.worst_confused(table) == (
        s.Confused("a", "b", 3, 10), s.Confused("b", "a", 1, 1), s.Confused("c", "a", 1, 1)
    )  # fmt: skip
    assert len(s.worst_confused(table, limit=1)) == 1


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), max_size=80))
def test_coverage_grows_as_the_threshold_falls(judged: list[tuple[int, bool]]) -> None:
    curve = s.coverage_curve(judged)
    assert all(a.threshold > b.threshold and a.covered < b.covered for a, b in pairwise(curve))
    assert all(point == s.at_threshold(judged, point.threshold) for point in curve)
    if judged:
        assert curve[-1].covered == len(judged)
    assert all(0 <= p.precision <= 1 and 0 < p.coverage <= 1 for p in curve)
