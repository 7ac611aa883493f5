"""The fold of a run's events to its state. Pure; any prefix of a run's events gives a state it can go on from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.loop.state import Asked, Call, CallState, End, OpenWait, PastTurn, RunState
from agents.models.model import ResultStatus
from storage.events import approvals, calls, runs
from storage.events.approvals import Choice
from storage.events.body import Body, Ref
from storage.events.calls import DoubtVerdict, Ruling

_WRITES = ("write", "irreversible")


def apply(state: RunState, body: Body, ts: int) -> RunState:
    """Return the state after one more event of the run (`ts`: its UTC microseconds).

    Kinds that are not in the table are notices that change nothing for the run.
    """
    folded = _FOLDS.get(type(body))
    return state if folded is None else folded(state, body, ts)


def fold(run: str, events: list[tuple[Body, int]]) -> RunState:
    """Return the state that a run's events (body, ts) lead to."""
    state = RunState(run)
    for body, ts in events:
        state = apply(state, body, ts)
    return state


def close_turn(state: RunState) -> RunState:
    """Move an answered turn to the past; nothing to move before the first answer or when it is asked again."""
    if state.used.turns == len(state.past):
        return state
    turn = PastTurn(state.text, state.calls, state.said, state.answered_by)
    return state.but(past=(*state.past, turn), calls=(), said=(), text=None)


def _run_started(state: RunState, body: runs.RunStarted, ts: int) -> RunState:
    return state.but(agent=body.agent, version=body.version, case=body.case, mode=body.mode, stage=body.stage,
        tier=body.tier, model=body.model, seed=body.seed, started_at=ts,
    )  # fmt: skip


def _model_started(state: RunState, body: runs.ModelStarted, ts: int) -> RunState:
    return close_turn(state).but(asking=body.attempt, model_failed=None, busy_since=ts)


def _answered(state: RunState, body: runs.ModelFinished, ts: int) -> RunState:
    proposed = tuple(Call(c.call, c.tool, c.arguments) for c in body.calls or ())
    used = state.used.but(turns=state.used.turns + 1, tokens=state.used.tokens + body.tokens_in + body.tokens_out,
        cost=state.used.cost + (body.cost or 0), unpriced=state.used.unpriced + int(body.cost is None),
    )  # fmt: skip
    return _worked(state, proposed, ts, asking=0, text=body.text, used=used, answered_by=body.model or "",
        idle=0 if proposed else state.idle + 1,
    )  # fmt: skip


def _model_failed(state: RunState, body: runs.ModelFailed, ts: int) -> RunState:
    used = state.used.but(tokens=state.used.tokens + body.tokens_in + body.tokens_out,
        cost=state.used.cost + (body.cost or 0), failures=state.used.failures + 1,
    )  # fmt: skip
    return _worked(state, state.calls, ts, asking=0, model_failed=body.message, used=used)


def _worked(state: RunState, after: tuple[Call, ...], ts: int, **changes: Any) -> RunState:
    """Count the time of a call that ended. What lies between calls (people, a crash, a queue) is nobody's work."""
    if not state.busy_since:
        return state.but(calls=after, **changes)
    more = any(call.state is CallState.STARTED for call in after)
    worked = state.worked_us + max(0, ts - state.busy_since)
    return state.but(calls=after, worked_us=worked, busy_since=ts if more else 0, **changes)


def _criteria_checked(state: RunState, body: runs.CriteriaChecked, ts: int) -> RunState:
    if body.passed:
        return state.but(passed=body.call)
    failed = state.but(failed_criteria=state.failed_criteria + 1)
    return _call_done(failed, body.call, ResultStatus.REFUSED, body.message)


def _message_sent(state: RunState, body: runs.MessageSent, ts: int) -> RunState:
    if not state.past and not state.calls and state.used.turns == 0:
        return state.but(said_first=(*state.said_first, body.text))
    return state.but(said=(*state.said, body.text))


def _changed(run: RunState, id_: str, /, **changes: Any) -> tuple[Call, ...]:
    return tuple([call.but(**changes) if call.id == id_ else call for call in run.calls])


