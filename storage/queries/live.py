"""What the Live room reads of one run: its head, its events, the payloads of its steps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from storage.errors import CentaurError, NotFound
from storage.events.body import Ref
from storage.events.envelope import body_of
from storage.events.union import AnyBody
from storage.pieces import read_piece
from storage.queries.workspace import setting
from storage.records import RunRecord

_OPENING = 400
"""Bytes of a case that are read for its title."""


def opening(connection: sqlite3.Connection, content: Ref | None) -> str:
    """Return the first bytes of a case as text; "" where it has none or was erased."""
    if content is None:
        return ""
    try:
        piece = read_piece(connection, content, 0, _OPENING).content.decode("utf-8", "ignore")
    except (NotFound, CentaurError):
        return ""
    return piece


class OpenedRun(NamedTuple):
    """A run and its case as one moment shows them; `zone` is the business time zone."""

    record: RunRecord
    external_id: str | None
    content: Ref | None
    opening: str
    version_number: int
    zone: str


def opened_run(connection: sqlite3.Connection, run: str) -> OpenedRun:
    """Return a run for its header. Raises NotFound."""
    columns = ", ".join(f"r.{name}" for name in RunRecord._fields)
    row = connection.execute(
        f"SELECT {columns}, c.external_id, c.content FROM run r LEFT JOIN case_ c ON c.case_id = r.case_id "  # noqa: S608
        "WHERE r.run = ?",
        (run,),
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no run {run} in this store.", hint="It may be in another store.")
    record = RunRecord._make(row[:-2])
    number = connection.execute(
        "SELECT count(*) FROM version WHERE agent = ? AND published_at <= "
        "(SELECT published_at FROM version WHERE agent = ? AND version = ?)",
        (record.agent, record.agent, record.version),
    ).fetchone()[0]
    zone = str(setting(connection, "time_zone") or "UTC")
    return OpenedRun(record, row[-2], row[-1], opening(connection, row[-1]), number, zone)


class Told(NamedTuple):
    """What a trace needs of an event; a run of thousands of steps is opened faster without the rest."""

    seq: int
    ts: int
    actor: str
    body: AnyBody


def events_after(connection: sqlite3.Connection, run: str, after: int = 0) -> Iterator[Told]:
    """Yield a run's events with a seq above `after`, in order."""
    rows = connection.execute("SELECT body FROM event WHERE run = ? AND seq > ? ORDER BY seq", (run, after))
    for (body,) in rows:
        envelope = orjson.loads(body)
        yield Told(envelope["seq"], envelope["ts"], envelope["actor"], body_of(envelope))


def newest_events(connection: sqlite3.Connection, run: str, most: int) -> list[Told]:
    """Return a run's newest events, in order: its beginning, the plan that was in force before them, then they."""
    rows = connection.execute(
        "SELECT seq, body FROM (SELECT seq, body FROM event WHERE run = ? ORDER BY seq DESC LIMIT ?) ORDER BY seq",
        (run, most),
    ).fetchall()
    first = rows[0][0] if rows else 0
    head = "SELECT seq, body FROM event WHERE run = ? AND seq < ? ORDER BY seq LIMIT 1"
    plan = "SELECT seq, body FROM event WHERE run = ? AND seq < ? AND kind = 'plan.set' ORDER BY seq DESC LIMIT 1"
    before = [row for sql in (head, plan) if (row := connection.execute(sql, (run, first)).fetchone()) is not None]
    envelopes = [orjson.loads(body) for _, body in (*dict.fromkeys(before), *rows)]
    return [Told(each["seq"], each["ts"], each["actor"], body_of(each)) for each in envelopes]


class Beginning(NamedTuple):
    """The first bytes of a payload as text; `text` is None where it was erased."""

    text: str | None
    size: int


def payload_beginning(connection: sqlite3.Connection, ref: Ref, limit: int) -> Beginning:
    """Return the beginning of a payload."""
    try:
        piece = read_piece(connection, ref, 0, limit)
    except NotFound:
        return Beginning(None, 0)
    return Beginning(piece.content.decode("utf-8", "ignore"), piece.size)


def beginnings(connection: sqlite3.Connection, refs: Sequence[Ref], limit: int = 600) -> dict[Ref, Beginning]:
    """Return the beginnings of payloads."""
    return {ref: payload_beginning(connection, ref, limit) for ref in refs}


def open_request(connection: sqlite3.Connection, run: str) -> str | None:
    """Return the approval request that a run waits on, the oldest."""
    sql = "SELECT approval FROM approval WHERE run = ? AND state = 'requested' ORDER BY seq LIMIT 1"
    row = connection.execute(sql, (run,)).fetchone()
    return None if row is None else str(row[0])
