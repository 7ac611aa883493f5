"""The options that every command takes, and where a store is found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", envvar="CENTAUR_STORE", metavar="PATH", help="The store. [default: the platform's data folder]",
        show_default=False, show_envvar=False,
    ),
]  # fmt: skip
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document to stdout.")]
PersonOption = Annotated[
    str | None,
    typer.Option("--as", metavar="PERSON", help="Who you are. [default: your account's name]", show_default=False),
]


def store_path(given: Path | None) -> Path:
    """Return the store that a command is about."""
    if given is not None:
        return given.expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("centaur", appauthor=False) / "centaur.db"
