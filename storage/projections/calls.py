"""Tables about tool calls: their sums, and the writes that are in doubt."""

from __future__ import annotations

from storage.events.calls import (
    CallDecided,
    DoubtRaised,
    DoubtResolved,
    Ruling,
    ToolFailed,
    ToolFinished,
    ToolStarted,
)
from storage.events.envelope import Event
from storage.projections.tables import Fold, Tables


def _call_decided(tables: Tables, event: Event, body: CallDecided) -> None:
    if body.ruling is Ruling.ASK:
        tables.count(event, asks=1)
        tables.count_day(event, asked=1)
    elif body.ruling is Ruling.DENY:
        tables.count(event, denials=1)
        tables.count_day(event, denied=1)


def _tool_started(tables: Tables, event: Event, body: ToolStarted) -> None:
    if body.effect != "read":
        tables.count(event, writes=1)
    if event.run in tables.decided:
        tables.sql(
            "UPDATE approval SET state = 'spent' WHERE run = ? AND call = ? AND state = 'decided'",
            (event.run, body.call),
        )


def _tool_finished(tables: Tables, event: Event, body: ToolFinished) -> None:
    tables.count(event, calls=1)


def _tool_failed(tables: Tables, event: Event, body: ToolFailed) -> None:
    tables.count(event, failures=1)
    tables.count_day(event, tool_failures=1)


def _doubt_raised(tables: Tables, event: Event, body: DoubtRaised) -> None:
    tables.sql(
        "INSERT OR REPLACE INTO doubt (run, call, tool, cause, raised_at, seq) VALUES (?, ?, ?, ?, ?, ?)",
        (event.run, body.call, body.tool, body.cause, event.ts, event.seq),
    )
    tables.resume(event)


def _doubt_resolved(tables: Tables, event: Event, body: DoubtResolved) -> None:
    tables.sql(
        "UPDATE doubt SET verdict = ?, person = ?, resolved_at = ? WHERE run = ? AND call = ?",
        (body.verdict, event.actor, event.ts, event.run, body.call),
    )
    tables.resume(event)


FOLDS: dict[str, Fold] = {
    CallDecided.kind: _call_decided,
    ToolStarted.kind: _tool_started,
    ToolFinished.kind: _tool_finished,
    ToolFailed.kind: _tool_failed,
    DoubtRaised.kind: _doubt_raised,
    DoubtResolved.kind: _doubt_resolved,
}
