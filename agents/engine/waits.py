"""Looks after runs that wait for a change: the watched read is looked at again and again, rarely."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agents.loop.scheduler import MakeRunner, Scheduler
from agents.loop.watching import Watching
from agents.own_json import load
from storage.errors import CentaurError
from storage.events.envelope import ENGINE, Draft
from storage.events.runs import WaitEnd, WaitEnded, WaitFor
from storage.ledger import Ledger
from storage.preconditions import NotOpen, wait_open
from storage.queries import Queries, decisions
from storage.records import WaitRecord

_SHORTEST_S = 1


class Waits:
    """Polls the watched reads of waiting runs; one task in all, each wait as often as its job says."""

    def __init__(
        self,
        queries: Queries,
        ledger: Ledger,
        make: MakeRunner,
        scheduler: Scheduler,
        clock: Callable[[], int],
    ) -> None:
        self._queries, self._ledger, self._make = queries, ledger, make
        self._scheduler, self._clock = scheduler, clock
        self._looked: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look_forever(), name="waits")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(_SHORTEST_S)
            await self.look()

    async def look(self) -> int:
        """Look at what is due now; return how many waits ended."""
        with self._queries.view() as view:
            waiting = [w for w in decisions.waits(view.connection) if w.waits_for == WaitFor.CHANGE and w.watch]
        ended = 0
        for wait in waiting:
            try:
                ended += await self._look_at(wait)
            except CentaurError:  # what cannot be looked at now has not changed; its deadline still holds
                continue
        return ended

    async def _look_at(self, wait: WaitRecord) -> int:
        runner, _ = await self._make(wait.run)
        now = self._clock()
        every = runner.charter.job.wait.poll_seconds * 1_000_000
        if now - self._looked.get(wait.wait, 0) < every or wait.watch is None:
            return 0
        self._looked[wait.wait] = now
        watch = load(self._ledger.payloads.read(wait.watch))
        if not await Watching(runner.readers, wait.run).changed(watch):
            return 0
        words = b"What was watched has changed."
        ref = self._ledger.payloads.ref(words)
        ended = Draft(WaitEnded(wait.wait, wait.call, WaitEnd.CHANGED, ref), ENGINE, wait.run, now)
        try:
            await self._ledger.append([ended], {ref: words}, condition=wait_open(wait.wait))
        except NotOpen:
            return 0
        self._scheduler.wake(wait.run)
        return 1
