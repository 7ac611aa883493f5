"""Runs a job over the cases of a file: feeds, follows, resumes after a crash, and reports."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.cases.reading import read_cases
from agents.cases.rows import BrokenRow, CaseRow
from agents.engine.crews import PLAYBOOK
from agents.engine.engine import Engine
from agents.job.readiness import readiness
from agents.loop.charter import Charter
from agents.loop.scheduler import Rested
from agents.own_json import dump, load
from agents.people import Person
from agents.pilots.jobs import find_job
from agents.pilots.outcomes import shadow_report
from agents.pilots.shadow import ShadowReport
from agents.versions import Preparation, compile_charter, published
from storage.errors import BadInput, CentaurError, NotFound, StoreError
from storage.events.body import Ref
from storage.events.cases import (
    CaseReceived,
    CaseRefused,
    Mode,
    OutcomeReceived,
    PilotFinished,
    PilotStarted,
)
from storage.events.envelope import ENGINE, Draft, agent
from storage.events.runs import LimitReached, RunStarted
from storage.events.workspace import Stage, StageChanged
from storage.ids import new_id
from storage.preconditions import may_start
from storage.queries import work, workspace
from storage.records import PilotRecord, RunRecord
from storage.requests import Condition

Json = Any
log = logging.getLogger("centaur.engine")
_LEARNS_FROM_TEXT = "similar_cases"
_BATCH = 64


@dataclass(frozen=True, slots=True)
class PilotState:
    """How far a pilot has come.

    Attributes:
        total: cases in the file, None while they are still being read.
        states: run state -> count.
        skipped: cases that were worked live before, so they are not worked again.
    """

    pilot: str
    total: int | None
    states: dict[str, int]
    refused: int
    skipped: int
    done: bool
    cancelled: bool
    error: str | None = None


@dataclass(slots=True)
class _Feeding:
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


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a pilot was started with; kept in the ledger, so that a crash does not end it."""

    job: str
    cases: str
    limit: int | None
    concurrency: int

    def to_bytes(self) -> bytes:
        return dump({"job": self.job, "cases": self.cases, "limit": self.limit, "concurrency": self.concurrency})


