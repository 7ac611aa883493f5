"""Rebuilds, copies and restores a store, by the engine that holds it or without one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from agents.cli.connect import connected
from agents.cli.output import Output
from agents.cli.progress import counting
from agents.cli.store_commands import BackedUp, Rebuilt, RestoredStore
from agents.engine.client import Client
from agents.engine.compose import Ground
from agents.people import local_name
from storage import backup as backups
from storage.errors import StoreLocked
from storage.events.envelope import person
from storage.rebuild import rebuild as rebuild_file

Json = Any


def rebuild(path: Path, out: Output) -> Rebuilt:
    """Refill every table; a running engine does it itself."""
    try:
        with counting(out, "Rebuilding") as progress:
            return Rebuilt(str(path), rebuild_file(path, progress))
    except StoreLocked as held:
        if held.socket is None:
            raise
        socket = held.socket

    async def ask() -> Json:
        async with await Client.connect(socket) as client:
            return await client.perform("store.rebuild")

    return Rebuilt(str(path), int(asyncio.run(ask())["seq"]))


def back_up(path: Path, target: Path, who: str | None, out: Output) -> BackedUp:
    """Copy the store to `target`."""

    async def ask() -> Json:
        async with connected(path, out) as engine:
            return await engine.perform("store.backup", {"path": str(target)} | ({"person": who} if who else {}))

    done = asyncio.run(ask())
    return BackedUp(done["path"], done["last_seq"], done["seq"])


def restore(source: Path, path: Path) -> RestoredStore:
    """Put a backup in the place of the store."""
    ground = Ground(path)
    done = backups.restore(source, path, ground.credentials.get_key, ground.heads_folder, person(local_name()))
    return RestoredStore(str(path), done.last_seq, done.lost_seq, str(done.replaced) if done.replaced else None)
