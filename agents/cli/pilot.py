"""`pilot`: run a job over the cases of a file, and report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.cli.options import JsonOption, PersonOption, StoreOption, store_path
from agents.cli.output import Output

Json = Any


class PilotMode(StrEnum):
    """How a pilot's runs meet the world; only live can act."""

    SHADOW = "shadow"
    LIVE = "live"
    REPLAY = "replay"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class RefusedCase:
    """A row of the case file that could not be used: which, which field, why."""

    row: int
    field: str | None
    why: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case. `said` is its outcome, handoff, question or error in brief."""

    case: str
    run: str | None
    state: str | None
    cause: str | None
    said: str


@dataclass(frozen=True, slots=True)
class PilotResult:
    """The document of `pilot --json`.

    Attributes:
        states: run state -> how many.
        skipped: cases that were worked live before, so they were not worked again.
        approvals: requests that wait for a person.
        report: the shadow report (format 1); None in live mode.
    """

    pilot: str
    agent: str
    version: str
    mode: str
    cases: int | None
    states: dict[str, int]
    skipped: int
    cancelled: bool
    error: str | None
    refused: list[RefusedCase]
    results: list[CaseResult]
    approvals: list[str]
    report: dict[str, Json] | None

    @property
    def ok(self) -> bool:
        """Return whether every row ran and no run failed."""
        return not (self.refused or self.error or self.cancelled or self.states.get("failed"))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("pilot", rich_help_panel="Work")(pilot)


def pilot(
    job: Annotated[str, typer.Argument(metavar="JOB", help="A job's file, or the name of one in the workspace.")],
    cases: Annotated[Path, typer.Argument(metavar="CASES", help="A file of cases: CSV, JSON lines or JSON.")],
    mode: Annotated[PilotMode, typer.Option(help="Only live can act.")] = PilotMode.SHADOW,
    model: Annotated[str | None, typer.Option(metavar="ROUTE", help="A model route instead of the job's own.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many cases.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="So many runs at once.")] = 16,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Makes anything random repeatable.")] = 0,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Also write the report as one page.")] = None,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a job over cases: in shadow beside people, or live with approvals."""
    from agents.cli.piloting import Wanted, run_pilot

    out = Output(as_json)
    wanted = Wanted(job, cases, mode.value, model, limit, concurrency, seed, person)
    result = run_pilot(store_path(store), wanted, out, report)
    if not result.ok:
        raise typer.Exit(1)
