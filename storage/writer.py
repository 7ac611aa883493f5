"""The one thread that writes: whatever waits when it wakes becomes one commit group.

It owns the only writing connection (SQLite before 3.51.3 can corrupt a WAL when two connections write). A
group is committed with FULL sync before anybody is told. Nothing that a request, a listener or the disk
does may end the thread: those who wait for it would wait for ever.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable

from storage.anchors import AnchorKey, HeadFile
from storage.appender import Appender
from storage.connections import BUSY_MS
from storage.errors import CentaurError, StoreFailed, StoreGone
from storage.events.envelope import Event
from storage.lanes import Group, Job, Lanes
from storage.requests import AppendRequest

OnCommit = Callable[[list[Event]], None]

_log = logging.getLogger("centaur.storage")
_DISK = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
"""What strikes every request alike; anything else is the fault of one of them."""


class Writer:
    """Appends events. `on_commit` is called on the writer's thread after each commit, never before.

    Args:
        still_there: called before each commit; raises StoreGone.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        key: AnchorKey | None,
        head: HeadFile,
        still_there: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection, self._head_file = connection, head
        self._still_there = still_there
        self._appender = Appender(connection, key)
        self._lanes = Lanes()
        self.on_commit: OnCommit | None = None
        self._head = self._kept = (self._appender.seq, self._appender.hash)
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    @property
    def head(self) -> tuple[int, bytes]:
        """The last committed `seq` and its hash."""
        return self._head

    def submit(self, request: AppendRequest, *, bulk: bool = False) -> None:
        """Queue a request; its future or event is set after the commit."""
        if not self._lanes.put(request, bulk=bulk):
            raise StoreFailed("The store is closed.")

    def perform(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Run `work` on the writing connection between two groups, and wait for it. It may replace tables."""
        job = Job(work)
        if not self._lanes.put(job):
            raise StoreFailed("The store is closed.")
        job.done.wait()
        if job.error is not None:
            raise job.error

    def close(self) -> None:
        """Commit what waits, then end the thread, the connection and the head file."""
        if not self._lanes.close():
            return
        self._thread.join()
        try:
            self._head_file.close()
        except OSError as error:
            _log.warning("The head of the ledger could not be synced: %s", error)
        self._purge_log()  # one whole file: whoever copies a closed store must not lose what only the log holds
        self._connection.close()

    def _work(self) -> None:
        while (item := self._lanes.take()) is not None:
            if isinstance(item, Job):
                self._perform(item)
                continue
            try:
                self._commit(item)
            except Exception as error:  # noqa: BLE001 - the thread's boundary: whoever waits is told
                _log.exception("The writer met an error it does not know.")
                self._fail(item, error)
            self._answer(item)
            self._keep_head()

    def _perform(self, job: Job) -> None:
        try:
            job.work(self._connection)
        except Exception as error:  # noqa: BLE001 - a boundary: it is raised again where it was asked for
            job.error = error
        self._undo()
        job.done.set()

    def _commit(self, group: Group) -> None:
        try:
            self._still_there()  # what is committed to a deleted file would be acknowledged, and lost
            self._connection.execute("BEGIN IMMEDIATE")
            self._appender.begin()
            for request in group:
                self._appender.add(request)
            if any(request.events for request in group):
                self._appender.finish()
        except Exception as error:  # noqa: BLE001 - the group is undone; each request is told, or tried alone
            self._undo()
            self._after_failure(group, error)
            return
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if not self._committed_after_all():
                self._after_failure(group, error)
                return
        self._published(group)

    def _committed_after_all(self) -> bool:
        """A COMMIT that failed has committed nothing; if the store says otherwise, believe the store."""
        self._undo()
        try:
            return self._appender.stands()
        except sqlite3.Error:
            return False

    def _published(self, group: Group) -> None:
        self._head = (self._appender.seq, self._appender.hash)
        events = [event for request in group for event in request.events]
        if not events:
            return
        if any(request.erase and request.error is None for request in group):
            self._purge_log()
        if self.on_commit is not None:
            try:
                self.on_commit(events)
            except Exception:  # noqa: BLE001 - a listener's fault is not the writer's
                _log.exception("A listener to commits failed.")

    def _keep_head(self) -> None:
        """Keep the head outside the store. Those who waited were told already: the head may lag, never lead."""
        if self._head == self._kept:
            return
        self._kept = self._head
        try:
            self._head_file.write(*self._head)
        except OSError as error:
            # Verify then says that the store is ahead of it, which is true.
            _log.warning("The head of the ledger could not be kept: %s", error)

    def _purge_log(self) -> None:
        """Erased content also stands in the write-ahead log until that is emptied (a reader may delay it)."""
        try:
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        except sqlite3.Error as error:
            _log.warning("The write-ahead log could not be emptied: %s", error)

    def _undo(self) -> None:
        self._appender.forget()
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            _log.warning("A transaction could not be rolled back: %s", error)

    def _after_failure(self, group: Group, error: Exception) -> None:
        if len(group) == 1 or of_the_disk(error) or isinstance(error, StoreGone):
            self._fail(group, error)
            return
        for request in group:  # one of them is at fault; the others must not suffer for it
            request.error, request.events = None, []
            self._commit([request])

    def _fail(self, group: Group, error: Exception) -> None:
        told = error if isinstance(error, CentaurError) else explain(error)
        for request in group:
            if request.error is None:
                request.fail(told)

    def _answer(self, group: Group) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[AppendRequest]] = {}
        for request in group:
            if request.done is not None:
                request.done.set()
            loop = request.loop
            if loop is not None:
                by_loop.setdefault(loop, []).append(request)
        for loop, requests in by_loop.items():
            try:
                loop.call_soon_threadsafe(_resolve, requests)
            except RuntimeError:  # the loop was closed meanwhile: nobody waits there any more
                continue


def _resolve(requests: list[AppendRequest]) -> None:
    for request in requests:
        request.resolve()


def of_the_disk(error: BaseException) -> bool:
    """Return whether SQLite was refused by the disk or the file, and not by what was asked of it."""
    # The primary code is the low byte of the extended one.
    return isinstance(error, sqlite3.Error) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DISK


def explain(error: Exception) -> StoreFailed:
    """Return in plain words why the disk or SQLite refused."""
    text = str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or "full" in text:
        return StoreFailed(
            "The disk is full; the last events were not saved.",
            hint="Free some space; nothing saved earlier is lost.",
        )
    if code == sqlite3.SQLITE_READONLY or "readonly" in text:
        return StoreFailed(
            "The store cannot be written: it is read-only.",
            hint="Check the permissions of its file and folder.",
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreFailed(
            f"The store's file is damaged ({text}).",
            hint="`centaur verify` says what is affected; `centaur restore` brings back a backup.",
        )
    if isinstance(error, sqlite3.Error):
        return StoreFailed(
            f"The store could not be written ({text}).", hint="Check the disk; nothing saved earlier is lost."
        )
    return StoreFailed(f"The events could not be saved: {type(error).__name__}: {text}")
