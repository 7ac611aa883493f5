"""Starts a pilot, shows how far it has come, and reports once every case has ended or waits."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from agents.cli.connect import Connection, connected
from agents.cli.output import Output
from agents.cli.pilot import PilotResult
from agents.cli.pilot_progress import Watching, counts, preparing
from agents.cli.pilot_report import html_of, read_result, result_view
from agents.cli.words import count
from storage.errors import BadInput

Json = Any
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run, as it was typed."""

    job: str
    cases: Path
    mode: str
    model: str | None = None
    limit: int | None = None
    concurrency: int = 16
    seed: int = 0
    person: str | None = None

    def params(self) -> dict[str, Json]:
        """Return the parameters of `pilot.start`; paths are whole, for the engine may run in another folder."""
        given = {
            "job": _whole_job(self.job), "cases": str(self.cases.expanduser().absolute()), "mode": self.mode,
            "model": self.model, "limit": self.limit, "concurrency": self.concurrency, "seed": self.seed,
            "person": self.person,
        }  # fmt: skip
        return {name: value for name, value in given.items() if value is not None}


def run_pilot(path: Path, wanted: Wanted, out: Output, report: Path | None) -> PilotResult:
    """Run a pilot to its end and print what came of it. Raises CentaurError."""
    if report is not None:
        _writable(report)
    state, shadow = asyncio.run(_run(path, wanted, out))
    result = read_result(path, state, shadow)
    out.result(result, result_view(result))
    if report is not None:
        if shadow is None:
            out.say("No report page was written: only a shadow pilot is compared with people.")
        else:
            report.write_text(html_of(shadow), "utf-8")
            out.say(f"The report: {report}")
    return result


async def _run(path: Path, wanted: Wanted, out: Output) -> tuple[Json, Json | None]:
    async with connected(path, out, makes=True, concurrency=wanted.concurrency) as engine:
        # Shielded: a start that is interrupted is still brought to its end, and then cancelled in the ledger.
        starting = asyncio.ensure_future(engine.perform("pilot.start", wanted.params()))
        try:
            with preparing(out):
                pilot = (await asyncio.shield(starting))["pilot"]
            state = await _follow(engine, pilot, out)
        except asyncio.CancelledError:
            await _cancel(engine, (await starting)["pilot"], out)
            raise
        shadow = None if wanted.mode == "live" else await engine.perform("pilot.report", {"pilot": pilot})
        return state, shadow


async def _follow(engine: Connection, pilot: str, out: Output) -> Json:
    began = time.monotonic()
    with Watching(out) as watching:
        while True:
            state = await engine.perform("pilot.state", {"pilot": pilot})
            watching.show(state, time.monotonic() - began)
            if state["done"]:
                return state
            await asyncio.sleep(_LOOK_EVERY_S)


async def _cancel(engine: Connection, pilot: str, out: Output) -> None:
    state = await engine.perform("pilot.state", {"pilot": pilot})
    if not state["done"] and state["total"] is None:
        await engine.perform("pilot.cancel", {"pilot": pilot})
    left = state["states"].get("running", 0)
    words = f"Cancelled {pilot} ({counts(state)}): no further case is begun."
    if left:
        words += f" {count(left, 'run')} under way will go on when an engine starts next on this store."
    out.say(Text(words, "yellow"))


def _whole_job(job: str) -> str:
    path = Path(job).expanduser()
    return str(path.absolute()) if path.suffix in (".yaml", ".yml") or path.is_file() else job


def _writable(report: Path) -> None:
    if not report.absolute().parent.is_dir():
        raise BadInput(f"There is no folder {report.absolute().parent} for the report.", hint="Make it first.")
