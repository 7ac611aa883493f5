"""The fold of a run's events to its state. Pure; any prefix of a run's events gives a state it can go on from."""

from __future__ import annotations

from typing import Any

from agents.loop.state import Asked, Call, CallState, End, OpenWait, PastTurn, RunState
from agents.models.model import ResultStatus
from storage.events import approvals, calls, runs
from storage.events.approvals import Choice
from storage.events.body import Body, Ref
from storage.events.calls import DoubtVerdict, Ruling

_WRITES = ("write", "irreversible")


def apply(state: RunState, body: Body, ts: int) -> RunState:
    """Return the state after one more event of the run (`ts`: its UTC microseconds)."""
    after = _apply(state, body, ts)
    match body:
        case runs.ModelStarted() | calls.ToolStarted():
            return after.but(busy_since=ts)
        case runs.ModelFinished() | runs.ModelFailed() | calls.ToolFinished() | calls.ToolFailed():
            return _worked(state, after, ts)
        case _:
            return after


def _worked(before: RunState, after: RunState, ts: int) -> RunState:
    """Count the time of a call that ended. What lies between calls (people, a crash, a queue) is nobody's work."""
    if not before.busy_since:
        return after
    more = any(call.state is CallState.STARTED for call in after.calls)
    worked = before.worked_us + max(0, ts - before.busy_since)
    return after.but(worked_us=worked, busy_since=ts if more else 0)


def _apply(state: RunState, body: Body, ts: int) -> RunState:  # noqa: C901 - one line a kind
    match body:
        case runs.RunStarted():
            return state.but(agent=body.agent, version=body.version, case=body.case, mode=body.mode, stage=body.stage,
                tier=body.tier, model=body.model, seed=body.seed, started_at=ts,
            )  # fmt: skip
        case runs.ModelStarted():
            return close_turn(state).but(asking=body.attempt, model_failed=None)
        case runs.ModelFinished():
            return _answered(state, body)
        case runs.ModelFailed():
            return _model_failed(state, body)
        case runs.PlanSet():
            return state.but(plan=body.plan)
        case runs.CriteriaChecked():
            if body.passed:
                return state.but(passed=body.call)
            failed = state.but(failed_criteria=state.failed_criteria + 1)
            return _call_done(failed, body.call, ResultStatus.REFUSED, body.message)
        case runs.LimitReached():
            return state.but(limit=body.limit)
        case runs.MessageSent():
            if not state.past and not state.calls and state.used.turns == 0:
                return state.but(said_first=(*state.said_first, body.text))
            return state.but(said=(*state.said, body.text))
        case runs.RunPaused():
            return state.but(paused=True)
        case runs.RunResumed():
            return state.but(paused=False)
        case runs.WaitStarted() | runs.WaitEnded():
            return _waiting(state, body)
        case runs.RunFinished():
            return state.but(end=End.FINISHED)
        case runs.RunHandedOff():
            return state.but(end=End.HANDED_OFF)
        case runs.RunFailed():
            return state.but(end=End.FAILED)
        case runs.RunStopped():
            return state.but(end=End.STOPPED)
        case calls.CallDecided():
            return _decided(state, body)
        case (
            calls.ToolStarted()
            | calls.ToolFinished()
            | calls.ToolFailed()
            | calls.ToolRecorded()
            | calls.DoubtRaised()
            | calls.DoubtResolved()
        ):
            return _performed(state, body)
        case (
            approvals.ApprovalRequested()
            | approvals.ApprovalDecided()
            | approvals.ApprovalWithdrawn()
            | approvals.ApprovalExpired()
            | approvals.ApprovalSuperseded()
        ):
            return _approval(state, body)
        case _:  # notices that change nothing for the run: informed, refused decisions, acknowledgements
            return state


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


def _answered(state: RunState, body: runs.ModelFinished) -> RunState:
    proposed = tuple(Call(c.call, c.tool, c.arguments) for c in body.calls or ())
    used = state.used.but(turns=state.used.turns + 1, tokens=state.used.tokens + body.tokens_in + body.tokens_out,
        cost=state.used.cost + (body.cost or 0), unpriced=state.used.unpriced + int(body.cost is None),
    )  # fmt: skip
    return state.but(asking=0, text=body.text, calls=proposed, used=used, answered_by=body.model or "",
        idle=0 if proposed else state.idle + 1,
    )  # fmt: skip


def _model_failed(state: RunState, body: runs.ModelFailed) -> RunState:
    used = state.used.but(tokens=state.used.tokens + body.tokens_in + body.tokens_out,
        cost=state.used.cost + (body.cost or 0), failures=state.used.failures + 1,
    )  # fmt: skip
    return state.but(asking=0, model_failed=body.message, used=used)


def _change(run: RunState, id_: str, /, **changes: Any) -> RunState:
    return run.but(calls=tuple(call.but(**changes) if call.id == id_ else call for call in run.calls))


def _call_done(state: RunState, id_: str, status: ResultStatus, result: Ref | None) -> RunState:
    return _change(state, id_, state=CallState.DONE, status=status, result=result)


def _decided(state: RunState, body: calls.CallDecided) -> RunState:
    decided = _change(state, body.call, args=body.args, effect=body.effect, binding=body.binding, rule=body.rule)
    match body.ruling:
        case Ruling.DENY:
            return _call_done(decided, body.call, ResultStatus.REFUSED, body.message)
        case Ruling.ALLOW:
            if body.by is not None:  # a supervisor's edit, allowed; `due` came with the decision
                return _change(decided, body.call, state=CallState.APPROVED, edited=True)
            return _change(decided, body.call, state=CallState.ALLOWED)
        case Ruling.ASK:
            return _change(decided, body.call, state=CallState.TO_ASK, approval=None, edited=body.by is not None)


Performed = (
    calls.ToolStarted
    | calls.ToolFinished
    | calls.ToolFailed
    | calls.ToolRecorded
    | calls.DoubtRaised
    | calls.DoubtResolved
)


def _performed(state: RunState, body: Performed) -> RunState:  # noqa: C901 - one line a kind
    match body:
        case calls.ToolStarted():
            used = state.used.but(calls=state.used.calls + 1)
            if body.effect != "read":
                used = used.but(writes=used.writes + 1)
            return _change(state.but(used=used), body.call, state=CallState.STARTED, attempt=body.attempt)
        case calls.ToolFinished():
            return _call_done(state, body.call, ResultStatus.OK, body.result)
        case calls.ToolFailed():
            used = state.used.but(failures=state.used.failures + 1)
            failed = state.but(used=used)
            if not body.did_nothing:
                return _change(failed, body.call, state=CallState.TO_DOUBT)
            if body.will_retry:
                return _change(failed, body.call, state=CallState.ALLOWED)
            return _call_done(failed, body.call, ResultStatus.FAILED, body.message)
        case calls.ToolRecorded():
            noted = state.call(body.call)
            if noted is not None and noted.effect in _WRITES:  # counted as live would, so that limits show
                state = state.but(used=state.used.but(writes=state.used.writes + 1))
            return _call_done(state, body.call, ResultStatus.RECORDED, body.result)
        case calls.DoubtRaised():
            return _change(state, body.call, state=CallState.IN_DOUBT)
        case calls.DoubtResolved():
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


def _approval(state: RunState, body: AboutApproval) -> RunState:
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


def _waiting(state: RunState, body: runs.WaitStarted | runs.WaitEnded) -> RunState:
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
