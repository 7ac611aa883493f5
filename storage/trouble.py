"""What an error of SQLite or of the disk means for whoever works on a store, and whether its file still is there."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from storage.errors import StoreFailed, StoreGone, refused_by_disk
from storage.writer import explain, of_the_disk

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


def of_the_store(error: BaseException) -> StoreFailed | None:
    """Return what an error says of the disk or the store; None for one that has another reason."""
    if isinstance(error, StoreFailed):
        return error
    if isinstance(error, sqlite3.Error) and of_the_disk(error):
        return explain(error)
    if isinstance(error, OSError) and error.errno in _DISK:
        name = error.filename if isinstance(error.filename, str) else "A file"
        return refused_by_disk(Path(name), error)
    return None


class Place:
    """The file that was opened: whether it is still what its path leads to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._was = _identity(path)

    def check(self) -> None:
        """Raises StoreGone when the file was deleted, or another one was put in its place."""
        try:
            now = _identity(self._path)
        except OSError:  # a network that is away: not gone, and SQLite will say what it is
            return
        if now == self._was:
            return
        happened = "is gone: it was deleted or moved" if now is None else "was replaced by another file"
        raise StoreGone(
            f"The store's file {self._path} {happened} while it was open. Nothing more is accepted.",
            hint=f"Put it back, or restore a backup to {self._path} (`centaur restore`), then start the engine again.",
        )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
