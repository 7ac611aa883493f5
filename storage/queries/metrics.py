"""Questions about how work went in a stretch of time: what the sums of days cannot answer (medians, distinct cases)."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Spread(NamedTuple):
    """How long something took. Microseconds; None where nothing was measured.

    Attributes:
        n: how many.
        median: the middle one; the lower of two in the middle.
        ninth: as long as nine of ten at most took.
    """

    n: int
    median: int | None
    ninth: int | None


class RuleSums(NamedTuple):
    """What people decided under one rule; `others` are requests that ran out, were superseded or are still open."""

    rule: str
    approved: int
    edited: int
    rejected: int
    answered: int
    others: int


_WORK = "FROM run WHERE origin IS NULL AND ended_at >= ? AND ended_at < ? AND mode = ?"
_ASKED = (
    "FROM approval a JOIN run r ON r.run = a.run "
    "WHERE r.origin IS NULL AND r.mode = ? AND a.requested_at >= ? AND a.requested_at < ?"
)


def finished_cases(connection: sqlite3.Connection, since: int, until: int, mode: str, agent: str | None) -> int:
    """Return how many cases were finished from `since` to before `until` (UTC microseconds), each counted once."""
    where, values = _with_agent(_WORK, [since, until, mode], agent, "agent")
    sql = f"SELECT count(DISTINCT case_id) {where} AND state = 'finished'"
    return int(connection.execute(sql, values).fetchone()[0])


def cycle_times(connection: sqlite3.Connection, since: int, until: int, mode: str, agent: str | None) -> Spread:
    """Return how long finished runs took from their start to their end, waits included."""
    where, values = _with_agent(_WORK, [since, until, mode], agent, "agent")
    return _spread(connection, f"SELECT ended_at - started_at AS took {where} AND state = 'finished'", values)


def decision_times(connection: sqlite3.Connection, since: int, until: int, mode: str, agent: str | None) -> Spread:
    """Return how long requests of that time waited until a person decided."""
    where, values = _with_agent(_ASKED, [mode, since, until], agent, "r.agent")
    sql = f"SELECT a.decided_at - a.requested_at AS took {where} AND a.decided_at IS NOT NULL"
    return _spread(connection, sql, values)


def decisions_by_rule(
    connection: sqlite3.Connection, since: int, until: int, mode: str, agent: str | None
) -> list[RuleSums]:
    """Return what became of the requests of that time, by the rule that asked; the most frequent first."""
    where, values = _with_agent(_ASKED, [mode, since, until], agent, "r.agent")
    choices = ", ".join(f"sum(a.choice IS '{choice}')" for choice in ("approve", "edit", "reject", "respond"))
    sql = f"SELECT a.rule, {choices}, sum(a.choice IS NULL) {where} GROUP BY a.rule ORDER BY count(*) DESC, a.rule"
    return [RuleSums._make(row) for row in connection.execute(sql, values)]


def _with_agent(where: str, values: list[int | str], agent: str | None, column: str) -> tuple[str, list[int | str]]:
    return (where, values) if agent is None else (f"{where} AND {column} = ?", [*values, agent])


def _spread(connection: sqlite3.Connection, sql: str, values: list[int | str]) -> Spread:
    n = int(connection.execute(f"SELECT count(*) FROM ({sql})", values).fetchone()[0])  # noqa: S608 - our own words
    if not n:
        return Spread(0, None, None)
    at = f"SELECT took FROM ({sql}) ORDER BY took LIMIT 1 OFFSET ?"  # noqa: S608
    median, ninth = (
        connection.execute(at, (*values, place)).fetchone()[0] for place in ((n - 1) // 2, (n * 9 + 9) // 10 - 1)
    )
    return Spread(n, median, ninth)
