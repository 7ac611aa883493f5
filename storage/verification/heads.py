"""The head kept outside the file says how far the ledger had come: it tells of cuts and of older copies."""

from __future__ import annotations

import hmac
import sqlite3
from pathlib import Path

from storage.anchors import AnchorKey, Head, read_head
from storage.events.workspace import Restored
from storage.heads import LostHead, head_path, lost_heads
from storage.migrations import projection_sql
from storage.verification.report import FindingKind, Report, span

_DISPLACING = frozenset({FindingKind.RELINKED, FindingKind.DELETED, FindingKind.INSERTED, FindingKind.REORDERED})


class HeadCheck:
    """Holds the head against the chain. Made before the events are read, for the head may lag and never
    leads."""

    def __init__(self, report: Report, heads: Path, store: str, key: AnchorKey | None) -> None:
        self._report, self._store, self._key = report, store, key
        self._path = head_path(heads, store)
        self._head = read_head(self._path)
        self._lost: list[LostHead] = lost_heads(heads, store)
        self._hash: bytes | None = None
        self._restored: set[tuple[int | None, str | None]] = set()

    def event(self, seq: int, hash_: bytes) -> None:
        """Note the hash at the head's place."""
        if self._head is not None and seq == self._head.seq:
            self._hash = hash_

    def restored(self, body: Restored) -> None:
        """Note that a loss is accounted for."""
        self._restored.add((body.lost_seq, body.lost_hash))

    def vouches_to(self) -> int:
        """Return the last event that the head proves with its mac, 0 if it proves none."""
        head = self._head
        proven = head is not None and head.hash == self._hash and self._mac_fits(head) is True
        return head.seq if head is not None and proven else 0

    def end(self, last: int, anchored_to: int, in_force: str | None, told: bool) -> None:
        """Report how the head and the chain of `last` events differ; `told`: a cut was found already."""
        self._end_of_lost_heads()
        head = self._head
        if head is None:
            self._missing(last, in_force)
        elif head.store != self._store:
            words = f"The head kept outside belongs to another store ({head.store})."
            self._report.find(FindingKind.HEAD_FOREIGN, None, words)
        elif self._forged(head, in_force):
            words = f"The head kept outside ({self._path.name}) was not written with the key of this store."
            self._report.find(FindingKind.HEAD_CHANGED, None, words)
        elif head.seq > last:
            if not told:
                self._ahead(head, last)
        elif head.hash != self._hash:
            self._differs(head, anchored_to)

    def _explained(self, head: Head, anchored_to: int) -> bool:
        """Return whether a finding already says why another event stands in the head's place."""
        return any(
            f.seq is not None
            and anchored_to < f.seq <= head.seq
            and (f.kind in _DISPLACING or (f.kind is FindingKind.EDITED and f.seq == head.seq))
            for f in self._report.findings
        )

    def _end_of_lost_heads(self) -> None:
        for lost in self._lost:
            if (lost.head.seq, lost.head.hash.hex()) not in self._restored:
                first = min(lost.ended_at + 1, lost.head.seq)
                words = (
                    f"The store was rolled back: it once went to event {lost.head.seq}, and was opened "
                    "again when it "
                    f"ended at {lost.ended_at} (or with another event {lost.head.seq}). What stood "
                    f"from event {first} "
                    "on is lost."
                )
                self._report.find(FindingKind.ROLLED_BACK, first, words)

    def _missing(self, last: int, in_force: str | None) -> None:
        why = "is there" if not self._path.exists() else "can be read"
        self._report.blind(
            f"No head kept outside the store {why}: whether events after {last} were cut off, or the "
            "whole file was "
            "replaced by an older copy, cannot be known."
        )
        if self._key is not None and self._key.key_id == in_force:
            words = f"The head that this machine keeps for the store is gone ({self._path.name}); events after {last} may be missing."  # noqa: E501
            self._report.find(FindingKind.HEAD_MISSING, last + 1, words)

    def _forged(self, head: Head, in_force: str | None) -> bool:
        fits = self._mac_fits(head)
        if fits is None and in_force is not None and not head.mac:
            return self._key is not None
        return fits is False

    def _mac_fits(self, head: Head) -> bool | None:
        """Return whether the head's mac fits; None when that cannot be checked."""
        if self._key is None or head.key_id != self._key.key_id or not head.mac:
            return None
        return hmac.compare_digest(self._key.head(head.store, head.seq, head.hash), head.mac)

    def _ahead(self, head: Head, last: int) -> None:
        words = (
            f"The store ends at event {last}, but had come to event {head.seq}: {span(last + 1, head.seq)} "
            "is missing. The file was replaced by an older copy, or cut at the edge of a commit."
        )
        self._report.find(FindingKind.ROLLED_BACK, last + 1, words)

    def _differs(self, head: Head, anchored_to: int) -> None:
        if anchored_to >= head.seq:
            words = (
                f"Event {head.seq} is not the one that stood there: the store was rolled back to "
                "before it and then "
                "continued. The first lost event is this one or an earlier one."
            )
            self._report.find(FindingKind.ROLLED_BACK, head.seq, words)
        elif not self._explained(head, anchored_to):
            first = anchored_to + 1
            words = (
                f"Event {head.seq} is not the one that the head kept outside names: "
                f"{span(first, head.seq)} or some of "
                "it was changed and the hashes were computed anew."
            )
            self._report.find(FindingKind.RELINKED, first, words)


def tables_beyond(connection: sqlite3.Connection, last: int) -> tuple[str, int] | None:
    """Return a derived table, and the seq of a row in it, that stems from an event after the last one."""
    for table in projection_sql():
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if "seq" in columns:
            seq = connection.execute(f"SELECT max(seq) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
            if seq is not None and seq > last:
                return table, seq
    return None
