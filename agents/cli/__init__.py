"""The command line: what a supervisor types, and what it prints. `main` is where it begins."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 ok, 1 a finding, 2 usage, 130 interrupted."""
    from agents.cli.app import run

    return run(arguments)
