"""`verify`, `rebuild`, `backup`, `restore`: the store itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import JsonOption, PersonOption, StoreOption, store_path
from agents.cli.output import Output


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The document of `rebuild --json`."""

    store: str
    events: int


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The document of `backup --json`: the copy holds everything up to and including `last_seq`."""

    path: str
    last_seq: int
    seq: int


@dataclass(frozen=True, slots=True)
class RestoredStore:
    """The document of `restore --json`: `lost_seq` is the head that the replaced store had come to, if further."""

    store: str
    last_seq: int
    lost_seq: int | None
    replaced: str | None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("verify", rich_help_panel="Store")(verify)
    app.command("rebuild", rich_help_panel="Store")(rebuild)
    app.command("backup", rich_help_panel="Store")(backup)
    app.command("restore", rich_help_panel="Store")(restore)


def verify(
    tables: Annotated[bool, typer.Option("--tables", help="Also compare every table with the events.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that the ledger is as it was written; exit status 1 if it is not."""
    from agents.cli.verifying import verification_view, verified

    out = Output(as_json)
    found = verified(store_path(store), out, tables=tables)
    out.result(found, verification_view(found))
    if not found.ok:
        raise typer.Exit(1)


def rebuild(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Refill every table from the events."""
    from agents.cli.keeping import rebuild as refill

    out = Output(as_json)
    done = refill(store_path(store), out)
    out.result(done, f"Every table was refilled from {done.events:,} events.")


def backup(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Where the copy goes; nothing may stand there.")],
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the store while it works."""
    from agents.cli.keeping import back_up

    out = Output(as_json)
    done = back_up(store_path(store), path.expanduser().absolute(), person, out)
    out.result(done, f"Copied up to event {done.last_seq:,}: {done.path}")


def restore(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The backup.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in the place of the store, which is kept beside."""
    from agents.cli.keeping import restore as bring_back

    out = Output(as_json)
    done = bring_back(path.expanduser().absolute(), store_path(store))
    lost = f" The replaced store had come to event {done.lost_seq:,}." if done.lost_seq else ""
    kept = f" It is kept at {done.replaced}." if done.replaced else ""
    out.result(done, f"Restored up to event {done.last_seq:,}.{lost}{kept}")
