"""Questions about how the runs of pilots stand."""

from __future__ import annotations

import sqlite3

from storage.events.body import Ref


def run_states(connection: sqlite3.Connection, pilots: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """Return for each pilot how many of its runs are in which state."""
    marks = ", ".join("?" * len(pilots))
    sql = f"SELECT pilot, state, count(*) FROM run WHERE pilot IN ({marks}) GROUP BY pilot, state"  # noqa: S608
    found: dict[str, dict[str, int]] = {pilot: {} for pilot in pilots}
    for pilot, state, count in connection.execute(sql, pilots):
        found[pilot][state] = count
    return found


def case_content(connection: sqlite3.Connection, run: str) -> tuple[str, str | None, Ref] | None:
    """Return the id, the id elsewhere and the content of the case that a run worked."""
    sql = "SELECT c.case_id, c.external_id, c.content FROM run r JOIN case_ c ON c.case_id = r.case_id WHERE r.run = ?"
    row = connection.execute(sql, (run,)).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def writes_of(connection: sqlite3.Connection, pilot: str) -> int:
    """Return how many writes the runs of a pilot did, or where they may not act recorded."""
    done = "SELECT coalesce(sum(writes), 0) FROM run WHERE pilot = ?"
    recorded = "SELECT count(*) FROM run r JOIN event e ON e.run = r.run WHERE r.pilot = ? AND e.kind = 'tool.recorded'"
    return sum(int(connection.execute(sql, (pilot,)).fetchone()[0]) for sql in (done, recorded))
