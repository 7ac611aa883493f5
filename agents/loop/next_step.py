"""What a run does next: a pure function of its state, matched exhaustively by the runner."""

from __future__ import annotations

from dataclasses import dataclass

from agents.loop.limits import Breach, RunLimits, before_calls, before_model
from agents.loop.state import Call, CallState, RunState
from agents.tools.control import CONTROL_TOOLS
from storage.events.cases import Mode
from storage.events.runs import HandoffCause

MOST_FAILED_CRITERIA = 2
MOST_IDLE = 2
MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class AskModel:
    """Ask the model for its next reply. `attempt` counts from 1; above 1 after a crash."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Decide:
    """Judge a proposed call: arguments, provenance, policy."""

    call: Call


@dataclass(frozen=True, slots=True)
class RequestApproval:
    """Put the call before a person."""

    call: Call


@dataclass(frozen=True, slots=True)
class Execute:
    """Perform these calls, together."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Outside live: note what the call would have done."""

    call: Call


@dataclass(frozen=True, slots=True)
class RaiseDoubt:
    """A write was started and nobody knows how it ended."""

    call: Call


@dataclass(frozen=True, slots=True)
class Steer:
    """Perform a control call: plan, finish, escalate or wait."""

    call: Call


@dataclass(frozen=True, slots=True)
class Expire:
    """Nobody decided in time."""

    call: Call


@dataclass(frozen=True, slots=True)
class EndWait:
    """The time that the run waited for has come."""

    wait: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The outcome passed; the run ends with it."""

    call: str


@dataclass(frozen=True, slots=True)
class HandOff:
    """The case goes to a person."""

    cause: HandoffCause


@dataclass(frozen=True, slots=True)
class ReachLimit:
    """The next call would go over a limit."""

    breach: Breach


@dataclass(frozen=True, slots=True)
class Suspend:
    """Nothing to do until a person acts, or until this time (UTC microseconds)."""

    until: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over."""


NextStep = (
    AskModel | Decide | RequestApproval | Execute | Record | RaiseDoubt | Steer | Expire | EndWait | Finish | HandOff
    | ReachLimit | Suspend | Ended
)  # fmt: skip


def next_step(state: RunState, limits: RunLimits, now: int) -> NextStep:
    """Return the one thing to do now (`now`: UTC microseconds).

    Order: what is over; what must be settled first (doubt, expiry, time); judging; performing; control calls;
    waiting; asking the model again.
    """
    if state.end is not None:
        return Ended()
    if state.limit is not None:
        return HandOff(HandoffCause.LIMIT)
    if state.model_failed is not None:
        return HandOff(HandoffCause.MODEL_FAILED)
    if state.passed is not None:
        return Finish(state.passed)
    if state.failed_criteria >= MOST_FAILED_CRITERIA:
        return HandOff(HandoffCause.CRITERION)
    if state.paused:
        return Suspend(None)
    return _settle(state, now) or _judge(state) or _perform(state, limits, now) or _steer(state, limits, now)


def _settle(state: RunState, now: int) -> NextStep | None:
    for call in state.calls:
        match call.state:
            case CallState.TO_DOUBT:
                return RaiseDoubt(call)
            case CallState.STARTED if call.effect != "read":
                return RaiseDoubt(call)
            case CallState.ASKED if call.due <= now:
                return Expire(call)
    for wait in state.waits:
        if wait.until is not None and wait.until <= now:
            return EndWait(wait.wait)
    return None


def _judge(state: RunState) -> NextStep | None:
    for call in state.calls:
        if call.consulting is not None or call.tool in CONTROL_TOOLS:
            continue
        if call.state is CallState.PROPOSED:
            return Decide(call)
        if call.state is CallState.TO_ASK and state.mode is Mode.LIVE:
            return RequestApproval(call)
    return None


def _perform(state: RunState, limits: RunLimits, now: int) -> NextStep | None:
    if state.mode is not Mode.LIVE:
        noted = next((call for call in state.calls if _only_noted(call)), None)
        if noted is not None:
            breach = before_calls(state, limits, int(noted.effect != "read"))
            return Record(noted) if breach is None else ReachLimit(breach)
    ready = tuple(call for call in state.calls if _ready(call, now))
    if not ready:
        return None
    writes = [call for call in ready if call.effect != "read"]
    breach = before_calls(state, limits, len(writes))
    return Execute(ready) if breach is None else ReachLimit(breach)


def _only_noted(call: Call) -> bool:
    """Outside live: a write, or a read that somebody would be asked about."""
    allowed = call.state in (CallState.ALLOWED, CallState.APPROVED)
    return call.state is CallState.TO_ASK or (allowed and call.effect != "read")


def _ready(call: Call, now: int) -> bool:
    """Allowed, approved and in effect, or a read that a crash interrupted; and nobody is being asked about it."""
    if call.tool in CONTROL_TOOLS or call.consulting is not None:
        return False
    match call.state:
        case CallState.ALLOWED:
            return True
        case CallState.STARTED:
            return call.effect == "read"
        case CallState.APPROVED:
            return call.due <= now
        case _:
            return False


def _steer(state: RunState, limits: RunLimits, now: int) -> NextStep:
    working = [call for call in state.calls if call.tool not in CONTROL_TOOLS and not _settled(call, now)]
    if not working:
        for call in state.calls:
            if call.tool in CONTROL_TOOLS and call.state is not CallState.DONE and call.consulting is None:
                return Steer(call)
        if not state.waits and all(call.state is CallState.DONE for call in state.calls):
            return _ask(state, limits, now)
    return Suspend(_wakes_at(state, now))


def _settled(call: Call, now: int) -> bool:
    """Ended, and no longer to be withdrawn."""
    return call.state is CallState.DONE and (call.approval is None or call.due <= now)


def _ask(state: RunState, limits: RunLimits, now: int) -> NextStep:
    if any(call.approval is not None and call.due > now for call in state.calls):
        return Suspend(_wakes_at(state, now))
    if state.idle >= MOST_IDLE:
        return HandOff(HandoffCause.NOTHING_TO_DO)
    if state.asking >= MOST_ATTEMPTS:
        return HandOff(HandoffCause.MODEL_FAILED)
    breach = before_model(state, limits)
    return AskModel(state.asking + 1) if breach is None else ReachLimit(breach)


def _wakes_at(state: RunState, now: int) -> int | None:
    times = [wait.until for wait in state.waits if wait.until is not None]
    times += [call.due for call in state.calls if call.approval is not None and call.due > now]
    return min(times, default=None)
