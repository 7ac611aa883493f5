"""The one thread that writes: whatever waits when it wakes becomes one commit group.

It owns the only writing connection (SQLite before 3.51.3 can corrupt a WAL when two connections write). Live
requests go before bulk ones. A group is at most 512 events; it is committed with FULL sync before anybody is told.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable

from storage.anchors import AnchorKey, HeadFile
from storage.blobs import BlobWriter, to_address, unpack
from storage.errors import CentaurError, StoreFailed
from storage.events.body import Ref
from storage.events.envelope import GENESIS, Event, chain, encode, stored
from storage.projector import Projector
from storage.requests import AppendRequest

GROUP_EVENTS = 512
_INSERT = "INSERT INTO event (seq, run, kind, ts, body, hash) VALUES (?, ?, ?, ?, ?, ?)"
_ANCHOR = "INSERT INTO anchor (seq, key_id, mac) VALUES (?, ?, ?)"

OnCommit = Callable[[list[Event]], None]


class Writer:
    """Appends events. `on_commit` is called on the writer's thread after each commit, never before."""

    def __init__(self, connection: sqlite3.Connection, key: AnchorKey | None, head: HeadFile) -> None:
        self._connection = connection
        self._key, self._head = key, head
        self._blobs = BlobWriter(connection)
        self._projector = Projector(connection, self._read_blob)
        self._in_hand: dict[Ref, bytes] = {}
        self._live: queue.SimpleQueue[AppendRequest | None] = queue.SimpleQueue()
        self._bulk: deque[AppendRequest] = deque()
        self._closing = False
        self.on_commit: OnCommit | None = None
        row = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        self._seq: int = row[0] if row else 0
        self._hash: bytes = row[1] if row else GENESIS
        row = connection.execute("SELECT mac FROM anchor ORDER BY seq DESC LIMIT 1").fetchone()
        self._mac: bytes = row[0] if row else b""
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    @property
    def head(self) -> tuple[int, bytes]:
        """The last committed `seq` and its hash."""
        return self._seq, self._hash

    def submit(self, request: AppendRequest, *, bulk: bool = False) -> None:
        """Queue a request; its future or event is set after the commit."""
        if self._closing:
            raise StoreFailed("The store is closed.")
        if bulk:
            self._bulk.append(request)
            self._live.put(None)
        else:
            self._live.put(request)

    def close(self) -> None:
        """Commit what waits, then end the thread, the connection and the head file."""
        if not self._closing:
            self._closing = True
            self._live.put(None)
            self._thread.join()
            self._head.close()
            self._connection.close()

    def _work(self) -> None:
        while True:
            group = self._next_group()
            if group:
                self._commit(group)
                self._answer(group)
            elif self._closing and self._live.empty() and not self._bulk:
                return

    def _next_group(self) -> list[AppendRequest]:
        first = self._live.get()
        group: list[AppendRequest] = [] if first is None else [first]
        size = 0 if first is None else len(first.drafts)
        while size < GROUP_EVENTS:
            try:
                request = self._live.get_nowait()
            except queue.Empty:
                break
            if request is not None:
                group.append(request)
                size += len(request.drafts)
        if not group and self._bulk:
            group.append(self._bulk.popleft())
            if self._bulk:
                self._live.put(None)
        return group

    def _commit(self, group: list[AppendRequest]) -> None:
        events: list[Event] = []
        before = self._seq, self._hash, self._mac
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for request in group:
                self._add(request)
                events.extend(request.events)
            if events:
                self._projector.flush()
                self._anchor()
            self._connection.execute("COMMIT")
        except Exception as error:  # the group is undone; each request is told, or tried alone
            self._undo(before)
            self._after_failure(group, error)
            return
        finally:
            self._in_hand.clear()
        if events:
            self._write_head()
            if self.on_commit is not None:
                self.on_commit(events)

    def _add(self, request: AppendRequest) -> None:
        if request.error is not None:
            return
        if request.condition is not None:
            try:
                request.condition(self._connection)
            except CentaurError as refusal:
                request.fail(refusal)
                return
        for ref, content in request.blobs.items():
            self._in_hand[ref] = content
            self._blobs.put(ref, content)
        request.events = []
        for draft in request.drafts:
            seq = self._seq + 1
            body = encode(draft, seq)
            hash_ = chain(self._hash, body)
            self._connection.execute(_INSERT, (seq, draft.run, draft.body.kind, draft.ts, body, hash_))
            self._seq, self._hash = seq, hash_
            event = stored(draft, seq, hash_)
            self._projector.fold(event)
            request.events.append(event)
        for ref in request.erase:
            self._connection.execute("DELETE FROM blob WHERE address = ?", (to_address(ref),))

    def _anchor(self) -> None:
        key_id, mac = None, b""
        if self._key is not None:
            key_id, mac = self._key.key_id, self._key.anchor(self._mac, self._seq, self._hash)
            self._mac = mac
        self._connection.execute(_ANCHOR, (self._seq, key_id, mac))

    def _write_head(self) -> None:
        try:
            self._head.write(self._seq, self._hash)
        except OSError:
            # The head may lag: verify then says that the store is ahead of it, which is true.
            return

    def _undo(self, before: tuple[int, bytes, bytes]) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._seq, self._hash, self._mac = before
        self._projector.reload()

    def _after_failure(self, group: list[AppendRequest], error: Exception) -> None:
        if isinstance(error, sqlite3.OperationalError) or len(group) == 1:
            told = error if isinstance(error, CentaurError) else _explain(error)
            for request in group:
                if request.error is None:
                    request.fail(told)
            return
        for request in group:  # one of them is at fault; the others must not suffer for it
            self._commit([request])

    def _answer(self, group: list[AppendRequest]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[AppendRequest]] = {}
        for request in group:
            if request.done is not None:
                request.done.set()
            loop = request.loop
            if loop is not None:
                by_loop.setdefault(loop, []).append(request)
        for loop, requests in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_resolve, requests)

    def _read_blob(self, ref: Ref) -> bytes | None:
        if ref in self._in_hand:
            return self._in_hand[ref]
        row = self._connection.execute(
            "SELECT codec, bytes FROM blob WHERE address = ?", (to_address(ref),)
        ).fetchone()
        return None if row is None else unpack(*row)


def _resolve(requests: list[AppendRequest]) -> None:
    for request in requests:
        request.resolve()


def _explain(error: Exception) -> StoreFailed:
    text = str(error)
    if "full" in text:
        return StoreFailed(
            "The disk is full; the last events were not saved.",
            hint="Free some space; nothing saved earlier is lost.",
        )
    if "readonly" in text:
        return StoreFailed(
            "The store cannot be written: it is read-only.",
            hint="Check the permissions of its file and folder.",
        )
    if isinstance(error, sqlite3.Error):
        return StoreFailed(
            f"The store could not be written ({text}).", hint="Check the disk; nothing saved earlier is lost."
        )
    return StoreFailed(f"The events could not be saved: {type(error).__name__}: {text}")
