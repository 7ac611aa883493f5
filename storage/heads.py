"""Heads that went astray: when the store no longer contains the head that was kept outside it.

Opening such a store would overwrite the only trace of it. So the old head is kept beside, and `verify`
reports it until a `store.restored` event names it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from storage.anchors import Head, read_head

_LOST = ".lost-"


@dataclass(frozen=True, slots=True)
class LostHead:
    """A head that the store once had. `ended_at` is the last seq that the store still had when it was
    opened."""

    head: Head
    ended_at: int


def head_path(heads: Path, store: str) -> Path:
    """Return where the head of a store is kept, outside its folder."""
    return heads / f"{store}.head"


def contains(connection: sqlite3.Connection, head: Head) -> bool:
    """Return whether the store's chain has this head in it."""
    row = connection.execute("SELECT hash FROM event WHERE seq = ?", (head.seq,)).fetchone()
    return row is not None and row[0] == head.hash


def keep_lost_head(connection: sqlite3.Connection, heads: Path, store: str) -> LostHead | None:
    """Put the head aside if the store does not contain it. Raises OSError."""
    path = head_path(heads, store)
    head = read_head(path)
    if head is None or contains(connection, head):
        return None
    ended_at = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
    aside = path.with_name(f"{path.name}{_LOST}{ended_at}-{head.seq}")
    if not aside.exists():
        path.replace(aside)
    return LostHead(head, ended_at)


def lost_heads(heads: Path, store: str) -> list[LostHead]:
    """Return the heads that were put aside, oldest end first."""
    found = []
    for path in heads.glob(f"{store}.head{_LOST}*"):
        head = read_head(path)
        ended_at = path.name.rpartition(_LOST)[2].partition("-")[0]
        if head is not None and ended_at.isdigit():
            found.append(LostHead(head, int(ended_at)))
    return sorted(found, key=lambda lost: (lost.ended_at, lost.head.seq))
