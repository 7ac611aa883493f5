"""How a run ends: with its outcome, or in a person's hands; and who is told."""

from __future__ import annotations

from typing import Any

from agents.job.raci import informed_of
from agents.loop.handoff import from_cause
from agents.loop.limits import Breach
from agents.loop.session import Session
from agents.own_json import dump, load
from agents.tools.control import Finish as FinishCall
from agents.tools.control import read_control
from storage.errors import StoreError
from storage.events.envelope import ENGINE
from storage.events.runs import (
    HandoffCause,
    Informed,
    LimitReached,
    RunFinished,
    RunHandedOff,
    WaitEnd,
    WaitEnded,
    WaitFor,
)

Json = Any


class Ending:
    """Ends waits, runs and limits of one run."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def end_wait(self, wait_id: str) -> None:
        """The time that the run waited for has come."""
        wait = next(wait for wait in self._session.state.waits if wait.wait == wait_id)
        end = WaitEnd.TIME if wait.waits_for is WaitFor.UNTIL else WaitEnd.EXPIRED
        words = "The time has come." if end is WaitEnd.TIME else "Nobody answered in time."
        self._session.batch.add(WaitEnded(wait_id, wait.call, end, self._session.batch.keep(words)), ENGINE)

    def finish(self, call_id: str) -> None:
        """End the run with the outcome of a finish call that passed."""
        call = self._session.state.call(call_id)
        if call is None:
            raise StoreError(f"Run {self._session.run} passed an outcome that it never proposed.")
        wanted = read_control(
            "finish", self._session.world.ledger.payloads.read(call.arguments), self._session.charter.job.outcome
        )
        if not isinstance(wanted, FinishCall):
            raise StoreError(f"The outcome of run {self._session.run} cannot be read as it was.")
        outcome = dump(wanted.outcome)
        self.inform("The case is finished.", outcome)
        self._session.batch.add(RunFinished(self._session.batch.keep(outcome)))

    def hand_off(self, cause: HandoffCause) -> None:
        """Give the case to a person, with what the run had found."""
        state = self._session.state
        detail = ""
        if cause is HandoffCause.LIMIT:
            detail = f"The limit is `{state.limit}`."
        elif cause is HandoffCause.MODEL_FAILED:
            detail = self._session.transcript.text(state.model_failed)
        proposed = self._proposed_outcome() if cause is HandoffCause.CRITERION else None
        handoff = dump(from_cause(cause, detail, self._session.turns_so_far(), proposed))
        self.inform("The case was handed to a person.", handoff)
        to = self._session.charter.job.accountable[0] if self._session.charter.job.accountable else None
        self._session.batch.add(RunHandedOff(cause, self._session.batch.keep(handoff), to), ENGINE)

    def _proposed_outcome(self) -> Json:
        for call in reversed(self._session.state.calls):
            if call.tool == "finish":
                return self._session.arguments(call).get("outcome")
        return None

    def inform(self, words: str, content: bytes) -> None:
        """Send the summary of the run to whoever is to be informed of its steps (RACI)."""
        state = self._session.state
        taken = [call.id for past in state.past for call in past.calls] + [call.id for call in state.calls]
        for person in informed_of(self._session.charter.job, tuple(taken)):
            summary = self._session.batch.keep(dump({"text": words, "content": load(content)}))
            self._session.batch.add(Informed(person, "run", summary), ENGINE)

    def reach(self, breach: Breach) -> None:
        """Note a limit; the handoff follows."""
        self._session.batch.add(LimitReached(breach.limit, breach.allowed, breach.used), ENGINE)
