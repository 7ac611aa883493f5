"""Turns the rows of a case file into cases and runs, a batch at a time, each case once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.cases.reading import read_cases
from agents.cases.rows import BrokenRow, CaseRow
from agents.engine.engine import Engine
from agents.job.description import Job
from agents.loop.charter import Charter
from agents.own_json import dump
from storage.events.body import Ref
from storage.events.cases import (
    CaseReceived,
    CaseRefused,
    Mode,
    OutcomeReceived,
)
from storage.events.envelope import ENGINE, Draft, agent
from storage.events.runs import LimitReached, RunStarted
from storage.events.workspace import Stage
from storage.ids import new_id
from storage.preconditions import may_start
from storage.queries import work, workspace
from storage.records import RunRecord
from storage.requests import Condition

Json = Any
log = logging.getLogger("centaur.engine")

BATCH = 64
"""Rows that are added together."""


@dataclass(slots=True)
class Feeding:
    """A pilot whose cases are being fed."""

    pilot: str
    window: int
    outstanding: set[str] = field(default_factory=set)
    room: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    fed: bool = False
    cancelled: bool = False
    total: int | None = None
    refused: int = 0
    skipped: int = 0
    error: str | None = None
    halted: bool = False  # the disk refused; the pilot goes on at the next start
    task: asyncio.Task[None] | None = None


class Feeder:
    """Turns rows into cases and runs, a batch at a time."""

    def __init__(
        self, engine: Engine, feeding: Feeding, charter: Charter, mode: Mode, seed: int, adding: asyncio.Lock,
        reading: Job,
    ) -> None:  # fmt: skip
        self._engine, self._feeding = engine, feeding
        self._charter, self._mode, self._seed = charter, mode, seed
        self._adding = adding
        self._reading = reading  # the job, with the mapping of this pilot's case file
        with engine.queries.view() as view:
            record = workspace.version(view.connection, charter.manifest.agent, charter.version)
        self._stage = Stage(record.stage)
        self._actor = agent(charter.manifest.agent, charter.version)

    async def feed(self, cases: Path, limit: int | None) -> None:
        """Feed every row, waiting while too many runs are under way."""
        rows = read_cases(cases, self._reading)
        count, more = 0, True
        while more and not self._feeding.cancelled:
            wanted = BATCH if limit is None else min(BATCH, limit - count)
            batch = await asyncio.to_thread(_take, rows, wanted)
            more = len(batch) == wanted and wanted > 0
            count += len(batch)
            async with self._adding:
                await self._add(batch)
            await self._room()
        self._feeding.total = count

    async def _room(self) -> None:
        feeding = self._feeding
        while len(feeding.outstanding) >= feeding.window and not feeding.cancelled:
            feeding.room.clear()
            await feeding.room.wait()

    async def _add(self, rows: list[CaseRow | BrokenRow]) -> None:
        drafts: list[Draft] = []
        blobs: dict[Ref, bytes] = {}
        runs: list[str] = []
        again: list[str] = []
        for row in rows:
            if isinstance(row, BrokenRow):
                self._refuse(row, drafts, blobs)
                continue
            case, worked = self._case(row, drafts, blobs)
            if worked is not None:
                self._feeding.skipped += int(worked.pilot != self._feeding.pilot)
                if worked.ended_at is None:
                    again.append(worked.run)
                continue
            run = new_id("run")
            runs.append(run)
            job = self._charter.job
            drafts.append(
                Draft(
                    RunStarted(
                        self._charter.manifest.agent, self._charter.version, case, self._mode, self._stage, job.tier,
                        self._charter.manifest.model, self._seed, self._feeding.pilot,
                    ),
                    self._actor, run,
                )
            )  # fmt: skip
            agent_name = self._charter.manifest.agent
            over = self._engine.days.start_run(agent_name, self._mode, self._charter.day_limits)
            if over is not None:  # the case is kept, and goes to a person
                drafts.append(Draft(LimitReached(over.limit, over.allowed, over.used), ENGINE, run))
        if drafts:
            await self._engine.ledger.append(drafts, blobs, condition=self._no_kill())
        self._feeding.outstanding.update(runs, again)
        for run in (*runs, *again):
            self._engine.scheduler.wake(run)

    def _no_kill(self) -> Condition:
        """Nobody begins a run under a kill of everything or of its agent; a kill of one tool lets it begin."""
        name = self._charter.manifest.agent
        file, event = self._engine.kill_file.absent(name, ("",)), may_start(name, ("",))

        def check(connection: sqlite3.Connection) -> None:
            file(connection)
            event(connection)

        return check

    def _refuse(self, row: BrokenRow, drafts: list[Draft], blobs: dict[Ref, bytes]) -> None:
        self._feeding.refused += 1
        with self._engine.queries.view() as view:
            known = {refused.row for refused in work.refused_rows(view.connection, self._feeding.pilot)}
        if row.row in known:
            return
        reason = dump({"field": row.field, "why": row.why, "near": row.near})
        ref = self._engine.ledger.payloads.ref(reason)
        blobs[ref] = reason
        drafts.append(Draft(CaseRefused(self._feeding.pilot, row.row, ref), ENGINE))

    def _case(self, row: CaseRow, drafts: list[Draft], blobs: dict[Ref, bytes]) -> tuple[str, RunRecord | None]:
        """Return the row's case, added if it is new, and its run if it must not be worked again."""
        payloads, name = self._engine.ledger.payloads, self._charter.manifest.agent
        content = dump(row.case)
        ref = payloads.ref(content)
        with self._engine.queries.view() as view:
            known = [c for c in work.cases_by_external_id(view.connection, name, row.external_id) if c.content == ref]
            runs = [run for case in known for run in work.runs(view.connection, case=case.case_id)]
        worked = next((run for run in runs if self._counts(run)), None)
        if known:
            return known[0].case_id, worked
        case = new_id("case")
        external = payloads.ref(row.external_id.encode())
        blobs[ref], blobs[external] = content, row.external_id.encode()
        drafts.append(Draft(CaseReceived(case, name, ref, external, self._feeding.pilot), ENGINE))
        if row.outcome is not None:
            outcome = dump(row.outcome)
            decided = payloads.ref(outcome)
            blobs[decided] = outcome
            drafts.append(Draft(OutcomeReceived(case, decided), ENGINE))
        return case, None

    def _counts(self, run: RunRecord) -> bool:
        """A case of this pilot has its run; a case that was worked live is not worked live again.

        Unless its run failed or was stopped before it sent any write: what was sent, or is in doubt, must never be
        repeated by another run that knows nothing of it.
        """
        if run.pilot == self._feeding.pilot:
            return True
        came_to_nothing = run.state in ("failed", "stopped") and not run.writes
        return self._mode is Mode.LIVE and run.mode == Mode.LIVE and not came_to_nothing


def _take(rows: Iterator[CaseRow | BrokenRow], count: int) -> list[CaseRow | BrokenRow]:
    taken = []
    for _ in range(count):
        row = next(rows, None)
        if row is None:
            break
        taken.append(row)
    return taken
