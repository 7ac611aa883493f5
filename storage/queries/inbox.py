"""Questions of the inbox: what is open for people, what was decided, and how a rule was decided before.

Lists come by keyset, never by offset: what is open by seq, upwards; what was decided by time, newest first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from storage.events.body import Ref
from storage.events.cases import OutcomeReceived
from storage.events.envelope import Event, decode

_AT_ONCE = 2_000


class OpenItem(NamedTuple):
    """Something that waits: a request, a write in doubt, a handed-over case, a run's question.

    Attributes:
        kind: "approval", "doubt", "handoff" or "wait".
        id: of the request or wait; of the run for a handoff; `RUN/CALL` for a doubt.
        due: the deadline, UTC microseconds; None without one.
        since: when it began to wait, UTC microseconds.
        irreversible: what was asked for cannot be taken back (a request only).
        about: the rule that asked (request), the cause (doubt, handoff), what is waited for (wait).
        for_: who may decide or answer; empty means anybody.
        content: the card, the handoff or the question.
    """

    kind: str
    id: str
    run: str
    call: str
    tool: str
    about: str
    tier: int
    irreversible: bool
    due: int | None
    since: int
    for_: tuple[str, ...]
    content: Ref | None
    agent: str
    version: str
    stage: str
    mode: str
    case_id: str
    external_id: str | None
    seq: int


class Closed(NamedTuple):
    """A decision that was taken, or a request that ended without one.

    Attributes:
        choice: approve, edit, reject or respond; happened, did_not or try_again; expired or superseded; decided (a
            handed-over case).
        person: the actor, None where nobody decided.
        at: UTC microseconds.
        effective_at: until then it can be withdrawn; None where it never could.
    """

    kind: str
    id: str
    run: str
    call: str
    tool: str
    about: str
    tier: int
    irreversible: bool
    choice: str
    person: str | None
    signed: bool | None
    at: int
    effective_at: int | None
    note: Ref | None
    content: Ref | None
    agent: str
    version: str
    stage: str
    case_id: str
    external_id: str | None
    seq: int


class Precedent(NamedTuple):
    """How often requests of one rule of an agent were decided in one way, and when first."""

    choice: str
    times: int
    first_at: int


_WHOSE = "r.agent, r.version, r.stage, r.mode, r.case_id, c.external_id"
_OF = "JOIN run r ON r.run = {0}.run LEFT JOIN case_ c ON c.case_id = r.case_id"
_REQUESTS = (
    "SELECT 'approval', a.approval, a.run, a.call, a.tool, a.rule, a.tier, "  # noqa: S608 - our own names
    "a.effect = 'irreversible' OR NOT a.reversible, a.expires_at, a.requested_at, a.approvers, a.card, "
    f"{_WHOSE}, a.seq FROM approval a {_OF.format('a')} WHERE a.state = 'requested' AND a.seq > ? "
    "ORDER BY a.seq LIMIT ?"
)
_DOUBTS = (
    "SELECT 'doubt', d.run || '/' || d.call, d.run, d.call, d.tool, d.cause, r.tier, 1, NULL, d.raised_at, "  # noqa: S608
    f"'[]', NULL, {_WHOSE}, d.seq FROM doubt d {_OF.format('d')} WHERE d.verdict IS NULL AND d.seq > ? "
    "ORDER BY d.seq LIMIT ?"
)
_WAITS = (
    "SELECT 'wait', w.wait, w.run, w.call, '', w.waits_for, r.tier, 0, w.until, e.ts, "  # noqa: S608
    "CASE WHEN w.to_ IS NULL THEN '[]' ELSE json_array(w.to_) END, w.question, "
    f"{_WHOSE}, w.seq FROM wait w {_OF.format('w')} JOIN event e ON e.seq = w.seq WHERE w.seq > ? "
    "ORDER BY w.seq LIMIT ?"
)
# A case is with people while its last run is the one that handed it over and nobody has said what came of it since.
_HANDOFFS = (
    "SELECT 'handoff', r.run, r.run, '', '', r.cause, r.tier, 0, NULL, r.ended_at, '[]', r.handoff, "  # noqa: S608
    f"{_WHOSE}, r.seq FROM run r JOIN case_ c ON c.case_id = r.case_id "
    "WHERE r.state = 'handed_off' AND r.mode = 'live' AND r.origin IS NULL AND r.seq > ? "
    "AND NOT EXISTS (SELECT 1 FROM run later WHERE later.case_id = r.case_id AND later.mode = 'live' "
    "AND later.seq > r.seq) AND (c.outcome_at IS NULL OR c.outcome_at < r.ended_at) ORDER BY r.seq LIMIT ?"
)
_DECIDED = (
    "SELECT 'approval', a.approval, a.run, a.call, a.tool, a.rule, a.tier, "  # noqa: S608
    "a.effect = 'irreversible' OR NOT a.reversible, coalesce(a.choice, a.state), a.person, a.signed, "
    "coalesce(a.decided_at, min(a.expires_at, coalesce(r.ended_at, a.expires_at))) AS at, a.effective_at, a.note, "
    f"a.card, r.agent, r.version, r.stage, r.case_id, c.external_id, a.seq FROM approval a {_OF.format('a')} "
    "WHERE a.state <> 'requested'"
)
_RESOLVED = (
    "SELECT 'doubt', d.run || '/' || d.call, d.run, d.call, d.tool, d.cause, r.tier, 1, d.verdict, d.person, NULL, "  # noqa: S608
    f"d.resolved_at AS at, NULL, NULL, NULL, r.agent, r.version, r.stage, r.case_id, c.external_id, d.seq "
    f"FROM doubt d {_OF.format('d')} WHERE d.verdict IS NOT NULL"
)
# A handed-over case that a person decided since; who did is read from the event, page by page.
_HANDED = (
    "SELECT 'handoff', r.run, r.run, '', '', r.cause, r.tier, 0, 'decided', NULL, NULL, c.outcome_at AS at, "
    "NULL, NULL, r.handoff, r.agent, r.version, r.stage, r.case_id, c.external_id, r.seq "
    "FROM run r JOIN case_ c ON c.case_id = r.case_id "
    "WHERE r.state = 'handed_off' AND r.mode = 'live' AND r.origin IS NULL AND c.outcome_at >= r.ended_at "
    "AND NOT EXISTS (SELECT 1 FROM run later WHERE later.case_id = r.case_id AND later.mode = 'live' "
    "AND later.seq > r.seq)"
)
_STEPS = (
    "SELECT body, hash FROM event WHERE run = ? AND seq <= ? AND kind IN ('tool.started', 'tool.finished', "
    "'tool.failed', 'tool.recorded', 'approval.requested', 'doubt.raised', 'wait.started', 'run.handed_off') "
    "ORDER BY seq DESC LIMIT ?"
)


def open_items(connection: sqlite3.Connection, *, kinds: tuple[str, ...] = ()) -> Iterator[OpenItem]:
    """Yield everything that waits, in no useful order, in slices that a reader can be stopped between.

    Args:
        kinds: only these; empty means all.
    """
    for kind, sql in (("approval", _REQUESTS), ("doubt", _DOUBTS), ("wait", _WAITS), ("handoff", _HANDOFFS)):
        after = 0
        while not kinds or kind in kinds:
            rows = connection.execute(sql, (after, _AT_ONCE)).fetchall()
            yield from map(_open, rows)
            if len(rows) < _AT_ONCE:
                break
            after = rows[-1][-1]


def open_item(connection: sqlite3.Connection, kind: str, id_: str) -> OpenItem | None:
    """Return one thing that waits, None if it does not any more."""
    table = {
        "approval": (_REQUESTS, "a.approval"), "doubt": (_DOUBTS, "d.run || '/' || d.call"), "wait": (_WAITS, "w.wait"),
        "handoff": (_HANDOFFS, "r.run"),
    }  # fmt: skip
    sql, column = table[kind]
    row = connection.execute(sql.replace("ORDER BY", f"AND {column} = ? ORDER BY"), (0, id_, 1)).fetchone()
    return None if row is None else _open(row)


def decided(
    connection: sqlite3.Connection, before: tuple[int, int] | None = None, limit: int = 256, *, id_: str | None = None
) -> list[Closed]:
    """Return what was decided or ended undecided, newest first.

    Args:
        before: `(at, seq)` of the last one of the page before.
        id_: only this one.
    """
    sql = f"SELECT * FROM ({_DECIDED} UNION ALL {_RESOLVED} UNION ALL {_HANDED}) WHERE (at, seq) < (?, ?)"  # noqa: S608
    values: list[object] = list(before or (1 << 62, 1 << 62))
    if id_ is not None:
        inner = (
            f"{_DECIDED} AND a.approval = ? UNION ALL {_RESOLVED} AND d.run || '/' || d.call = ? "
            f"UNION ALL {_HANDED} AND r.run = ?"
        )
        sql, values = f"SELECT * FROM ({inner}) WHERE 1", [id_, id_, id_]  # noqa: S608
    rows = connection.execute(f"{sql} ORDER BY at DESC, seq DESC LIMIT ?", (*values, limit)).fetchall()
    return [_decider(connection, _closed(row)) for row in rows]


def decided_down_to(connection: sqlite3.Connection, id_: str, page: int) -> list[Closed]:
    """Return what was decided from the newest down to one item, and a page beyond; [] where it is not among it."""
    found = decided(connection, id_=id_, limit=1)
    if not found:
        return []
    sql = f"SELECT count(*) FROM ({_DECIDED} UNION ALL {_RESOLVED} UNION ALL {_HANDED}) WHERE (at, seq) >= (?, ?)"  # noqa: S608
    newer = connection.execute(sql, (found[0].at, found[0].seq)).fetchone()[0]
    return decided(connection, limit=newer + page)


def _decider(connection: sqlite3.Connection, item: Closed) -> Closed:
    """Return a handed-over case with who decided it, as far as somebody did here (a case file may have said it)."""
    if item.kind != "handoff":
        return item
    event = latest(connection, item.run, "outcome.received")
    if event is None or not isinstance(event.body, OutcomeReceived):
        return item
    return item._replace(person=event.actor, signed=event.signature is not None, note=event.body.note)


def decided_since(connection: sqlite3.Connection, since: int) -> int:
    """Return how many decisions people took since a time (UTC microseconds)."""
    sql = (
        "SELECT (SELECT count(*) FROM approval WHERE choice IS NOT NULL AND decided_at >= ?) "  # noqa: S608
        "+ (SELECT count(*) FROM doubt WHERE resolved_at >= ?) "
        f"+ (SELECT count(*) FROM ({_HANDED} AND c.outcome_at >= ?))"
    )
    return int(connection.execute(sql, (since, since, since)).fetchone()[0])


def precedents(connection: sqlite3.Connection, agent: str, rule: str, since: int) -> list[Precedent]:
    """Return how requests of an agent's rule were decided since a time (UTC microseconds)."""
    sql = (
        "SELECT a.choice, count(*), min(a.decided_at) FROM approval a JOIN run r ON r.run = a.run "
        "WHERE a.choice IS NOT NULL AND a.rule = ? AND r.agent = ? AND a.decided_at >= ? GROUP BY a.choice"
    )
    return [Precedent._make(row) for row in connection.execute(sql, (rule, agent, since))]


