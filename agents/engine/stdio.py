"""The engine on standard input and output: guarded, quick to answer, gone when its console goes.

What is light is imported at once and opens the store; what works runs is imported after the first client was greeted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.engine import host
from agents.engine.compose import Ground, greeting, surroundings_for
from agents.engine.local_socket import LocalSocket
from agents.engine.server import Server
from agents.engine.watchdog import Watchdog
from storage.errors import CentaurError, StoreGone
from storage.store import Store

if TYPE_CHECKING:
    from agents.engine.engine import Engine
    from agents.engine.operations.service import Operations

Json = Any
log = logging.getLogger("centaur.engine")
_GREETING_S = 1.0
"""Seconds in which a first client is expected; loading the rest begins after them in any case."""
_LOOK_S = 1.0
"""Seconds between two looks at whether the store's file still is there."""
OK, FAILED = 0, 1


def run_stdio(store: Path) -> int:
    """Serve the store over standard input and output until the client is gone; return the exit status."""
    pipes = host.guard_standard_streams()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    return asyncio.run(_Stdio(Ground(store.absolute())).run(pipes))


class _Stdio:
    """One engine process."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._done = asyncio.Event()
        self._store: asyncio.Task[Store] | None = None
        self._engine: Engine | None = None
        self._operations: Operations | None = None
        self._socket: LocalSocket | None = None

    async def run(self, pipes: host.Pipes) -> int:
        loop = asyncio.get_running_loop()
        watchdog = Watchdog(host.parent, lambda: loop.call_soon_threadsafe(self._done.set))
        host.on_interrupt(self._done.set)
        self._store = asyncio.create_task(asyncio.to_thread(self._ground.open_store))
        server = Server(self._greet)
        try:
            reader, writer = await host.open_streams(pipes)
        except CentaurError as error:
            return _told(error)
        session = asyncio.create_task(server.serve(reader, writer), name="console")
        session.add_done_callback(lambda _: self._done.set())
        working = asyncio.create_task(self._work(server), name="engine")
        try:
            return await self._until_done(server, working)
        finally:
            watchdog.expect_end()
            await self._end(server, working, session)
            watchdog.close()

    async def _greet(self) -> Mapping[str, Json]:
        assert self._store is not None  # noqa: S101 - set before anybody is served
        store = await asyncio.shield(self._store)
        return await asyncio.to_thread(greeting, store)

    async def _work(self, server: Server) -> None:
        """Load what works runs, and begin. Raises CentaurError if the store cannot be opened."""
        assert self._store is not None  # noqa: S101
        store = await asyncio.shield(self._store)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.greeted.wait(), _GREETING_S)
        await asyncio.to_thread(_load)
        from agents.engine.engine import Engine
        from agents.engine.operations.service import Operations

        self._engine = Engine(store.path, surroundings_for(self._ground, on_chunk=server.chunk), store)
        self._operations = Operations(self._engine)
        await self._engine.start()
        server.attach(self._engine, self._operations)
        self._socket = await LocalSocket.open(store, server)
        while not self._engine.stopping.is_set():
            store.place.check()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._engine.stopping.wait(), _LOOK_S)
        self._done.set()

    async def _until_done(self, server: Server, working: asyncio.Task[None]) -> int:
        done = asyncio.create_task(self._done.wait())
        await asyncio.wait({done, working}, return_when=asyncio.FIRST_COMPLETED)
        done.cancel()
        if not working.done() or (error := working.exception()) is None:
            return OK
        server.failed(error)
        if isinstance(error, StoreGone):
            return _told(error)
        if not isinstance(error, CentaurError):
            log.error("The engine could not begin.", exc_info=error)
            return FAILED
        with contextlib.suppress(TimeoutError):  # whoever asks to be greeted is told why it cannot be
            await asyncio.wait_for(self._done.wait(), _GREETING_S)
        return _told(error)

    async def _end(self, server: Server, working: asyncio.Task[None], session: asyncio.Task[None]) -> None:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        await server.close()
        await asyncio.gather(session, return_exceptions=True)
        if self._operations is not None:
            await self._operations.close()
        if self._engine is not None:
            await self._engine.close()
        elif self._store is not None:
            opened = (await asyncio.gather(self._store, return_exceptions=True))[0]
            if isinstance(opened, Store):
                await asyncio.to_thread(opened.close)


def _load() -> None:
    """Import what takes its time, off the loop's thread."""
    import agents.engine.engine
    import agents.engine.operations.service  # noqa: F401


def _told(error: CentaurError) -> int:
    sys.stderr.write(f"{error}\n")
    sys.stderr.flush()
    return FAILED
