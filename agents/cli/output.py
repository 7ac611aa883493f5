"""Where words go: results to stdout (readable, or one JSON document), messages and progress to stderr."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PIPED_WIDTH = 120


class Output:
    """The two streams of one command.

    Attributes:
        warned: the person was told what is not protected, which is said once a command.

    Args:
        as_json: print the result as one JSON document instead of for reading.
        silent: print no result at all: it becomes part of a larger one.
    """

    def __init__(self, as_json: bool = False, *, silent: bool = False) -> None:
        self.as_json, self._silent = as_json, silent
        self.warned = False
        self._out: Console | None = None
        self._err: Console | None = None

    @property
    def out(self) -> Console:
        """What prints results for reading."""
        if self._out is None:
            self._out = _console(stderr=False)
        return self._out

    @property
    def err(self) -> Console:
        """What prints messages and progress."""
        if self._err is None:
            self._err = _console(stderr=True)
        return self._err

    def result(self, document: Any, *readable: RenderableType) -> None:
        """Print a command's result: `document` with --json, else what is to be read."""
        if self._silent:
            return
        if self.as_json:
            write_json(document)
            return
        for part in readable:
            self.out.print(part)

    def say(self, *parts: RenderableType) -> None:
        """Tell the person something that is not the result."""
        for part in parts:
            self.err.print(part)


def write_json(document: Any) -> None:
    """Write one JSON document and a newline to stdout; decimals keep their digits."""
    import orjson

    from agents.own_json import dump

    # Dataclasses are turned into plain values once; what came from payloads may hold Decimals.
    try:
        content = orjson.dumps(document, option=orjson.OPT_INDENT_2, default=_exact)
    except TypeError:
        content = dump(_plain(document))
    sys.stdout.write(content.decode() + "\n")
    sys.stdout.flush()


def _exact(value: object) -> object:
    from decimal import Decimal

    import orjson

    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError


def _plain(document: Any) -> Any:
    import dataclasses

    return dataclasses.asdict(document) if dataclasses.is_dataclass(document) else document  # type: ignore[arg-type]


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED_WIDTH
    return console
