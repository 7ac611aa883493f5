"""What a run is at a given moment. It is the fold of its events (see folding.py).

A run that waits a week for a person is nothing but its events; this fold is how it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self

from agents.models.model import ResultStatus
from storage.events import runs
from storage.events.body import Digest, Ref
from storage.events.cases import Mode
from storage.events.workspace import Stage


class CallState(StrEnum):
    """How far a proposed call has come."""

    PROPOSED = "proposed"
    ALLOWED = "allowed"  # policy allows it; it may be performed
    TO_ASK = "to_ask"  # policy asks; the request is not yet written
    ASKED = "asked"  # a person must decide
    APPROVED = "approved"  # a person allowed it, from `due` on
    STARTED = "started"
    TO_DOUBT = "to_doubt"  # a write that failed without saying whether it happened
    IN_DOUBT = "in_doubt"  # a person must find out
    DONE = "done"


class End(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    HANDED_OFF = "handed_off"
    FAILED = "failed"
    STOPPED = "stopped"


class Frozen:
    """A frozen value that is copied with changes. A plain dict copy: `dataclasses.replace` took half a step's time."""

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, **changes)
        return copy


class Asked(NamedTuple):
    """What a request for approval was about; a decision that is withdrawn leads back to it."""

    args: Ref | None
    binding: Digest
    expires_at: int


@dataclass(frozen=True)
class Call(Frozen):
    """One proposed call. `arguments` is what the model wrote, `args` what was normalised and judged.

    Attributes:
        approval: the open or decided request, once there is one.
        due: UTC microseconds: when the open request expires, or when the decision takes effect.
        asked: what the last request was about.
        attempt: how often it was started.
        consulting: the wait in which a person is asked before the call goes on.
        consulted: the people who have answered.
        retry: a failed read is tried again.
    """

    id: str
    tool: str
    arguments: Ref
    state: CallState = CallState.PROPOSED
    args: Ref | None = None
    effect: str = ""
    binding: Digest = ""
    rule: str = ""
    approval: str | None = None
    due: int = 0
    edited: bool = False
    asked: Asked | None = None
    attempt: int = 0
    result: Ref | None = None
    status: ResultStatus | None = None
    consulting: str | None = None
    consulted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A reply of the model whose calls have all ended."""

    text: Ref | None
    calls: tuple[Call, ...]
    said: tuple[Ref, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class OpenWait:
    """What the run waits for (see runs.WaitStarted)."""

    wait: str
    call: str
    waits_for: runs.WaitFor
    until: int | None
    to: str | None
    consult: bool


@dataclass(frozen=True)
class Used(Frozen):
    """What the run has consumed; `cost` in micro US dollars, `unpriced` counts calls of unknown price."""

    turns: int = 0
    tokens: int = 0
    cost: int = 0
    unpriced: int = 0
    writes: int = 0
    calls: int = 0
    failures: int = 0


@dataclass(frozen=True)
class RunState(Frozen):
    """Everything about a run that decides what comes next.

    Attributes:
        past: closed turns, oldest first.
        calls: the calls of the present turn; empty while the model is to be asked.
        asking: the model was asked (attempt number) and has not answered; 0 otherwise.
        failed_criteria: how often an outcome was turned down.
        worked_us: time that model and tool calls took, without any waiting between them.
        busy_since: UTC microseconds: when the calls under way began; 0 while there are none.
        idle: replies without any call, in a row.
    """

    run: str
    agent: str = ""
    version: Digest = ""
    case: str = ""
    mode: Mode = Mode.SHADOW
    stage: Stage = Stage.DRAFT
    tier: int = 3
    model: str = ""
    seed: int = 0
    started_at: int = 0
    past: tuple[PastTurn, ...] = ()
    text: Ref | None = None
    answered_by: str = ""
    calls: tuple[Call, ...] = ()
    said: tuple[Ref, ...] = ()
    said_first: tuple[Ref, ...] = ()
    asking: int = 0
    model_failed: Ref | None = None
    idle: int = 0
    failed_criteria: int = 0
    passed: str | None = None
    limit: str | None = None
    used: Used = Used()
    plan: Ref | None = None
    waits: tuple[OpenWait, ...] = ()
    paused: bool = False
    end: End | None = None
    worked_us: int = 0
    busy_since: int = 0

    def call(self, id_: str) -> Call | None:
        """Return a call of the present turn."""
        return next((call for call in self.calls if call.id == id_), None)
