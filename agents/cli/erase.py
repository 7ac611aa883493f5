"""`erase`: what is personal goes for good; the events stay, and say who erased it and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from agents.cli.options import JsonOption, PersonOption, StoreOption, store_path
from agents.cli.output import Output


@dataclass(frozen=True, slots=True)
class CopyLeft:
    """A file that holds what was erased still."""

    path: str
    made_at: int | None
    there: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """The document of `erase --json`: `shared` payloads were left, since other cases name them too."""

    case: str | None
    erased: int
    shared: int
    runs: list[str]
    copies: list[CopyLeft]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("erase", rich_help_panel="Store")(erase)


def erase(
    what: Annotated[str, typer.Argument(metavar="CASE", help="The case's id or the beginning of it.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger for good, so it names nobody.")],
    payload: Annotated[bool, typer.Option("--payload", help="CASE is the address of one payload instead.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Without asking back.")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a case for good: what it says, its id elsewhere, its outcome, and what its runs wrote of it."""
    import asyncio

    from agents.cli.connect import connected
    from storage.connections import existing
    from storage.errors import Refused

    path, out = existing(store_path(store)), Output(as_json)
    if not yes and typer.prompt(f"This cannot be undone. Type {what} to erase it", err=True) != what:
        raise Refused("Nothing was erased: that was not it.")
    method, name = ("payload.erase", "ref") if payload else ("case.erase", "case")

    async def work_it() -> Erased:
        async with connected(path, out) as engine:
            done = await engine.perform(method, {name: what, "reason": reason} | ({"person": person} if person else {}))
        return Erased(
            done["case"], done["erased"], done["shared"], done["runs"], [CopyLeft(**each) for each in done["copies"]]
        )

    done = asyncio.run(work_it())
    out.result(done, *_told(done))


def _told(done: Erased) -> list[str]:
    lines = [f"Erased {done.erased} payloads for good, of {len(done.runs)} runs."]
    if done.shared:
        lines.append(f"{done.shared} were left: other cases or the agent's version name them too.")
    held = [copy.path for copy in done.copies if copy.there]
    if held:
        lines.append("These copies of the store hold it still; delete them yourself:")
        lines += [f"  {path}" for path in held]
    lines.append("Files it came from (cases, past cases) and the systems that runs wrote to are not touched.")
    return lines
