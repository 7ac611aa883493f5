"""Follows a playbook: a generator that yields replies and is sent the results of their calls.

It is deterministic, and a pure function of the program, the case and the results so far: no clock, no
chance, no I/O. So a run can be taken up again after any interruption by sending the recorded results once
more.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, assert_never

from agents.models.model import CallResult, ProposedCall, Reply, ResultStatus
from agents.playbook.format import (
    BranchStep,
    CallStep,
    ClassifyStep,
    EscalateStep,
    FinishStep,
    ForEachStep,
    Otherwise,
    Step,
    WaitStep,
)
from agents.playbook.frame import Frame, NotWorkedOut
from agents.playbook.giving_up import Cause, cause_of, handoff, is_empty
from agents.playbook.plan_view import PlanView, title_of
from agents.playbook.program import Program
from agents.playbook.templates import to_json

Json = Any
Results = tuple[CallResult, ...]
Playing = Generator[Reply, Results, None]
_Ended = Generator[Reply, Results, bool]
"""A part of the play; it returns True where the run ended in it."""

MAX_CALLS = 10_000
"""Calls of one run; more are handed over (loops inside loops multiply)."""

_DONE = (ResultStatus.OK, ResultStatus.RECORDED)


def play(program: Program, case: Mapping[str, Json]) -> Playing:
    """Work one case: yields each reply, is sent the results of its calls; ends after finish or escalate."""
    yield from _Player(program, PlanView.of(program.playbook.steps)).run(case)


class _Way(NamedTuple):
    """What a call led to: its content, or the cause why another way must be taken."""

    content: Json
    cause: Cause | None = None


@dataclass(slots=True)
class _Player:
    program: Program
    plan: PlanView
    calls: int = 0
    plans: int = 0
    changed: str | None = None
    history: list[tuple[str, str, Json]] = field(default_factory=list)

    def run(self, case: Mapping[str, Json]) -> Playing:
        frame = Frame(self.program, case)
        ended = yield from self._steps(self.program.playbook.steps, frame)
        if not ended:
            yield from self._give_up("end", frame, Cause("ended", "The playbook ended without an outcome."))

    def _steps(self, steps: Sequence[Step], frame: Frame) -> _Ended:
        for step in steps:
            self.plan.mark(step.id, "active")
            try:
                ended = yield from self._step(step, frame)
            except NotWorkedOut as error:
                ended = yield from self._give_up(step.id, frame, Cause("expression", str(error)), title_of(step))
            if ended:
                return True
            if self.plan.state.get(step.id) == "active":
                self.plan.mark(step.id, "done")
        return False

    def _step(self, step: Step, frame: Frame) -> _Ended:
        match step:
            case CallStep():
                return (yield from self._call(step, step.call, frame))
            case ClassifyStep():
                return (yield from self._classify(step, frame))
            case BranchStep():
                arm = next((arm for arm in step.branch if arm.when is None or frame.holds(arm.when)), None)
                self.plan.mark(step.id, "done")
                self.plan.skip([inner for other in step.branch if other is not arm for inner in other.steps])
                return (yield from self._steps(arm.steps, frame)) if arm else False
            case ForEachStep():
                return (yield from self._repeat(step, frame))
            case WaitStep():
                return (yield from self._wait(step, frame))
            case FinishStep():
                return (yield from self._finish(step, frame))
            case EscalateStep():
                arguments = frame.filled(step.escalate.model_dump(), forgiving=True)
                yield from self._ask(frame.prefix + step.id, "escalate", _listed(arguments))
                return True
            case _:
                assert_never(step)

    def _call(self, step: CallStep | ClassifyStep, tool: str, frame: Frame) -> _Ended:
        arguments = frame.filled(step.arguments)
        way = yield from self._tried(step, tool, arguments, step.on_failure.retry, frame)
        if way.cause is None:
            return False
        otherwise = step.on_empty if way.cause.kind == "empty" else step.on_failure
        return (yield from self._otherwise(step, otherwise, way.cause, frame))

    def _tried(
        self, step: CallStep | ClassifyStep | WaitStep, tool: str, arguments: Json, retries: int, frame: Frame
    ) -> Generator[Reply, Results, _Way]:
        """Call once, and again where it failed and the step allows it."""
        name, attempt = frame.prefix + step.id, 1
        while True:
            result = yield from self._ask(name if attempt == 1 else f"{name}[{attempt}]", tool, arguments)
            cause = None if self._accepted(step, result) else cause_of(result)
            frame.steps[step.id], frame.status[step.id] = result.content, str(result.status)
            self.history.append((name, str(result.status), result.content))
            if cause is None and not isinstance(step, WaitStep) and is_empty(result.content):
                return _Way(result.content, Cause("empty", f"{tool} came back with nothing."))
            if cause is None or result.status is not ResultStatus.FAILED or attempt > retries:
                return _Way(result.content, cause)
            attempt += 1

    def _accepted(self, step: Step, result: CallResult) -> bool:
        answer_counts = step.id in self.program.handed or isinstance(step, WaitStep)
        return result.status in _DONE or (answer_counts and result.status is ResultStatus.ANSWERED)

    def _otherwise(self, step: Step, otherwise: Otherwise, cause: Cause, frame: Frame) -> _Ended:
        if otherwise.steps:
            self.plan.mark(step.id, "failed")
            self.plan.insert_after(step.id, otherwise.steps)
            self.changed = frame.cause = f"{title_of(step)}: {cause.text}"
            return (yield from self._steps(otherwise.steps, frame))
        if otherwise.then == "continue":
            self.plan.mark(step.id, "failed")
            self.changed = f"{title_of(step)}: {cause.text} The plan goes on without it."
            return False
        return (yield from self._give_up(step.id, frame, cause, title_of(step)))

    def _classify(self, step: ClassifyStep, frame: Frame) -> _Ended:
        ended = yield from self._call(step, step.classify, frame)
        if ended or frame.status[step.id] not in _DONE or is_empty(frame.steps[step.id]):
            return ended
        sure = _is_sure(frame.steps[step.id], step)
        self.plan.skip(step.unsure if sure else step.sure)
        return (yield from self._steps(step.sure if sure else step.unsure, frame))

    def _repeat(self, step: ForEachStep, frame: Frame) -> _Ended:
        elements = frame.value(step.for_each)
        if not isinstance(elements, list):
            raise NotWorkedOut(f"`{step.for_each}` is not a list")
        if len(elements) > step.at_most:
            raise NotWorkedOut(f"`{step.for_each}` has {len(elements)} elements, the step repeats {step.at_most} times")
        outside, gathered = set(frame.steps), []
        for number, element in enumerate(elements, start=1):
            inner = frame.inside(step.id, number, step.name, element)
            ended = yield from self._steps(step.do, inner)
            if ended:
                return True
            gathered.append({name: value for name, value in inner.steps.items() if name not in outside})
        frame.steps[step.id], frame.status[step.id] = gathered, "ok"
        return False

    def _wait(self, step: WaitStep, frame: Frame) -> _Ended:
        described = step.wait.model_dump(by_alias=True, exclude_none=True)
        if step.wait.watch is not None:
            described["watch"] = {"tool": step.wait.watch.tool, "arguments": step.wait.watch.arguments}
        arguments = frame.filled(described)
        way = yield from self._tried(step, "wait", arguments, step.on_failure.retry, frame)
        return (yield from self._otherwise(step, step.on_failure, way.cause, frame)) if way.cause else False

    def _finish(self, step: FinishStep, frame: Frame) -> _Ended:
        outcome = frame.filled(step.finish.outcome)
        result = yield from self._ask(frame.prefix + step.id, "finish", {"outcome": outcome})
        if result.status in _DONE:
            return True
        self.history.append((step.id, str(result.status), result.content))
        return (yield from self._give_up(step.id, frame, cause_of(result), title_of(step)))

    def _give_up(self, step: str, frame: Frame, cause: Cause, title: str = "") -> _Ended:
        """Hand the case over with the cause; nothing is ever dropped silently."""
        self.plan.mark(step, "failed")
        arguments = handoff(cause, title, self.history)
        yield from self._ask(f"{frame.prefix}{step}.handoff", "escalate", arguments)
        return True

    def _ask(self, name: str, tool: str, arguments: Json) -> Generator[Reply, Results, CallResult]:
        """Yield a reply with one call, the plan before it where it is new or has changed."""
        self.calls += 1
        if self.calls > MAX_CALLS and tool not in ("escalate", "finish"):
            raise NotWorkedOut(f"the run has made {MAX_CALLS} calls, the most that one run may make")
        call = ProposedCall(name, tool, to_json(arguments))
        results = yield Reply(calls=(*self._new_plan(), call), model="playbook")
        found = next((result for result in results if result.call.id == name), None)
        return found or CallResult(call, ResultStatus.FAILED, {"error": "no result came back", "category": "internal"})

    def _new_plan(self) -> tuple[ProposedCall, ...]:
        if self.plans and self.changed is None:
            return ()
        self.plans += 1
        name = "plan" if self.plans == 1 else f"plan[{self.plans}]"
        arguments, self.changed = self.plan.arguments(self.changed), None
        return (ProposedCall(name, "plan", to_json(arguments)),)


def _is_sure(content: Json, step: ClassifyStep) -> bool:
    if not isinstance(content, dict):
        raise NotWorkedOut(f"{step.classify} did not say how sure it is")
    if step.at_least is None:
        return content.get("confident") is True
    confidence = content.get("confidence_permille")
    if not isinstance(confidence, int) or isinstance(confidence, bool):
        raise NotWorkedOut(f"{step.classify} gave no `confidence_permille`")
    return confidence >= step.at_least


def _listed(arguments: dict[str, Json]) -> dict[str, Json]:
    """Evidence and options as lists, also where a template gave one text."""
    for key in ("evidence", "options"):
        if not isinstance(arguments[key], list):
            arguments[key] = [arguments[key]] if arguments[key] not in ("", None) else []
    return arguments
