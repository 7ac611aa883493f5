"""How a command reaches an engine: its own, in this process, or the one that holds the store already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from storage.connections import existing
from storage.errors import StoreLocked

if TYPE_CHECKING:
    from agents.cli.output import Output

Json = Any
_LOOK_EVERY_S = 0.05


class Connection(Protocol):
    """An engine that takes commands: the one of this process, or a client of another."""

    async def perform(self, method: str, params: Mapping[str, Json] | None = None) -> Json:
        """Perform a method of the engine and return its answer. Raises CentaurError."""


@asynccontextmanager
async def connected(
    path: Path, out: Output, *, warn: bool = True, makes: bool = False, **changed: Any
) -> AsyncIterator[Connection]:
    """Lend a connection to an engine of the store; one of this process is closed after.

    Args:
        warn: say so where there is no keyring.
        makes: a store that is not there yet is made.
        changed: fields of an own engine's surroundings (concurrency, …).

    Raises StoreLocked if another engine holds the store and serves no socket, NotFound or StoreError where there is
    no store and none is to be made.
    """
    from agents.engine.client import Client
    from agents.engine.compose import Ground, working

    if not makes:
        existing(path)
    ground = Ground(path)
    try:
        async with working(ground, **changed) as operations:
            if warn and not out.warned:
                out.warned = True
                warn_unprotected(out, ground)
            yield operations
    except StoreLocked as held:
        if held.socket is None:
            raise
        out.say(f"[dim]The engine of process {held.pid} holds the store; it does the work.[/dim]")
        async with await Client.connect(held.socket) as client:
            yield client


def warn_unprotected(out: Output, ground: Any) -> None:
    """Say plainly what is missing where there is no keyring."""
    from rich.text import Text

    status = ground.credentials.status()
    if not status.usable:
        words = f"No keyring: decisions are not signed and the ledger is not anchored. {status.why}"
        out.say(Text(words, "yellow"))


async def until_rest(path: Path, run: str) -> None:
    """Return once a run is no longer being worked: it ended, or waits for someone or something."""
    from storage.queries import Queries, work

    with Queries(path) as queries:
        while True:
            with queries.view() as view:
                state = work.run(view.connection, run).state
            if state != "running":
                return
            await asyncio.sleep(_LOOK_EVERY_S)