class Pilots:
    """The pilots of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._feeding: dict[str, _Feeding] = {}
        self._adding = asyncio.Lock()  # between looking whether a case was worked and giving it a run
        self.on_progress: list[Callable[[PilotState], None]] = []
        engine.on_rest.append(self._rested)
        engine.examined = self._examined

    # -- commands ---------------------------------------------------------------------------------------------

    async def start(
        self, job: str, cases: Path, *, mode: Mode, person: Person, model: str | None = None, limit: int | None = None,
        concurrency: int = 16, seed: int = 0, pilot: str | None = None, command_id: str | None = None,
        on_preparing: Callable[[int, int], None] | None = None,
    ) -> str:  # fmt: skip
        """Publish the job's version if it is new, and begin to work the cases; return the pilot's id.

        Raises BadInput for a job, policy, plan or case file that cannot be used; nothing has begun then.
        """
        engine = self._engine
        path = find_job(job, engine.store.path.parent)
        cases = await asyncio.to_thread(cases.resolve)
        charter = await self._compile(path, cases, model, on_preparing)
        _ready_for(charter, mode)
        drafts, blobs = await self._publish(charter, mode, person)
        plan = _Plan(str(path), str(cases), limit, concurrency)
        source = engine.ledger.payloads.ref(plan.to_bytes())
        blobs[source] = plan.to_bytes()
        name = pilot or new_id("pilot")
        started = PilotStarted(name, charter.manifest.agent, charter.version, mode, seed, source)
        drafts.append(Draft(started, person.actor, command_id=command_id))
        await engine.ledger.append(drafts, blobs)
        engine.crews.know(charter)
        self._feed(name, charter, cases, mode, seed, plan)
        return name

    def resume(self) -> None:
        """Go on with pilots that an earlier engine began and did not finish feeding."""
        with self._engine.queries.view() as view:
            left = [p for p in work.pilots(view.connection, limit=100) if p.ended_at is None]
        for record in left:
            if record.pilot in self._feeding:
                continue
            raw = load(self._engine.ledger.payloads.read(record.source))
            plan = _Plan(raw["job"], raw["cases"], raw["limit"], raw["concurrency"])
            try:
                charter = self._engine.crews.charter(record.agent, record.version)
            except (BadInput, NotFound) as error:
                self._feeding[record.pilot] = _Feeding(record.pilot, 1, fed=True, error=str(error))
                continue
            self._feed(record.pilot, charter, Path(plan.cases), Mode(record.mode), record.seed, plan)

    async def cancel(self, pilot: str) -> None:
        """Feed no more cases; runs that are being worked go on."""
        feeding = self._feeding.get(pilot)
        if feeding is None or feeding.fed:
            raise NotFound(f"The pilot {pilot} is not being fed.", hint="It has ended, or is unknown.")
        feeding.cancelled = True
        feeding.room.set()

    async def finished(self, pilot: str) -> PilotState:
        """Return once every case has a run that ended or waits."""
        feeding = self._feeding.get(pilot)
        if feeding is not None:
            await feeding.done.wait()
        return self.state(pilot)

    def state(self, pilot: str) -> PilotState:
        """Return how far a pilot has come."""
        with self._engine.queries.view() as view:
            record = work.pilot(view.connection, pilot)
            states = work.pilot_counts(view.connection, record.pilot)
        feeding = self._feeding.get(record.pilot)
        if feeding is None:
            return PilotState(
                record.pilot,
                record.cases,
                states,
                record.refused or 0,
                0,
                record.ended_at is not None,
                record.cancelled,
            )
        return PilotState(
            record.pilot, feeding.total, states, feeding.refused, feeding.skipped, feeding.done.is_set(),
            feeding.cancelled, feeding.error,
        )  # fmt: skip

    def report(self, pilot: str) -> ShadowReport:
        """Compare what the agent came to with what people decided."""
        with self._engine.queries.view() as view:
            record = work.pilot(view.connection, pilot)
            rows = list(work.pilot_rows(view.connection, record.pilot))
            refused = len(work.refused_rows(view.connection, record.pilot))
        charter = self._engine.crews.charter(record.agent, record.version)
        return shadow_report(charter, record, rows, self._engine.ledger.payloads.read, refused=refused)

    async def close(self) -> None:
        """Stop feeding; it goes on at the next start."""
        tasks = [feeding.task for feeding in self._feeding.values() if feeding.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- the version ------------------------------------------------------------------------------------------

    async def _compile(
        self, path: Path, cases: Path, model: str | None, on_preparing: Callable[[int, int], None] | None
    ) -> Charter:
        """Compile on the loop's thread (CEL belongs to it), after reading the texts to be left out of learning."""
        from agents.job.description import read_job

        described, _ = read_job(path)
        examined: tuple[str, ...] = ()
        if any(tool.kind == _LEARNS_FROM_TEXT for tool in described.tools):
            examined = await asyncio.to_thread(lambda: tuple(_texts(read_cases(cases, described))))
        route = model or described.model.route
        if route != PLAYBOOK:
            self._engine.surroundings.model_for(route)  # an unknown one is told before anything begins
        cache = self._engine.surroundings.cache
        return compile_charter(path, Preparation(cache, examined, on_progress=on_preparing), route=model)

    async def _publish(self, charter: Charter, mode: Mode, person: Person) -> tuple[list[Draft], dict[Ref, bytes]]:
        """Return the signed events that publish a version and move it to the stage of the pilot, as far as new."""
        wanted = Stage.CANARY if mode is Mode.LIVE else Stage.SHADOW
        with self._engine.queries.view() as view:
            known = {v.version: v for v in workspace.versions(view.connection, charter.manifest.agent)}
        drafts: list[Draft] = []
        blobs: dict[Ref, bytes] = {}
        present = known.get(charter.version)
        if present is None:
            body, blobs = published(charter, self._engine.ledger.payloads)
            drafts.append(person.sign(Draft(body, person.actor)))
        stage = Stage(present.stage) if present else Stage.DRAFT
        if _earlier(stage, wanted) and not readiness(charter.job):
            change = StageChanged(charter.manifest.agent, charter.version, wanted)
            drafts.append(person.sign(Draft(change, person.actor)))
        return drafts, blobs

    def _examined(self, agent_name: str, version: str) -> tuple[str, ...]:
        """Return the texts of the last pilot of a version: they are not learnt from."""
        from agents.job.description import parse_job

        with self._engine.queries.view() as view:
            pilots = [p for p in work.pilots(view.connection, agent=agent_name, limit=50) if p.version == version]
            record = workspace.version(view.connection, agent_name, version)
        if not pilots:
            return ()
        read = self._engine.ledger.payloads.read
        job = parse_job(load(read(record.job))["text"])
        cases = Path(load(read(pilots[0].source))["cases"])
        if not cases.exists() or not any(tool.kind == _LEARNS_FROM_TEXT for tool in job.tools):
            return ()
        return tuple(_texts(read_cases(cases, job)))

    # -- feeding ----------------------------------------------------------------------------------------------

    def _feed(self, pilot: str, charter: Charter, cases: Path, mode: Mode, seed: int, plan: _Plan) -> None:
        feeding = _Feeding(pilot, max(2 * plan.concurrency, _BATCH))
        self._feeding[pilot] = feeding
        self._engine.scheduler.concurrency = max(self._engine.scheduler.concurrency, plan.concurrency)
        feeder = _Feeder(self._engine, feeding, charter, mode, seed, self._adding)
        feeding.task = asyncio.create_task(self._feed_all(feeding, feeder, cases, plan.limit), name=f"feed {pilot}")

    async def _feed_all(self, feeding: _Feeding, feeder: _Feeder, cases: Path, limit: int | None) -> None:
        try:
            await feeder.feed(cases, limit)
        except CentaurError as error:
            feeding.error = str(error)
            feeding.halted = isinstance(error, StoreError)
        except Exception as error:  # a pilot's boundary: whoever waits for it is told, and never waits for ever
            log.exception("The pilot %s stopped by a defect", feeding.pilot)
            feeding.error = f"Centaur met a defect of its own: {type(error).__name__}: {error}."
        feeding.fed = True
        await self._finish_if_done(feeding)

    def _rested(self, rested: Rested) -> None:
        for feeding in self._feeding.values():
            if rested.run in feeding.outstanding:
                feeding.outstanding.discard(rested.run)
                if len(feeding.outstanding) < feeding.window:
                    feeding.room.set()
                if feeding.fed and not feeding.outstanding and not feeding.done.is_set():
                    feeding.task = asyncio.create_task(self._finish_if_done(feeding))
        self._tell()

    def _tell(self) -> None:
        for listener in self.on_progress:
            for feeding in self._feeding.values():
                if not feeding.done.is_set():
                    listener(self.state(feeding.pilot))

    async def _finish_if_done(self, feeding: _Feeding) -> None:
        if feeding.outstanding or feeding.done.is_set():
            return
        cases = sum(self.state(feeding.pilot).states.values())
        body = PilotFinished(feeding.pilot, cases, feeding.refused, feeding.cancelled)
        try:
            if not feeding.halted:
                await self._engine.ledger.append([Draft(body, ENGINE)])
        except StoreError as error:
            feeding.error = feeding.error or str(error)
        feeding.done.set()
        self._tell()


