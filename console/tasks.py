"""Starts coroutines that nobody awaits: they are kept, and what they raise is told."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from storage.errors import CentaurError

T = TypeVar("T")
Tell = Callable[[CentaurError], None]
log = logging.getLogger("centaur.console")


class Tasks:
    """Coroutines under way in this window.

    Attributes:
        tell: is called with what a coroutine raised and nobody told yet; by default it is only logged.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._told: weakref.WeakSet[CentaurError] = weakref.WeakSet()
        self.tell: Tell = _log

    def start(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run a coroutine to its end, or to that of the window.

        Args:
            name: says what it does, in the log.
        """
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def told(self, error: CentaurError) -> None:
        """Note that the person was told of an error: it is not told again when it ends a task."""
        self._told.add(error)

    async def close(self) -> None:
        """End what still runs."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not isinstance(error, CentaurError):
            log.error("A defect in %s", task.get_name(), exc_info=error)
            error = CentaurError(
                f"The console met a defect of its own ({type(error).__name__}) in: {task.get_name()}.",
                hint="Nothing was sent twice or lost; the log says more.",
            )
        if error not in self._told:
            self._told.add(error)
            self.tell(error)


def _log(error: CentaurError) -> None:
    log.warning("%s", error)
