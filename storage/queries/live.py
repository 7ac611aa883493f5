"""What the Live room reads: runs in three groups (working, waiting for a person, over) by pages, and one run's events.

Runs are ordered by when they began, the newest first; a key is the negative seq, so that keys rise down the list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from storage.errors import CentaurError, NotFound
from storage.events.body import Ref
from storage.events.envelope import Event, decode
from storage.pieces import read_piece
from storage.queries.work import run_events
from storage.records import RunRecord

WORKING = ("running",)
WAITING = ("asking", "waiting", "doubt", "paused")
_FIELDS = (
    "r.seq", "r.run", "r.agent", "r.version", "r.mode", "r.stage", "r.state", "r.cause", "r.started_at", "r.ended_at",
    "r.turns", "r.calls", "r.writes", "r.failures", "c.external_id", "c.content",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM run r {{index}} LEFT JOIN case_ c ON c.case_id = r.case_id"  # noqa: S608
_OPENING = 400
"""Bytes of a case that are read for its title."""
_AT_ONCE = 500


class RunRow(NamedTuple):
    """One run in the list.

    Attributes:
        opening: the first words of the case; "" if it was erased.
        doing: kind and tool of the last event of an open run.
        waits: what it waits for: (kind of wait, whom for, tool), where it does.
        message: of a failure, its first words.
    """

    seq: int
    run: str
    agent: str
    version: str
    mode: str
    stage: str
    state: str
    cause: str | None
    started_at: int
    ended_at: int | None
    turns: int
    calls: int
    writes: int
    failures: int
    external_id: str | None
    opening: str
    doing: tuple[str, str] = ("", "")
    waits: tuple[str, str, str] | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The runs of one group.

    Attributes:
        states: the states of open runs; empty: the runs that are over.
        words: only those whose case, agent or run begins with or holds this.
    """

    states: tuple[str, ...] = ()
    words: str = ""

    def rows(self, connection: sqlite3.Connection, after: int | None, upto: int | None, limit: int) -> list[RunRow]:
        """Return the runs whose key lies behind `after`, up to and with `upto`."""
        where, values = self._where(after, upto)
        sql = f"{_SELECT.format(index=self._index())} WHERE {where} ORDER BY r.seq DESC LIMIT ?"
        return [_row(connection, row) for row in connection.execute(sql, (*values, limit)).fetchall()]

    def count(self, connection: sqlite3.Connection, after: int | None, upto: int | None) -> int:
        """Return how many there are in that range."""
        where, values = self._where(after, upto)
        found = connection.execute(f"SELECT count(*) FROM {self._from()} WHERE {where}", values).fetchone()  # noqa: S608
        return int(found[0])

    def ranges(self, connection: sqlite3.Connection, every: int) -> list[tuple[int, int | None]]:
        """Return (rows, key of the last) of ranges of `every` runs; the last range is open."""
        where, values = self._where(None, None)
        if not self.states and not self.words:
            return self._over(connection, every)
        sql = f"SELECT r.seq FROM {self._from()} WHERE {where} ORDER BY r.seq DESC"  # noqa: S608
        found: list[tuple[int, int | None]] = []
        cursor = connection.execute(sql, values)
        while len(part := cursor.fetchmany(every)) == every:
            found.append((every, -part[-1][0]))
        return [*found, (len(part), None)]

    def _over(self, connection: sqlite3.Connection, every: int) -> list[tuple[int, int | None]]:
        """Walk the index of all runs; the few that are open are taken out of their ranges. No row is looked at."""
        still = [row[0] for row in connection.execute("SELECT seq FROM run WHERE ended_at IS NULL ORDER BY seq DESC")]
        found: list[tuple[int, int | None]] = []
        last, at = None, 0
        sql = "SELECT seq FROM run {} ORDER BY seq DESC LIMIT 1 OFFSET ?"
        while True:
            where, values = ("", (every - 1,)) if last is None else ("WHERE seq < ?", (last, every - 1))
            row = connection.execute(sql.format(where), values).fetchone()
            before = at
            while row is not None and at < len(still) and still[at] >= row[0]:
                at += 1
            if row is None:
                below = "" if last is None else f"WHERE seq < {last:d}"
                rest = connection.execute(f"SELECT count(*) FROM run {below}").fetchone()[0]  # noqa: S608
                return [*found, (rest - (len(still) - at), None)]
            found.append((every - (at - before), -row[0]))
            last = row[0]

    def _from(self) -> str:
        joined = " LEFT JOIN case_ c ON c.case_id = r.case_id" if self.words else ""
        return f"run r {self._index()}{joined}"

    def _index(self) -> str:
        return "INDEXED BY run_open" if self.states else "INDEXED BY run_seq"

    def _where(self, after: int | None, upto: int | None) -> tuple[str, list[Any]]:
        where: list[str] = []
        values: list[Any] = []
        if self.states:
            where.append(f"r.ended_at IS NULL AND r.state IN ({', '.join('?' * len(self.states))})")
            values.extend(self.states)
        else:
            # One lower bound only: of two SQLite takes the first for the index, and walks on to the list's end.
            where.append("r.ended_at IS NOT NULL" if upto is not None else "r.seq > 0 AND r.ended_at IS NOT NULL")
        if after is not None:
            where.append("r.seq < ?")
            values.append(-after)
        if upto is not None:
            where.append("r.seq >= ?")
            values.append(-upto)
        if self.words:
            where.append("(instr(lower(coalesce(c.external_id, '')), ?) OR instr(lower(r.agent), ?) "
                         "OR instr(r.run, ?) OR instr(r.state, ?))")  # fmt: skip
            values.extend([self.words.lower() for _ in range(4)])
        return " AND ".join(where), values


