"""Compares what an agent would have done with what people did, so that no figure flatters.

A case that failed or was not finished did not agree: it stays in the overall figure's n. A case handed off
counts by what the agent leaned to, and not at all as decided. A case that no person decided is counted and
never compared. Every figure carries its n, the report its window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from agents.pilots.statistics import (
    Confused,
    CoveragePoint,
    Interval,
    at_threshold,
    cases_needed,
    clopper_pearson,
    cohens_kappa,
    confusion,
    coverage_curve,
    lower_bound,
    worst_confused,
)

FORMAT = 1
NO_ANSWER = "(no answer)"
"""What stands in the confusion table for a case that the agent did not decide."""


class Status(StrEnum):
    """How the agent's run of a case ended."""

    FINISHED = "finished"
    HANDED_OFF = "handed_off"
    FAILED = "failed"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class ShadowCase:
    """One case worked in shadow beside a person.

    Attributes:
        id: the case's id.
        proposed, human: the outcome field's value, by the agent and by the person; None where absent.
        status: how the run ended. A handed-off case may still name what the agent leaned to.
        confidence_permille: the agent's own confidence, or None where it states none.
        text: what the case was about, to be shown beside a disagreement.
        run: the run to open.
    """

    id: str
    proposed: str | None
    human: str | None
    status: Status
    confidence_permille: int | None = None
    text: str = ""
    run: str = ""

    @property
    def decided(self) -> bool:
        """The agent came to an outcome by itself."""
        return self.status is Status.FINISHED and self.proposed is not None

    @property
    def agrees(self) -> bool:
        """The agent decided as the person did."""
        return self.decided and self.human is not None and self.proposed == self.human

    @property
    def leaned_right(self) -> bool:
        """What the agent decided or leaned to is what the person did; a failed run leans nowhere."""
        leaning = self.status in {Status.FINISHED, Status.HANDED_OFF} and self.proposed is not None
        return leaning and self.proposed == self.human


class Window(NamedTuple):
    """What the figures are about: first and last moment, in UTC microseconds."""

    start: int
    end: int


class Cost(NamedTuple):
    """What the runs cost, in micro-units; `partial` where a price was unknown: at least this."""

    micro: int
    currency: str
    partial: bool = False


