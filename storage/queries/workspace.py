"""Questions about the workspace: agents, versions, people, settings, days, commands, the store itself.

Lists of the small tables are written with SQLModel, which is imported when the first one is asked for; what
an engine needs at its start (one setting, one person, one agent) is not.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from storage.errors import NotFound
from storage.queries.reading import conditions, one, resolve
from storage.records import (
    AgentRecord,
    BackupRecord,
    CommandRecord,
    DayRecord,
    PersonRecord,
    SettingRecord,
    StoreInfo,
    VersionRecord,
)

_PERSON = f"SELECT {', '.join(PersonRecord._fields)} FROM person"  # noqa: S608 - our own names
_AGENT = f"SELECT {', '.join(AgentRecord._fields)} FROM agent"  # noqa: S608
_VERSION = f"SELECT {', '.join(VersionRecord._fields)} FROM version"  # noqa: S608
_DAY = f"SELECT {', '.join(DayRecord._fields)} FROM day"  # noqa: S608
_COUNTS = (
    "SELECT (SELECT coalesce(max(seq), 0) FROM event), (SELECT count(*) FROM event), (SELECT count(*) "
    "FROM blob), "
    "(SELECT coalesce(sum(size), 0) FROM blob), (SELECT count(*) FROM run), "
    "(SELECT count(*) FROM run WHERE ended_at IS NULL), (SELECT count(*) FROM case_), "
    "(SELECT count(*) FROM approval WHERE state = 'requested'), "
    "(SELECT count(*) FROM doubt WHERE verdict IS NULL), (SELECT count(*) FROM backup)"
)


def agents(connection: sqlite3.Connection, *, stage: str | None = None) -> list[AgentRecord]:
    """Return agents by name. Plain SQL: the console asks it, and SQLModel would add 45 MB to its process."""
    where, values = conditions({"stage": stage})
    clause = f" WHERE {' AND '.join(where)}" if where else ""
    return [AgentRecord._make(row) for row in connection.execute(f"{_AGENT}{clause} ORDER BY agent", values)]


def agent(connection: sqlite3.Connection, name: str) -> AgentRecord:
    """Return an agent by its name or the beginning of it. Raises NotFound, BadInput."""
    name = resolve(connection, "agent", "agent", name, "agent")
    found = one(connection, f"{_AGENT} WHERE agent = ?", AgentRecord._make, name)
    assert found is not None  # noqa: S101 - just resolved
    return found


def versions(connection: sqlite3.Connection, agent: str | None = None) -> list[VersionRecord]:
    """Return versions (of one agent), newest first."""
    from sqlmodel import col, select

    from storage.tables import VersionTable

    query = select(VersionTable).order_by(col(VersionTable.seq).desc())
    if agent is not None:
        query = query.where(VersionTable.agent == agent)
    return [VersionRecord._make(row) for row in _rows(connection, query)]


def version(connection: sqlite3.Connection, agent: str, version: str) -> VersionRecord:
    """Return one version of an agent. Raises NotFound."""
    found = one(connection, f"{_VERSION} WHERE agent = ? AND version = ?", VersionRecord._make, agent, version)
    if found is None:
        raise NotFound(f"Agent '{agent}' has no version '{version}'.", hint="`centaur runs` shows what ran.")
    return found


def persons(connection: sqlite3.Connection) -> list[PersonRecord]:
    """Return people in the order in which they became known. Plain SQL, as `agents`: the console asks it."""
    return [_person(row) for row in connection.execute(f"{_PERSON} ORDER BY seq")]


def person(connection: sqlite3.Connection, id_: str) -> PersonRecord | None:
    """Return one person by their whole id, None if nobody has it."""
    return one(connection, f"{_PERSON} WHERE person = ?", _person, id_)


def settings(connection: sqlite3.Connection) -> list[SettingRecord]:
    """Return every setting by name."""
    from sqlmodel import col, select

    from storage.tables import SettingTable

    rows = _rows(connection, select(SettingTable).order_by(col(SettingTable.name)))
    return [SettingRecord(name, json.loads(value), seq) for name, value, seq in rows]


def setting(connection: sqlite3.Connection, name: str) -> str | int | None:
    """Return a setting's value, None if it was never set."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else json.loads(row[0])


def days(
    connection: sqlite3.Connection,
    first: str,
    last: str,
    *,
    agent: str | None = None,
    mode: str | None = None,
) -> list[DayRecord]:
    """Return the sums of each day from `first` to `last` (`YYYY-MM-DD`, both included), oldest first."""
    sql, values = f"{_DAY} WHERE day BETWEEN ? AND ?", [first, last]
    for column, wanted in (("agent", agent), ("mode", mode)):
        if wanted is not None:
            sql += f" AND {column} = ?"
            values.append(wanted)
    return [DayRecord._make(row) for row in connection.execute(f"{sql} ORDER BY day, agent, mode", values)]


def command(connection: sqlite3.Connection, command_id: str) -> CommandRecord | None:
    """Return what a command answered the first time, None if it has not run."""
    sql = "SELECT command_id, method, result, seq FROM command WHERE command_id = ?"
    return one(connection, sql, CommandRecord._make, command_id)


def backups(connection: sqlite3.Connection) -> list[BackupRecord]:
    """Return the copies that were made, newest first."""
    rows = connection.execute("SELECT seq, last_seq, path, made_at FROM backup ORDER BY seq DESC")
    return [BackupRecord._make(row) for row in rows]


def head_seq(connection: sqlite3.Connection) -> int:
    """Return the seq of the last event."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])


def store_info(connection: sqlite3.Connection, path: Path) -> StoreInfo:
    """Return size, form and counts of a store."""
    store = connection.execute("SELECT value FROM meta WHERE name = 'store'").fetchone()[0].decode()
    log = path.with_name(path.name + "-wal")
    return StoreInfo(
        store,
        connection.execute("PRAGMA user_version").fetchone()[0],
        sqlite3.sqlite_version,
        path.stat().st_size,
        log.stat().st_size if log.exists() else 0,
        *connection.execute(_COUNTS).fetchone(),
    )


def _rows(connection: sqlite3.Connection, query: Any) -> list[tuple[Any, ...]]:
    """Run a SQLModel query on our own connection: its session would bring its own transactions."""
    from sqlalchemy.dialects.sqlite import dialect

    compiled = query.compile(dialect=dialect(paramstyle="named"))
    return connection.execute(str(compiled), compiled.params).fetchall()


def _person(row: tuple[Any, ...]) -> PersonRecord:
    return PersonRecord._make(row)._replace(roles=tuple(json.loads(row[PersonRecord._fields.index("roles")])))
