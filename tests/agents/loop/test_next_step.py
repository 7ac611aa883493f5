"""What comes next is a pure function of the state: each state of a call, each reason to stop, and their order."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.loop.limits import RunLimits
from agents.loop.next_step import (
    AskModel,
    Decide,
    Ended,
    EndWait,
    Execute,
    Expire,
    Finish,
    HandOff,
    NextStep,
    RaiseDoubt,
    ReachLimit,
    Record,
    RequestApproval,
    Steer,
    Suspend,
    next_step,
)
from agents.loop.state import Call, CallState, End, OpenWait, RunState, Used
from agents.models.model import ResultStatus
from storage.events.cases import Mode
from storage.events.runs import HandoffCause, WaitFor

NOW = 1_000_000_000
LIMITS = RunLimits(turns=5, tokens=100, cost_micros=1000, seconds=60, writes=2)


def a_call(state: CallState = CallState.PROPOSED, effect: str = "write", **more: Any) -> Call:
    given = {"id": "c", "tool": "book", "arguments": "ref"} | more
    status = {"status": ResultStatus.OK} if state is CallState.DONE else {}
    return Call(**{**given, **status}, state=state, effect=effect)


def a_run(*calls: Call, **more: Any) -> RunState:
    return RunState("run", calls=calls, **{"mode": Mode.LIVE, "used": Used(turns=1), **more})


def after(*calls: Call, **more: Any) -> NextStep:
    return next_step(a_run(*calls, **more), LIMITS, NOW)


def kind_of(*calls: Call, **more: Any) -> type[NextStep]:
    return type(after(*calls, **more))


S = CallState


@pytest.mark.parametrize(
    ("call", "live", "shadow"),
    [
        (a_call(S.PROPOSED), Decide, Decide),
        (a_call(S.ALLOWED), Execute, Record),
        (a_call(S.ALLOWED, "read"), Execute, Execute),
        (a_call(S.TO_ASK), RequestApproval, Record),
        (a_call(S.TO_ASK, "read"), RequestApproval, Record),
        (a_call(S.ASKED, due=NOW + 1), Suspend, Suspend),
        (a_call(S.ASKED, due=NOW), Expire, Expire),
        (a_call(S.APPROVED, due=NOW + 1, approval="a"), Suspend, Record),
        (a_call(S.APPROVED, due=NOW, approval="a"), Execute, Record),
        (a_call(S.STARTED), RaiseDoubt, RaiseDoubt),
        (a_call(S.STARTED, "read"), Execute, Execute),
        (a_call(S.TO_DOUBT), RaiseDoubt, RaiseDoubt),
        (a_call(S.IN_DOUBT), Suspend, Suspend),
        (a_call(S.DONE), AskModel, AskModel),
        (a_call(S.PROPOSED, tool="finish"), Steer, Steer),
        (a_call(S.PROPOSED, consulting="w"), Suspend, Suspend),
    ],
)
def test_a_call_leads_to_its_next_step(call: Call, live: type[NextStep], shadow: type[NextStep]) -> None:
    assert kind_of(call) is live
    assert kind_of(call, mode=Mode.SHADOW) is shadow


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ({"end": End.STOPPED, "limit": "turns"}, Ended()),
        ({"limit": "turns", "model_failed": "ref"}, HandOff(HandoffCause.LIMIT)),
        ({"model_failed": "ref", "passed": "f"}, HandOff(HandoffCause.MODEL_FAILED)),
        ({"passed": "f"}, Finish("f")),
        ({"failed_criteria": 2}, HandOff(HandoffCause.CRITERION)),
        ({"paused": True}, Suspend(None)),
        ({"idle": 2}, HandOff(HandoffCause.NOTHING_TO_DO)),
        ({"asking": 1}, AskModel(2)),
        ({"asking": 3}, HandOff(HandoffCause.MODEL_FAILED)),
        ({}, AskModel(1)),
    ],
)
def test_a_run_stops_for_the_first_of_its_reasons(more: dict[str, Any], step: NextStep) -> None:
    assert after(**more) == step


@pytest.mark.parametrize(
    ("used", "limit"),
    [
        ({"used": Used(turns=5)}, "turns"),
        ({"used": Used(tokens=100)}, "tokens"),
        ({"used": Used(cost=1000)}, "cost_micros"),
        ({"worked_us": 60_000_000}, "seconds"),
    ],
)
def test_the_model_is_not_asked_over_a_limit(used: dict[str, Any], limit: str) -> None:
    step = after(**used)
    assert isinstance(step, ReachLimit)
    assert step.breach.limit == limit


def test_calls_count_against_writes_and_time_before_they_start() -> None:
    two = (a_call(S.ALLOWED, id="a"), a_call(S.ALLOWED, id="b"))
    assert isinstance(after(*two), Execute)
    assert kind_of(*two, used=Used(turns=1, writes=1)) is ReachLimit
    assert kind_of(two[0], used=Used(turns=1, writes=2), mode=Mode.SHADOW) is ReachLimit
    assert kind_of(a_call(S.ALLOWED, "read"), used=Used(turns=1, writes=9)) is Execute
    assert kind_of(a_call(S.ALLOWED, "read"), worked_us=60_000_000) is ReachLimit


def test_what_may_run_runs_beside_what_waits_and_control_calls_come_last() -> None:
    ready, asked = a_call(S.ALLOWED, id="a"), a_call(S.ASKED, id="b", due=NOW + 5)
    end = a_call(S.PROPOSED, id="f", tool="finish", effect="")
    step = after(ready, asked, end)
    assert isinstance(step, Execute)
    assert step.calls == (ready,)
    assert isinstance(after(ready.but(state=S.DONE), asked, end), Suspend)
    assert isinstance(after(ready.but(state=S.DONE), asked.but(state=S.DONE, due=0), end), Steer)


def test_a_wait_ends_at_its_time_and_not_before() -> None:
    wait = OpenWait("w", "c", WaitFor.UNTIL, NOW + 1, None, False)
    waiting = a_call(S.PROPOSED, tool="wait", consulting="w")
    assert after(waiting, waits=(wait,)) == Suspend(NOW + 1)
    assert next_step(a_run(waiting, waits=(wait,)), LIMITS, NOW + 1) == EndWait("w")


calls = st.builds(
    a_call, st.sampled_from(CallState), st.sampled_from(["read", "write", "irreversible", ""]),
    id=st.sampled_from("abc"), tool=st.sampled_from(["book", "look", "finish", "wait"]),
    due=st.sampled_from([0, NOW, NOW + 1]), approval=st.sampled_from([None, "a"]),
    consulting=st.sampled_from([None, None, "w"]),
)  # fmt: skip
runs = st.builds(
    a_run, calls, calls, mode=st.sampled_from(Mode), limit=st.sampled_from([None, None, "turns"]),
    paused=st.booleans(), asking=st.integers(0, 4), idle=st.integers(0, 3), worked_us=st.sampled_from([0, 10**9]),
    used=st.builds(Used, turns=st.integers(0, 6), writes=st.integers(0, 3)), failed_criteria=st.integers(0, 3),
)  # fmt: skip


@given(runs)
def test_every_state_has_one_next_step_and_outside_live_it_is_never_a_write(state: RunState) -> None:
    step = next_step(state, LIMITS, NOW)
    assert isinstance(step, get_args(NextStep))
    assert step == next_step(state, LIMITS, NOW)
    if state.mode is not Mode.LIVE:
        assert not isinstance(step, RequestApproval)
    if isinstance(step, Execute):
        writes = [call for call in step.calls if call.effect != "read"]
        assert state.mode is Mode.LIVE or not writes
        assert state.used.writes + len(writes) <= LIMITS.writes or not writes
        assert not [call for call in step.calls if call.state is S.APPROVED and call.due > NOW]
