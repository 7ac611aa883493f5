"""The shadow comparison: nothing unfinished, undecided or unseen ever counts as agreement."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from agents.pilots.shadow import NO_ANSWER, Cost, ShadowCase, ShadowReport, Status, Window, compare, to_json


def report(*cases: ShadowCase, threshold: int | None = None) -> ShadowReport:
    return compare(cases, title="Triage", outcome_field="queue", threshold_permille=threshold)


def done(id_: str, proposed: str, human: str | None, confidence: int | None = 900) -> ShadowCase:
    return ShadowCase(id_, proposed, human, Status.FINISHED, confidence)


outcomes = st.sampled_from(["a", "b", "c", None])
some_case = st.builds(
    ShadowCase,
    id=st.uuids().map(str),
    proposed=outcomes,
    human=outcomes,
    status=st.sampled_from(Status),
    confidence_permille=st.none() | st.integers(0, 1000),
)
some_cases = st.lists(some_case, max_size=30)


def test_agreement_counts_equal_outcomes_of_finished_runs() -> None:
    got = report(done("1", "a", "a"), done("2", "a", "b"), done("3", "b", "b"))
    assert (got.agreement.estimate, got.agreement.n) == (2 / 3, 3)
    assert not got.sufficient


def test_failed_and_unfinished_cases_do_not_agree_and_handed_off_ones_are_not_decided() -> None:
    odd = [ShadowCase(str(i), "a", "a", s, 990) for i, s in enumerate(Status) if s is not Status.FINISHED]
    got = report(*odd, done("9", "a", "a"), threshold=500)
    assert (got.unaided.estimate, got.unaided.n) == (1 / 4, 4)
    assert (got.handed_off, got.failed, got.unfinished) == (1, 1, 1)
    assert (got.decided.estimate, got.decided.n) == (1.0, 1)
    assert got.agreement.estimate == 2 / 4
    assert got.at_threshold is not None
    assert (got.at_threshold.covered, got.at_threshold.n) == (2, 4)


def test_a_case_that_no_person_decided_is_counted_and_not_compared() -> None:
    got = report(done("1", "a", None), done("2", "a", "a"))
    assert (got.n, got.compared, got.without_human) == (2, 1, 1)
    assert got.agreement.n == got.kappa.n == got.coverage.n == 1


def test_no_answer_is_a_confusion_of_its_own() -> None:
    got = report(ShadowCase("1", None, "a", Status.FINISHED), ShadowCase("2", "a", "a", Status.FAILED))
    assert [(c.human, c.proposed, c.cases) for c in got.confused] == [("a", NO_ANSWER, 2)]


def test_the_worst_case_types_come_first() -> None:
    got = report(done("1", "a", "a"), done("2", "a", "b"), done("3", "b", "b"), done("4", "a", "c"))
    assert [t.label for t in got.by_type] == ["c", "b", "a"]


def test_an_empty_pilot_says_nothing() -> None:
    got = to_json(report(threshold=400))
    assert got["agreement"] == {
        "estimate": None,
        "low": "0.000000",
        "high": "1.000000",
        "n": 0,
        "sufficient": False,
    }
    assert got["at_threshold"]["coverage"] is None


def test_how_many_more_cases_are_needed() -> None:
    assert report().more_needed(0.95) == 59
    assert report(*(done(str(i), "a", "a") for i in range(47))).more_needed(0.95) == 12


def test_the_json_form_is_stable() -> None:
    made = compare(
        [done("1", "a", "b")],
        title="T",
        outcome_field="queue",
        window=Window(1, 2),
        cost=Cost(5, "EUR", True),
        notes=["n"],
    )
    got = to_json(made)
    assert list(got) == [
        "format", "title", "outcome_field", "window", "n", "compared", "without_human",
        "handed_off", "failed", "unfinished", "compared_handed_off", "sufficient", "agreement",
        "kappa", "unaided", "decided", "coverage", "at_threshold", "curve", "confusion",
        "worst_confused", "by_type", "disagreements", "cost", "notes",
    ]  # fmt: skip
    assert got["cost"] == {"micro": 5, "currency": "EUR", "partial": True}
    assert got["confusion"] == [{"human": "b", "proposed": "a", "cases": 1}]
    assert got["worst_confused"] == [{"human": "b", "proposed": "a", "cases": 1, "of_human": 1}]


@given(some_cases, st.none() | st.integers(0, 1000))
def test_the_figures_never_flatter(cases: list[ShadowCase], threshold: int | None) -> None:
    got = report(*cases, threshold=threshold)
    same = [c.status for c in cases if c.human is not None and c.proposed == c.human]
    alone, agreeing = same.count(Status.FINISHED), same.count(Status.FINISHED) + same.count(Status.HANDED_OFF)
    assert got.agreement.n == sum(c.human is not None for c in cases)
    assert round(got.agreement.estimate * got.compared) == agreeing if got.compared else agreeing == 0
    assert len(got.disagreements) == got.compared - agreeing
    assert round(got.unaided.estimate * got.compared) == alone if got.compared else alone == 0
    assert got.decided.n + got.compared_handed_off <= got.compared
    assert sum(t.agreement.n for t in got.by_type) == got.compared


@given(some_cases, st.integers(0, 1000), st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(cases: list[ShadowCase], threshold: int, rng: random.Random) -> None:
    mixed = list(cases)
    rng.shuffle(mixed)
    one, other = to_json(report(*cases, threshold=threshold)), to_json(report(*mixed, threshold=threshold))
    assert json.dumps(one, allow_nan=False) == json.dumps(other, allow_nan=False)
