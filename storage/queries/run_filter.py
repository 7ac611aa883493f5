"""Which runs a person wants to see: by agent, mode, state, pilot, days and words; and how the store is asked for them.

A run is of the day on which it ended, or, while it goes on, on which it began: so a list of runs agrees with the sums
of days.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.queries.workspace import setting

_WORDS = (
    "(instr(lower(coalesce(c.external_id, '')), ?) OR instr(lower(r.agent), ?) OR instr(r.run, ?) OR instr(r.state, ?))"
)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What is wanted; what is empty is not asked for.

    Attributes:
        states: one of these.
        pilot: the whole id.
        first, last: days of the business time zone, both included.
        words: each begins or is within the case's id, the agent, the run or the state.
    """

    agent: str = ""
    mode: str = ""
    states: tuple[str, ...] = ()
    pilot: str = ""
    first: date | None = None
    last: date | None = None
    words: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether every run fits."""
        return self == _ALL

    def where(self, connection: sqlite3.Connection) -> tuple[list[str], list[Any]]:
        """Return conditions on `run r` (with `case_ c` where there are words) and their values."""
        found: list[tuple[str, list[Any]]] = []
        for column, value in (("r.agent", self.agent), ("r.mode", self.mode), ("r.pilot", self.pilot)):
            if value:
                found.append((f"{column} = ?", [value]))
        if self.states:
            found.append((f"r.state IN ({', '.join('?' * len(self.states))})", list(self.states)))
        if self.first is not None or self.last is not None:
            zone = _zone(connection)
            if self.first is not None:
                found.append(("coalesce(r.ended_at, r.started_at) >= ?", [_midnight(self.first, zone)]))
            if self.last is not None:
                end = _midnight(self.last + timedelta(days=1), zone)
                # A run ends after it began: of the two the second bound is told for the sake of the first.
                found.append(("r.started_at < ? AND coalesce(r.ended_at, r.started_at) < ?", [end, end]))
        found += [(_WORDS, [word.lower()] * 4) for word in self.words]
        return [condition for condition, _ in found], [value for _, values in found for value in values]


_ALL = RunFilter()


def _zone(connection: sqlite3.Connection) -> tzinfo:
    try:
        return ZoneInfo(str(setting(connection, "time_zone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1_000_000)
