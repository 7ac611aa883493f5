"""Copies of a store, and the way back to one.

A copy is made beside the running writer and is listed in the ledger, for it goes on holding what is erased
later. Restoring keeps the replaced store beside, and the ledger says what was lost by it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from storage.connections import open_reader, open_writer
from storage.errors import BadInput, NotFound, Refused, StoreError, StoreFailed
from storage.events.envelope import ENGINE, Draft, Event, decode
from storage.events.workspace import BackupMade, Restored
from storage.heads import lost_heads
from storage.ids import now_us
from storage.lock import StoreLock
from storage.store import KeyFor, Store
from storage.verify import store_id

_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restoration:
    """What a restore did.

    Attributes:
        last_seq: the head of the backup.
        lost_seq: the head that the store had come to, if that was further.
        replaced: where the store that stood there is kept; None if there was none.
    """

    last_seq: int
    lost_seq: int | None
    replaced: Path | None


def back_up(store: Store, target: Path, actor: str = ENGINE, command_id: str | None = None) -> Event:
    """Copy an open store to `target` while it works, and record it (`backup.made`).

    A command that is sent again after a crash gets the copy that it made.

    Raises Refused if something else stands there already, StoreFailed if the disk refuses; then nothing stays
    there.
    """
    target = target.absolute()
    if target.exists():
        made = _made_before(store, target, actor, command_id) if command_id is not None else None
        if made is None:
            raise Refused(f"There is something at {target} already.", hint="Choose another name.")
        return made
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with contextlib.closing(_reader(store.path)) as reader:
            reader.execute("VACUUM INTO ?", (str(partial),))
        partial.chmod(0o600)
        last_seq = _last(partial)[0]
        _sync(partial)
        os.link(partial, target)  # unlike a rename, it never replaces what came there meanwhile
    except (OSError, sqlite3.Error) as error:
        raise StoreFailed(
            f"The backup {target} could not be written ({error}).", hint="Choose a disk with more space."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return _record_copy(store, target, last_seq, actor, command_id)


def _record_copy(store: Store, target: Path, last_seq: int, actor: str, command_id: str | None) -> Event:
    where = str(target).encode("utf-8", "surrogateescape")
    ref = store.ledger.payloads.ref(where)
    draft = Draft(BackupMade(last_seq, ref), actor, command_id=command_id)
    return store.ledger.append_now([draft], {ref: where})[0]


def _made_before(store: Store, target: Path, actor: str, command_id: str) -> Event | None:
    """Return the event of the copy at `target` if this command made it; one that a crash left unrecorded is
    recorded.

    Unrecorded is a copy that ends with an event of ours and of which no `backup.made` tells: whoever else makes
    one records it.
    """
    sql = "SELECT e.body, e.hash FROM backup b JOIN event e ON e.seq = b.seq ORDER BY b.seq DESC"
    try:
        here, (last_seq, last_hash) = store_id(target), _last(target)
        with contextlib.closing(open_reader(store.path)) as reader:
            made = [decode(*row) for row in reader.execute(sql)]
            ours = reader.execute("SELECT hash FROM event WHERE seq = ?", (last_seq,)).fetchone()
    except (StoreError, sqlite3.Error):  # no store at all, or a damaged one
        return None
    where = store.ledger.payloads.address(str(target).encode("utf-8", "surrogateescape"))
    for event in made:
        if isinstance(event.body, BackupMade) and (event.body.path, event.body.last_seq) == (where, last_seq):
            return event if event.command_id == command_id else None
    if here != store.identity.store or ours is None or ours[0] != last_hash:
        return None
    return _record_copy(store, target, last_seq, actor, command_id)


def restore(source: Path, path: Path, key_for: KeyFor, heads: Path, actor: str = ENGINE) -> Restoration:
    """Put a backup in the place of the store at `path`, which is kept beside, and record it
    (`store.restored`).

    Raises StoreLocked while an engine holds the store, NotFound or StoreError if the source is no backup,
    BadInput if it is one of another store.
    """
    source, path = source.absolute(), path.absolute()
    if not source.exists():
        raise NotFound(f"There is no backup at {source}.")
    if path.exists() and source.samefile(path):
        raise BadInput("The backup and the store are the same file.", hint="Name the backup.")
    wanted, (last_seq, _) = store_id(source), _last(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = StoreLock(path)
    try:
        _same_store(path, wanted)
        replaced = _replace(source, path)
    finally:
        lock.release()
    with Store(path, key_for, heads) as store:
        return Restoration(last_seq, _record(store, heads, actor, last_seq), replaced)


def _record(store: Store, heads: Path, actor: str, last_seq: int) -> int | None:
    """Account for every head that the store no longer contains (also after a restore that was
    interrupted)."""
    accounted = {
        (event.body.lost_seq, event.body.lost_hash)
        for event in store.ledger.events()
        if isinstance(event.body, Restored)
    }
    lost = [(kept.head.seq, kept.head.hash.hex()) for kept in lost_heads(heads, store.identity.store)]
    new = [head for head in lost if head not in accounted]
    bodies = [Restored(last_seq, *head) for head in new] or [Restored(last_seq)]
    store.ledger.append_now([Draft(body, actor) for body in bodies])
    return max((seq for seq, _ in new), default=None)


def _replace(source: Path, path: Path) -> Path | None:
    fresh = path.with_name(path.name + ".restoring")
    try:
        shutil.copyfile(source, fresh)
        fresh.chmod(0o600)
        _sync(fresh)
        aside = _put_aside(path) if path.exists() else None
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StoreFailed(f"The backup could not be put in place ({error}).", hint="Free some space.") from error
    return aside


def _put_aside(path: Path) -> Path:
    """Keep the store under another name; its log must never meet the file that takes its place."""
    with contextlib.suppress(sqlite3.Error, StoreError), contextlib.closing(open_writer(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    aside = path.with_name(f"{path.name}.replaced-{now_us()}")
    _name(path, aside)
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + ending))
    return aside


def _same_store(path: Path, wanted: str) -> None:
    if not path.exists():
        return
    try:
        present = store_id(path)
    except StoreError:  # too damaged to say: that is when one restores
        return
    if present != wanted:
        raise BadInput(
            f"The backup is one of another store ({wanted}; here is {present}).",
            hint="Restore it to a path of its own.",
        )


def _last(path: Path) -> tuple[int, bytes]:
    with contextlib.closing(open_reader(path)) as reader:
        row = reader.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return row if row is not None else (0, b"")


def _name(made: Path, target: Path) -> None:
    """Give a file its name without replacing what may have come there meanwhile."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links (FAT)
        if target.exists():
            raise
        made.rename(target)


def _reader(path: Path) -> sqlite3.Connection:
    connection = open_reader(path)
    connection.execute("PRAGMA query_only = OFF")  # the file itself is open for reading only; the copy is written
    return connection


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
