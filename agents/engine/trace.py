"""What happened in a run, as steps that a person can read; contents by reference, the short ones beside."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from agents.engine.operations.operation import plain
from storage.errors import NotFound
from storage.events import approvals, calls, cases, runs, safety
from storage.events.body import Ref, to_data
from storage.events.envelope import Event
from storage.events.union import AnyBody

Json = Any
Read = Callable[[Ref], bytes]
_SHORT = 600
"""Bytes: a payload up to this size is shown in the step, a longer one by its beginning."""


def steps(events: Iterable[Event], read: Read) -> list[dict[str, Json]]:
    """Return a run's events as steps.

    Each has `seq`, `ts` (UTC microseconds), `kind`, `actor`, `call` (or null), `words` (one sentence), `signed`, `refs`
    (field -> payload), `texts` (field -> its beginning as text, null where it was erased) and `data` (the event's own
    values).
    """
    return [_step(event, read) for event in events]


def _step(event: Event, read: Read) -> dict[str, Json]:
    data = {name: plain(value) for name, value in to_data(event.body).items()}
    refs = {name: data[name] for name in _ref_names(event.body) if isinstance(data.get(name), str) and data[name]}
    return {
        "seq": event.seq, "ts": event.ts, "kind": event.kind, "actor": event.actor, "call": data.get("call"),
        "words": words(event.body), "refs": refs, "texts": {name: _beginning(ref, read) for name, ref in refs.items()},
        "data": {name: value for name, value in data.items() if name not in refs},
        "signed": event.signature is not None,
    }  # fmt: skip


def _ref_names(body: AnyBody) -> list[str]:
    return [field.name for field in dataclasses.fields(body) if field.metadata.get("ref")]


def _beginning(ref: Ref, read: Read) -> str | None:
    try:
        content = read(ref)
    except NotFound:
        return None
    text = content[:_SHORT].decode("utf-8", "ignore")
    return text if len(content) <= _SHORT else f"{text}…"


def words(body: AnyBody) -> str:
    """Return one sentence that says what happened."""
    say = _WORDS.get(type(body))
    return say(body) if say is not None else _said(body.kind.replace(".", " "))


def _said(value: str) -> str:
    return str(value).replace("_", " ")


def _started(body: runs.ModelStarted) -> str:
    again = f", attempt {body.attempt}" if body.attempt > 1 else ""
    return f"The model was asked (turn {body.turn}{again})."


def _wanted(body: runs.ModelFinished) -> str:
    return f"The model answered and asked for: {', '.join(call.tool for call in body.calls or ()) or 'nothing'}."


def _ruled(body: calls.CallDecided) -> str:
    ruling = {calls.Ruling.ALLOW: "allowed", calls.Ruling.ASK: "put to a person", calls.Ruling.DENY: "denied"}
    return f"{body.tool} ({body.effect}) was {ruling[body.ruling]} by `{body.rule}`."


_WORDS: dict[type[Any], Callable[[Any], str]] = {
    runs.RunStarted: lambda b: f"{b.agent} began to work the case in {b.mode.value} mode.",
    runs.RunPaused: lambda b: "A person paused the run.",
    runs.RunResumed: lambda b: "A person let the run go on.",
    runs.RunFinished: lambda b: "The run finished with an outcome.",
    runs.RunHandedOff: lambda b: f"The case was handed to {b.to or 'a person'} ({_said(b.cause)}).",
    runs.RunFailed: lambda b: f"The run failed ({_said(b.category)}).",
    runs.RunStopped: lambda b: f"A {_said(b.cause)} ended the run.",
    runs.PlanSet: lambda b: "The plan was set." if b.cause is None else "The plan was changed.",
    runs.ModelStarted: _started,
    runs.ModelFinished: _wanted,
    runs.ModelFailed: lambda b: f"The model gave no usable answer ({_said(b.category)}).",
    runs.CriteriaChecked: lambda b: f"The outcome {'met' if b.passed else 'did not meet'} schema and criteria.",
    runs.LimitReached: lambda b: f"The limit `{b.limit}` was reached ({b.used} of {b.allowed}).",
    runs.MessageSent: lambda b: "A person said something to the agent.",
    runs.Informed: lambda b: f"{b.to} was informed of {b.step}.",
    runs.WaitStarted: lambda b: f"The run waits ({_said(b.waits_for)}{f', for {b.to}' if b.to else ''}).",
    runs.WaitEnded: lambda b: f"The wait is over ({_said(b.end)}).",
    calls.CallDecided: _ruled,
    calls.ToolStarted: lambda b: f"{b.tool} was started{f' (attempt {b.attempt})' if b.attempt > 1 else ''}.",
    calls.ToolFinished: lambda b: f"The call came back after {b.duration_us // 1000} ms.",
    calls.ToolFailed: lambda b: f"The call failed ({_said(b.category)}).",
    calls.ToolRecorded: lambda b: "The call was recorded and not performed.",
    calls.DoubtRaised: lambda b: f"Nobody knows whether {b.tool} happened ({_said(b.cause)}).",
    calls.DoubtResolved: lambda b: f"A person found out: {_said(b.verdict)}.",
    approvals.ApprovalRequested: lambda b: f"{b.tool} waits for a person ({', '.join(b.approvers) or 'anybody'}).",
    approvals.ApprovalDecided: lambda b: f"A person decided: {_said(b.choice)}.",
    approvals.ApprovalWithdrawn: lambda b: "The person took the decision back.",
    approvals.ApprovalExpired: lambda b: "Nobody decided in time.",
    approvals.ApprovalSuperseded: lambda b: "The request no longer stands.",
    approvals.DecisionRefused: lambda b: f"A decision ({b.choice}) was refused ({_said(b.cause)}).",
    cases.OutcomeReceived: lambda b: "A person said what came of the case.",
    safety.KillAcknowledged: lambda b: "The run stopped for a kill.",
}
