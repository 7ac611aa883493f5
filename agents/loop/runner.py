"""Works one run: performs what the pure core names, and appends what happened. Log, then act.

Events are gathered until the next effect outside and committed together just before it, so a step costs two
commits: one before the effect, one that carries its result together with what follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from agents.loop.asking import Asking
from agents.loop.charter import Charter
from agents.loop.ending import Ending
from agents.loop.executing import Executing
from agents.loop.judging import Situation
from agents.loop.limits import Breach
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
from agents.loop.recording import Recorder
from agents.loop.session import Session
from agents.loop.state import Call, CallState, RunState
from agents.loop.steering import Steering
from agents.loop.thinking import Thinking
from agents.loop.world import Crew, World
from agents.tools.tool import Reader
from storage.events.approvals import ApprovalExpired
from storage.events.body import Ref
from storage.events.calls import DoubtCause, DoubtRaised
from storage.events.envelope import ENGINE
from storage.events.runs import RunStopped, StopCause
from storage.events.safety import KillAcknowledged
from storage.preconditions import NotOpen, run_open


class Runner:
    """Works one run until it ends or nothing can be done.

    Attributes:
        run: its id.
        refreshed: set when events of this run were appended by somebody else (a decision, a message); the
            state is then folded anew.
    """

    def __init__(self, run: str, world: World, crew: Crew) -> None:
        self.run = run
        self.refreshed = False
        self._world, self._crew = world, crew
        self._session: Session
        self._kill: str | None = None

    def load(self, case: Ref) -> None:
        """Fold the run's events from the ledger; `case` is the address of the case's content."""
        session = Session(self.run, self._world, self._crew, case)
        self._session = session
        self._thinking = Thinking(session)
        self._asking = Asking(session)
        self._executing = Executing(session, self._asking)
        self._ending = Ending(session)
        self._recorder = Recorder(self._crew)
        self._steering = Steering(session, self._ending)
        self.refreshed = False

    @property
    def state(self) -> RunState:
        """Return the present state."""
        return self._session.state

    @property
    def charter(self) -> Charter:
        """Return the charter of the run's version."""
        return self._crew.charter

    @property
    def readers(self) -> Mapping[str, Reader]:
        """Return what the run can read with."""
        return self._crew.toolbox.readers

    @property
    def writing(self) -> tuple[str, ...]:
        """Return the calls that were sent and have not ended."""
        return self._executing.writing

    def situation(self) -> Situation:
        """Return what a call of the run would be judged in now."""
        return self._session.situation()

    def kill(self, kill: str) -> tuple[str, ...]:
        """Stop the run as soon as what was sent has ended; return the calls that were already sent."""
        self._kill = kill
        self._thinking.interrupt()
        return self.writing

    async def work(self) -> int | None:
        """Go on until the run ends or rests; return when it wakes by itself (UTC microseconds), if it does."""
        session = self._session
        while True:
            if self.refreshed:
                self.refreshed = False
                await session.refold()
            if self._kill is not None and session.state.end is None:
                await self._stop()
            step = next_step(session.state, self.charter.limits, self._world.clock())
            match step:
                case Ended():
                    self._doubt_what_is_unknown()
                    await session.batch.commit()
                    return None
                case Suspend(until):
                    await session.batch.commit()
                    if not self.refreshed and self._kill is None:
                        return until
                case Steer() | Finish() | HandOff():
                    mark = session.batch.mark()
                    await self._take(step)
                    if session.state.end is not None:
                        await self._end(mark)
                case _:
                    await self._take(step)

    async def _end(self, mark: tuple[int, RunState]) -> None:
        """Commit the end of the run, unless somebody stopped it in the meantime."""
        batch = self._session.batch
        try:
            await batch.commit(run_open(self.run))
        except NotOpen:
            batch.back_to(mark)
            await self._session.refold()

    async def _take(self, step: NextStep) -> None:  # noqa: C901 - one line a step, matched exhaustively
        session, batch = self._session, self._session.batch
        match step:
            case AskModel(attempt):
                self._limit(await self._thinking.ask(attempt))
            case Decide(call):
                self._asking.decide(call)
            case RequestApproval(call):
                await self._asking.request(call)
            case Execute(calls):
                await self._execute(calls)
            case Record(call):
                await self._recorder.record(batch, call, session.arguments(call))
            case RaiseDoubt(call):
                self._doubt(call)
            case Steer(call):
                await self._steering.perform(call)
            case Expire(call):
                batch.add(ApprovalExpired(call.approval or "", call.id), ENGINE)
            case EndWait(wait):
                self._ending.end_wait(wait)
            case Finish(call_id):
                self._ending.finish(call_id)
            case HandOff(cause):
                self._ending.hand_off(cause)
            case ReachLimit(breach):
                self._ending.reach(breach)
            case Ended() | Suspend():
                return
            case _:
                assert_never(step)

    def _limit(self, breach: Breach | None) -> None:
        if breach is not None:
            self._ending.reach(breach)

    async def _execute(self, calls: tuple[Call, ...]) -> None:
        match await self._executing.execute(calls):
            case Breach() as breach:
                self._limit(breach)
            case str() as kill:
                self._kill = kill
            case None:
                return

    def _doubt(self, call: Call) -> None:
        cause = DoubtCause.CRASH if call.state is CallState.STARTED else DoubtCause.FAILED
        self._session.batch.add(DoubtRaised(call.id, call.tool, cause), ENGINE)

    def _doubt_what_is_unknown(self) -> None:
        """A run that is over can still leave a write of which nobody knows whether it happened."""
        for call in self.state.calls:
            if call.state is CallState.TO_DOUBT or (call.state is CallState.STARTED and call.effect != "read"):
                self._doubt(call)

    async def _stop(self) -> None:
        """Stop for a kill. What made the run stop may still be a file that nobody has turned into an event."""
        kill = self._kill or ""
        await self._world.take_in_kill()
        self._kill = None
        await self.stop_for(kill)

    async def stop_for(self, kill: str) -> None:
        """End the run for a kill and acknowledge it, unless it has ended already."""
        batch = self._session.batch
        self._doubt_what_is_unknown()
        mark = batch.mark()
        batch.add(RunStopped(StopCause.KILL), ENGINE)
        batch.add(KillAcknowledged(kill), ENGINE)
        try:
            await batch.commit(run_open(self.run))
        except NotOpen:
            batch.back_to(mark)
            await self._session.refold()
