"""Ends the engine when its console is gone, even if the pipe is still held open or the event loop hangs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

EVERY_S = 0.5
PATIENCE_S = 10.0
"""Seconds in which the engine may end by itself; what was committed is safe in any case."""
HUNG = 70
"""The exit status of an engine that had to be ended."""


class Watchdog:
    """A thread that looks at the parent process.

    Args:
        parent: returns the parent's id.
        gone: called once, from this thread, when the parent has changed.
    """

    def __init__(self, parent: Callable[[], int], gone: Callable[[], object]) -> None:
        self._parent, self._gone = parent, gone
        self._first = parent()
        self._off = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def expect_end(self) -> None:
        """From now on the process has `PATIENCE_S` seconds to end."""
        self._hurry.set()

    def close(self) -> None:
        """Watch no more: the engine has ended properly."""
        self._off.set()
        self._hurry.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._hurry.wait(EVERY_S):
            if self._parent() != self._first:
                self._gone()
                break
        if not self._off.wait(PATIENCE_S):
            os._exit(HUNG)
