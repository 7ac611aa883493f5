"""What the Pilots room shows: a pilot's figures, its confusion matrix, its disagreements. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from agents.pilots.shadow import NO_ANSWER, CaseType, ShadowReport
from agents.pilots.statistics import Interval
from console import words
from console.models.matrix import Matrix
from storage.records import PilotRecord

Json = Any
MOST_LABELS = 7
"""Rows of the matrix: more cannot be read at once."""
MOST_TYPES = 8


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("pilots", text)


def matrix(report: ShadowReport, most: int = MOST_LABELS) -> Matrix:
    """Return the confusion matrix of the labels with the most differences, at most `most` of them."""
    totals: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for human, proposed, cases in report.table:
        totals[human] += cases
        if human != proposed:
            wrong[human] += cases
            if proposed != NO_ANSWER:
                wrong[proposed] += cases
    by_size = sorted(totals, key=lambda label: (-wrong[label], -totals[label], label))
    shown = by_size[:most]
    names = set(shown)
    others = {proposed for human, proposed, _ in report.table if human in names and proposed not in names}
    columns = [*shown, *([NO_ANSWER] if NO_ANSWER in others else [])]
    rest = said("other") if others - {NO_ANSWER} else ""
    counted: Counter[tuple[str, str]] = Counter()
    for human, proposed, cases in report.table:
        if human in names:
            counted[human, proposed if proposed in columns else rest] += cases
    across = (*columns, *((rest,) if rest else ()))
    out = [label for label in by_size if label not in names]
    missed = sum(cases for human, proposed, cases in report.table if human in set(out) and human != proposed)
    return Matrix(
        tuple(shown), across, tuple(tuple(counted[row, column] for column in across) for row in shown),
        tuple(totals[row] for row in shown), (len(out), missed),
    )  # fmt: skip


def same(report: ShadowReport) -> int:
    """Return how many compared cases the agent answered as the person did."""
    return sum(cases for human, proposed, cases in report.table if human == proposed)


def lowest_types(report: ShadowReport, most: int = MOST_TYPES) -> tuple[CaseType, ...]:
    """Return the case types with enough cases to be read, worst first; where none has, the largest."""
    enough = [each for each in report.by_type if each.agreement.sufficient]
    if enough:
        return tuple(enough[:most])
    largest = sorted(report.by_type, key=lambda each: (-each.agreement.n, each.agreement.estimate, each.label))
    return tuple(largest[:most])


def right_of(agreement: Interval) -> str:
    """Return `71/72`."""
    right = 0 if math.isnan(agreement.estimate) else round(agreement.estimate * agreement.n)
    return f"{words.count(right)}/{words.count(agreement.n)}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pilot is.

    Attributes:
        total: how many cases there are, None while that is not known.
        ended: runs that ended.
        waiting: runs that wait for a person.
        left_us: how long the rest will take at the pace so far, None while that cannot be said.
    """

    total: int | None
    ended: int
    waiting: int
    done: bool
    cancelled: bool
    refused: int
    error: str
    left_us: int | None

    @property
    def share(self) -> float:
        """Return how far it is, 0.0 to 1.0."""
        return 1.0 if self.done else (self.ended / self.total if self.total else 0.0)


_ENDED = ("finished", "handed_off", "failed", "stopped")
_WAITING = ("asking", "waiting", "doubt", "paused")
_FEWEST_TO_ESTIMATE = 3


def progress(state: Mapping[str, Json], begun_at: int, now: int) -> Progress:
    """Return how far `pilot.state` says a pilot is.

    Args:
        begun_at, now: UTC microseconds.
    """
    states = state["states"]
    ended = sum(states.get(name, 0) for name in _ENDED) + state.get("skipped", 0)
    waiting = sum(states.get(name, 0) for name in _WAITING)
    total = state["total"]
    left = None
    if total and ended >= _FEWEST_TO_ESTIMATE and not state["done"]:
        left = round((now - begun_at) / ended * max(0, total - ended - waiting))
    return Progress(
        total, ended, waiting, state["done"], state["cancelled"], state["refused"], state["error"] or "", left
    )


class PilotLine(NamedTuple):
    """A pilot in the list."""

    record: PilotRecord
    title: str
    finished: int
    handed_off: int
    failed: int
    others: int

    @property
    def runs(self) -> int:
        """Return how many runs it has."""
        return self.finished + self.handed_off + self.failed + self.others