def _change(run: RunState, id_: str, /, **changes: Any) -> RunState:
    return run.but(calls=_changed(run, id_, **changes))


def _call_done(state: RunState, id_: str, status: ResultStatus, result: Ref | None) -> RunState:
    return _change(state, id_, state=CallState.DONE, status=status, result=result)


def _decided(state: RunState, body: calls.CallDecided, ts: int) -> RunState:
    judged = {"args": body.args, "effect": body.effect, "binding": body.binding, "rule": body.rule}
    edited = body.by is not None
    match body.ruling:
        case Ruling.DENY:
            return _change(
                state, body.call, **judged, state=CallState.DONE, status=ResultStatus.REFUSED, result=body.message
            )
        case Ruling.ALLOW if edited:  # a supervisor's edit, allowed; `due` came with the decision
            return _change(state, body.call, **judged, state=CallState.APPROVED, edited=True)
        case Ruling.ALLOW:
            return _change(state, body.call, **judged, state=CallState.ALLOWED)
        case Ruling.ASK:
            return _change(state, body.call, **judged, state=CallState.TO_ASK, approval=None, edited=edited)


def _tool_started(state: RunState, body: calls.ToolStarted, ts: int) -> RunState:
    used = state.used.but(calls=state.used.calls + 1, writes=state.used.writes + int(body.effect != "read"))
    started = _changed(state, body.call, state=CallState.STARTED, attempt=body.attempt)
    return state.but(used=used, calls=started, busy_since=ts)


def _tool_finished(state: RunState, body: calls.ToolFinished, ts: int) -> RunState:
    ended = _changed(state, body.call, state=CallState.DONE, status=ResultStatus.OK, result=body.result)
    return _worked(state, ended, ts)


def _tool_failed(state: RunState, body: calls.ToolFailed, ts: int) -> RunState:
    used = state.used.but(failures=state.used.failures + 1)
    if not body.did_nothing:
        ended = _changed(state, body.call, state=CallState.TO_DOUBT)
    elif body.will_retry:
        ended = _changed(state, body.call, state=CallState.ALLOWED)
    else:
        ended = _changed(state, body.call, state=CallState.DONE, status=ResultStatus.FAILED, result=body.message)
    return _worked(state, ended, ts, used=used)


def _tool_recorded(state: RunState, body: calls.ToolRecorded, ts: int) -> RunState:
    noted = state.call(body.call)
    if noted is not None and noted.effect in _WRITES:  # counted as live would, so that limits show
        state = state.but(used=state.used.but(writes=state.used.writes + 1))
    return _call_done(state, body.call, ResultStatus.RECORDED, body.result)


def _doubt_resolved(state: RunState, body: calls.DoubtResolved, ts: int) -> RunState:
    match body.verdict:
        case DoubtVerdict.HAPPENED:
            return _call_done(state, body.call, ResultStatus.OK, body.result)
        case DoubtVerdict.DID_NOT:
            return _call_done(state, body.call, ResultStatus.FAILED, body.result)
        case DoubtVerdict.TRY_AGAIN:
            return _change(state, body.call, state=CallState.ALLOWED)


AboutApproval = (
    approvals.ApprovalRequested
    | approvals.ApprovalDecided
    | approvals.ApprovalWithdrawn
    | approvals.ApprovalExpired
    | approvals.ApprovalSuperseded
)


