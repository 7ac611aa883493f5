"""The entry point of the command `centaur`: Qt is imported only to open a window."""

from __future__ import annotations

import sys

_NO_WINDOW_YET = (
    "Centaur's window is not part of this version yet; everything works from the command line.\n"
    "  centaur demo --no-window   make a sample workspace and run its two pilots\n"
    "  centaur --help             every command"
)


def main() -> None:
    """Open the window where nothing else is asked for; otherwise run the command line."""
    if len(sys.argv) < 2:
        print(_NO_WINDOW_YET, file=sys.stderr)  # noqa: T201 - there is no window to say it in
        sys.exit(2)
    from agents.cli import main as command_line

    sys.exit(command_line())


if __name__ == "__main__":
    main()
