"""Every payload hashes to its address, and what an event names is there or was erased."""

from __future__ import annotations

import hashlib
import sqlite3

import zstandard

from storage.blobs import to_address, to_ref, unpack
from storage.events.body import Ref, references
from storage.events.envelope import Event
from storage.events.workspace import BlobErased
from storage.verification.report import FindingKind, Report

_AT_ONCE = 500


class PayloadCheck:
    """Checks what events name, a page of events at a time.

    Memory: what is missing or was erased is remembered by its address, nothing else.
    """

    def __init__(self, report: Report, connection: sqlite3.Connection, salt: bytes) -> None:
        self._report, self._connection, self._salt = report, connection, salt
        self._named: dict[Ref, int] = {}
        self._missing: dict[Ref, int] = {}
        self._erased: dict[Ref, int] = {}

    def event(self, event: Event) -> None:
        """Note what an event names."""
        for ref in references(event.body):
            if ref:
                self._named.setdefault(ref, event.seq)
                if ref in self._erased:
                    del self._erased[ref]  # the same content came again later, so it may be there
        if isinstance(event.body, BlobErased):
            self._erased[event.body.address] = event.seq
            self._missing.pop(event.body.address, None)
        if len(self._named) >= _AT_ONCE:
            self.look()

    def look(self) -> None:
        """Look up what was named lately."""
        wanted = {}
        for ref, seq in self._named.items():
            try:
                wanted[to_address(ref)] = (ref, seq)
            except ValueError:
                words = f"Event {seq} names a payload by something that is no address."
                self._report.find(FindingKind.BLOB_MISSING, seq, words)
        self._named.clear()
        if not wanted:
            return
        places = ", ".join("?" * len(wanted))
        found = self._connection.execute(
            f"SELECT address FROM blob WHERE address IN ({places})",  # noqa: S608 - only question marks
            tuple(wanted),
        )
        there = {row[0] for row in found}
        for address, (ref, seq) in wanted.items():
            if address not in there and ref not in self._erased:
                self._missing.setdefault(ref, seq)

    def end(self) -> None:
        """Report what is missing without an erasure, and what is there in spite of one."""
        self.look()
        for seq in self._missing.values():
            words = f"A payload that event {seq} names is gone, and no event says that it was erased."
            self._report.find(FindingKind.BLOB_MISSING, seq, words)
        for ref, seq in self._erased.items():
            row = self._connection.execute("SELECT 1 FROM blob WHERE address = ?", (to_address(ref),)).fetchone()
            if row is not None:
                words = f"Event {seq} says that a payload was erased, and it is still there."
                self._report.find(FindingKind.BLOB_NOT_ERASED, seq, words)

    def contents(self) -> None:
        """Hash every payload. One is in memory at a time."""
        after = -1
        while True:
            row = self._connection.execute(
                "SELECT id, address, size, codec, bytes FROM blob WHERE id > ? ORDER BY id LIMIT 1", (after,)
            ).fetchone()
            if row is None:
                return
            after = row[0]
            if not self._sound(*row[1:]):
                seq = self._first_naming(row[1])
                where = f"that event {seq} names" if seq is not None else "that no event names"
                words = f"A payload {where} was changed: its content does not fit its address."
                self._report.find(FindingKind.BLOB_CHANGED, seq, words)

    def _sound(self, address: bytes, size: int, codec: int, stored: bytes) -> bool:
        try:
            content = unpack(codec, stored)
        except (zstandard.ZstdError, MemoryError):
            return False
        return len(content) == size and hashlib.sha256(self._salt + content).digest() == address

    def _first_naming(self, address: bytes) -> int | None:
        row = self._connection.execute(
            "SELECT min(seq) FROM event WHERE instr(body, CAST(? AS BLOB)) > 0", (to_ref(address),)
        ).fetchone()
        return None if row is None else row[0]
