"""The small grammar of every query: select a record's columns, filter, page by seq, newest first."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from storage.errors import BadInput, NotFound

T = TypeVar("T")
Make = Callable[[tuple[Any, ...]], T]

PAGE = 100
_NEWEST_FOR_A_GUESS = 500
_LAST_CHARACTER = chr(0x10FFFF)
"""Sorts after every continuation of a prefix."""


def page(
    connection: sqlite3.Connection,
    select: str,
    make: Make[T],
    filters: Mapping[str, object],
    before_seq: int | None,
    limit: int,
    *,
    also: str | None = None,
    seq: str = "seq",
) -> list[T]:
    """Return up to `limit` records with a seq below `before_seq`, newest first.

    Args:
        select: `SELECT … FROM …`.
        filters: column -> wanted value; None means any. A tuple means any of these.
        also: one more condition, without values.
    """
    where, values = conditions(filters)
    if also is not None:
        where.append(also)
    if before_seq is not None:
        where.append(f"{seq} < ?")
        values.append(before_seq)
    clause = f" WHERE {' AND '.join(where)}" if where else ""
    rows = connection.execute(f"{select}{clause} ORDER BY {seq} DESC LIMIT ?", (*values, limit))
    return [make(row) for row in rows]


def conditions(filters: Mapping[str, object]) -> tuple[list[str], list[object]]:
    """Return the conditions of a WHERE clause and their values."""
    where: list[str] = []
    values: list[object] = []
    for column, wanted in filters.items():
        if isinstance(wanted, tuple):
            where.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values.extend(wanted)
        elif wanted is not None:
            where.append(f"{column} = ?")
            values.append(wanted)
    return where, values


def one(connection: sqlite3.Connection, sql: str, make: Make[T], *values: object) -> T | None:
    """Return the record of the only row, None without one."""
    row = connection.execute(sql, values).fetchone()
    return None if row is None else make(row)


def resolve(connection: sqlite3.Connection, table: str, column: str, text: str, what: str) -> str:
    """Return the one id that `text` is or begins.

    Raises NotFound with the nearest id if none does, BadInput if several do.
    """
    if connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ?", (text,)).fetchone():  # noqa: S608
        return text
    found = [
        row[0]
        for row in connection.execute(
            f"SELECT {column} FROM {table} WHERE {column} >= ? AND {column} < ? ORDER BY {column} LIMIT 4",  # noqa: S608
            (text, text + _LAST_CHARACTER),
        )
    ]
    if text and len(found) == 1:
        return str(found[0])
    if text and found:
        shown = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
        raise BadInput(f"Several {what}s begin with '{text}': {shown}.", hint="Give more of the id.")
    raise NotFound(f"There is no {what} '{text}'.", hint=_nearest(connection, table, column, text, what))


def _nearest(connection: sqlite3.Connection, table: str, column: str, text: str, what: str) -> str:
    known = [
        row[0]
        for row in connection.execute(
            f"SELECT {column} FROM {table} ORDER BY seq DESC LIMIT ?",  # noqa: S608
            (_NEWEST_FOR_A_GUESS,),
        )
    ]
    if not known:
        return f"The store has no {what} yet."
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"The newest is {known[0]}."
