"""The plan as it is shown while a playbook runs: one line a step, changed with a cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.playbook.format import (
    BranchStep,
    CallStep,
    ClassifyStep,
    EscalateStep,
    FinishStep,
    ForEachStep,
    Step,
    WaitStep,
)

Json = Any


@dataclass(slots=True)
class PlanView:
    """The steps that are planned, and how far each has come.

    Attributes:
        shown: step ids in order, with their titles.
        state: step id -> planned | active | done | failed | skipped.
    """

    shown: list[tuple[str, str]]
    state: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Sequence[Step]) -> PlanView:
        """The plan at the start: every step of the usual way."""
        return cls([(step.id, title_of(step)) for step in _usual(steps)])

    def mark(self, step: str, state: str) -> None:
        """Note how far a step has come."""
        self.state[step] = state

    def skip(self, steps: Sequence[Step]) -> None:
        """Note that these steps belong to a way that was not taken; what was done before, in a loop, stays so."""
        for inner in _usual(steps):
            self.state.setdefault(inner.id, "skipped")

    def insert_after(self, step: str, steps: Sequence[Step]) -> None:
        """Add the steps of another way behind the step that made it necessary."""
        known = {name for name, _ in self.shown}
        new = [(inner.id, title_of(inner)) for inner in _usual(steps) if inner.id not in known]
        position = next((i for i, (name, _) in enumerate(self.shown) if name == step), len(self.shown) - 1)
        self.shown[position + 1 : position + 1] = new

    def arguments(self, cause: str | None = None) -> dict[str, Json]:
        """The arguments of the control tool `plan`."""
        steps = [{"id": i, "title": t, "state": self.state.get(i, "planned")} for i, t in self.shown]
        return {"steps": steps} if cause is None else {"steps": steps, "cause": cause}


def _usual(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        match step:
            case BranchStep():
                for arm in step.branch:
                    yield from _usual(arm.steps)
            case ClassifyStep():
                yield from _usual(step.sure)
                yield from _usual(step.unsure)
            case ForEachStep():
                yield from _usual(step.do)
            case _:
                pass


def title_of(step: Step) -> str:
    """A step in a few plain words."""
    if step.title:
        return step.title
    words = step.id.replace("_", " ").capitalize()
    match step:
        case CallStep():
            return words if step.call == step.id else f"{words} ({step.call})"
        case ClassifyStep():
            return f"{words} (by similar past cases)"
        case BranchStep():
            return f"{words} (decide which way to go)"
        case ForEachStep():
            return f"{words} (for each {step.name})"
        case WaitStep():
            return f"{words} (wait for {step.wait.what if step.wait.what != 'until' else 'a time'})"
        case FinishStep():
            return f"{words} (finish)"
        case EscalateStep():
            return f"{words} (hand over to a person)"
