"""Puts the commands together, and turns whatever goes wrong into a clear sentence and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from agents.cli import approvals, kill, pilot, runs, store_commands
from storage.errors import BadInput, CentaurError, NotFound

OK, FINDING, USAGE = 0, 1, 2


def build() -> typer.Typer:
    """Return the command line; what a command needs beside its options is imported when it runs."""
    app = typer.Typer(
        name="centaur", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        help="Supervise AI agents: pilot them, decide their risky actions, and reconstruct every step.",
    )  # fmt: skip
    for group in (pilot, runs, approvals, kill, store_commands):
        group.register(app)
    return app


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        build()(args=given, prog_name="centaur")
    except SystemExit as ended:  # the way in which typer ends a command, with usage errors already told
        return ended.code if isinstance(ended.code, int) else OK
    except CentaurError as error:
        return complain(error)
    return OK


def complain(error: CentaurError) -> int:
    """Say on stderr what went wrong and what to do; return the exit status."""
    from rich.text import Text

    from agents.cli.output import Output

    Output().say(Text.assemble(("Error: ", "bold red"), error.message))
    if error.hint:
        Output().say(Text(error.hint))
    return USAGE if isinstance(error, BadInput | NotFound) else FINDING
