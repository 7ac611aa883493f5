"""What the page of one case reads: the case, its runs, and every event that tells of it, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from storage.events.body import Ref, references
from storage.events.cases import CaseReceived
from storage.events.envelope import Event, decode
from storage.events.workspace import BlobErased
from storage.queries import work, workspace
from storage.queries.live import Beginning, payload_beginning
from storage.records import CaseRecord, RunRecord

KINDS = frozenset({
    "case.received", "run.started", "run.paused", "run.resumed", "run.finished", "run.handed_off", "run.failed",
    "run.stopped", "approval.requested", "approval.decided", "approval.withdrawn", "approval.expired",
    "approval.superseded", "decision.refused", "doubt.raised", "doubt.resolved", "wait.started", "wait.ended",
    "message.sent", "person.informed", "outcome.received", "blob.erased",
})  # fmt: skip
"""What a person reads of a case; the steps between are the run's own page."""
_OPENING, _CARD = 4_096, 64 * 1024
"""Bytes that are read of a text, and of a request's card, whose sentence may stand anywhere in it."""
_AT_ONCE = 500


class History(NamedTuple):
    """One case as one moment shows it.

    Attributes:
        seq: the moment.
        runs: the runs that worked it, in order.
        numbers: of the agents' versions, by (agent, version).
        events: in order; erasures among them are of payloads that the case or its runs name.
        names: people's names by their ids.
        texts: beginnings of the payloads that are shown in words; `text` is None where it was erased.
        gone: payloads that the case or its runs name and that were erased.
        source: where the case came from: the file of its pilot; "" if unknown.
        zone: the business time zone.
    """

    seq: int
    case: CaseRecord
    runs: tuple[RunRecord, ...]
    numbers: Mapping[tuple[str, str], int]
    events: tuple[Event, ...]
    names: Mapping[str, str]
    texts: Mapping[Ref, Beginning]
    gone: frozenset[Ref]
    source: str
    zone: str


def history(connection: sqlite3.Connection, case: str, seq: int) -> History:
    """Return everything about a case. Raises NotFound, BadInput."""
    record = work.case(connection, case)
    columns = ", ".join(RunRecord._fields)
    sql = f"SELECT {columns} FROM run WHERE case_id = ? ORDER BY seq"  # noqa: S608
    rows = connection.execute(sql, (record.case_id,))
    runs = tuple(RunRecord._make(row) for row in rows)
    events, named = _events(connection, record, runs)
    erasures = _erasures(connection, named)
    told = tuple(sorted((*events, *erasures), key=lambda event: event.seq))
    gone = frozenset(event.body.address for event in erasures if isinstance(event.body, BlobErased))
    names = {person.person: person.name for person in workspace.persons(connection) if person.name}
    return History(
        seq, record, runs, _numbers(connection, runs), told, names, _texts(connection, record, told), gone,
        _source(connection, record.pilot), str(workspace.setting(connection, "time_zone") or "UTC"),
    )  # fmt: skip


def _events(
    connection: sqlite3.Connection, case: CaseRecord, runs: Iterable[RunRecord]
) -> tuple[list[Event], set[Ref]]:
    """Return the events that are told, and the payloads that any event of the case names."""
    row = connection.execute("SELECT body, hash FROM event WHERE seq = ?", (case.seq,)).fetchone()
    found = [decode(*row)] if row is not None else []
    named = {ref for ref in (case.content, case.external_ref, case.outcome) if ref}
    for run in runs:
        for event in work.run_events(connection, run.run):
            named.update(references(event.body))
            if event.kind in KINDS:
                found.append(event)
    return found, named


def _erasures(connection: sqlite3.Connection, refs: Collection[Ref]) -> list[Event]:
    if connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
        return []
    wanted, seqs = sorted(refs), []
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        sql = f"SELECT seq FROM erased WHERE address IN ({', '.join('?' * len(part))})"  # noqa: S608
        seqs += [row[0] for row in connection.execute(sql, part)]
    sql = "SELECT body, hash FROM event WHERE seq = ?"
    return [decode(*connection.execute(sql, (seq,)).fetchone()) for seq in sorted(seqs)]


def _numbers(connection: sqlite3.Connection, runs: Iterable[RunRecord]) -> dict[tuple[str, str], int]:
    sql = (
        "SELECT count(*) FROM version WHERE agent = ? AND published_at <= "
        "(SELECT published_at FROM version WHERE agent = ? AND version = ?)"
    )
    return {
        (run.agent, run.version): connection.execute(sql, (run.agent, run.agent, run.version)).fetchone()[0]
        for run in runs
    }


def _texts(connection: sqlite3.Connection, case: CaseRecord, events: Iterable[Event]) -> dict[Ref, Beginning]:
    limits = {ref: _OPENING for ref in (case.content, case.outcome) if ref}
    for event in events:
        most = _CARD if event.kind == "approval.requested" else _OPENING
        if not isinstance(event.body, CaseReceived):
            limits.update(dict.fromkeys(references(event.body), most))
    return {ref: payload_beginning(connection, ref, limit) for ref, limit in limits.items()}


def _source(connection: sqlite3.Connection, pilot: str | None) -> str:
    if pilot is None:
        return ""
    row = connection.execute("SELECT source FROM pilot WHERE pilot = ?", (pilot,)).fetchone()
    return (payload_beginning(connection, row[0], _OPENING).text or "") if row is not None else ""


class KnownCopy(NamedTuple):
    """A backup that was made: where it was put, "" if that text was erased; UTC microseconds."""

    path: str
    made_at: int


def copies(connection: sqlite3.Connection) -> tuple[KnownCopy, ...]:
    """Return the backups that were made, the newest first."""
    found = [
        KnownCopy(payload_beginning(connection, backup.path, 4_096).text or "", backup.made_at)
        for backup in workspace.backups(connection)
    ]
    return tuple(sorted(found, key=lambda copy: -copy.made_at))
