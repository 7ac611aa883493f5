"""Folds a run's events into a trace that a person can read. Pure but for reading payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.cli.brief import in_brief
from agents.cli.trace_parts import (
    Asked,
    CallStep,
    CheckStep,
    Criterion,
    ModelStep,
    NoteStep,
    Origin,
    PlanLine,
    PlanStep,
    Ruled,
    RunSummary,
    Step,
    Trace,
    WaitStep,
)
from storage.events import approvals, calls, cases, runs, safety
from storage.events.body import Ref
from storage.events.envelope import Event
from storage.records import CaseRecord, RunRecord

Json = Any
Value = Callable[[Ref | None], Json]
Text = Callable[[Ref | None], str | None]


@dataclass(frozen=True, slots=True)
class Glossary:
    """What the run's version says of its rules and tools.

    Attributes:
        because: the reason of each rule.
        sentence: (tool, arguments) -> what the call does, in plain words.
    """

    because: Mapping[str, str]
    sentence: Callable[[str, Mapping[str, Json]], str | None]


def summary(record: RunRecord, external_id: str | None = None) -> RunSummary:
    """Return a run's record under the names of the vocabulary."""
    fields = {
        name: value
        for name, value in record._asdict().items()
        if name not in ("case_id", "origin", "outcome", "handoff", "cost_partial")
    }
    return RunSummary(**fields, case=record.case_id, external_id=external_id, cost_partial=bool(record.cost_partial))


def build_trace(
    record: RunRecord, case: CaseRecord, events: Iterable[Event], value: Value, text: Text, glossary: Glossary
) -> Trace:
    """Return the trace of a run.

    Args:
        value, text: read a payload as JSON, as text.
    """
    folding = _Folding(record.started_at, value, text, glossary)
    for event in events:
        folding.take(event)
    return Trace(
        summary(record, case.external_id), value(case.content), value(case.outcome), folding.steps,
        value(record.outcome), value(record.handoff), folding.handed_to, folding.error,
    )  # fmt: skip


