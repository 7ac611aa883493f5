"""`demo`: a sample workspace with two real jobs, ready to run, and their pilots run once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import JsonOption
from agents.cli.output import Output
from agents.cli.pilot import PilotResult

_ROLES = ["finance-lead", "support-lead"]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The document of `demo --json`: where the workspace is, and what its two pilots came to."""

    folder: str
    store: str
    triage: PilotResult
    invoices: PilotResult

    @property
    def ok(self) -> bool:
        """Return whether every row of both ran."""
        return self.triage.ok and self.invoices.ok


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", rich_help_panel="Work")(demo)


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="A new folder. [default: centaur-demo, here]", show_default=False),
    ] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Only run the pilots, here, in text.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Which differences are planted into which invoices.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Make a sample workspace and run its two pilots: triage in shadow, invoices live."""
    from agents.cli.demonstrating import demonstrate

    out = Output(as_json)  # `no_window` is for `console.__main__`: here there is none in any case
    done = demonstrate(_folder(folder), seed, _ROLES, out)
    if as_json:
        out.result(done)
    if not done.ok:
        raise typer.Exit(1)


def _folder(given: Path | None) -> Path:
    """Return the folder; the default gets a number where it is taken."""
    if given is not None:
        return given.expanduser().absolute()
    folder, number = Path("centaur-demo").absolute(), 1
    while folder.exists():
        number += 1
        folder = folder.with_name(f"centaur-demo-{number}")
    return folder
