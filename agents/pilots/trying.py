"""Tries a job on one case: the whole loop in a store of its own that is thrown away, so that nothing is written.

No event of it enters the ledger, no version is published, and the toolbox of rehearsal and shadow has no writers.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.engine.engine import Engine, Surroundings
from agents.engine.inspecting import Texts, laid_out
from agents.engine.trace import steps
from agents.job.description import parse_job
from agents.job.schema import check
from agents.job.strict import path_text
from agents.loop.charter import Charter
from agents.loop.scheduler import Rested
from agents.own_json import dump, load
from agents.versions import Preparation, compile_charter, published
from storage.errors import BadInput
from storage.events.body import Ref
from storage.events.cases import CaseReceived, Mode
from storage.events.envelope import ENGINE, Draft, agent
from storage.events.runs import RunStarted
from storage.events.workspace import Stage
from storage.ids import new_id
from storage.queries import work

Json = Any
_PATIENCE_S = 300.0


async def tried(texts: Texts, case: Mapping[str, Json], mode: Mode, around: Surroundings) -> dict[str, Json]:
    """Work one case and return {state, outcome, handoff, steps, recorded, waits}.

    Args:
        case: the case's fields, as the job's schema has them.
        mode: rehearsal or shadow; nothing else can be tried.
        around: of the engine that tries; the store, keys and heads are not used.

    Raises BadInput for texts or a case that cannot be worked.
    """
    if mode not in (Mode.REHEARSAL, Mode.SHADOW):
        raise BadInput(f"A case is not tried in {mode.value} mode.", hint="Choose rehearsal or shadow.")
    _fits(texts, case)
    examined = tuple(value for value in case.values() if isinstance(value, str))
    with tempfile.TemporaryDirectory(prefix="centaur-try-") as name:
        folder = Path(name)
        with laid_out(texts, around.cache) as path:
            charter = compile_charter(path, Preparation(around.cache, examined, texts.path.parent))
        own = Surroundings(
            folder / "heads", around.cache, model_for=around.model_for, concurrency=1, clock=around.clock,
        )  # fmt: skip
        engine = Engine(folder / "try.db", own)
        try:
            await engine.start()
            run = await _worked(engine, charter, case, mode)
            return _told(engine, run)
        finally:
            await engine.close()


def _fits(texts: Texts, case: Mapping[str, Json]) -> None:
    faults = check(parse_job(texts.job, texts.path.name).case, dict(case))
    if faults:
        said = "; ".join(f"{path_text(fault.at) or 'case'}: {fault.why}" for fault in faults[:5])
        raise BadInput(f"This case does not fit the job: {said}.", hint="Change the case, or the job's case fields.")


async def _worked(engine: Engine, charter: Charter, case: Mapping[str, Json], mode: Mode) -> str:
    """Add version, case and run, and return once the run has ended or waits."""
    payloads, name, run = engine.ledger.payloads, charter.manifest.agent, new_id("run")
    body, blobs = published(charter, payloads)
    content = dump(dict(case))
    ref, external = payloads.ref(content), payloads.ref(b"try")
    kept: dict[Ref, bytes] = {**blobs, ref: content, external: b"try"}
    case_id = new_id("case")
    started = RunStarted(
        name, charter.version, case_id, mode, Stage.DRAFT, charter.job.tier, charter.manifest.model,
        charter.job.model.seed, None,
    )  # fmt: skip
    engine.crews.know(charter)
    rested = asyncio.Event()

    def hear(told: Rested) -> None:
        if told.run == run:
            rested.set()

    engine.on_rest.append(hear)
    drafts = [
        Draft(body, ENGINE), Draft(CaseReceived(case_id, name, ref, external, None), ENGINE),
        Draft(started, agent(name, charter.version), run),
    ]  # fmt: skip
    await engine.ledger.append(drafts, kept)
    engine.scheduler.wake(run)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await rested.wait()
    except TimeoutError:
        raise BadInput(f"The case was not done after {_PATIENCE_S:.0f} s.", hint="Look at the model route.") from None
    return run


def _told(engine: Engine, run: str) -> dict[str, Json]:
    read = engine.ledger.payloads.read
    with engine.queries.view() as view:
        record = work.run(view.connection, run)
        shown = steps(work.run_events(view.connection, run), read)
    return {
        "state": record.state, "cause": record.cause,
        "outcome": None if record.outcome is None else load(read(record.outcome)),
        "handoff": None if record.handoff is None else load(read(record.handoff)),
        "turns": record.turns, "calls": record.calls, "tokens_in": record.tokens_in, "tokens_out": record.tokens_out,
        "cost": record.cost, "cost_partial": bool(record.cost_partial), "started_at": record.started_at,
        "ended_at": record.ended_at, "steps": shown,
    }  # fmt: skip
