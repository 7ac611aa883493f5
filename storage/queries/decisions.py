"""Questions about what waits for a person, or for the world: approvals, doubts, waits, kills."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from storage.queries.reading import PAGE, one, page, resolve
from storage.records import ApprovalRecord, DoubtRecord, KillRecord, WaitRecord

_APPROVAL = f"SELECT {', '.join(ApprovalRecord._fields)} FROM approval"  # noqa: S608 - our own names
_DOUBT = f"SELECT {', '.join(DoubtRecord._fields)} FROM doubt"  # noqa: S608
_WAIT = "SELECT wait, run, call, waits_for, until, to_, question, watch, seq FROM wait"
_KILL = f"SELECT {', '.join(KillRecord._fields)} FROM kill"  # noqa: S608


def approvals(
    connection: sqlite3.Connection,
    *,
    state: str | tuple[str, ...] | None = None,
    run: str | None = None,
    before_seq: int | None = None,
    limit: int = PAGE,
) -> list[ApprovalRecord]:
    """Return approval requests, newest first."""
    return page(connection, _APPROVAL, _approval, {"state": state, "run": run}, before_seq, limit)


def resolve_approval(connection: sqlite3.Connection, text: str) -> str:
    """Return the id of the request that `text` is, or is the beginning of. Raises NotFound, BadInput."""
    return resolve(connection, "approval", "approval", text, "approval request")


def approval(connection: sqlite3.Connection, text: str) -> ApprovalRecord:
    """Return an approval request by its id or the beginning of it. Raises NotFound, BadInput."""
    id_ = resolve_approval(connection, text)
    found = one(connection, f"{_APPROVAL} WHERE approval = ?", _approval, id_)
    assert found is not None  # noqa: S101 - just resolved
    return found


def doubts(
    connection: sqlite3.Connection,
    *,
    open_only: bool = True,
    run: str | None = None,
    before_seq: int | None = None,
    limit: int = PAGE,
) -> list[DoubtRecord]:
    """Return writes in doubt, newest first; those already resolved only if asked for."""
    also = "verdict IS NULL" if open_only else None
    return page(connection, _DOUBT, DoubtRecord._make, {"run": run}, before_seq, limit, also=also)


def waits(connection: sqlite3.Connection, *, run: str | None = None, due_by: int | None = None) -> list[WaitRecord]:
    """Return every open wait, the soonest first and those without a deadline last.

    Args:
        due_by: only those whose time has come by then (UTC microseconds).
    """
    where: list[str] = []
    values: list[str | int] = []
    if run is not None:
        where.append("run = ?")
        values.append(run)
    if due_by is not None:
        where.append("until <= ?")
        values.append(due_by)
    clause = f" WHERE {' AND '.join(where)}" if where else ""
    rows = connection.execute(f"{_WAIT}{clause} ORDER BY until IS NULL, until, seq", values)
    return [WaitRecord._make(row) for row in rows]


def kills(connection: sqlite3.Connection, *, active: bool = True) -> list[KillRecord]:
    """Return kills, newest first; lifted ones only if asked for."""
    also = "lifted_at IS NULL" if active else None
    return page(connection, _KILL, KillRecord._make, {}, None, -1, also=also)


def _approval(row: tuple[Any, ...]) -> ApprovalRecord:
    record = ApprovalRecord._make(row)
    return record._replace(
        approvers=tuple(json.loads(row[ApprovalRecord._fields.index("approvers")])),
        reversible=bool(record.reversible),
        signed=None if record.signed is None else bool(record.signed),
    )
