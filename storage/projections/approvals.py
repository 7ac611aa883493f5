"""Tables about approval requests and what was decided on them."""

from __future__ import annotations

import json

from storage.events.approvals import (
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRequested,
    ApprovalSuperseded,
    ApprovalWithdrawn,
    Choice,
    DecisionRefused,
)
from storage.events.envelope import Event
from storage.projections.tables import Fold, Tables

_COUNTER = {
    Choice.APPROVE: "approved",
    Choice.EDIT: "edited",
    Choice.REJECT: "rejected",
    Choice.RESPOND: "responded",
}


def _requested(tables: Tables, event: Event, body: ApprovalRequested) -> None:
    tables.sql(
        "INSERT OR IGNORE INTO approval (approval, run, call, tool, effect, rule, binding, approvers, "
        "reversible, "
        "tier, card, requested_at, expires_at, state, seq) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'requested', ?)",
        (body.approval, event.run, body.call, body.tool, body.effect, body.rule, body.binding,
         json.dumps(body.approvers), int(body.reversible), body.tier, body.card, event.ts, body.expires_at,
         event.seq),
    )  # fmt: skip
    tables.resume(event)


def _decided(tables: Tables, event: Event, body: ApprovalDecided) -> None:
    row = tables.sql(
        "UPDATE approval SET state = 'decided', choice = ?, person = ?, decided_at = ?, effective_at "
        "= ?, args = ?, "
        "note = ?, signed = ? WHERE approval = ? AND state = 'requested' RETURNING requested_at",
        (body.choice, event.actor, event.ts, body.effective_at, body.args, body.note,
         int(event.signature is not None), body.approval),
    ).fetchone()  # fmt: skip
    tables.decided.add(event.run)
    if row is not None:
        tables.count_day(event, **{_COUNTER[body.choice]: 1, "decision_us": max(0, event.ts - row[0])})
    tables.resume(event)


def _withdrawn(tables: Tables, event: Event, body: ApprovalWithdrawn) -> None:
    row = tables.sql(
        "SELECT choice, decided_at, decided_at - requested_at FROM approval WHERE approval = ? AND state = 'decided'",
        (body.approval,),
    ).fetchone()
    if row is None:
        return
    # The day that counted the decision takes it back, even if midnight lies between.
    tables.count_day(event, at=row[1], **{_COUNTER[Choice(row[0])]: -1, "decision_us": -max(0, row[2])})
    tables.sql(
        "UPDATE approval SET state = 'requested', choice = NULL, person = NULL, decided_at = NULL, "
        "effective_at = NULL, args = NULL, note = NULL, signed = NULL WHERE approval = ?",
        (body.approval,),
    )
    tables.resume(event)


def _expired(tables: Tables, event: Event, body: ApprovalExpired) -> None:
    _closed(tables, event, body.approval, "expired")


def _superseded(tables: Tables, event: Event, body: ApprovalSuperseded) -> None:
    _closed(tables, event, body.approval, "superseded")


def _closed(tables: Tables, event: Event, approval: str, state: str) -> None:
    tables.sql("UPDATE approval SET state = ? WHERE approval = ?", (state, approval))
    tables.resume(event)


def _refused(tables: Tables, event: Event, body: DecisionRefused) -> None:
    tables.sql("UPDATE approval SET refusals = refusals + 1 WHERE approval = ?", (body.approval,))


FOLDS: dict[str, Fold] = {
    ApprovalRequested.kind: _requested,
    ApprovalDecided.kind: _decided,
    ApprovalWithdrawn.kind: _withdrawn,
    ApprovalExpired.kind: _expired,
    ApprovalSuperseded.kind: _superseded,
    DecisionRefused.kind: _refused,
}
