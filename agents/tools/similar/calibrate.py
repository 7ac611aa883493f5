"""The confidence from which a label is believed, set on held-out past cases and on nothing else.

Each data set needs its own: a margin that is right 98 times of 100 with ten thousand past cases is right 86
times with four hundred.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents.pilots.statistics import ENOUGH, coverage_curve
from agents.tools.similar.index import Settings, SimilarCases
from agents.tools.similar.past import PastCase
from storage.errors import BadInput

NEVER = 1001
"""A threshold that no confidence reaches: everything goes to a person."""

FOLDS = 10
MOST_HELD_OUT = 1500
"""How many past cases are examined at most; about 3 ms each."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where confidence begins, and what the held-out past cases showed there.

    Attributes:
        permille: the least confidence that is believed; NEVER where no threshold reaches the target.
        target_permille: the precision asked for.
        held_out: past cases examined, each by an index that did not contain it.
        right: how many of all held-out cases got the label that the person gave.
        covered: how many reach the threshold.
        correct: how many of those were right.
    """

    permille: int
    target_permille: int
    held_out: int
    right: int
    covered: int
    correct: int

    @property
    def reachable(self) -> bool:
        return self.permille < NEVER


def calibrate(
    past: Sequence[PastCase],
    target_permille: int,
    settings: Settings | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Threshold:
    """The lowest confidence at which at least `target_permille` of the held-out cases above it are right.

    Ten folds split by `seed`; a threshold must keep at least 30 cases, or the estimate is called insufficient
    and nothing is ever believed. `on_progress(done, all)` is told after each fold.
    """
    if not 0 < target_permille <= 1000:
        raise BadInput(f"A target precision lies between 1 and 1000 per mille, not at {target_permille}.")
    judged = _examined(past, settings or Settings(), seed, on_progress)
    right = sum(agreed for _, agreed in judged)
    enough = [
        point
        for point in coverage_curve(judged)
        if point.threshold > 0 and point.covered >= ENOUGH and point.correct * 1000 >= target_permille * point.covered
    ]
    if not enough:
        return Threshold(NEVER, target_permille, len(judged), right, 0, 0)
    best = enough[-1]
    return Threshold(best.threshold, target_permille, len(judged), right, best.covered, best.correct)


def _examined(
    past: Sequence[PastCase],
    settings: Settings,
    seed: int,
    on_progress: Callable[[int, int], None] | None,
) -> list[tuple[int, bool]]:
    """Confidence and rightness of held-out cases, each fold asked of an index of the others."""
    order = list(range(len(past)))
    random.Random(seed).shuffle(order)
    folds = min(FOLDS, len(past))
    each = -(-MOST_HELD_OUT // FOLDS)
    judged: list[tuple[int, bool]] = []
    for fold in range(folds if folds > 1 else 0):
        held = order[fold::folds]
        outside = set(held)
        index = SimilarCases.in_memory([c for i, c in enumerate(past) if i not in outside], settings)
        for position in held[:each]:
            match = index.match(past[position].text, evidence=0)
            judged.append((match.confidence_permille, match.label == past[position].label))
        index.close()
        if on_progress:
            on_progress(fold + 1, folds)
    return judged
