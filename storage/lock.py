"""One writer per store: an exclusive lock that says who holds it. The only place with POSIX-only locking."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from storage.errors import StoreError, StoreLocked, refused_by_disk


class StoreLock:
    """An exclusive lock on a file beside the store; it ends with the process, however that ends."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".lock")
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"The store's folder {store.parent} cannot be written: {error.strerror}.",
                hint="Choose another folder with --store, or change its permissions.",
            ) from error
        if not _try_lock(self._file):
            holder = read_holder(store)
            os.close(self._file)
            pid = holder.get("pid")
            raise StoreLocked(
                f"Another engine (process {pid if pid else 'unknown'}) holds the store {store}.",
                pid=pid,
                socket=holder.get("socket"),
            )
        try:
            self.announce(None)
        except BaseException:
            os.close(self._file)
            raise

    def announce(self, socket: str | None) -> None:
        """Write who holds the store, and the local socket it serves, if any. Raises StoreFailed on a full disk."""
        record = json.dumps({"pid": os.getpid(), "socket": socket}).encode()
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, record, 0)
        except OSError as error:
            raise refused_by_disk(self._path, error) from error

    def release(self) -> None:
        """Give the store free; a second time it does nothing."""
        file, self._file = self._file, -1
        if file >= 0:
            os.ftruncate(file, 0)
            os.close(file)


def read_holder(store: Path) -> dict[str, Any]:
    """Return `pid` and `socket` of who holds the store, empty if nobody says so."""
    try:
        record = json.loads(store.with_name(store.name + ".lock").read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


if sys.platform == "win32":  # pragma: no cover - documented as not tested
    import msvcrt

    def _try_lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
