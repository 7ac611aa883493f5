"""Makes the sample workspace and runs its pilots; real approvals are left waiting, with how to decide them."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

from rich.rule import Rule
from rich.text import Text

from agents.cli.connect import connected
from agents.cli.demo import Demonstration
from agents.cli.output import Output
from agents.cli.piloting import Wanted, run_pilot
from agents.people import local_name
from agents.pilots.samples.workspace import make_workspace


def demonstrate(folder: Path, seed: int, roles: list[str], out: Output) -> Demonstration:
    """Make the workspace, give whoever runs this the roles that its jobs name, and run both pilots."""
    sample = make_workspace(folder, seed)
    out.say(Text(f"A sample workspace: {folder}", "dim"))
    asyncio.run(_known(sample.store, roles, out))
    said = Output(as_json=True, silent=True) if out.as_json else out
    said.warned = out.warned
    _title(out, "1  Support triage, in shadow beside the people who did it")
    report = sample.folder / "support-triage" / "report.html"
    wanted = Wanted(str(sample.triage_job), sample.triage_cases, "shadow")
    triage = run_pilot(sample.store, wanted, said, report)
    _title(out, "2  Invoice matching, live: what agrees is booked, what is large or differs waits for you")
    wanted = Wanted(str(sample.invoice_job), sample.invoice_cases, "live")
    invoices = run_pilot(sample.store, wanted, said, None)
    out.say(Text(f"Each command takes --store {shlex.quote(str(sample.store))}; or once:", "dim"))
    out.say(Text(f"  export CENTAUR_STORE={shlex.quote(str(sample.store))}", "cyan"))
    return Demonstration(str(folder), str(sample.store), triage, invoices)


async def _known(store: Path, roles: list[str], out: Output) -> None:
    me = local_name()
    async with connected(store, out, makes=True) as engine:
        await engine.perform("people.add", {"person": me, "name": me, "roles": roles})


def _title(out: Output, text: str) -> None:
    if out.as_json:
        return
    out.out.print()
    out.out.print(Rule(Text(text, "bold"), align="left"))
    out.out.print()