def keys_of(connection: sqlite3.Connection, runs: Iterable[str]) -> list[int]:
    """Return the keys of runs by their ids."""
    wanted, found = list(runs), []
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        sql = f"SELECT seq FROM run WHERE run IN ({', '.join('?' * len(part))})"  # noqa: S608
        found += [-row[0] for row in connection.execute(sql, part)]
    return found


def _row(connection: sqlite3.Connection, row: tuple[Any, ...]) -> RunRow:
    found = RunRow._make((*row[:-1], _opening(connection, row[-1]), ("", ""), None, ""))
    if found.ended_at is not None:
        return found._replace(message=_failure(connection, found.run)) if found.state == "failed" else found
    waits = _waits(connection, found) if found.state != "running" else None
    return found._replace(doing=_doing(connection, found.run), waits=waits)


def _doing(connection: sqlite3.Connection, run: str) -> tuple[str, str]:
    row = connection.execute("SELECT kind, body FROM event WHERE run = ? ORDER BY seq DESC LIMIT 1", (run,)).fetchone()
    if row is None:
        return "", ""
    tool = orjson.loads(row[1])["data"].get("tool")
    if tool is None and row[0].startswith("tool."):
        sql = "SELECT body FROM event WHERE run = ? AND kind = 'tool.started' ORDER BY seq DESC LIMIT 1"
        began = connection.execute(sql, (run,)).fetchone()
        tool = None if began is None else orjson.loads(began[0])["data"].get("tool")
    return row[0], str(tool or "")


def _failure(connection: sqlite3.Connection, run: str) -> str:
    sql = "SELECT body FROM event WHERE run = ? AND kind = 'run.failed' ORDER BY seq DESC LIMIT 1"
    row = connection.execute(sql, (run,)).fetchone()
    return "" if row is None else _opening(connection, orjson.loads(row[0])["data"].get("message"))


def _waits(connection: sqlite3.Connection, run: RunRow) -> tuple[str, str, str] | None:
    match run.state:
        case "asking":
            sql = "SELECT approvers, tool FROM approval WHERE run = ? AND state = 'requested' ORDER BY seq LIMIT 1"
            row = connection.execute(sql, (run.run,)).fetchone()
            return None if row is None else ("approval", ", ".join(orjson.loads(row[0])), row[1])
        case "doubt":
            sql = "SELECT '', tool FROM doubt WHERE run = ? AND verdict IS NULL ORDER BY seq LIMIT 1"
            row = connection.execute(sql, (run.run,)).fetchone()
            return None if row is None else ("doubt", row[0], row[1])
        case "waiting":
            sql = "SELECT waits_for, coalesce(to_, ''), call FROM wait WHERE run = ? ORDER BY seq LIMIT 1"
            row = connection.execute(sql, (run.run,)).fetchone()
            return None if row is None else (row[0], row[1], row[2])
        case _:
            return None


def _opening(connection: sqlite3.Connection, content: Ref | None) -> str:
    if content is None:
        return ""
    try:
        piece = read_piece(connection, content, 0, _OPENING).content.decode("utf-8", "ignore")
    except (NotFound, CentaurError):
        return ""
    return piece


class OpenedRun(NamedTuple):
    """A run and its case as one moment shows them."""

    record: RunRecord
    external_id: str | None
    content: Ref | None
    opening: str
    version_number: int


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
    return OpenedRun(record, row[-2], row[-1], _opening(connection, row[-1]), number)


def events_after(connection: sqlite3.Connection, run: str, after: int = 0) -> list[Event]:
    """Return a run's events with a seq above `after`, in order."""
    if after:
        return list(run_events(connection, run, after))
    rows = connection.execute("SELECT body, hash FROM event WHERE run = ? ORDER BY seq", (run,))
    return [decode(body, hash_) for body, hash_ in rows]


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
