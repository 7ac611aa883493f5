"""`people`: who is known, and who may decide what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from agents.cli.options import JsonOption, StoreOption, store_path
from agents.cli.output import Output

group = typer.Typer(invoke_without_command=True, no_args_is_help=False, help="See and name the people of a store.")


@dataclass(frozen=True, slots=True)
class PersonKnown:
    """A person; `signs` says whether a key of theirs is known."""

    person: str
    name: str | None
    roles: list[str]
    signs: bool


@dataclass(frozen=True, slots=True)
class People:
    """The document of `people list --json`."""

    people: list[PersonKnown]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="people", rich_help_panel="Decide")


@group.callback()
def people(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """See and name the people of a store."""
    if context.invoked_subcommand is None:
        list_(store, as_json)


@group.command("list")
def list_(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the people that the store knows."""
    from rich.table import Table

    from agents.cli.reading import reading
    from storage.queries import workspace

    with reading(store_path(store)) as read:
        found = [
            PersonKnown(p.person, p.name, list(p.roles), p.public_key is not None)
            for p in workspace.persons(read.connection)
        ]
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("Person", "Name", "Roles", "Decisions"):
        table.add_column(heading)
    for each in found:
        table.add_row(
            each.person, each.name or "(erased)", ", ".join(each.roles), "signed" if each.signs else "not signed"
        )
    Output(as_json).result(People(found), table if found else "Nobody is known yet.")


@group.command("add")
def add(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The id, as job descriptions name them.")],
    name: Annotated[str | None, typer.Option(help="As people call them. [default: the id]", show_default=False)] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="A name that jobs may use instead; may be repeated.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a person known, or change their name and roles."""
    import asyncio

    from agents.cli.connect import connected

    path, out = store_path(store), Output(as_json)

    async def work_it() -> None:
        async with connected(path, out, makes=True) as engine:
            await engine.perform("people.add", {"person": person, "name": name or person, "roles": role or []})

    asyncio.run(work_it())
    from agents.cli.reading import reading
    from storage.queries import workspace

    with reading(path) as read:
        record = workspace.person(read.connection, person)
    known = PersonKnown(person, name or person, role or [], record is not None and record.public_key is not None)
    roles = f" as {', '.join(known.roles)}" if known.roles else ""
    out.result(People([known]), f"{known.person} is known{roles}.")