def last_steps(connection: sqlite3.Connection, run: str, limit: int = 40, to_seq: int = 1 << 62) -> list[Event]:
    """Return the last events of a run that a short account of it needs, oldest first."""
    rows = connection.execute(_STEPS, (run, to_seq, limit)).fetchall()
    return [decode(body, hash_) for body, hash_ in reversed(rows)]


def latest(connection: sqlite3.Connection, run: str, kind: str, call: str | None = None) -> Event | None:
    """Return a run's last event of a kind (about one call), None without one."""
    sql = "SELECT body, hash FROM event WHERE run = ? AND kind = ? ORDER BY seq DESC"
    for body, hash_ in connection.execute(sql, (run, kind)):
        event = decode(body, hash_)
        if call is None or getattr(event.body, "call", None) == call:
            return event
    return None


def roles_of(connection: sqlite3.Connection, person: str) -> tuple[str, ...]:
    """Return the names under which a person may be asked: their id and their roles."""
    row = connection.execute("SELECT roles FROM person WHERE person = ?", (person,)).fetchone()
    return (person, *json.loads(row[0])) if row else (person,)


def _open(row: tuple[Any, ...]) -> OpenItem:
    item = OpenItem._make(row)
    return item._replace(irreversible=bool(item.irreversible), for_=tuple(json.loads(row[10])))


def _closed(row: tuple[Any, ...]) -> Closed:
    item = Closed._make(row)
    signed = None if item.signed is None else bool(item.signed)
    return item._replace(irreversible=bool(item.irreversible), signed=signed)
