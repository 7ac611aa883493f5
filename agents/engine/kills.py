"""The kill switch: order, contain, lift (DESIGN §8.3)."""

from __future__ import annotations

from dataclasses import dataclass

from agents.engine.receipt import Receipt, answered, id_of
from agents.loop.scheduler import Scheduler
from agents.people import Person
from storage.errors import NotFound
from storage.events.body import Ref
from storage.events.envelope import ENGINE, Draft, person
from storage.events.runs import RunStopped, StopCause
from storage.events.safety import KillAcknowledged, KillLifted, KillOrdered, KillScope
from storage.ids import new_id
from storage.kill_file import KillFile, KillNote
from storage.ledger import Ledger
from storage.preconditions import NotOpen, run_open
from storage.queries import Queries, decisions, work
from storage.records import KillRecord, RunRecord


@dataclass(frozen=True, slots=True)
class Containment:
    """How far a kill has come.

    Attributes:
        awaiting: (run, call) that were sent before the kill and have not ended.
        unacknowledged: runs of the scope that have not stopped.
        contained: both are empty.
    """

    kill: str
    scope: KillScope
    target: str | None
    acknowledged: int
    awaiting: tuple[tuple[str, str], ...]
    unacknowledged: tuple[str, ...]

    @property
    def contained(self) -> bool:
        """Return whether nothing of the scope can act any more."""
        return not self.awaiting and not self.unacknowledged


class Kills:
    """Orders and lifts kills, and stops the runs they cover."""

    def __init__(self, ledger: Ledger, queries: Queries, file: KillFile, scheduler: Scheduler) -> None:
        self._ledger, self._queries, self._file, self._scheduler = ledger, queries, file, scheduler

    async def order(
        self, scope: KillScope, target: str | None, who: Person, reason: str = "", kill: str | None = None
    ) -> Containment:
        """Stop everything that the scope covers, and return how far that has come.

        A kill of this id that was ordered before is not ordered again, only looked at.
        """
        if kill is not None and self._known(kill):
            return self.state(kill)
        return await self._order(KillNote(kill or new_id("kill"), scope, target, who.id, reason or None), who)

    async def take_in(self) -> Containment | None:
        """Turn a kill file, written while nobody answered, into an event; None if there is none."""
        note = self._file.read()
        if note is None:
            return None
        if self._known(note.kill):
            self._file.remove()
            return None
        return await self._order(note, None)

    async def _order(self, note: KillNote, who: Person | None) -> Containment:
        blobs: dict[Ref, bytes] = {}
        if note.reason:
            blobs[self._ledger.payloads.ref(note.reason.encode())] = note.reason.encode()
        body = KillOrdered(note.kill, note.scope, note.target, next(iter(blobs), None))
        draft = Draft(body, person(note.person))
        await self._ledger.append([who.sign(draft) if who else draft], blobs)
        self._file.remove()
        await self._stop(note)
        return self.state(note.kill)

    async def _stop(self, note: KillNote) -> None:
        """Stop active runs at once, and those that wait by an event of their own."""
        if note.scope is KillScope.TOOL:
            return  # its calls are refused one by one; the runs go on without the tool
        active = {runner.run for runner in self._scheduler.active}
        for runner in self._scheduler.active:
            if note.scope is KillScope.ALL or runner.state.agent == note.target:
                awaiting = runner.kill(note.kill)
                if awaiting:
                    noted = Draft(KillAcknowledged(note.kill, awaiting), ENGINE, runner.run)
                    await self._ledger.append([noted])
        for record in self._covered(note.scope, note.target):
            if record.run not in active:
                await self._end(record.run, note.kill)

    async def _end(self, run: str, kill: str) -> None:
        drafts = [Draft(RunStopped(StopCause.KILL), ENGINE, run), Draft(KillAcknowledged(kill), ENGINE, run)]
        try:
            await self._ledger.append(drafts, condition=run_open(run))
        except NotOpen:
            return

    async def lift(self, kill: str, who: Person, reason: str, receipt: Receipt | None = None) -> str:
        """Let work of the scope begin again; return the kill's whole id. Raises NotFound if no such kill stands."""
        with self._queries.view() as view:
            standing = [k for k in decisions.kills(view.connection) if k.kill.startswith(kill)]
        if len(standing) != 1:
            raise NotFound(f"No kill `{kill}` stands.", hint="`centaur kill --status` lists them.")
        ref = self._ledger.payloads.ref(reason.encode())
        body = KillLifted(standing[0].kill, ref)
        draft = who.sign(Draft(body, who.actor, command_id=id_of(receipt)))
        blobs = {ref: reason.encode()}
        await self._ledger.append(*answered([draft], blobs, receipt, {"kill": body.kill}, who.actor))
        return body.kill

    def standing(self) -> list[KillRecord]:
        """Return the kills that have not been lifted."""
        with self._queries.view() as view:
            return decisions.kills(view.connection)

    def state(self, kill: str) -> Containment:
        """Return how far a kill has come."""
        with self._queries.view() as view:
            record = next(k for k in decisions.kills(view.connection, active=False) if k.kill == kill)
        scope = KillScope(record.scope)
        awaiting = tuple(
            (runner.run, call)
            for runner in self._scheduler.active
            if scope is not KillScope.AGENT or runner.state.agent == record.target
            for call in runner.writing
        )
        left = [] if scope is KillScope.TOOL else [r.run for r in self._covered(scope, record.target)]
        return Containment(kill, scope, record.target, record.acknowledged, awaiting, tuple(left))

    def _known(self, kill: str) -> bool:
        with self._queries.view() as view:
            return any(record.kill == kill for record in decisions.kills(view.connection, active=False))

    def _covered(self, scope: KillScope, target: str | None) -> list[RunRecord]:
        with self._queries.view() as view:
            runs = work.open_runs(view.connection)
        return [r for r in runs if r.origin is None and (scope is KillScope.ALL or r.agent == target)]
