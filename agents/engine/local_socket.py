"""The local socket of an engine: further clients of the same user are served like the first."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from agents.engine import host
from agents.engine.server import Server
from storage.errors import StoreError
from storage.store import Store

log = logging.getLogger("centaur.engine")


class LocalSocket:
    """Listens from `open` to `close`; its address stands in the store's lock file."""

    def __init__(self, store: Store, path: Path, listening: asyncio.AbstractServer) -> None:
        self._store, self.path, self._listening = store, path, listening

    @classmethod
    async def open(cls, store: Store, server: Server) -> LocalSocket | None:
        """Begin to listen and announce it; None where this machine offers no owner-only place (it is logged)."""
        if not host.offers_sockets():
            return None
        try:
            path = host.socket_path(store.path)
            listening = await host.listen(path, server.serve)
        except (StoreError, OSError) as error:
            log.warning("Further clients cannot be served: %s", error)
            return None
        store.lock.announce(str(path))
        return cls(store, path, listening)

    async def close(self) -> None:
        """Take no more clients; the socket is gone afterwards."""
        self._store.lock.announce(None)
        self._listening.close()
        self.path.unlink(missing_ok=True)
