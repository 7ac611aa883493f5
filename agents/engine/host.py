"""What differs between operating systems: pipes as streams, the parent process, owner-only sockets. The only such file.

POSIX is tested. Windows is written after its documentation and not tested: there a local socket is not offered.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from storage.errors import StoreError

_LONGEST_SOCKET_PATH = 100
"""Bytes: `sun_path` holds 104 on macOS and 108 on Linux, with a zero at its end."""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Pipes(NamedTuple):
    """Descriptors of the protocol, moved away from where prints and child processes write."""

    incoming: int
    outgoing: int


def guard_standard_streams() -> Pipes:
    """Keep the protocol's descriptors for ourselves: from here on whatever is printed goes to stderr.

    Standard input is then empty, so nothing can eat requests. The new descriptors are not inherited by children.
    """
    pipes = Pipes(os.dup(0), os.dup(1))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if sys.platform == "win32":  # pragma: no cover - documented as not tested
        import msvcrt

        for descriptor in pipes:
            msvcrt.setmode(descriptor, os.O_BINARY)
    return pipes


async def open_streams(pipes: Pipes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return the pipes as streams. Raises StoreError for what is no pipe (a file, for one)."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipes.incoming, "rb", 0))
        transport, protocol = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(pipes.outgoing, "wb", 0)
        )
    except (ValueError, OSError) as error:
        raise StoreError(
            "`engine --stdio` speaks over pipes, and standard input or output is none.",
            hint="It is started by the console, or by another program that talks to it.",
        ) from error
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)


def parent() -> int:
    """Return the id of the process that started this one; it changes when that one is gone."""
    return os.getppid()


def on_interrupt(stop: Callable[[], None]) -> None:
    """Have Ctrl-C and a polite end call `stop` on the running loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: the default handling stays
            loop.add_signal_handler(number, stop)


def offers_sockets() -> bool:
    """Return whether further clients can be served here."""
    return sys.platform != "win32"


def socket_path(store: Path) -> Path:
    """Return where the local socket of a store belongs: short, in a folder that only its owner can enter.

    Raises StoreError if that folder is somebody else's, or open to others.
    """
    name = hashlib.sha256(os.fsencode(store.absolute())).hexdigest()[:16] + ".sock"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(runtime) / "centaur"] if runtime else []
    candidates.append(Path(tempfile.gettempdir()) / f"centaur-{os.getuid()}")
    candidates.append(Path("/tmp") / f"centaur-{os.getuid()}")  # noqa: S108 - made owner-only, checked below
    for folder in candidates:
        if len(os.fsencode(folder / name)) <= _LONGEST_SOCKET_PATH and _is_ours(folder):
            return folder / name
    raise StoreError(
        "There is no folder of one's own for the local socket.", hint="Set XDG_RUNTIME_DIR to one that is yours alone."
    )


def _is_ours(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


async def listen(path: Path, serve: Serve) -> asyncio.AbstractServer:
    """Serve clients on an owner-only socket, in place of a stale one. Only who holds the store's lock calls this."""
    path.unlink(missing_ok=True)  # noqa: ASYNC240 - one short call, before anybody is served
    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(serve, path)
    finally:
        os.umask(before)


async def connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return the streams to an engine's local socket. Raises OSError."""
    return await asyncio.open_unix_connection(path)
