"""Counts the days again after the business time zone changed: days of the past get new borders too."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from storage.events.envelope import decode
from storage.events.workspace import PersonAdded, SettingChanged
from storage.projections.tables import Tables

_DAYS = "SELECT * FROM day"


def recount_days(events: sqlite3.Connection, tables: sqlite3.Connection, until: int, zone: str) -> None:
    """Refill the table of days from the events before seq `until`, with the borders of `zone`.

    The days need the states of approvals and runs on the way, so everything is folded once more into a
    private temporary database, of which only the days are kept.
    """
    from storage.migrations import projection_sql
    from storage.projections import FOLDS

    kinds = sorted(FOLDS.keys() - {SettingChanged.kind, PersonAdded.kind})
    places = ", ".join("?" * len(kinds))
    with closing(sqlite3.connect("", isolation_level=None)) as scratch:
        scratch.execute("BEGIN")
        for statements in projection_sql().values():
            for sql in statements:
                scratch.execute(sql)
        again = Tables(scratch, lambda ref: None)
        again.keep_time_in(zone)
        for body, hash_ in events.execute(
            f"SELECT body, hash FROM event WHERE seq < ? AND kind IN ({places}) ORDER BY seq",  # noqa: S608
            (until, *kinds),
        ):
            event = decode(body, hash_)
            FOLDS[event.kind](again, event, event.body)
        again.flush()
        rows = scratch.execute(_DAYS).fetchall()
    tables.execute("DELETE FROM day")
    if rows:
        tables.executemany(f"INSERT INTO day VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
