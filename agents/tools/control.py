"""The control tools, by which a model steers its own run: plan, finish, escalate, wait.

They have no executors: the loop itself performs them. What a model proposes is checked here and becomes one
of four typed values, or a list of faults that goes back to the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.job.schema import Fault, Schema, as_json_schema, check
from agents.job.strict import path_text
from agents.tools.foreign_json import parse_foreign
from agents.tools.tool import Effect, ToolSpec
from storage.errors import BadInput

Json = Any

CONTROL_TOOLS = frozenset({"plan", "finish", "escalate", "wait"})
STATES = ("planned", "active", "done", "failed", "skipped")
_MICROS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One line of a plan; `state` is planned, active, done, failed or skipped."""

    id: str
    title: str
    state: str = "planned"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the agent intends to do; `cause` says why it differs from the plan before."""

    steps: tuple[PlannedStep, ...]
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The outcome of the case; it fits the job's outcome schema."""

    outcome: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against; `source` says where it was seen."""

    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One way a person may choose; `outcome` is what choosing it would record, where that is known."""

    label: str
    outcome: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """What a person gets when the agent hands a case over."""

    summary: str
    evidence: tuple[Evidence, ...]
    options: tuple[Option, ...]
    recommendation: str


@dataclass(frozen=True, slots=True)
class Wait:
    """What the run waits for.

    Attributes:
        what: reply | change | until.
        until: RFC 3339 time or ISO 8601 duration (see `deadline`); for a reply or a change the latest moment.
        watch: (tool, arguments) of the read whose result is watched.
    """

    what: str
    question: str | None = None
    to: str | None = None
    until: str | None = None
    watch: tuple[str, Mapping[str, Json]] | None = None


ControlCall = Plan | Finish | Handoff | Wait

_STEP = Schema.model_validate(
    {
        "type": "object",
        "required": ["id", "title"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "title": {"type": "string"},
            "state": {"type": "string", "enum": list(STATES)},
        },
    }
)
_PLAN = Schema.model_validate(
    {
        "type": "object",
        "required": ["steps"],
        "properties": {"steps": {"type": "array", "items": _STEP}, "cause": {"type": "string"}},
    }
)
_ESCALATE = Schema.model_validate(
    {
        "type": "object",
        "required": ["summary", "evidence", "options", "recommendation"],
        "properties": {
            "summary": {"type": "string", "minLength": 1},
            "evidence": {"type": "array", "description": "Texts, or objects {text, source}."},
            "options": {"type": "array", "description": "Texts, or objects {label, outcome}."},
            "recommendation": {"type": "string"},
        },
    }
)
_WAIT = Schema.model_validate(
    {
        "type": "object",
        "required": ["for"],
        "properties": {
            "for": {"type": "string", "enum": ["reply", "change", "until"]},
            "question": {"type": "string", "minLength": 1},
            "to": {"type": "string", "description": "The person who is asked."},
            "until": {
                "type": "string",
                "description": "A time (RFC 3339) or a length of time from now (P3D, PT4H).",
            },
            "watch": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "tool": {"type": "string"},
                    "arguments": {"type": "object", "additionalProperties": True},
                },
            },
        },
    }
)


def control_tools(outcome: Schema) -> tuple[ToolSpec, ...]:
    """The declarations of the four control tools for a job with this outcome schema."""
    told = {
        "plan": (
            "Show the steps you intend to take; call it again with the cause when the plan changes.",
            _PLAN,
        ),
        "finish": ("End the case with its outcome.", _finish_schema(outcome)),
        "escalate": (
            "Hand the case to a person: what it is about, evidence, options, your recommendation.",
            _ESCALATE,
        ),
        "wait": ("Rest until a person replies, a record changes, or a time comes.", _WAIT),
    }
    return tuple(
        ToolSpec(name, text, as_json_schema(schema), effect=Effect.READ, trusted_read=True)
        for name, (text, schema) in told.items()
    )


