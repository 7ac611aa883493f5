"""Which runs are being worked: one task for an active run, none for one that waits.

Deadlines are rows in the store; they are armed again at start. At most `concurrency` runs are active at once.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from agents.loop.runner import Runner
from agents.loop.state import RunState
from storage.errors import CentaurError, StoreError
from storage.events.body import Ref
from storage.trouble import of_the_store

log = logging.getLogger(__name__)

MakeRunner = Callable[[str], Awaitable[tuple[Runner, Ref]]]
"""Returns the runner of a run, not yet loaded, and the address of its case."""


@dataclass(frozen=True, slots=True)
class Rested:
    """A run that is no longer worked: its state, when it wakes by itself, and what went wrong in us if anything."""

    run: str
    state: RunState | None
    wakes_at: int | None
    error: CentaurError | None = None


@dataclass(slots=True)
class _Active:
    runner: Runner
    task: asyncio.Task[None] | None = None


@dataclass(order=True, slots=True)
class _Alarm:
    at: int
    run: str = field(compare=False)


class Scheduler:
    """Works runs.

    Args:
        make: builds a runner.
        clock: UTC microseconds.
        on_rest: called when a run ended, waits, or could not be worked.
        concurrency: how many runs are active at once.
    """

    def __init__(
        self,
        make: MakeRunner,
        clock: Callable[[], int],
        on_rest: Callable[[Rested], None],
        *,
        concurrency: int = 16,
    ) -> None:
        self._make, self._clock, self._on_rest = make, clock, on_rest
        self.concurrency = concurrency
        self._active: dict[str, _Active] = {}
        self._queue: deque[str] = deque()
        self._queued: set[str] = set()
        self._starting: set[str] = set()
        self._alarms: list[_Alarm] = []
        self._timer: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, run: str) -> None:
        """Have a run worked: something happened to it, or it is new."""
        active = self._active.get(run)
        if active is not None:
            active.runner.refreshed = True
            return
        if run in self._starting:
            return
        if run not in self._queued and not self._closing:
            self._queued.add(run)
            self._queue.append(run)
            self._idle.clear()
            self._fill()

    def alarm(self, run: str, at: int) -> None:
        """Wake a run at a time (UTC microseconds)."""
        heapq.heappush(self._alarms, _Alarm(at, run))
        self._arm()

    def runner(self, run: str) -> Runner | None:
        """Return the runner of an active run."""
        active = self._active.get(run)
        return active.runner if active else None

    @property
    def active(self) -> list[Runner]:
        """Return the runners at work."""
        return [active.runner for active in self._active.values()]

    async def idle(self) -> None:
        """Return when no run is active or queued."""
        await self._idle.wait()

    async def close(self) -> None:
        """Stop working; runs go on from the ledger at the next start."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._queue.clear()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _fill(self) -> None:
        while self._queue and len(self._active) + len(self._starting) < self.concurrency and not self._closing:
            run = self._queue.popleft()
            self._queued.discard(run)
            self._starting.add(run)
            task = asyncio.create_task(self._work(run), name=f"run {run}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if not self._queue and not self._active and not self._starting:
            self._idle.set()

    async def _work(self, run: str) -> None:
        rested = Rested(run, None, None)
        try:
            runner, case = await self._make(run)
            runner.load(case)
            self._active[run] = _Active(runner)
            self._starting.discard(run)
            wakes_at = await runner.work()
            rested = Rested(run, runner.state, wakes_at)
        except StoreError as error:
            rested = Rested(run, None, None, error)
        except CentaurError as error:
            rested = Rested(run, None, None, error)
        except Exception as error:  # a run's boundary: a defect of ours stops this run only, and is told
            told: CentaurError | None = of_the_store(error)
            if told is None:
                log.exception("run %s stopped by a defect", run)
                told = CentaurError(f"{type(error).__name__}: {error}")
            rested = Rested(run, None, None, told)
        finally:
            again = (active := self._active.pop(run, None)) is not None and active.runner.refreshed
            self._starting.discard(run)
        if rested.wakes_at is not None:
            self.alarm(run, rested.wakes_at)
        self._on_rest(rested)
        if again:
            self.wake(run)
        self._fill()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._alarms and not self._closing:
            delay = max(0.0, (self._alarms[0].at - self._clock()) / 1_000_000)
            self._timer = asyncio.get_running_loop().call_later(min(delay + 0.001, 3600.0), self._ring)

    def _ring(self) -> None:
        now = self._clock()
        due = []
        while self._alarms and self._alarms[0].at <= now:
            due.append(heapq.heappop(self._alarms).run)
        for run in dict.fromkeys(due):
            self.wake(run)
        self._timer = None
        self._arm()
