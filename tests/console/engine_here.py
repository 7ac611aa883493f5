"""An engine in a thread of this process, for tests of what the console does with it; its bytes take the local socket.

What a process alone can do (be killed, be started anew) is tested with one: `engine_process` in conftest.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType

from agents.engine import host
from agents.engine.compose import Ground, working

_PATIENCE_S = 20.0


class EngineHere:
    """An engine at work on a store, with a loop of its own, from `with` to its end.

    Attributes:
        socket: where it is spoken to.
    """

    def __init__(self, store: Path) -> None:
        self._ground = Ground(store)
        self.socket = str(host.socket_path(store))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()), name="engine here")
        self._began: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    def __enter__(self) -> EngineHere:
        self._thread.start()
        try:
            self._began.result(_PATIENCE_S)
        except BaseException:
            self._thread.join(_PATIENCE_S)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        loop, over = self._began.result()
        loop.call_soon_threadsafe(over.set)
        self._thread.join(_PATIENCE_S)
        assert not self._thread.is_alive(), "the engine did not end"

    async def _work(self) -> None:
        over = asyncio.Event()
        try:
            async with working(self._ground):
                self._began.set_result((asyncio.get_running_loop(), over))
                await over.wait()
        except BaseException as problem:
            if self._began.done():
                raise  # pytest tells of what a thread raises
            self._began.set_exception(problem)