def _finish_schema(outcome: Schema) -> Schema:
    return Schema.model_validate({"type": "object", "required": ["outcome"], "properties": {"outcome": outcome}})


def read_control(tool: str, arguments: bytes, outcome: Schema) -> ControlCall | list[str]:
    """Check a control call's arguments.

    Returns:
        The typed value, or the faults as sentences for the model (an empty list never).
    """
    try:
        value = parse_foreign(arguments)
    except BadInput as error:
        return [str(error)]
    schema = {"plan": _PLAN, "finish": _finish_schema(outcome), "escalate": _ESCALATE, "wait": _WAIT}[tool]
    faults = check(schema, value)
    if faults:
        return [_sentence(fault) for fault in faults]
    match tool:
        case "plan":
            return _plan(value)
        case "finish":
            return Finish(value["outcome"])
        case "escalate":
            return _handoff(value)
        case _:
            return _wait(value)


def _sentence(fault: Fault) -> str:
    where = path_text(fault.at)
    near = f" Did you mean `{fault.near}`?" if fault.near else ""
    return f"{where + ': ' if where else ''}{fault.why}.{near}"


def _plan(value: Mapping[str, Json]) -> Plan | list[str]:
    steps = tuple(PlannedStep(step["id"], step["title"], step.get("state", "planned")) for step in value["steps"])
    ids = [step.id for step in steps]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        return [f"steps: the id `{name}` is used twice." for name in twice]
    return Plan(steps, value.get("cause"))


def _handoff(value: Mapping[str, Json]) -> Handoff | list[str]:
    faults: list[str] = []
    evidence, options = [], []
    for index, item in enumerate(value["evidence"]):
        match item:
            case str():
                evidence.append(Evidence(item))
            case {"text": str(text)}:
                evidence.append(Evidence(text, str(item["source"]) if item.get("source") is not None else None))
            case _:
                faults.append(f"evidence[{index}]: a text, or an object with `text` and `source`, is expected.")
    for index, item in enumerate(value["options"]):
        match item:
            case str():
                options.append(Option(item))
            case {"label": str(label)} if item.get("outcome") is None or isinstance(item["outcome"], dict):
                options.append(Option(label, item.get("outcome")))
            case _:
                faults.append(f"options[{index}]: a text, or an object with `label` and `outcome`, is expected.")
    return faults or Handoff(value["summary"], tuple(evidence), tuple(options), value["recommendation"])


def _wait(value: Mapping[str, Json]) -> Wait | list[str]:
    what, watch = value["for"], value.get("watch")
    needed = {"reply": "question", "change": "watch", "until": "until"}[what]
    if value.get(needed) is None:
        return [f"{needed}: this is required where the run waits for `{what}`."]
    until = value.get("until")
    if until is not None:
        try:
            deadline(until, 0)
        except BadInput as error:
            return [f"until: {error}"]
    watched = (str(watch["tool"]), watch.get("arguments", {})) if watch else None
    return Wait(what, value.get("question"), value.get("to"), until, watched)


_DURATION = re.compile(
    r"P(?=.)(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,8})S)?)?"
)
_SECONDS: Sequence[int] = (604_800, 86_400, 3_600, 60, 1)


def deadline(until: str, now: int) -> int:
    """The moment that `until` means, in UTC microseconds.

    Args:
        until: RFC 3339 time with its offset, or an ISO 8601 duration of weeks to seconds (`P3D`, `PT4H30M`).
        now: when the wait began, UTC microseconds.

    Raises:
        BadInput: it is neither.
    """
    duration = _DURATION.fullmatch(until)
    if duration:
        counts = (int(part or 0) for part in duration.groups())
        return now + sum(count * unit for count, unit in zip(counts, _SECONDS, strict=True)) * _MICROS
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(
            f"`{until}` is neither a time nor a length of time.",
            hint="Write 2026-05-04T09:00:00Z, or P3D for three days, PT4H for four hours.",
        )
    return (moment - _EPOCH) // timedelta(microseconds=1)
