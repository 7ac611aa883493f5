"""The kill switch: order, contain, lift (DESIGN §8.3)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from agents.engine.receipt import Receipt, answered, id_of
from agents.loop.runner import Runner
from agents.loop.scheduler import Scheduler
from agents.people import Person
from storage.errors import CentaurError, NotFound
from storage.events.body import Ref
from storage.events.envelope import ENGINE, Draft, person
from storage.events.safety import KillAcknowledged, KillLifted, KillOrdered, KillScope
from storage.ids import new_id
from storage.kill_file import UNREADABLE, KillFile, KillNote
from storage.ledger import Ledger
from storage.queries import Queries, decisions, work
from storage.records import KillRecord, RunRecord

log = logging.getLogger(__name__)
LoadRun = Callable[[str], Awaitable[Runner]]
"""Returns a runner of the run, loaded from the ledger."""
_LOOK_S = 0.2
_MOST_DOUBTS = 10_000


@dataclass(frozen=True, slots=True)
class Containment:
    """How far a kill has come.

    Attributes:
        awaiting: (run, call) that were sent before the kill and have not ended, or nobody knows how.
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

    def __init__(
        self, ledger: Ledger, queries: Queries, file: KillFile, scheduler: Scheduler, look: LoadRun
    ) -> None:  # fmt: skip
        self._ledger, self._queries, self._file, self._scheduler = ledger, queries, file, scheduler
        self._look = look
        self._one_at_a_time = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take in a kill file, go on with kills that a crash cut short, and look for a file from now on."""
        await self.take_in()
        for kill in self.standing():
            await self._stop(KillScope(kill.scope), kill.target, kill.kill)
        self._task = asyncio.create_task(self._look_forever(), name="kill file")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                await self.take_in()
            except CentaurError as error:  # the file stands, so nothing starts; it is tried again
                log.warning("The kill file could not be taken in: %s", error)

    async def order(
        self, scope: KillScope, target: str | None, who: Person, reason: str = "", kill: str | None = None
    ) -> Containment:
        """Stop everything that the scope covers, and return how far that has come.

        A kill of this id that was ordered before is not ordered again, only looked at.
        """
        async with self._one_at_a_time:
            if kill is not None and self._known(kill):
                return self.state(kill)
            return await self._order(KillNote(kill or new_id("kill"), scope, target, who.id, reason or None), who)

    async def take_in(self) -> Containment | None:
        """Turn a kill file, written while nobody answered, into an event; None if there is none."""
        if not self._file.path.exists():
            return None
        async with self._one_at_a_time:
            note = self._file.read()
            if note is None:
                return None
            if note.kill == UNREADABLE:  # not an id: each such file is a kill of its own
                note = replace(note, kill=new_id("kill"))
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
        written = self._file.read()
        if written is not None and (who is None or written.kill == note.kill):  # never another kill's file
            self._file.remove()
        await self._stop(note.scope, note.target, note.kill)
        return self.state(note.kill)

    async def _stop(self, scope: KillScope, target: str | None, kill: str) -> None:
        """Stop active runs at once, and those that rest one by one."""
        if scope is KillScope.TOOL:
            return  # its calls are refused one by one; the runs go on without the tool
        for runner in self._scheduler.active:
            if scope is KillScope.ALL or runner.state.agent == target:
                awaiting = runner.kill(kill)
                if awaiting:
                    await self._ledger.append([Draft(KillAcknowledged(kill, awaiting), ENGINE, runner.run)])
        for record in self._covered(scope, target):
            if self._scheduler.runner(record.run) is None:
                await (await self._look(record.run)).stop_for(kill)
        for runner in self._scheduler.active:  # that became active meanwhile
            if scope is KillScope.ALL or runner.state.agent == target:
                runner.kill(kill)

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
        left = [] if scope is KillScope.TOOL else [r.run for r in self._covered(scope, record.target)]
        awaiting = tuple(dict.fromkeys((*self._sent(scope, record.target), *self._in_doubt(scope, record.target))))
        return Containment(kill, scope, record.target, record.acknowledged, awaiting, tuple(left))

    def _sent(self, scope: KillScope, target: str | None) -> list[tuple[str, str]]:
        """Calls of the scope that are under way now."""
        found = []
        for runner in self._scheduler.active:
            for id_ in runner.writing:
                call = runner.state.call(id_)
                tool = call.tool if call else ""
                if _covers(scope, target, runner.state.agent, tool):
                    found.append((runner.run, id_))
        return found

    def _in_doubt(self, scope: KillScope, target: str | None) -> list[tuple[str, str]]:
        """Writes of the scope of which nobody knows whether they happened: they have not ended for anybody."""
        with self._queries.view() as view:
            doubts = decisions.doubts(view.connection, limit=_MOST_DOUBTS)
            agents = {d.run: work.run(view.connection, d.run).agent for d in doubts}
        return [(d.run, d.call) for d in doubts if _covers(scope, target, agents[d.run], d.tool)]

    def _known(self, kill: str) -> bool:
        with self._queries.view() as view:
            return any(record.kill == kill for record in decisions.kills(view.connection, active=False))

    def _covered(self, scope: KillScope, target: str | None) -> list[RunRecord]:
        with self._queries.view() as view:
            runs = work.open_runs(view.connection)
        return [r for r in runs if r.origin is None and (scope is KillScope.ALL or r.agent == target)]


def _covers(scope: KillScope, target: str | None, agent: str, tool: str) -> bool:
    match scope:
        case KillScope.ALL:
            return True
        case KillScope.AGENT:
            return agent == target
        case KillScope.TOOL:
            return tool == target