class _Folding:
    """The steps so far."""

    def __init__(self, begin: int, value: Value, text: Text, glossary: Glossary) -> None:
        self._begin, self._value, self._text, self._glossary = begin, value, text, glossary
        self.steps: list[Step] = []
        self.handed_to: str | None = None
        self.error: str | None = None
        self._calls: dict[str, CallStep] = {}
        self._asked: dict[str, Asked] = {}
        self._waits: dict[str, WaitStep] = {}

    def take(self, event: Event) -> None:
        """Take in the next event."""
        at, body = event.ts - self._begin, event.body
        match body:
            case runs.RunStarted() | runs.ModelStarted() | runs.RunFinished():
                pass
            case runs.ModelFinished():
                self._model(event, body, at)
            case runs.ModelFailed():
                why = self._text(body.message)
                self.steps.append(
                    ModelStep(
                        "model", event.seq, at, body.turn, None, None, why, body.tokens_in, body.tokens_out, body.cost,
                        None,
                    )
                )  # fmt: skip
            case runs.PlanSet():
                self._plan(event, body, at)
            case runs.CriteriaChecked():
                found = [Criterion(r.criterion, r.passed, r.error) for r in body.results]
                said = self._text(body.message)
                self.steps.append(CheckStep("check", event.seq, at, body.passed, found, said))
            case runs.WaitStarted():
                wait = WaitStep(
                    "wait", event.seq, at, body.wait, body.waits_for.value, body.to, body.until,
                    self._text(body.question),
                )  # fmt: skip
                self._waits[body.wait] = wait
                self.steps.append(wait)
            case runs.WaitEnded():
                self._wait_ended(event, body, at)
            case _:
                if not (self._call_event(event, at) or self._approval_event(event, at)):
                    self._note(event, at)

    # -- the model --------------------------------------------------------------------------------------------

    def _model(self, event: Event, body: runs.ModelFinished, at: int) -> None:
        step = ModelStep(
            "model", event.seq, at, body.turn, body.model, self._text(body.text), None, body.tokens_in,
            body.tokens_out, body.cost, body.duration_us,
        )  # fmt: skip
        for proposed in body.calls or ():
            call = CallStep("call", event.seq, at, proposed.call, proposed.tool, self._value(proposed.arguments))
            self._calls[proposed.call] = call
            step.calls.append(call)
        self.steps.append(step)

    def _plan(self, event: Event, body: runs.PlanSet, at: int) -> None:
        plan = self._value(body.plan)
        lines = plan.get("steps", []) if isinstance(plan, dict) else []
        shown = [PlanLine(str(x["id"]), str(x["title"]), str(x.get("state", "planned"))) for x in lines]
        self.steps.append(PlanStep("plan", event.seq, at, shown, self._text(body.cause)))

    def _wait_ended(self, event: Event, body: runs.WaitEnded, at: int) -> None:
        wait = self._waits.get(body.wait)
        if wait is not None:
            wait.end, wait.answer, wait.ended_at = body.end.value, self._text(body.answer), at

    # -- calls ------------------------------------------------------------------------------------------------

    def _call_event(self, event: Event, at: int) -> bool:
        body = event.body
        call = self._calls.get(getattr(body, "call", ""))
        if call is None:
            return False
        match body:
            case calls.CallDecided():
                self._ruled(call, body, at)
            case calls.ToolStarted():
                call.status, call.attempts = "started", body.attempt
            case calls.ToolFinished():
                call.status, call.duration_us, call.result = "ok", body.duration_us, self._value(body.result)
            case calls.ToolFailed():
                call.status = "started" if body.will_retry else "failed"
                call.error, call.duration_us = self._text(body.message), body.duration_us
            case calls.ToolRecorded():
                call.status, call.result = "recorded", self._value(body.result)
                call.before, call.after = self._value(body.before), self._value(body.after)
            case calls.DoubtRaised():
                call.status, call.doubt = "doubt", body.cause.value
            case calls.DoubtResolved():
                call.doubt = f"{body.verdict.value} ({_who(event.actor)})"
                call.status = "started" if body.verdict is calls.DoubtVerdict.TRY_AGAIN else "ok"
                call.result = self._value(body.result)
            case _:
                return False
        return True

    def _ruled(self, call: CallStep, body: calls.CallDecided, at: int) -> None:
        arguments = self._value(body.args)
        call.arguments, call.effect = arguments, body.effect
        if isinstance(arguments, dict):
            call.sentence = self._glossary.sentence(body.tool, arguments)
        origins = [Origin(o.path, o.sink, _at(arguments, o.path), o.proven, o.source, None) for o in body.origins or ()]
        because = self._glossary.because.get(body.rule)
        message = self._text(body.message)
        call.rulings.append(Ruled(at, body.ruling.value, body.rule, because, origins, message, body.by))
        if body.ruling is calls.Ruling.DENY:
            call.status, call.error = "refused", message

    # -- approvals --------------------------------------------------------------------------------------------

    def _approval_event(self, event: Event, at: int) -> bool:
        body = event.body
        if isinstance(body, approvals.ApprovalRequested):
            self._requested(body, at)
            return True
        asked = self._asked.get(getattr(body, "approval", ""))
        if asked is None:
            return False
        match body:
            case approvals.ApprovalDecided():
                self._decided(asked, event, body)
            case approvals.ApprovalWithdrawn():
                asked.state, asked.choice = "requested", None
                asked.refusals.append(f"{_who(event.actor)} took the decision back")
            case approvals.ApprovalExpired():
                asked.state = "expired"
                self._end(body.call, "rejected")
            case approvals.ApprovalSuperseded():
                asked.state = "superseded"
            case approvals.DecisionRefused():
                why = body.cause.value.replace("_", " ")
                asked.refusals.append(f"{_who(event.actor)} tried to {body.choice}: refused, {why}")
            case _:
                return False
        return True

    def _requested(self, body: approvals.ApprovalRequested, at: int) -> None:
        asked = Asked(at, body.approval, list(body.approvers), body.expires_at)
        self._asked[body.approval] = asked
        call = self._calls.get(body.call)
        if call is None:
            return
        call.status = "asked"
        call.approvals.append(asked)
        card = self._value(body.card)
        seen = {o["path"]: o for o in card.get("origins", [])} if isinstance(card, dict) else {}
        for origin in call.rulings[-1].origins if call.rulings else []:
            more = seen.get(origin.path, {})
            origin.seen_in, origin.value = more.get("seen_in"), more.get("value", origin.value)

    def _decided(self, asked: Asked, event: Event, body: approvals.ApprovalDecided) -> None:
        asked.state, asked.choice, asked.person = "decided", body.choice.value, _who(event.actor)
        asked.decided_at, asked.effective_at = event.ts, body.effective_at
        asked.note, asked.signed = self._text(body.note), event.signature is not None
        match body.choice:
            case approvals.Choice.REJECT:
                self._end(body.call, "rejected")
            case approvals.Choice.RESPOND:
                self._end(body.call, "answered")
            case _:
                self._end(body.call, "approved")

    def _end(self, call: str, status: str) -> None:
        if call in self._calls:
            self._calls[call].status = status

    # -- the rest ---------------------------------------------------------------------------------------------

    def _note(self, event: Event, at: int) -> None:
        body = event.body
        match body:
            case runs.RunHandedOff():
                self.handed_to = body.to
                return
            case runs.RunFailed():
                self.error = self._text(body.message)
                return
            case runs.RunStopped():
                text = {"kill": "stopped by a kill", "person": "stopped by a person"}[body.cause.value]
                text += f": {why}" if (why := self._text(body.reason)) else ""
            case runs.RunPaused():
                text = "paused"
            case runs.RunResumed():
                text = "resumed"
            case runs.MessageSent():
                text = f"said: {self._text(body.text)}"
            case runs.Informed():
                told = self._value(body.summary)
                said = told.get("text") if isinstance(told, dict) else told
                text = f"{body.to} was told: {said}"
            case runs.LimitReached():
                text = f"the limit {body.limit} was reached: {body.used:,} used, {body.allowed:,} allowed"
            case cases.OutcomeReceived():
                text = f"decided the case: {in_brief(self._value(body.outcome), 300)}"
                text += f": {why}" if (why := self._text(body.note)) else ""
            case safety.KillAcknowledged():
                sent = f", still awaiting {', '.join(body.awaiting)}" if body.awaiting else ""
                text = f"stopped for the kill {body.kill}{sent}"
            case _:
                text = event.kind.replace(".", " ").replace("_", " ")
        self.steps.append(NoteStep("note", event.seq, at, event.kind, _who(event.actor), text))


def _who(actor: str) -> str:
    return actor.removeprefix("person:")


def _at(arguments: Json, path: str) -> str | None:
    """Return the value at an argument's path, where it is a plain member."""
    if not isinstance(arguments, dict):
        return None
    value = arguments.get(path)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
