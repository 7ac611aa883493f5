"""Questions about what agents did: their sums by mode, how many versions they have, when they entered a stage."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from storage.events.envelope import decode
from storage.events.workspace import StageChanged
from storage.records import PilotRecord, VersionRecord

_SUMS = (
    "SELECT agent, mode, sum(started), sum(finished), sum(handed_off), sum(failed), sum(stopped), min(day), max(day) "
    "FROM day GROUP BY agent, mode"
)


class AgentSum(NamedTuple):
    """What an agent did in one mode, over all days (`YYYY-MM-DD`, the first and the last with a run)."""

    agent: str
    mode: str
    started: int
    finished: int
    handed_off: int
    failed: int
    stopped: int
    first: str
    last: str


class StageEntry(NamedTuple):
    """A version entered a stage. `ts` is UTC microseconds."""

    version: str
    stage: str
    ts: int
    actor: str
    seq: int


def agent_sums(connection: sqlite3.Connection, agent: str | None = None) -> list[AgentSum]:
    """Return the sums of every agent (or one) by mode."""
    rows = [AgentSum._make(row) for row in connection.execute(_SUMS)]
    return rows if agent is None else [row for row in rows if row.agent == agent]


def version_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many versions each agent has."""
    return dict(connection.execute("SELECT agent, count(*) FROM version GROUP BY agent").fetchall())


def stage_entries(
    connection: sqlite3.Connection, versions: list[VersionRecord], pilots: list[PilotRecord]
) -> list[StageEntry]:
    """Return when versions entered their stages, oldest first.

    A version enters a stage in the commit that publishes it or that begins a pilot, so only the events beside those are
    read and not the whole ledger.
    """
    found: dict[int, StageEntry] = {}
    for seq in [*(version.seq for version in versions), *(pilot.seq for pilot in pilots)]:
        rows = connection.execute(
            "SELECT body, hash FROM event WHERE seq BETWEEN ? AND ? AND kind = ?", (seq - 2, seq + 2, StageChanged.kind)
        )
        for body, hash_ in rows.fetchall():
            event = decode(body, hash_)
            change = event.body
            if isinstance(change, StageChanged) and any(v.agent == change.agent for v in versions):
                stage = change.stage.value
                found[event.seq] = StageEntry(change.version, stage, event.ts, event.actor, event.seq)
    return [found[seq] for seq in sorted(found)]
