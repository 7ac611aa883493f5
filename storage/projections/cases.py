"""Tables about cases, refused rows and pilots."""

from __future__ import annotations

from storage.events.cases import CaseReceived, CaseRefused, OutcomeReceived, PilotFinished, PilotStarted
from storage.events.envelope import Event
from storage.projections.tables import Fold, Tables


def _case_received(tables: Tables, event: Event, body: CaseReceived) -> None:
    tables.sql(
        "INSERT OR IGNORE INTO case_ (case_id, agent, content, external_ref, external_id, pilot, "
        "received_at, seq) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (body.case, body.agent, body.content, body.external, tables.text(body.external), body.pilot,
         event.ts, event.seq),
    )  # fmt: skip


def _case_refused(tables: Tables, event: Event, body: CaseRefused) -> None:
    tables.sql("INSERT INTO refused_row VALUES (?, ?, ?, ?)", (body.pilot, body.row, body.reason, event.seq))


def _outcome_received(tables: Tables, event: Event, body: OutcomeReceived) -> None:
    tables.sql(
        "UPDATE case_ SET outcome = ?, minutes = ?, outcome_at = ? WHERE case_id = ?",
        (body.outcome, body.minutes, event.ts, body.case),
    )


def _pilot_started(tables: Tables, event: Event, body: PilotStarted) -> None:
    tables.sql(
        "INSERT OR IGNORE INTO pilot (pilot, agent, version, mode, seed, source, started_at, seq) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (body.pilot, body.agent, body.version, body.mode, body.seed, body.source, event.ts, event.seq),
    )


def _pilot_finished(tables: Tables, event: Event, body: PilotFinished) -> None:
    tables.sql(
        "UPDATE pilot SET ended_at = ?, cases = ?, refused = ?, cancelled = ? WHERE pilot = ?",
        (event.ts, body.cases, body.refused, int(body.cancelled), body.pilot),
    )


FOLDS: dict[str, Fold] = {
    CaseReceived.kind: _case_received,
    CaseRefused.kind: _case_refused,
    OutcomeReceived.kind: _outcome_received,
    PilotStarted.kind: _pilot_started,
    PilotFinished.kind: _pilot_finished,
}
