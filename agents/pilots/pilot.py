"""Runs a job over the cases of a file: feeds, follows, resumes after a crash, and reports."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.cases.reading import read_cases
from agents.cases.rows import BrokenRow, CaseRow
from agents.engine.crews import PLAYBOOK
from agents.engine.engine import Engine
from agents.engine.receipt import Receipt, id_of
from agents.job.description import Job
from agents.job.readiness import readiness
from agents.loop.charter import Charter
from agents.loop.scheduler import Rested
from agents.own_json import load
from agents.people import Person
from agents.pilots.feeding import BATCH, Feeder, Feeding
from agents.pilots.jobs import find_job
from agents.pilots.outcomes import compared_field, shadow_report
from agents.pilots.plan import PilotPlan
from agents.pilots.previewing import with_mapping
from agents.pilots.shadow import ShadowReport
from agents.versions import Preparation, compile_charter, published
from storage.errors import BadInput, CentaurError, NotFound, StoreError
from storage.events.body import Ref
from storage.events.cases import Mode, PilotFinished, PilotStarted
from storage.events.envelope import ENGINE, Draft
from storage.events.workspace import Stage, StageChanged
from storage.ids import new_id
from storage.queries import work, workspace

Json = Any
log = logging.getLogger("centaur.engine")
_LEARNS_FROM_TEXT = "similar_cases"


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


class Pilots:
    """The pilots of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._feeding: dict[str, Feeding] = {}
        self._adding = asyncio.Lock()  # between looking whether a case was worked and giving it a run
        self.on_progress: list[Callable[[PilotState], None]] = []
        engine.on_rest.append(self._rested)
        engine.examined = self._examined

    # -- commands ---------------------------------------------------------------------------------------------

    async def start(
        self, job: str, cases: Path, *, mode: Mode, person: Person, model: str | None = None, limit: int | None = None,
        concurrency: int = 16, seed: int = 0, pilot: str | None = None, command_id: str | None = None,
        mapping: Mapping[str, Json] | None = None, on_preparing: Callable[[int, int], None] | None = None,
    ) -> str:  # fmt: skip
        """Publish the job's version if it is new, and begin to work the cases; return the pilot's id.

        Args:
            mapping: which columns of this file are what, where the job itself says otherwise.

        Raises BadInput for a job, policy, plan or case file that cannot be used; nothing has begun then.
        """
        engine = self._engine
        path = find_job(job, engine.store.path.parent)
        cases = await asyncio.to_thread(cases.resolve)
        charter = await self._compile(path, cases, model, mapping, on_preparing)
        _ready_for(charter, mode)
        drafts, blobs = await self._publish(charter, mode, person)
        plan = PilotPlan(str(path), str(cases), limit, concurrency, mapping)
        source = engine.ledger.payloads.ref(plan.to_bytes())
        blobs[source] = plan.to_bytes()
        name = pilot or new_id("pilot")
        started = PilotStarted(name, charter.manifest.agent, charter.version, mode, seed, source)
        drafts.append(Draft(started, person.actor, command_id=command_id))
        await engine.ledger.append(drafts, blobs)
        engine.crews.know(charter)
        self._feed(name, charter, cases, mode, seed, plan)
        return name

    async def publish(self, path: Path, person: Person, receipt: Receipt | None = None) -> tuple[str, bool, Job]:
        """Publish a job's version as a draft, signed, if it is new; return it, whether it was new, and the job.

        Raises BadInput for a job that cannot be used.
        """
        engine = self._engine
        charter = compile_charter(path, Preparation(engine.surroundings.cache))
        name = charter.manifest.agent
        with engine.queries.view() as view:
            new = all(each.version != charter.version for each in workspace.versions(view.connection, name))
        if new:
            body, blobs = published(charter, engine.ledger.payloads)
            draft = person.sign(Draft(body, person.actor, command_id=id_of(receipt)))
            await engine.ledger.append([draft], blobs)
            engine.crews.know(charter)
        return charter.version, new, charter.job

    def resume(self) -> None:
        """Go on with pilots that an earlier engine began and did not finish feeding."""
        with self._engine.queries.view() as view:
            left = [p for p in work.pilots(view.connection, limit=100) if p.ended_at is None]
        for record in left:
            if record.pilot in self._feeding:
                continue
            plan = PilotPlan.of(self._engine.ledger.payloads.read(record.source))
            try:
                charter = self._engine.crews.charter(record.agent, record.version)
            except (BadInput, NotFound) as error:
                self._feeding[record.pilot] = Feeding(record.pilot, 1, fed=True, error=str(error))
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
            done = record.ended_at is not None
            refused = record.refused or 0
            return PilotState(record.pilot, record.cases, states, refused, 0, done, record.cancelled)
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
        read = self._engine.ledger.payloads.read
        job = with_mapping(charter.job, PilotPlan.of(read(record.source)).mapping)
        return shadow_report(charter, record, rows, read, refused=refused, field=compared_field(job))

    async def close(self) -> None:
        """Stop feeding; it goes on at the next start."""
        tasks = [feeding.task for feeding in self._feeding.values() if feeding.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- the version ------------------------------------------------------------------------------------------

    async def _compile(
        self, path: Path, cases: Path, model: str | None, mapping: Mapping[str, Json] | None,
        on_preparing: Callable[[int, int], None] | None,
    ) -> Charter:  # fmt: skip
        """Compile on the loop's thread (CEL belongs to it), after reading the texts to be left out of learning."""
        from agents.job.description import read_job
        from agents.job.labels import declared_labels

        described = with_mapping(read_job(path)[0], mapping)
        examined: tuple[str, ...] = ()
        if any(tool.kind == _LEARNS_FROM_TEXT for tool in described.tools):
            examined = await asyncio.to_thread(lambda: tuple(_texts(read_cases(cases, described))))
        route = model or described.model.route
        if route != PLAYBOOK:
            # An unknown one, or one that the cases' data may not go to, is told before anything begins.
            self._engine.surroundings.model_for(route, declared_labels(described))
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
        plan = PilotPlan.of(read(pilots[0].source))
        job = with_mapping(parse_job(load(read(record.job))["text"]), plan.mapping)
        cases = Path(plan.cases)
        if not cases.exists() or not any(tool.kind == _LEARNS_FROM_TEXT for tool in job.tools):
            return ()
        return tuple(_texts(read_cases(cases, job)))

    # -- feeding ----------------------------------------------------------------------------------------------

    def _feed(self, pilot: str, charter: Charter, cases: Path, mode: Mode, seed: int, plan: PilotPlan) -> None:
        feeding = Feeding(pilot, max(2 * plan.concurrency, BATCH))
        self._feeding[pilot] = feeding
        self._engine.scheduler.concurrency = max(self._engine.scheduler.concurrency, plan.concurrency)
        job = with_mapping(charter.job, plan.mapping)
        feeder = Feeder(self._engine, feeding, charter, mode, seed, self._adding, job)
        feeding.task = asyncio.create_task(self._feed_all(feeding, feeder, cases, plan.limit), name=f"feed {pilot}")

    async def _feed_all(self, feeding: Feeding, feeder: Feeder, cases: Path, limit: int | None) -> None:
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

    async def _finish_if_done(self, feeding: Feeding) -> None:
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
