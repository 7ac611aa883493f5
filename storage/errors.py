"""The exception tree of Centaur: every message says what happened, to what, and what to do next.

CentaurError
├── BadInput          a file or value that a person gave cannot be used (exit status 2)
├── NotFound          nothing of that name or id exists
│   └── Erased        it did, and was erased for good
├── Refused           the request is understood and not permitted now (an approval decided twice, a kill)
├── StoreError        the store cannot be opened, read or written
│   ├── StoreLocked   another engine holds the store
│   ├── StoreTooNew   the store was written by a newer version
│   └── StoreFailed   the disk refused a write; nothing after it was acknowledged
│       └── StoreGone the store's file was deleted or replaced while it was open
└── CredentialError   the keyring is missing, locked or refused
"""

from __future__ import annotations

import errno
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)


class CentaurError(Exception):
    """Something a person can act on; `hint` says how."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class BadInput(CentaurError):
    """A file or a value given by a person cannot be used."""


class NotFound(CentaurError):
    """Nothing of that name or id exists."""


class Erased(NotFound):
    """A payload was erased for good; the event that says so still stands."""


class Refused(CentaurError):
    """The request is understood and not permitted in the present state."""


class StoreError(CentaurError):
    """The store cannot be opened, read or written."""


class StoreLocked(StoreError):
    """Another engine holds the store; `pid` is its process id, `socket` its local socket where known."""

    def __init__(self, message: str, *, pid: int | None = None, socket: str | None = None) -> None:
        super().__init__(message, hint="Use that engine, or end it first.")
        self.pid = pid
        self.socket = socket


class StoreTooNew(StoreError):
    """The store was written by a newer version of Centaur."""


class StoreFailed(StoreError):
    """The disk refused a write; nothing after it was acknowledged."""


class StoreGone(StoreFailed):
    """The store's file was deleted, moved or replaced while it was open."""


class CredentialError(CentaurError):
    """The keyring is missing, locked or refused."""


def refused_by_disk(path: Path, error: OSError) -> StoreFailed:
    """Return in plain words why a file could not be written."""
    if error.errno in _FULL:
        return StoreFailed(
            f"The disk is full: {path} could not be written.", hint="Free some space; nothing saved earlier is lost."
        )
    return StoreFailed(
        f"{path} could not be written: {error.strerror}.", hint="Check the disk and the permissions of the folder."
    )