class _Feeder:
    """Turns rows into cases and runs, a batch at a time."""

    def __init__(
        self, engine: Engine, feeding: _Feeding, charter: Charter, mode: Mode, seed: int, adding: asyncio.Lock
    ) -> None:  # fmt: skip
        self._engine, self._feeding = engine, feeding
        self._charter, self._mode, self._seed = charter, mode, seed
        self._adding = adding
        with engine.queries.view() as view:
            record = workspace.version(view.connection, charter.manifest.agent, charter.version)
        self._stage = Stage(record.stage)
        self._actor = agent(charter.manifest.agent, charter.version)

    async def feed(self, cases: Path, limit: int | None) -> None:
        """Feed every row, waiting while too many runs are under way."""
        rows = read_cases(cases, self._charter.job)
        count, more = 0, True
        while more and not self._feeding.cancelled:
            wanted = _BATCH if limit is None else min(_BATCH, limit - count)
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


def _texts(rows: Iterator[CaseRow | BrokenRow]) -> Iterator[str]:
    for row in rows:
        if isinstance(row, CaseRow):
            yield from (value for value in row.case.values() if isinstance(value, str))


def _earlier(stage: Stage, wanted: Stage) -> bool:
    order = list(Stage)
    return order.index(stage) < order.index(wanted)


def _ready_for(charter: Charter, mode: Mode) -> None:
    """Without an accountable person, a measurable criterion and an escalation rule an agent stays a draft."""
    missing = readiness(charter.job)
    if missing and mode is Mode.LIVE:
        raise BadInput(
            f"{charter.job.name} cannot leave draft, so it cannot work live: {'; '.join(str(m.why) for m in missing)}",
            hint="Add what is missing to the job description.",
        )


def window_of(record: PilotRecord) -> tuple[int, int | None]:
    """Return when a pilot ran (UTC microseconds)."""
    return record.started_at, record.ended_at
