"""What an agent has taken today, over all its runs, and what of its day's limits is left.

The engine is the only writer of its store, so what a day took is read once and then kept here: two runs that
ask at the same moment never both get the last of it. Money and tokens count over all modes, since they are
spent in each; runs count per mode; only live runs write.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from agents.loop.limits import Breach, DayLimits
from storage.business_day import BusinessDay
from storage.events.cases import Mode
from storage.queries import Queries, days


class Spent(Protocol):
    """What a model call took; `cost_micros` is None where the price is unknown."""

    @property
    def tokens_in(self) -> int: ...
    @property
    def tokens_out(self) -> int: ...
    @property
    def cost_micros(self) -> int | None: ...


@dataclass(slots=True)
class Taken:
    """What one agent has taken on one day; `cost` in micro US dollars."""

    tokens: int = 0
    cost: int = 0
    writes: int = 0
    runs: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Asking:
    """The model calls of one agent that are under way, and the largest that ended: what each may still take."""

    calls: int = 0
    tokens: int = 0
    cost: int = 0
    known: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class DayBook:
    """Reserves from the day's limits of every agent of one store. Used on the loop's thread only."""

    def __init__(self, queries: Queries, zone: ZoneInfo, clock: Callable[[], int]) -> None:
        self._queries, self._clock = queries, clock
        self._days = BusinessDay(zone.key)
        self._taken: dict[str, tuple[str, Taken]] = {}
        self._asking: dict[str, _Asking] = {}

    def taken(self, agent: str) -> Taken:
        """Return what the agent has taken today, what is reserved included."""
        today = self._days.of(self._clock())
        day, taken = self._taken.get(agent, ("", Taken()))
        if day != today:
            taken = self._read(agent, today)
            self._taken[agent] = (today, taken)
        return taken

    def _read(self, agent: str, today: str) -> Taken:
        taken = Taken()
        with self._queries.view() as view:
            for row in days(view.connection, today, today, agent=agent):
                taken.tokens += row.tokens_in + row.tokens_out
                taken.cost += row.cost
                taken.writes += row.writes
                taken.runs[row.mode] += row.started
        return taken

    def start_run(self, agent: str, mode: Mode, limits: DayLimits) -> Breach | None:
        """Reserve one more run, or return what forbids it. The run counts either way, as it does in the store."""
        runs = self.taken(agent).runs
        before = runs[mode]
        runs[mode] += 1
        if limits.runs is not None and before >= limits.runs:
            return Breach("day.runs", limits.runs, before)
        return None

    def start_writes(self, agent: str, wanted: int, limits: DayLimits) -> Breach | None:
        """Reserve that many writes, or return what forbids them."""
        taken = self.taken(agent)
        if limits.writes is not None and wanted and taken.writes + wanted > limits.writes:
            return Breach("day.writes", limits.writes, taken.writes)
        taken.writes += wanted
        return None

    def give_back_writes(self, agent: str, wanted: int) -> None:
        """Writes that were reserved did not start after all."""
        self.taken(agent).writes -= wanted

    async def start_asking(self, agent: str, limits: DayLimits) -> Breach | None:
        """Reserve a model call, or return what forbids it; `end_asking` must follow a reservation.

        Nobody knows beforehand what a call takes. Each one under way reserves as much as the largest before it,
        and where that may be the last of the day's limit, the next one waits until a call has ended.
        """
        asking = self._asking.setdefault(agent, _Asking())
        if limits.tokens is not None or limits.cost_micros is not None:
            while True:
                if breach := self._over(agent, limits, _Asking()):
                    return breach
                unsure = asking.calls > 0 and not asking.known
                if not unsure and self._over(agent, limits, asking) is None:
                    break
                asking.ended.clear()
                await asking.ended.wait()
        asking.calls += 1
        return None

    def end_asking(self, agent: str, spent: Spent | None) -> None:
        """A model call ended; `spent` is what it took, None where that is not known."""
        asking, taken = self._asking[agent], self.taken(agent)
        if spent is not None:
            tokens, cost = spent.tokens_in + spent.tokens_out, spent.cost_micros or 0
            taken.tokens, taken.cost = taken.tokens + tokens, taken.cost + cost
            asking.tokens, asking.cost = max(asking.tokens, tokens), max(asking.cost, cost)
            asking.known = True
        asking.calls -= 1
        asking.ended.set()

    def _over(self, agent: str, limits: DayLimits, asking: _Asking) -> Breach | None:
        taken = self.taken(agent)
        for name, allowed, used, reserved in (
            ("day.tokens", limits.tokens, taken.tokens, asking.calls * asking.tokens),
            ("day.cost_micros", limits.cost_micros, taken.cost, asking.calls * asking.cost),
        ):
            if allowed is not None and used + reserved >= allowed:
                return Breach(name, allowed, used)
        return None
