"""Runs one declared SQL statement against SQLite, read-only or in a single checked transaction."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agents.tools.tool import Json, ToolFailed
from storage.errors import BadInput

_KEY = "idempotency_key"
_STEPS = 2_000
_UNSAID = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|`[^`]*`|--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_PLACE = re.compile(r":([A-Za-z_]\w*)")
_NAMELESS = re.compile(r"\?|@\w|\$\w")
_FIRST = re.compile(r"\s*(\w+)")
_READS = {"select", "with", "values"}
_WRITES = {"insert", "update", "delete", "replace", "with"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one call may take: rows and bytes returned, seconds run, seconds waited for a lock."""

    rows: int = 200
    bytes: int = 1_000_000
    seconds: float = 5.0
    lock_seconds: float = 2.0


def checked_parameters(tool: str, sql: str, parameters: Mapping[str, Json], *, writes: bool) -> None:
    """Refuse (BadInput) SQL that is not one statement of its kind, or uses a place that is not declared."""
    plain = _UNSAID.sub(" ", sql).strip().rstrip(";")
    first = _FIRST.match(plain)
    if first is None or first[1].lower() not in (_WRITES if writes else _READS):
        kinds = "INSERT, UPDATE or DELETE" if writes else "SELECT"
        raise BadInput(f"The SQL of tool {tool} is not one {kinds}.", hint="Declare one tool per statement.")
    if ";" in plain:
        raise BadInput(f"The SQL of tool {tool} holds two statements.", hint="Declare one tool for each.")
    if _NAMELESS.search(plain):
        raise BadInput(f"The SQL of tool {tool} has a nameless place.", hint="Write places as :name.")
    declared = {*parameters.get("properties", {}), _KEY}
    if _KEY in parameters.get("properties", {}):
        raise BadInput(f"Tool {tool} declares {_KEY}, which only the runner gives.")
    for name in _PLACE.findall(plain):
        if name not in declared:
            raise BadInput(
                f"The SQL of tool {tool} uses :{name}, which is not a declared parameter.",
                hint=f"Declared: {', '.join(sorted(declared))}.",
            )


def select(database: Path, sql: str, args: Mapping[str, Json], limits: Limits) -> Json:
    """Rows of a query on a read-only connection, capped; raises ToolFailed."""
    with _opened(database, "ro", limits) as db, _bounded(db, limits):
        db.execute("PRAGMA query_only = ON")
        cursor = db.execute(sql, _bindable(sql, args))
        names = [column[0] for column in cursor.description or ()]
        if len(set(names)) != len(names):
            raise ToolFailed("The query returns two columns of one name.", hint="Name them with AS.")
        rows: list[Json] = []
        size = 0
        for row in cursor:
            shown = {name: _json(value) for name, value in zip(names, row, strict=True)}
            size += sum(len(str(value)) + len(name) for name, value in shown.items())
            if len(rows) == limits.rows or size > limits.bytes:
                return {"rows": rows, "more": True}
            rows.append(shown)
        return {"rows": rows, "more": False}


def change(database: Path, sql: str, args: Mapping[str, Json], expected: int, limits: Limits) -> int:
    """Change exactly `expected` rows in one durable transaction, or nothing; raises ToolFailed.

    Only a failing COMMIT leaves doubt whether it happened; every other failure did nothing.
    """
    with _opened(database, "rw", limits) as db:
        with _bounded(db, limits):
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            cursor = db.execute(sql, _bindable(sql, args))
            # RETURNING: the statement is complete only when every row was fetched.
            cursor.fetchall()
            if cursor.rowcount != expected:
                db.execute("ROLLBACK")
                raise ToolFailed(
                    f"{cursor.rowcount} rows would have changed, {expected} expected; nothing was changed.",
                    category="conflict",
                    hint="The record is not as assumed: read it again.",
                )
        _commit(db)
        return expected


def _commit(db: sqlite3.Connection) -> None:
    try:
        db.execute("COMMIT")
    except sqlite3.Error as error:
        # A refused COMMIT that left the transaction open (a lock, a deferred constraint) did nothing.
        undone = db.in_transaction
        raise ToolFailed(f"The change could not be committed: {error}.", did_nothing=undone) from error


@contextmanager
def _opened(database: Path, mode: str, limits: Limits) -> Iterator[sqlite3.Connection]:
    try:
        address = f"{database.absolute().as_uri()}?mode={mode}"
        db = sqlite3.connect(address, uri=True, timeout=limits.lock_seconds, isolation_level=None)
    except sqlite3.Error as error:
        raise ToolFailed(
            f"The database {database.name} cannot be opened.",
            category="unreachable",
            hint="Check the path in the job and that the file may be used.",
        ) from error
    with closing(db):
        yield db


@contextmanager
def _bounded(db: sqlite3.Connection, limits: Limits) -> Iterator[None]:
    """Stop what takes longer than allowed and name every failure; whatever was begun is rolled back."""
    ends = time.monotonic() + limits.seconds
    db.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    try:
        yield
    except sqlite3.Error as error:
        raise _failure(error, limits) from error
    finally:
        db.set_progress_handler(None, 0)


def _failure(error: sqlite3.Error, limits: Limits) -> ToolFailed:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    match primary:
        case sqlite3.SQLITE_INTERRUPT:
            return ToolFailed(f"Stopped after {limits.seconds} s.", category="timeout", transient=True)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return ToolFailed("The database is in use by another program.", category="timeout", transient=True)
        case sqlite3.SQLITE_CONSTRAINT:
            return ToolFailed(f"The database refused it: {error}.", category="conflict")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_IOERR:
            return ToolFailed(f"The database cannot be used: {error}.", category="unreachable")
        case sqlite3.SQLITE_READONLY:
            return ToolFailed(f"The database is read-only here: {error}.", category="refused")
        case _:
            return ToolFailed(f"The statement failed: {error}.")


def _bindable(sql: str, args: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments that the SQL names; an absent optional one is NULL. Numbers must be exact."""
    given: dict[str, Json] = {}
    for name in _PLACE.findall(_UNSAID.sub(" ", sql)):
        value = args.get(name)
        if not (value is None or isinstance(value, (str, int))):
            raise ToolFailed(f"`{name}` must be a text or a whole number.", category="bad_arguments")
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise ToolFailed(f"`{name}` is too large a number.", category="bad_arguments")
        if isinstance(value, str) and not value.isascii():
            value = _plain(name, value)
        given[name] = value
    return given


def _plain(name: str, value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ToolFailed(f"`{name}` holds signs that no text can.", category="bad_arguments") from error
    return value


def _json(value: Json) -> Json:
    """Integers and texts as they are; a stored float as the shortest decimal that reads back as it."""
    match value:
        case float():
            return repr(value)
        case bytes():
            return f"({len(value)} bytes)"
        case _:
            return value
