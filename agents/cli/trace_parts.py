"""What a trace consists of: the run, and its steps in order. This is also the document of `show --json`.

Times `at` are microseconds since the run began; other times are UTC microseconds; costs are micro US dollars.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = Any


@dataclass(slots=True)
class RunSummary:
    """A run as it stands. `cost_partial`: some price was unknown, so it cost at least `cost`."""

    run: str
    agent: str
    version: str
    case: str
    external_id: str | None
    mode: str
    stage: str
    tier: int
    model: str
    seed: int
    pilot: str | None
    state: str
    cause: str | None
    started_at: int
    ended_at: int | None
    turns: int
    calls: int
    writes: int
    asks: int
    denials: int
    failures: int
    tokens_in: int
    tokens_out: int
    cost: int
    cost_partial: bool
    seq: int


@dataclass(slots=True)
class Origin:
    """Where the authority of one argument comes from; an unproven one names where it was seen, if anywhere."""

    path: str
    kind: str
    value: str | None
    proven: bool
    source: str | None
    seen_in: str | None


@dataclass(slots=True)
class Ruled:
    """What policy said of a call. `approval` is the request whose edit was judged here, if one was."""

    at: int
    ruling: str
    rule: str
    because: str | None
    origins: list[Origin]
    message: str | None
    approval: str | None


@dataclass(slots=True)
class Asked:
    """A person was asked. `state` is requested, decided, withdrawn, expired or superseded."""

    at: int
    approval: str
    approvers: list[str]
    expires_at: int
    state: str = "requested"
    choice: str | None = None
    person: str | None = None
    decided_at: int | None = None
    effective_at: int | None = None
    note: str | None = None
    signed: bool = False
    refusals: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CallStep:
    """A tool call. `status` is proposed, asked, started, ok, recorded, failed, refused, rejected, answered or doubt."""

    kind: Literal["call"]
    seq: int
    at: int
    call: str
    tool: str
    arguments: Json
    effect: str | None = None
    sentence: str | None = None
    rulings: list[Ruled] = field(default_factory=list)
    approvals: list[Asked] = field(default_factory=list)
    attempts: int = 0
    status: str = "proposed"
    result: Json = None
    error: str | None = None
    duration_us: int | None = None
    before: Json = None
    after: Json = None
    doubt: str | None = None


@dataclass(slots=True)
class ModelStep:
    """A reply of the model, with the calls that it proposed. `cost` None: the price is unknown."""

    kind: Literal["model"]
    seq: int
    at: int
    turn: int
    model: str | None
    text: str | None
    error: str | None
    tokens_in: int
    tokens_out: int
    cost: int | None
    duration_us: int | None
    calls: list[CallStep] = field(default_factory=list)


@dataclass(slots=True)
class PlanLine:
    """One line of a plan."""

    id: str
    title: str
    state: str


@dataclass(slots=True)
class PlanStep:
    """The agent's plan, or its change with the cause."""

    kind: Literal["plan"]
    seq: int
    at: int
    steps: list[PlanLine]
    cause: str | None


@dataclass(slots=True)
class Criterion:
    """One success criterion and whether it held."""

    criterion: str
    passed: bool
    error: str | None


@dataclass(slots=True)
class CheckStep:
    """The outcome was held against schema and success criteria."""

    kind: Literal["check"]
    seq: int
    at: int
    passed: bool
    criteria: list[Criterion]
    message: str | None


@dataclass(slots=True)
class WaitStep:
    """The run waits for a reply, a change or a time. `end` is None while it waits."""

    kind: Literal["wait"]
    seq: int
    at: int
    wait: str
    waits_for: str
    to: str | None
    until: int | None
    question: str | None
    end: str | None = None
    answer: str | None = None
    ended_at: int | None = None


@dataclass(slots=True)
class NoteStep:
    """Anything else that happened: `what` is the kind of event, `actor` who did it."""

    kind: Literal["note"]
    seq: int
    at: int
    what: str
    actor: str
    text: str


Step = CallStep | ModelStep | PlanStep | CheckStep | WaitStep | NoteStep


@dataclass(slots=True)
class Trace:
    """A run and everything that happened in it."""

    run: RunSummary
    case: Json
    human_outcome: Json
    steps: list[Step]
    outcome: Json
    handoff: Json
    handed_to: str | None
    error: str | None
