"""Tamper evidence beyond the chain: HMAC anchors of commit groups, and the head kept outside the file.

The chain alone cannot tell a ledger that was rewritten from its beginning, nor one that was cut short. The
anchors need a key that lies in the keyring; the head is a small file elsewhere that says how far the ledger
had come. The head is written after the commit, so it may lag and never leads: a head that is not in the chain
means that the store was rolled back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

_ANCHOR = b"centaur-anchor-1"
_HEAD = b"centaur-head-1"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class AnchorKey:
    """The key of the anchors; `key_id` is what the store knows of it."""

    secret: bytes

    @property
    def key_id(self) -> str:
        """Return the public name of the key: 16 hex digits of a digest."""
        return hashlib.sha256(b"centaur-key-id-1" + self.secret).hexdigest()[:16]

    def anchor(self, previous: bytes, seq: int, hash_: bytes) -> bytes:
        """Return HMAC-SHA256(key, previous mac ‖ seq ‖ hash of event seq)."""
        return hmac.digest(self.secret, _ANCHOR + previous + seq.to_bytes(8, "big") + hash_, "sha256")

    def head(self, store: str, seq: int, hash_: bytes) -> bytes:
        """Return the mac of a head file."""
        return hmac.digest(self.secret, _HEAD + store.encode() + seq.to_bytes(8, "big") + hash_, "sha256")


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger had come; `mac` is empty when no key was at hand."""

    store: str
    seq: int
    hash: bytes
    key_id: str | None
    mac: bytes


class HeadFile:
    """The head kept outside the store: one small record, overwritten in place."""

    _SIZE = 512
    _SYNC_EVERY_S = 1.0

    def __init__(self, path: Path, store: str, key: AnchorKey | None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._store, self._key = store, key
        self._key_id = None if key is None else key.key_id
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._synced = time.monotonic()
        self._dirty = False

    def write(self, seq: int, hash_: bytes) -> None:
        """Record the head; the disk is told to keep it at most once a second."""
        record = {"store": self._store, "seq": seq, "hash": hash_.hex()}
        if self._key is not None:
            record |= {"key_id": self._key_id, "mac": self._key.head(self._store, seq, hash_).hex()}
        os.pwrite(self._file, orjson.dumps(record).ljust(self._SIZE), 0)
        self._dirty = True
        if time.monotonic() - self._synced >= self._SYNC_EVERY_S:
            self.sync()

    def sync(self) -> None:
        """Make the disk keep the head."""
        if self._dirty:
            os.fsync(self._file)
            self._synced, self._dirty = time.monotonic(), False

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        os.close(self._file)


def read_head(path: Path) -> Head | None:
    """Return the head recorded in a file, or None if there is none or it cannot be read as one."""
    try:
        record = json.loads(path.read_bytes())
        return Head(
            record["store"],
            record["seq"],
            bytes.fromhex(record["hash"]),
            record.get("key_id"),
            bytes.fromhex(record.get("mac", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
