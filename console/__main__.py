"""The entry point of the command `centaur`: Qt is imported only to open a window."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; everything heavy is imported by the command that needs it."""
    from agents.cli import main as command_line

    sys.exit(command_line())


if __name__ == "__main__":
    main()
