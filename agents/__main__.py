"""`python -m agents [--store PATH]`: the engine on standard input and output."""

from __future__ import annotations

import sys
from pathlib import Path

USAGE = "Usage: python -m agents [--store PATH]\n"
USAGE_ERROR = 2


def main(arguments: list[str]) -> int:
    """Run the engine; return its exit status. The command line `centaur engine --stdio` does the same."""
    match arguments:
        case []:
            store = None
        case ["--store", path]:
            store = Path(path)
        case _:
            sys.stderr.write(USAGE)
            return USAGE_ERROR
    from agents.engine.stdio import run_stdio

    return run_stdio(store or _default())


def _default() -> Path:
    import platformdirs

    return platformdirs.user_data_path("centaur", appauthor=False) / "centaur.db"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
