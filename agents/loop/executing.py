"""Performs the calls that may be performed, and refuses those that a kill or a change since then forbids."""

from __future__ import annotations

from typing import Any

from agents.loop.asking import Asking
from agents.loop.judging import KILLED
from agents.loop.limits import Breach
from agents.loop.performing import BindingChanged, Performer
from agents.loop.session import Session
from agents.loop.state import Call, CallState
from storage.events.approvals import ApprovalSuperseded, DecisionRefused, RefusalCause
from storage.events.envelope import ENGINE
from storage.events.safety import KillScope
from storage.preconditions import Killed, NotOpen

Json = Any


class Executing:
    """Performs calls of one run."""

    def __init__(self, session: Session, asking: Asking) -> None:
        self._session, self._asking = session, asking
        self._performer = Performer(session.world, session.crew)

    @property
    def writing(self) -> tuple[str, ...]:
        """Return the calls that were sent and have not ended."""
        return tuple(sorted(self._performer.writing))

    async def execute(self, calls: tuple[Call, ...]) -> Breach | str | None:
        """Perform the calls together. Returns the day's limit or the kill that forbids it to the whole run."""
        days, agent = self._session.world.days, self._session.state.agent
        writes = sum(call.effect != "read" for call in calls)
        breach = days.start_writes(agent, writes, self._session.charter.day_limits)
        if breach is not None:
            return breach
        ready, kill = await self._start(calls)
        if ready is None:
            days.give_back_writes(agent, writes)
            return kill
        await self._performer.perform(self._session.batch, ready)
        return None

    async def _start(self, calls: tuple[Call, ...]) -> tuple[list[tuple[Call, dict[str, Json]]] | None, str | None]:
        """Commit that the calls start; return them with their arguments, or None and the kill that forbids it."""
        batch = self._session.batch
        mark = batch.mark()
        try:
            ready = await self._performer.start(batch, calls)
        except Killed as killed:
            batch.back_to(mark)
            return None, self._killed(killed, calls)
        except BindingChanged as changed:
            batch.back_to(mark)
            self._refuse_changed(changed.call, str(changed))
            return None, None
        except NotOpen as closed:  # withdrawn, spent, or the run was stopped or paused in the meantime
            batch.back_to(mark)
            await self._session.refold()
            for call in calls:
                present = self._session.state.call(call.id)
                if present is not None and present.state is CallState.APPROVED and self._may_go_on():
                    self._refuse_changed(present, str(closed))
            return None, None
        return ready, None

    def _may_go_on(self) -> bool:
        return self._session.state.end is None and not self._session.state.paused

    def _killed(self, killed: Killed, calls: tuple[Call, ...]) -> str | None:
        if killed.scope is not KillScope.TOOL:
            return killed.kill
        for call in calls:
            if call.tool == killed.target:
                self._asking.deny(call, KILLED, "A person stopped this tool for now.")
        return None

    def _refuse_changed(self, call: Call, why: str) -> None:
        """What was approved is not what would run: nothing runs, and the approval is void."""
        batch = self._session.batch
        batch.add(DecisionRefused(call.approval or "", "approve", RefusalCause.BINDING_CHANGED), ENGINE)
        if call.approval is not None:
            batch.add(ApprovalSuperseded(call.approval, call.id), ENGINE)
        self._asking.deny(call, "binding-changed", f"The approval does not hold for this call any more. {why}")