class CaseType(NamedTuple):
    """How the cases that people decided one way fared."""

    label: str
    agreement: Interval


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What a shadow pilot showed.

    Attributes:
        n: all cases of the pilot.
        compared: those that a person decided; the n of every figure below.
        without_human: cases without a person's outcome, never counted as agreement.
        handed_off, failed, unfinished: compared or not, how many runs ended so.
        compared_handed_off: of the compared ones.
        agreement: what the agent decided, or leaned to when it handed off, is what the person did.
        kappa: Cohen's kappa of the same answers; no answer is a label of its own.
        unaided: decided by the agent itself and as the person did, of all compared.
        decided: agreement among the compared cases that the agent decided itself.
        coverage: the share of the compared cases that it decided itself.
        lower: the one-sided 95 % lower bound of `decided`, which gates compare.
        threshold_permille, at_threshold: the confidence fixed beforehand, and what it covers.
        curve: coverage and agreement for each confidence that occurred.
        confused: worst-confused pairs.
        table: every pair of a person's and the agent's answer that occurred, and how often.
        by_type: agreement for each label that people gave, worst first.
        disagreements: compared cases with another outcome, decided ones first.
    """

    title: str
    outcome_field: str
    window: Window | None
    n: int
    compared: int
    without_human: int
    handed_off: int
    failed: int
    unfinished: int
    compared_handed_off: int
    agreement: Interval
    kappa: Interval
    unaided: Interval
    decided: Interval
    coverage: Interval
    lower: float
    threshold_permille: int | None
    at_threshold: CoveragePoint | None
    curve: tuple[CoveragePoint, ...]
    confused: tuple[Confused, ...]
    table: tuple[tuple[str, str, int], ...]
    by_type: tuple[CaseType, ...]
    disagreements: tuple[ShadowCase, ...]
    cost: Cost | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def sufficient(self) -> bool:
        """Enough compared cases to be read as figures."""
        return self.agreement.sufficient

    def more_needed(self, target: float) -> int:
        """How many more cases, all decided right, lift the lower bound of `decided` to `target`."""
        right = round(self.unaided.estimate * self.compared) if self.compared else 0
        return cases_needed(target, right, self.decided.n)


def compare(
    cases: Sequence[ShadowCase],
    *,
    title: str,
    outcome_field: str,
    threshold_permille: int | None = None,
    window: Window | None = None,
    cost: Cost | None = None,
    notes: Iterable[str] = (),
) -> ShadowReport:
    """Compare outcomes exactly on one declared field. Equal cases in any order give an equal report."""
    ordered = sorted(cases, key=lambda case: (case.id, case.run))
    compared = [case for case in ordered if case.human is not None]
    decided = [case for case in compared if case.decided]
    right = sum(case.agrees for case in decided)
    judged = [(_confidence(case), case.leaned_right) for case in compared]
    table = confusion((case.human or "", _answer(case)) for case in compared)
    states = [case.status for case in ordered]
    return ShadowReport(
        title=title,
        outcome_field=outcome_field,
        window=window,
        n=len(ordered),
        compared=len(compared),
        without_human=len(ordered) - len(compared),
        handed_off=states.count(Status.HANDED_OFF),
        failed=states.count(Status.FAILED),
        unfinished=states.count(Status.UNFINISHED),
        compared_handed_off=sum(case.status is Status.HANDED_OFF for case in compared),
        agreement=clopper_pearson(sum(case.leaned_right for case in compared), len(compared)),
        kappa=cohens_kappa(table),
        unaided=clopper_pearson(right, len(compared)),
        decided=clopper_pearson(right, len(decided)),
        coverage=clopper_pearson(len(decided), len(compared)),
        lower=lower_bound(right, len(decided)),
        threshold_permille=threshold_permille,
        at_threshold=None if threshold_permille is None else at_threshold(judged, threshold_permille),
        curve=tuple(point for point in coverage_curve(judged) if point.threshold >= 0),
        confused=worst_confused(table),
        table=tuple((human, proposed, cases) for (human, proposed), cases in sorted(table.items())),
        by_type=_by_type(compared),
        disagreements=tuple(
            sorted((case for case in compared if not case.leaned_right), key=lambda case: not case.decided)
        ),
        cost=cost,
        notes=tuple(notes),
    )


def _answer(case: ShadowCase) -> str:
    leaning = case.status in {Status.FINISHED, Status.HANDED_OFF}
    return case.proposed if leaning and case.proposed is not None else NO_ANSWER


def _confidence(case: ShadowCase) -> int:
    """A run that ended without an answer, or states no confidence, is below every threshold."""
    if _answer(case) == NO_ANSWER or case.confidence_permille is None:
        return -1
    return case.confidence_permille


def _by_type(compared: Sequence[ShadowCase]) -> tuple[CaseType, ...]:
    types: dict[str, list[bool]] = {}
    for case in compared:
        types.setdefault(case.human or "", []).append(case.leaned_right)
    found = [CaseType(label, clopper_pearson(sum(right), len(right))) for label, right in types.items()]
    return tuple(sorted(found, key=lambda t: (t.agreement.estimate, -t.agreement.n, t.label)))


def to_json(report: ShadowReport) -> dict[str, Any]:
    """The report as JSON values, of a stable schema: counts are integers, shares decimal strings or null."""
    threshold = report.at_threshold
    return {
        "format": FORMAT,
        "title": report.title,
        "outcome_field": report.outcome_field,
        "window": None if report.window is None else {"start": report.window.start, "end": report.window.end},
        "n": report.n,
        "compared": report.compared,
        "without_human": report.without_human,
        "handed_off": report.handed_off,
        "failed": report.failed,
        "unfinished": report.unfinished,
        "compared_handed_off": report.compared_handed_off,
        "sufficient": report.sufficient,
        "agreement": _interval(report.agreement),
        "kappa": _interval(report.kappa),
        "unaided": _interval(report.unaided),
        "decided": {**_interval(report.decided), "lower_95": _share(report.lower)},
        "coverage": _interval(report.coverage),
        "at_threshold": None if threshold is None else _point(threshold),
        "curve": [_point(point) for point in report.curve],
        "confusion": [
            {"human": human, "proposed": proposed, "cases": cases} for human, proposed, cases in report.table
        ],
        "worst_confused": [pair._asdict() for pair in report.confused],
        "by_type": [{"label": each.label, "agreement": _interval(each.agreement)} for each in report.by_type],
        "disagreements": [_case(case) for case in report.disagreements],
        "cost": None if report.cost is None else report.cost._asdict(),
        "notes": list(report.notes),
    }


def _share(value: float) -> str | None:
    return None if math.isnan(value) else f"{value:.6f}"


def _interval(value: Interval) -> dict[str, Any]:
    return {
        "estimate": _share(value.estimate),
        "low": _share(value.low),
        "high": _share(value.high),
        "n": value.n,
        "sufficient": value.sufficient,
    }


def _point(point: CoveragePoint) -> dict[str, Any]:
    return {
        "threshold_permille": point.threshold,
        "covered": point.covered,
        "n": point.n,
        "coverage": _share(point.coverage if point.n else math.nan),
        "agreement": _interval(clopper_pearson(point.correct, point.covered)),
    }


def _case(case: ShadowCase) -> Mapping[str, Any]:
    return {
        "case": case.id,
        "run": case.run,
        "proposed": case.proposed,
        "human": case.human,
        "status": case.status.value,
        "confidence_permille": case.confidence_permille,
    }
