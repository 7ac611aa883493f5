"""Opens a store: lock, migrations, identity, anchor key, head, writer, reader."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage.anchors import KEY_BYTES, AnchorKey, HeadFile
from storage.blobs import Payloads, to_ref
from storage.connections import open_reader, open_writer
from storage.errors import StoreError
from storage.events.envelope import ENGINE, Draft
from storage.events.workspace import KeyChanged, StoreCreated
from storage.ids import new_id
from storage.ledger import Ledger
from storage.lock import StoreLock
from storage.migrations import migrate
from storage.writer import Writer

APP = "centaur"
KeyFor = Callable[[str, Callable[[], bytes]], bytes | None]
"""Returns the key of a name from the keyring, made by the second argument if absent; None without a keyring."""


def no_keyring(name: str, create: Callable[[], bytes]) -> bytes | None:
    """The keyring of a store that is to be unanchored."""
    return None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a store is: its id, and the salt of its payloads' addresses."""

    store: str
    salt: bytes


class Store:
    """One open store. Close it; or use it as a context manager.

    Attributes:
        path: its file.
        identity: its id and salt.
        ledger: the events.
        anchored: whether commit groups carry an HMAC.
    """

    def __init__(self, path: Path, key_for: KeyFor, heads: Path) -> None:
        self.path = path.absolute()
        _make_folder(self.path.parent)
        self.lock = StoreLock(self.path)
        try:
            connection = open_writer(self.path)
            try:
                self._open(connection, key_for, heads)
            except BaseException:
                connection.close()
                raise
        except BaseException:
            self.lock.release()
            raise

    def _open(self, connection: sqlite3.Connection, key_for: KeyFor, heads: Path) -> None:
        try:
            migrate(connection, self.path)
            self.identity, created = _identify(connection)
        except sqlite3.Error as error:
            raise StoreError(
                f"The store {self.path} cannot be used: {error}.",
                hint="Free some space, or check its permissions.",
            ) from error
        secret = key_for(f"ledger-{self.identity.store}", lambda: os.urandom(KEY_BYTES))
        key = AnchorKey(secret) if secret is not None else None
        self.anchored = key is not None
        head = HeadFile(head_path(heads, self.identity.store), self.identity.store, key)
        previous = _last_key(connection)
        self._writer = Writer(connection, key, head)
        self._reader = open_reader(self.path)
        payloads = Payloads(self.identity.salt, self._reader)
        self.ledger = Ledger(self._writer, self._reader, payloads)
        self._begin(created, previous, key.key_id if key is not None else None)

    def _begin(self, created: bool, previous: str | None, key_id: str | None) -> None:
        drafts = []
        if created or self.ledger.head == 0:
            salt = to_ref(_digest(self.identity.salt))
            drafts.append(Draft(StoreCreated(self.identity.store, salt, APP), ENGINE))
        if previous != key_id:
            drafts.append(Draft(KeyChanged(key_id, previous), ENGINE))
        if drafts:
            self.ledger.append_now(drafts)

    def close(self) -> None:
        """Commit what waits and let the store go."""
        self._writer.close()
        self._reader.close()
        self.lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def head_path(heads: Path, store: str) -> Path:
    """Return where the head of a store is kept, outside its folder."""
    return heads / f"{store}.head"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made: {error.strerror}.", hint="Choose another one with --store."
        ) from error


def _digest(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).digest()


def _identify(connection: sqlite3.Connection) -> tuple[Identity, bool]:
    rows = dict(connection.execute("SELECT name, value FROM meta"))
    if "store" in rows:
        return Identity(rows["store"].decode(), rows["salt"]), False
    identity = Identity(new_id("st"), os.urandom(32))
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO meta VALUES ('store', ?), ('salt', ?)", (identity.store.encode(), identity.salt)
    )
    connection.execute("COMMIT")
    return identity, True


def _last_key(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT key_id FROM anchor ORDER BY seq DESC LIMIT 1").fetchone()
    return row[0] if row else None
