"""`engine`: the engine as a process of its own, for the console and other clients."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.options import StoreOption, store_path


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("engine", rich_help_panel="Store")(engine)


def engine(
    stdio: Annotated[bool, typer.Option("--stdio", help="Speak JSON-RPC on standard input and output.")] = False,
    store: StoreOption = None,
) -> None:
    """Run the engine until its client is gone."""
    if not stdio:
        raise typer.BadParameter("say how to speak with it: centaur engine --stdio")
    from agents.engine.stdio import run_stdio

    raise typer.Exit(run_stdio(store_path(store)))
