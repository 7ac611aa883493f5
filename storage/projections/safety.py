"""The table of kills."""

from __future__ import annotations

from storage.events.envelope import Event
from storage.events.safety import KillAcknowledged, KillLifted, KillOrdered
from storage.projections.tables import Fold, Tables


def _ordered(tables: Tables, event: Event, body: KillOrdered) -> None:
    tables.sql(
        "INSERT OR IGNORE INTO kill (kill, scope, target, person, ordered_at, seq) VALUES (?, ?, ?, ?, ?, ?)",
        (body.kill, body.scope, body.target, event.actor, event.ts, event.seq),
    )


def _acknowledged(tables: Tables, event: Event, body: KillAcknowledged) -> None:
    if body.awaiting:  # it has heard of the kill, and stops when what was sent has ended
        return
    tables.sql("UPDATE kill SET acknowledged = acknowledged + 1 WHERE kill = ?", (body.kill,))


def _lifted(tables: Tables, event: Event, body: KillLifted) -> None:
    tables.sql("UPDATE kill SET lifted_at = ? WHERE kill = ?", (event.ts, body.kill))


FOLDS: dict[str, Fold] = {
    KillOrdered.kind: _ordered,
    KillAcknowledged.kind: _acknowledged,
    KillLifted.kind: _lifted,
}
