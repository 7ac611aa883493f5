"""Judges calls and brings people in: who performs a step, who is asked before it, who must allow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.approvals.card import card
from agents.job.raci import acts_for, consultation_text, handover_text
from agents.loop.judging import Judge, Judgement, Situation, decided
from agents.loop.session import Session
from agents.loop.state import Call
from agents.own_json import dump
from agents.policy.sentences import describe_call
from agents.tools.control import deadline
from agents.tools.tool import ToolFailed
from storage.events.approvals import ApprovalRequested
from storage.events.body import Ref
from storage.events.calls import CallDecided, Ruling
from storage.events.cases import Mode
from storage.events.envelope import ENGINE
from storage.events.runs import WaitFor, WaitStarted
from storage.ids import new_id

Json = Any


class Asking:
    """Judges the calls of one run, and puts before people what they must decide."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._judge = Judge(session.charter)

    def decide(self, call: Call) -> None:
        """Let people act whom the job names for this step, then judge the call."""
        if self._session.state.mode is Mode.LIVE and self._people_first(call):
            return
        situation = self._session.situation()
        arguments = self._session.world.ledger.payloads.read(call.arguments)
        judgement = self._judge.judge(call, arguments, situation)
        same = judgement.args == arguments  # then they are kept under their address already
        self._note(call, judgement, situation, call.arguments if same else self._session.batch.keep(judgement.args))

    def _note(self, call: Call, judgement: Judgement, situation: Situation, args: Ref) -> None:
        message = None if judgement.refused is None else self._session.batch.keep(judgement.refused)
        if judgement.ruling is Ruling.ASK and self._session.state.mode is not Mode.LIVE and self._session.is_read(call):
            message = self._session.batch.keep("Outside live nobody is asked, so this was not read.")
        self._session.batch.add(decided(self._session.charter, call, judgement, situation, args, message), ENGINE)

    def _people_first(self, call: Call) -> bool:
        """Let people act whom the job names for this step: someone else performs it, or is asked before."""
        roles = acts_for(self._session.charter.job, call.id)
        spec = self._session.charter.specs.get(call.tool)
        unasked = [person for person in roles.consulted if person not in call.consulted]
        if spec is None or (roles.performer is None and not unasked):
            return False
        sentence = describe_call(spec, self._session.arguments(call))
        if roles.performer is not None:
            self._wait_for(
                call, roles.performer, handover_text(self._session.charter.job, call.id, call.tool, sentence), False
            )
        else:
            self._wait_for(call, unasked[0], consultation_text(self._session.charter.job, call.id, sentence), True)
        return True

    def _wait_for(self, call: Call, person: str, question: str, consult: bool) -> None:
        until = deadline(self._session.charter.job.wait.reply, self._session.world.clock())
        self._session.batch.add(
            WaitStarted(
                new_id("wait"), call.id, WaitFor.REPLY, until, person, self._session.batch.keep(question),
                consult=consult or None,
            )
        )  # fmt: skip

    async def request(self, call: Call) -> None:
        """Put a call before those who may allow it."""
        spec = self._session.charter.specs[call.tool]
        situation = self._session.situation()
        values = self._session.arguments(call)
        judgement = self._judge.judge(call, dump(values), situation, edited=call.edited)
        change = await self._change(call, values)
        approvers = self._approvers(call, judgement)
        if not approvers:
            asked = ", ".join(judgement.decision.asked_by) if judgement.decision else ""
            self.deny(call, "no-common-approver", f"No one person may allow all that {asked} ask for.")
            return
        shown = card(
            self._session.charter, spec, call.id, judgement, situation.turns, change=change,
            recommendation=self._session.transcript.text(self._session.state.text), consulted=self._consulted(call),
        )  # fmt: skip
        self._session.batch.add(
            ApprovalRequested(
                new_id("ap"), call.id, call.tool, call.effect, call.rule, call.binding, approvers,
                self._session.world.clock() + self._session.world.approval_lifetime_us, spec.reversible,
                self._session.state.tier,
                self._session.batch.keep(dump(shown)),
            ),
            ENGINE,
        )  # fmt: skip

    def _approvers(self, call: Call, judgement: Judgement) -> tuple[str, ...]:
        """Return who may allow the call: somebody whom every asking rule admits (an empty list admits step's A)."""
        charter = self._session.charter
        default = acts_for(charter.job, call.id).approvers
        admitted = {rule.id: rule.text.approvers or default for rule in charter.policy.rules}
        asking = judgement.decision.asked_by if judgement.decision else ()
        lists = [admitted.get(rule, default) for rule in asking] or [default]
        return tuple(person for person in lists[0] if all(person in others for others in lists[1:]))

    def _consulted(self, call: Call) -> list[dict[str, str]]:
        answers = (
            [self._session.transcript.text(ref) for ref in self._session.state.said[-len(call.consulted) :]]
            if call.consulted
            else []
        )
        return [{"person": person, "answer": answer} for person, answer in zip(call.consulted, answers, strict=False)]

    async def _change(self, call: Call, values: Mapping[str, Json]) -> tuple[Json, Json] | None:
        previewer = self._session.crew.toolbox.previewers.get(call.tool)
        if previewer is None:
            return None
        try:
            return await previewer.preview(values)
        except ToolFailed:
            return None

    def deny(self, call: Call, rule: str, why: str) -> None:
        """Refuse a call; the model is told why."""
        batch = self._session.batch
        batch.add(
            CallDecided(
                call.id, call.tool, call.effect or "irreversible", Ruling.DENY, rule, 0, call.args or call.arguments,
                message=batch.keep(why),
            ),
            ENGINE,
        )  # fmt: skip
