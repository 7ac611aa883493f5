"""Performs the control calls: plan, finish, escalate, wait."""

from __future__ import annotations

from typing import Any

from agents.loop import criteria
from agents.loop.ending import Ending
from agents.loop.handoff import from_agent, from_cause
from agents.loop.judging import Judge
from agents.loop.session import Session
from agents.loop.state import Call
from agents.loop.watching import Watching
from agents.own_json import dump
from agents.tools.control import Finish, Handoff, Plan, Wait, deadline, read_control
from storage.events.calls import CallDecided, Ruling, ToolFinished, ToolRecorded
from storage.events.cases import Mode
from storage.events.runs import CriteriaChecked, HandoffCause, PlanSet, RunHandedOff, WaitFor, WaitStarted
from storage.ids import new_id

Json = Any
DONE = b'{"ok":true}'


class Steering:
    """Performs the control calls of one run."""

    def __init__(self, session: Session, ending: Ending) -> None:
        self._session, self._ending = session, ending
        self._charter = session.charter
        self._judge = Judge(session.charter)
        self._watching = Watching(session.crew.toolbox.readers, session.run)

    async def perform(self, call: Call) -> None:
        """Do what a control call asks, as events of the batch."""
        batch = self._session.batch
        arguments = self._session.world.ledger.payloads.read(call.arguments)
        wanted = read_control(call.tool, arguments, self._charter.job.outcome)
        match wanted:
            case list():
                self._refuse(call, " ".join(wanted))
            case Plan():
                plan = {"steps": [{"id": s.id, "title": s.title, "state": s.state} for s in wanted.steps]}
                cause = batch.keep(wanted.cause) if wanted.cause else None
                batch.add(PlanSet(batch.keep(dump(plan)), cause))
                batch.add(ToolFinished(call.id, 0, batch.keep(DONE)))
            case Finish():
                self._finish(call, wanted)
            case Handoff():
                to = self._charter.job.accountable[0] if self._charter.job.accountable else None
                self._hand_off(HandoffCause.ESCALATED, dump(from_agent(wanted)), to)
            case Wait():
                await self._wait(call, wanted)

    def _refuse(self, call: Call, why: str) -> None:
        batch = self._session.batch
        message = batch.keep(why)
        if call.tool == "finish":  # an outcome that does not fit its schema has failed a criterion
            batch.add(CriteriaChecked(call.id, False, (), message))
            return
        batch.add(
            CallDecided(
                call.id, call.tool, "read", Ruling.DENY, "malformed-arguments", 0, call.arguments, message=message
            )
        )  # fmt: skip

    def _finish(self, call: Call, wanted: Finish) -> None:
        batch, turns = self._session.batch, self._session.turns_so_far()
        values = criteria.bindings(self._session.case, turns, wanted.outcome)
        escalation = criteria.escalates(self._charter, values)
        if escalation is not None:
            rule, to, because = escalation
            handoff = from_cause(HandoffCause.ESCALATION_RULE, because, turns, wanted.outcome)
            self._hand_off(HandoffCause.ESCALATION_RULE, dump(handoff), to, rule)
            return
        results = criteria.check(self._charter, values)
        failed = [result.criterion for result in results if not result.passed]
        if failed:
            why = f"The outcome does not meet: {', '.join(failed)}."
            batch.add(CriteriaChecked(call.id, False, results, batch.keep(why)))
            return
        batch.add(CriteriaChecked(call.id, True, results))

    def _hand_off(self, cause: HandoffCause, handoff: bytes, to: str | None, rule: str | None = None) -> None:
        self._ending.inform("The case was handed to a person.", handoff)
        batch = self._session.batch
        batch.add(RunHandedOff(cause, batch.keep(handoff), to, rule))

    async def _wait(self, call: Call, wanted: Wait) -> None:
        batch = self._session.batch
        if batch.state.mode is not Mode.LIVE:
            batch.add(ToolRecorded(call.id, batch.keep(dump({"would_wait_for": wanted.what}))))
            return
        now = self._session.world.clock()
        waiting = self._charter.job.wait
        longest = {"reply": waiting.reply, "change": waiting.change, "until": None}[wanted.what]
        until = wanted.until or longest
        watch = await self._watch(call, wanted) if wanted.watch is not None else None
        if isinstance(watch, str):
            self._refuse(call, watch)
            return
        batch.add(
            WaitStarted(
                new_id("wait"), call.id, WaitFor(wanted.what), None if until is None else deadline(until, now),
                wanted.to,
                batch.keep(wanted.question) if wanted.question else None,
                batch.keep(dump(watch)) if watch is not None else None,
            )
        )  # fmt: skip

    async def _watch(self, call: Call, wanted: Wait) -> dict[str, Json] | str:
        """Begin to watch a read that policy allows as it stands; what it would ask about is not watched."""
        tool, arguments = wanted.watch or ("", {})
        looked = Call(call.id, tool, call.arguments)
        judgement = self._judge.judge(looked, dump(dict(arguments)), self._session.situation())
        if judgement.ruling is Ruling.ALLOW:
            return await self._watching.begin(wanted)
        why = judgement.refused or f"Policy asks a person about this ({judgement.rule}), so it cannot be watched."
        return f"watch: {why}"
