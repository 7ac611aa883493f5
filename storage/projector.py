"""Derives the tables from the events, inside the transaction that appends them.

Every fold looks only at the event and at the tables as the events before it left them, never at where a commit
group ended. Counters are added up during a group and written once at its end; sums do not depend on grouping.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from storage.business_day import BusinessDay
from storage.events import approvals, calls, cases, runs, safety, workspace
from storage.events.body import Ref
from storage.events.envelope import Event

ReadBlob = Callable[[Ref], bytes | None]

RUN_COUNTERS = (
    "turns",
    "calls",
    "writes",
    "asks",
    "denials",
    "failures",
    "tokens_in",
    "tokens_out",
    "cost",
    "cost_partial",
)
DAY_COUNTERS = (
    "started",
    "finished",
    "handed_off",
    "failed",
    "stopped",
    "calls",
    "writes",
    "tool_failures",
    "asked",
    "denied",
    "approved",
    "edited",
    "rejected",
    "responded",
    "decision_us",
    "tokens_in",
    "tokens_out",
    "cost",
    "cost_partial",
    "cycle_us",
)
_RUN_UPDATE = f"UPDATE run SET {', '.join(f'{c} = {c} + ?' for c in RUN_COUNTERS)} WHERE run = ?"
_DAY_UPSERT = (
    f"INSERT INTO day (day, agent, mode, {', '.join(DAY_COUNTERS)}) VALUES (?, ?, ?{', ?' * len(DAY_COUNTERS)}) "
    f"ON CONFLICT (day, agent, mode) DO UPDATE SET {', '.join(f'{c} = {c} + excluded.{c}' for c in DAY_COUNTERS)}"
)
_CHOICE_COUNTER = {
    approvals.Choice.APPROVE: "approved",
    approvals.Choice.EDIT: "edited",
    approvals.Choice.REJECT: "rejected",
    approvals.Choice.RESPOND: "responded",
}
OPEN_STATES = ("running", "paused", "waiting", "asking", "doubt")


class Projector:
    """Folds events into tables. One per writing connection.

    Args:
        connection: the writer's; a transaction is open whenever `fold` is called.
        read_blob: returns a payload of this transaction or of the store, None if it was erased.
    """

    def __init__(self, connection: sqlite3.Connection, read_blob: ReadBlob) -> None:
        self._sql = connection.execute
        self._connection = connection
        self._read_blob = read_blob
        self._runs: dict[str, tuple[str, str] | None] = {}
        self._run_sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._day_sums: defaultdict[tuple[str, str, str], defaultdict[str, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        self._day = BusinessDay("UTC")
        self._folds: dict[str, Callable[[Event, Any], None]] = {
            workspace.PersonAdded.kind: self._person_added,
            workspace.SettingChanged.kind: self._setting_changed,
            workspace.VersionPublished.kind: self._version_published,
            workspace.StageChanged.kind: self._stage_changed,
            workspace.CommandFinished.kind: self._command_finished,
            workspace.BlobErased.kind: self._blob_erased,
            workspace.BackupMade.kind: self._backup_made,
            cases.CaseReceived.kind: self._case_received,
            cases.CaseRefused.kind: self._case_refused,
            cases.OutcomeReceived.kind: self._outcome_received,
            cases.PilotStarted.kind: self._pilot_started,
            cases.PilotFinished.kind: self._pilot_finished,
            runs.RunStarted.kind: self._run_started,
            runs.RunPaused.kind: lambda e, b: self._state(e, "paused"),
            runs.RunResumed.kind: self._run_resumed,
            runs.RunFinished.kind: lambda e, b: self._ended(e, "finished", outcome=b.outcome),
            runs.RunHandedOff.kind: lambda e, b: self._ended(
                e, "handed_off", cause=b.cause, handoff=b.handoff
            ),
            runs.RunFailed.kind: lambda e, b: self._ended(e, "failed", cause=b.category),
            runs.RunStopped.kind: lambda e, b: self._ended(e, "stopped", cause=b.cause),
            runs.ModelFinished.kind: self._model_finished,
            runs.ModelFailed.kind: self._model_failed,
            runs.WaitStarted.kind: self._wait_started,
            runs.WaitEnded.kind: self._wait_ended,
            calls.CallDecided.kind: self._call_decided,
            calls.ToolFinished.kind: lambda e, b: self._count(e, calls=1),
            calls.ToolStarted.kind: self._tool_started,
            calls.ToolFailed.kind: lambda e, b: self._count(e, failures=1, day_tool_failures=1),
            calls.DoubtRaised.kind: self._doubt_raised,
            calls.DoubtResolved.kind: self._doubt_resolved,
            approvals.ApprovalRequested.kind: self._approval_requested,
            approvals.ApprovalDecided.kind: self._approval_decided,
            approvals.ApprovalWithdrawn.kind: self._approval_withdrawn,
            approvals.ApprovalExpired.kind: lambda e, b: self._approval_closed(e, b, "expired"),
            approvals.ApprovalSuperseded.kind: lambda e, b: self._approval_closed(e, b, "superseded"),
            approvals.DecisionRefused.kind: self._decision_refused,
            safety.KillOrdered.kind: self._kill_ordered,
            safety.KillAcknowledged.kind: self._kill_acknowledged,
            safety.KillLifted.kind: self._kill_lifted,
        }
        self.reload()

    def reload(self) -> None:
        """Forget what was learnt from the tables (a transaction was rolled back, or the tables were emptied)."""
        self._runs.clear()
        self._run_sums.clear()
        self._day_sums.clear()
        row = self._sql("SELECT value FROM setting WHERE name = 'time_zone'").fetchone()
        self._day = BusinessDay(json.loads(row[0]) if row else "UTC")

    def fold(self, event: Event) -> None:
        """Derive what follows from one event."""
        fold = self._folds.get(event.kind)
        if fold is not None:
            fold(event, event.body)

    def flush(self) -> None:
        """Write the sums of the group; called once before the commit."""
        if self._run_sums:
            self._connection.executemany(
                _RUN_UPDATE,
                [(*(sums.get(c, 0) for c in RUN_COUNTERS), run) for run, sums in self._run_sums.items()],
            )
            self._run_sums.clear()
        if self._day_sums:
            self._connection.executemany(
                _DAY_UPSERT,
                [(*key, *(sums.get(c, 0) for c in DAY_COUNTERS)) for key, sums in self._day_sums.items()],
            )
            self._day_sums.clear()

    # -- counting ---------------------------------------------------------------------------------------------

    def _count(self, event: Event, **amounts: int) -> None:
        """Add to the run's and the day's sums; `day_x` counts for the day only. Imported runs have no day."""
        run = event.run
        if run is None:
            return
        whose = self._whose(run)
        day = self._day_sums[(self._day.of(event.ts), *whose)] if whose is not None else None
        for name, amount in amounts.items():
            if name.startswith("day_"):
                if day is not None:
                    day[name[4:]] += amount
            else:
                self._run_sums[run][name] += amount
                if day is not None and name in _BOTH:
                    day[_BOTH[name]] += amount

    def _whose(self, run: str) -> tuple[str, str] | None:
        if run not in self._runs:
            if len(self._runs) > 50_000:
                self._runs.clear()
            row = self._sql("SELECT agent, mode, origin FROM run WHERE run = ?", (run,)).fetchone()
            self._runs[run] = None if row is None or row[2] is not None else (row[0], row[1])
        return self._runs[run]

    # -- workspace --------------------------------------------------------------------------------------------

    def _person_added(self, event: Event, body: workspace.PersonAdded) -> None:
        self._sql(
            "INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?)",
            (body.person, self._text(body.name), body.name, body.public_key, json.dumps(body.roles), event.seq),
        )

    def _setting_changed(self, event: Event, body: workspace.SettingChanged) -> None:
        self._sql(
            "INSERT OR REPLACE INTO setting VALUES (?, ?, ?)", (body.name, json.dumps(body.value), event.seq)
        )
        if body.name == "time_zone":
            self._day = BusinessDay(str(body.value))

    def _version_published(self, event: Event, body: workspace.VersionPublished) -> None:
        stage = workspace.Stage.DRAFT.value
        self._sql(
            "INSERT OR IGNORE INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (body.agent, body.version, event.actor, event.ts, body.job, body.plan, body.policy, body.tools,
             body.model, stage, event.seq),
        )  # fmt: skip
        self._sql(
            "INSERT INTO agent VALUES (?, ?, ?, ?) ON CONFLICT (agent) DO UPDATE SET version = excluded.version, "
            "stage = (SELECT stage FROM version WHERE agent = excluded.agent AND version = excluded.version)",
            (body.agent, body.version, stage, event.seq),
        )

    def _stage_changed(self, event: Event, body: workspace.StageChanged) -> None:
        values = (body.stage, body.agent, body.version)
        self._sql("UPDATE version SET stage = ? WHERE agent = ? AND version = ?", values)
        self._sql("UPDATE agent SET stage = ? WHERE agent = ? AND version = ?", values)

    def _command_finished(self, event: Event, body: workspace.CommandFinished) -> None:
        if event.command_id is not None:
            self._sql(
                "INSERT OR IGNORE INTO command VALUES (?, ?, ?, ?)",
                (event.command_id, body.method, body.result, event.seq),
            )

    def _blob_erased(self, event: Event, body: workspace.BlobErased) -> None:
        self._sql("INSERT OR IGNORE INTO erased VALUES (?, ?)", (body.address, event.seq))
        self._sql("UPDATE person SET name = NULL WHERE name_ref = ?", (body.address,))
        self._sql("UPDATE case_ SET external_id = NULL WHERE external_ref = ?", (body.address,))

    def _backup_made(self, event: Event, body: workspace.BackupMade) -> None:
        self._sql("INSERT INTO backup VALUES (?, ?, ?, ?)", (event.seq, body.last_seq, body.path, event.ts))

    # -- cases and pilots -------------------------------------------------------------------------------------

    def _case_received(self, event: Event, body: cases.CaseReceived) -> None:
        self._sql(
            "INSERT OR IGNORE INTO case_ (case_id, agent, content, external_ref, external_id, pilot, received_at, seq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (body.case, body.agent, body.content, body.external, self._text(body.external), body.pilot,
             event.ts, event.seq),
        )  # fmt: skip

    def _case_refused(self, event: Event, body: cases.CaseRefused) -> None:
        self._sql(
            "INSERT INTO refused_row VALUES (?, ?, ?, ?)", (body.pilot, body.row, body.reason, event.seq)
        )

    def _outcome_received(self, event: Event, body: cases.OutcomeReceived) -> None:
        self._sql(
            "UPDATE case_ SET outcome = ?, minutes = ?, outcome_at = ? WHERE case_id = ?",
            (body.outcome, body.minutes, event.ts, body.case),
        )

    def _pilot_started(self, event: Event, body: cases.PilotStarted) -> None:
        self._sql(
            "INSERT OR IGNORE INTO pilot (pilot, agent, version, mode, seed, source, started_at, seq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (body.pilot, body.agent, body.version, body.mode, body.seed, body.source, event.ts, event.seq),
        )

    def _pilot_finished(self, event: Event, body: cases.PilotFinished) -> None:
        self._sql(
            "UPDATE pilot SET ended_at = ?, cases = ?, refused = ?, cancelled = ? WHERE pilot = ?",
            (event.ts, body.cases, body.refused, int(body.cancelled), body.pilot),
        )

    # -- runs -------------------------------------------------------------------------------------------------

    def _run_started(self, event: Event, body: runs.RunStarted) -> None:
        if event.run is None:
            return
        self._sql(
            "INSERT OR IGNORE INTO run (run, agent, version, case_id, mode, stage, tier, model, seed, pilot, origin, state, "
            "started_at, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)",
            (event.run, body.agent, body.version, body.case, body.mode, body.stage, body.tier, body.model,
             body.seed, body.pilot, event.origin, event.ts, event.seq),
        )  # fmt: skip
        self._runs.pop(event.run, None)
        self._sql("UPDATE case_ SET run = ? WHERE case_id = ?", (event.run, body.case))
        self._count(event, day_started=1)

    def _state(self, event: Event, state: str) -> None:
        self._sql("UPDATE run SET state = ? WHERE run = ? AND ended_at IS NULL", (state, event.run))

    def _ended(
        self,
        event: Event,
        state: str,
        *,
        cause: str | None = None,
        outcome: str | None = None,
        handoff: str | None = None,
    ) -> None:
        row = self._sql(
            "UPDATE run SET state = ?, cause = ?, outcome = ?, handoff = ?, ended_at = ? "
            "WHERE run = ? AND ended_at IS NULL RETURNING started_at",
            (state, cause, outcome, handoff, event.ts, event.run),
        ).fetchone()
        self._sql("DELETE FROM wait WHERE run = ?", (event.run,))
        if row is not None:
            self._count(event, **{f"day_{state}": 1, "day_cycle_us": max(0, event.ts - row[0])})

    def _model_finished(self, event: Event, body: runs.ModelFinished) -> None:
        self._count(
            event, turns=1, tokens_in=body.tokens_in, tokens_out=body.tokens_out, cost=body.cost or 0,
            cost_partial=int(body.cost is None),
        )  # fmt: skip

    def _model_failed(self, event: Event, body: runs.ModelFailed) -> None:
        consumed = body.tokens_in + body.tokens_out
        self._count(
            event, failures=1, tokens_in=body.tokens_in, tokens_out=body.tokens_out, cost=body.cost or 0,
            cost_partial=int(body.cost is None and consumed > 0),
        )  # fmt: skip

    def _wait_started(self, event: Event, body: runs.WaitStarted) -> None:
        self._sql(
            "INSERT OR IGNORE INTO wait VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                body.wait,
                event.run,
                body.call,
                body.waits_for,
                body.until,
                body.to,
                body.question,
                body.watch,
                event.seq,
            ),
        )
        self._state(event, "waiting")

    def _wait_ended(self, event: Event, body: runs.WaitEnded) -> None:
        self._sql("DELETE FROM wait WHERE wait = ?", (body.wait,))
        self._resume(event)

    def _run_resumed(self, event: Event, body: runs.RunResumed) -> None:
        self._state(event, "running")
        self._resume(event)

    def _resume(self, event: Event) -> None:
        """A run goes on unless something else of it still waits."""
        self._sql(
            "UPDATE run SET state = CASE "
            "WHEN EXISTS (SELECT 1 FROM doubt d WHERE d.run = run.run AND d.verdict IS NULL) THEN 'doubt' "
            "WHEN EXISTS (SELECT 1 FROM approval a WHERE a.run = run.run AND a.state = 'requested') THEN 'asking' "
            "WHEN EXISTS (SELECT 1 FROM wait w WHERE w.run = run.run) THEN 'waiting' ELSE 'running' END "
            "WHERE run = ? AND ended_at IS NULL AND state <> 'paused'",
            (event.run,),
        )

    # -- calls ------------------------------------------------------------------------------------------------

    def _call_decided(self, event: Event, body: calls.CallDecided) -> None:
        ruling = body.ruling
        if ruling is calls.Ruling.ASK:
            self._count(event, asks=1, day_asked=1)
        elif ruling is calls.Ruling.DENY:
            self._count(event, denials=1, day_denied=1)

    def _tool_started(self, event: Event, body: calls.ToolStarted) -> None:
        if body.effect != "read":
            self._count(event, writes=1)

    def _doubt_raised(self, event: Event, body: calls.DoubtRaised) -> None:
        self._sql(
            "INSERT OR REPLACE INTO doubt (run, call, tool, cause, raised_at, seq) VALUES (?, ?, ?, ?, ?, ?)",
            (event.run, body.call, body.tool, body.cause, event.ts, event.seq),
        )
        self._state(event, "doubt")

    def _doubt_resolved(self, event: Event, body: calls.DoubtResolved) -> None:
        self._sql(
            "UPDATE doubt SET verdict = ?, person = ?, resolved_at = ? WHERE run = ? AND call = ?",
            (body.verdict, event.actor, event.ts, event.run, body.call),
        )
        self._resume(event)

    # -- approvals --------------------------------------------------------------------------------------------

    def _approval_requested(self, event: Event, body: approvals.ApprovalRequested) -> None:
        self._sql(
            "INSERT OR IGNORE INTO approval (approval, run, call, tool, effect, rule, binding, approvers, reversible, tier, card, "
            "requested_at, expires_at, state, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'requested', ?)",
            (body.approval, event.run, body.call, body.tool, body.effect, body.rule, body.binding,
             json.dumps(body.approvers), int(body.reversible), body.tier, body.card, event.ts, body.expires_at, event.seq),
        )  # fmt: skip
        self._state(event, "asking")

    def _approval_decided(self, event: Event, body: approvals.ApprovalDecided) -> None:
        row = self._sql(
            "UPDATE approval SET state = 'decided', choice = ?, person = ?, decided_at = ?, effective_at = ?, args = ?, "
            "note = ?, signed = ? WHERE approval = ? AND state = 'requested' RETURNING requested_at",
            (body.choice, event.actor, event.ts, body.effective_at, body.args, body.note,
             int(event.signature is not None), body.approval),
        ).fetchone()  # fmt: skip
        if row is not None:
            self._count(
                event,
                **{f"day_{_CHOICE_COUNTER[body.choice]}": 1, "day_decision_us": max(0, event.ts - row[0])},
            )
        self._resume(event)

    def _approval_withdrawn(self, event: Event, body: approvals.ApprovalWithdrawn) -> None:
        row = self._sql(
            "UPDATE approval SET state = 'requested' WHERE approval = ? RETURNING choice, decided_at - requested_at",
            (body.approval,),
        ).fetchone()
        if row is not None:
            taken_back = {
                f"day_{_CHOICE_COUNTER[approvals.Choice(row[0])]}": -1,
                "day_decision_us": -max(0, row[1]),
            }
            self._count(event, **taken_back)
        self._sql(
            "UPDATE approval SET choice = NULL, person = NULL, decided_at = NULL, effective_at = NULL, args = NULL, "
            "note = NULL, signed = NULL WHERE approval = ?",
            (body.approval,),
        )
        self._state(event, "asking")

    def _approval_closed(
        self, event: Event, body: approvals.ApprovalExpired | approvals.ApprovalSuperseded, state: str
    ) -> None:
        self._sql("UPDATE approval SET state = ? WHERE approval = ?", (state, body.approval))
        self._resume(event)

    def _decision_refused(self, event: Event, body: approvals.DecisionRefused) -> None:
        self._sql("UPDATE approval SET refusals = refusals + 1 WHERE approval = ?", (body.approval,))

    # -- kills ------------------------------------------------------------------------------------------------

    def _kill_ordered(self, event: Event, body: safety.KillOrdered) -> None:
        self._sql(
            "INSERT OR IGNORE INTO kill (kill, scope, target, person, ordered_at, seq) VALUES (?, ?, ?, ?, ?, ?)",
            (body.kill, body.scope, body.target, event.actor, event.ts, event.seq),
        )

    def _kill_acknowledged(self, event: Event, body: safety.KillAcknowledged) -> None:
        self._sql("UPDATE kill SET acknowledged = acknowledged + 1 WHERE kill = ?", (body.kill,))

    def _kill_lifted(self, event: Event, body: safety.KillLifted) -> None:
        self._sql("UPDATE kill SET lifted_at = ? WHERE kill = ?", (event.ts, body.kill))

    def _text(self, ref: Ref | None) -> str | None:
        content = self._read_blob(ref) if ref is not None else None
        return None if content is None else content.decode("utf-8", "replace")


_BOTH = {
    "calls": "calls", "writes": "writes", "tokens_in": "tokens_in", "tokens_out": "tokens_out", "cost": "cost",
    "cost_partial": "cost_partial",
}  # fmt: skip
"""Run counters that the day counts too."""
