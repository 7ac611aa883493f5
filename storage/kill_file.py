"""The kill file: a file beside the store that stops work even when the engine hangs or someone else holds it.

Whoever kills writes the file first. The writer looks at it inside the transaction that would commit a
`tool started`, so no call starts once the file stands. The engine turns it into a `kill.ordered` event.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.errors import StoreError
from storage.events.safety import KillScope
from storage.preconditions import Killed
from storage.requests import Condition

SETTLE_MS = 2_000
"""Milliseconds that a kill waits for a commit under way; one takes a few."""

UNREADABLE = "kill-file"
"""What stands in place of the id of a file that could not be read."""


@dataclass(frozen=True, slots=True)
class KillNote:
    """What a kill file says."""

    kill: str
    scope: KillScope
    target: str | None
    person: str
    reason: str | None = None

    def covers(self, agent: str, tool: str) -> bool:
        """Return whether a call of this agent with this tool must not start."""
        match self.scope:
            case KillScope.ALL:
                return True
            case KillScope.AGENT:
                return self.target == agent
            case KillScope.TOOL:
                return self.target == tool


class KillFile:
    """The kill file of one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self.path = store.with_name(store.name + ".kill")

    def write(self, note: KillNote) -> None:
        """Stop everything that the note covers, from now on."""
        record = {
            "kill": note.kill, "scope": note.scope.value, "target": note.target, "person": note.person,
            "reason": note.reason,
        }  # fmt: skip
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8") as file:
                json.dump(record, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            raise StoreError(
                f"The kill file {self.path} cannot be written: {error.strerror}.",
                hint="End the engine's process instead.",
            ) from error

    def settle(self, patience_ms: int = SETTLE_MS) -> bool:
        """Wait until what was being committed when the file appeared has landed; return False where that took too long.

        Whoever gets the store's write lock once after the file stands knows: every later commit has seen the file.
        Nothing is written by it, so no second connection ever writes.
        """
        try:
            with contextlib.closing(sqlite3.connect(f"{self._store.absolute().as_uri()}?mode=rw", uri=True)) as store:
                store.isolation_level = None
                store.execute(f"PRAGMA busy_timeout = {patience_ms:d}")
                store.execute("PRAGMA wal_autocheckpoint = 0")
                store.execute("BEGIN IMMEDIATE")
                store.execute("ROLLBACK")
        except sqlite3.Error:
            return False
        return True

    def read(self) -> KillNote | None:
        """Return the note, or None if there is none. A file that cannot be understood stops everything."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            return _unreadable()
        try:
            return _note(json.loads(content))
        except (ValueError, KeyError, TypeError, RecursionError):
            return _unreadable()

    def remove(self) -> None:
        """Take the file away; the `kill.ordered` event now stands in its place.

        What cannot be taken away (a folder of that name) stays, and goes on stopping everything.
        """
        with contextlib.suppress(IsADirectoryError, PermissionError):
            self.path.unlink(missing_ok=True)

    def absent(self, agent: str, tools: tuple[str, ...]) -> Condition:
        """Return a condition that refuses while the file covers one of these calls."""

        def check(connection: sqlite3.Connection) -> None:
            if not self.path.exists():
                return
            note = self.read()
            if note is not None and any(note.covers(agent, tool) for tool in tools):
                raise Killed(note.kill, note.scope, note.target)

        return check


def _unreadable() -> KillNote:
    return KillNote(UNREADABLE, KillScope.ALL, None, "unknown", "The kill file could not be read.")


def _note(record: Any) -> KillNote:
    """Return what a file's JSON says. Raises ValueError, KeyError or TypeError for what no kill could have written."""
    values = (record["kill"], record.get("target"), record["person"], record.get("reason"))
    for value in values:
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{type(value).__name__} is no text")
        (value or "").encode()  # half a character could not be kept as an event
    kill, target, person, reason = values
    if not kill or not person:
        raise ValueError("nobody's kill")
    return KillNote(kill, KillScope(record["scope"]), target, person, reason)