def _approval(state: RunState, body: AboutApproval, ts: int) -> RunState:
    call = state.call(body.call)
    if call is None:
        return state
    match body:
        case approvals.ApprovalRequested():
            asked = Asked(call.args, call.binding, body.expires_at)
            return _change(
                state, body.call, state=CallState.ASKED, approval=body.approval, due=body.expires_at, asked=asked
            )
        case approvals.ApprovalDecided():
            match body.choice:
                case Choice.APPROVE:
                    return _change(state, body.call, state=CallState.APPROVED, due=body.effective_at)
                case Choice.EDIT:  # what the edit is decided as follows in the same commit
                    return _change(state, body.call, args=body.args, due=body.effective_at)
                case Choice.REJECT:
                    return _change(
                        state, body.call, state=CallState.DONE, status=ResultStatus.REJECTED, result=body.note,
                        due=body.effective_at,
                    )  # fmt: skip
                case Choice.RESPOND:
                    return _change(
                        state, body.call, state=CallState.DONE, status=ResultStatus.ANSWERED, result=body.note,
                        due=body.effective_at,
                    )  # fmt: skip
        case approvals.ApprovalWithdrawn():
            asked = call.asked or Asked(call.args, call.binding, call.due)
            return _change(
                state, body.call, state=CallState.ASKED, status=None, result=None, edited=False, args=asked.args,
                binding=asked.binding, due=asked.expires_at,
            )  # fmt: skip
        case approvals.ApprovalExpired():
            return _call_done(state, body.call, ResultStatus.REJECTED, None)
        case approvals.ApprovalSuperseded():
            if call.approval != body.approval or call.state is CallState.DONE:
                return state
            return _change(state, body.call, state=CallState.PROPOSED, approval=None)


def _waiting(state: RunState, body: runs.WaitStarted | runs.WaitEnded, ts: int) -> RunState:
    match body:
        case runs.WaitStarted():
            wait = OpenWait(body.wait, body.call, body.waits_for, body.until, body.to, bool(body.consult))
            return _change(state.but(waits=(*state.waits, wait)), body.call, consulting=body.wait)
        case runs.WaitEnded():
            ended = next((wait for wait in state.waits if wait.wait == body.wait), None)
            left = state.but(waits=tuple(w for w in state.waits if w.wait != body.wait))
            if ended is None:
                return left
            if not ended.consult:
                # Nobody answered, nothing changed: the step failed, and the plan says what then.
                status = ResultStatus.FAILED if body.end is runs.WaitEnd.EXPIRED else ResultStatus.ANSWERED
                return _call_done(left, body.call, status, body.answer)
            call = left.call(body.call)
            asked = (*(call.consulted if call else ()), ended.to or "")
            answered = _change(left, body.call, consulting=None, consulted=asked)
            return answered.but(said=(*answered.said, body.answer)) if body.answer is not None else answered


_Fold = Callable[[RunState, Any, int], RunState]
_FOLDS: dict[type[Body], _Fold] = {
    runs.RunStarted: _run_started,
    runs.ModelStarted: _model_started,
    runs.ModelFinished: _answered,
    runs.ModelFailed: _model_failed,
    runs.PlanSet: lambda state, body, ts: state.but(plan=body.plan),
    runs.CriteriaChecked: _criteria_checked,
    runs.LimitReached: lambda state, body, ts: state.but(limit=body.limit),
    runs.MessageSent: _message_sent,
    runs.RunPaused: lambda state, body, ts: state.but(paused=True),
    runs.RunResumed: lambda state, body, ts: state.but(paused=False),
    runs.WaitStarted: _waiting,
    runs.WaitEnded: _waiting,
    runs.RunFinished: lambda state, body, ts: state.but(end=End.FINISHED),
    runs.RunHandedOff: lambda state, body, ts: state.but(end=End.HANDED_OFF),
    runs.RunFailed: lambda state, body, ts: state.but(end=End.FAILED),
    runs.RunStopped: lambda state, body, ts: state.but(end=End.STOPPED),
    calls.CallDecided: _decided,
    calls.ToolStarted: _tool_started,
    calls.ToolFinished: _tool_finished,
    calls.ToolFailed: _tool_failed,
    calls.ToolRecorded: _tool_recorded,
    calls.DoubtRaised: lambda state, body, ts: _change(state, body.call, state=CallState.IN_DOUBT),
    calls.DoubtResolved: _doubt_resolved,
    approvals.ApprovalRequested: _approval,
    approvals.ApprovalDecided: _approval,
    approvals.ApprovalWithdrawn: _approval,
    approvals.ApprovalExpired: _approval,
    approvals.ApprovalSuperseded: _approval,
}
"""What each kind of event means for its run."""
