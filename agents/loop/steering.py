"""Performs the control calls: plan, finish, escalate, wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.loop import criteria
from agents.loop.batch import Batch
from agents.loop.charter import Charter
from agents.loop.handoff import from_agent, from_cause
from agents.loop.state import Call
from agents.loop.watching import Watching
from agents.models.model import Turn
from agents.own_json import dump
from agents.tools.control import Finish, Handoff, Plan, Wait, deadline, read_control
from storage.blobs import Payloads
from storage.events.calls import CallDecided, Ruling, ToolFinished, ToolRecorded
from storage.events.cases import Mode
from storage.events.runs import CriteriaChecked, HandoffCause, PlanSet, RunHandedOff, WaitFor, WaitStarted
from storage.ids import new_id, now_us

Json = Any
DONE = b'{"ok":true}'


class Steering:
    """Performs the control calls of one run."""

    def __init__(self, charter: Charter, payloads: Payloads, watching: Watching) -> None:
        self._charter = charter
        self._payloads = payloads
        self._watching = watching

    async def perform(self, batch: Batch, call: Call, case: Mapping[str, Json], turns: Sequence[Turn]) -> None:
        """Do what a control call asks, as events of the batch."""
        wanted = read_control(call.tool, self._payloads.read(call.arguments), self._charter.job.outcome)
        match wanted:
            case list():
                self._refuse(batch, call, " ".join(wanted))
            case Plan():
                plan = {"steps": [{"id": s.id, "title": s.title, "state": s.state} for s in wanted.steps]}
                cause = batch.keep(wanted.cause) if wanted.cause else None
                batch.add(PlanSet(batch.keep(dump(plan)), cause))
                batch.add(ToolFinished(call.id, 0, batch.keep(DONE)))
            case Finish():
                self._finish(batch, call, wanted, case, turns)
            case Handoff():
                to = self._charter.job.accountable[0] if self._charter.job.accountable else None
                batch.add(RunHandedOff(HandoffCause.ESCALATED, batch.keep(dump(from_agent(wanted))), to))
            case Wait():
                await self._wait(batch, call, wanted)

    def _refuse(self, batch: Batch, call: Call, why: str) -> None:
        message = batch.keep(why)
        if call.tool == "finish":  # an outcome that does not fit its schema has failed a criterion
            batch.add(CriteriaChecked(call.id, False, (), message))
            return
        batch.add(
            CallDecided(
                call.id, call.tool, "read", Ruling.DENY, "malformed-arguments", self._charter.binding(call.tool, ""),
                self._charter.policy_digest, 0, call.arguments, message=message,
            )
        )  # fmt: skip

    def _finish(
        self, batch: Batch, call: Call, wanted: Finish, case: Mapping[str, Json], turns: Sequence[Turn]
    ) -> None:
        values = criteria.bindings(case, turns, wanted.outcome)
        escalation = criteria.escalates(self._charter, values)
        if escalation is not None:
            rule, to, because = escalation
            handoff = from_cause(HandoffCause.ESCALATION_RULE, because, turns, wanted.outcome)
            batch.add(RunHandedOff(HandoffCause.ESCALATION_RULE, batch.keep(dump(handoff)), to, rule))
            return
        results = criteria.check(self._charter, values)
        failed = [result.criterion for result in results if not result.passed]
        if failed:
            why = f"The outcome does not meet: {', '.join(failed)}."
            batch.add(CriteriaChecked(call.id, False, results, batch.keep(why)))
            return
        batch.add(CriteriaChecked(call.id, True, results))

    async def _wait(self, batch: Batch, call: Call, wanted: Wait) -> None:
        if batch.state.mode is not Mode.LIVE:
            batch.add(ToolRecorded(call.id, batch.keep(dump({"would_wait_for": wanted.what}))))
            return
        now = now_us()
        waiting = self._charter.job.wait
        longest = {"reply": waiting.reply, "change": waiting.change, "until": None}[wanted.what]
        until = wanted.until or longest
        watch = await self._watching.begin(wanted) if wanted.watch is not None else None
        if isinstance(watch, str):
            self._refuse(batch, call, watch)
            return
        batch.add(
            WaitStarted(
                new_id("wait"), call.id, WaitFor(wanted.what), None if until is None else deadline(until, now),
                wanted.to,
                batch.keep(wanted.question) if wanted.question else None,
                batch.keep(dump(watch)) if watch is not None else None,
            )
        )  # fmt: skip
