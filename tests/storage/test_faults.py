"""Full disks, read-only ones, held stores, and kill -9: a clear message each, and nothing acknowledged is
lost."""

from __future__ import annotations

import os
import random
import select
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest

from storage.anchors import AnchorKey, read_head
from storage.errors import StoreError, StoreFailed, StoreLocked
from storage.heads import head_path
from storage.rebuild import differences
from storage.store import Store
from storage.verify import verify
from tests.storage.builders import SECRET, fill, keyring, open_store, outcome

KEY = AnchorKey(SECRET)
ROOT = Path(__file__).parents[2]
_AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def _small_disk(folder: Path, size: str = "2m", *options: str) -> Iterator[Path]:
    if not _AS_ROOT or sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root")
    folder.mkdir()
    settings = ",".join((f"size={size}", *options))
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", settings, "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("this machine may not mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def _append_for_ever(store: Store) -> None:
    for n in count():
        draft, blobs = outcome(store, f"{n} {random.Random(n).randbytes(2000).hex()}")
        head = store.ledger.append_now([draft], blobs)[0].seq
        assert head == store.ledger.head


def test_a_full_disk_is_said_and_once_freed_the_writer_goes_on(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk") as disk:
        heads = tmp_path / "heads"
        ballast = disk / "ballast"
        with Store(disk / "store.db", keyring, heads) as store:
            fill(store, groups=3)
            free = shutil.disk_usage(disk).free
            ballast.write_bytes(bytes(free - 150_000))
            with pytest.raises(StoreFailed, match="disk is full") as raised:
                _append_for_ever(store)
            acknowledged = store.ledger.head
            assert "Free some space" in str(raised.value)
            draft, blobs = outcome(store, "x" + random.Random(0).randbytes(90_000).hex())
            for _ in range(3):
                with pytest.raises(StoreFailed):
                    store.ledger.append_now([draft], blobs)
            assert store.ledger.head == acknowledged
            ballast.unlink()
            fill(store, groups=2)
            assert store.ledger.head == acknowledged + 6
        found = verify(disk / "store.db", KEY, heads)
        assert (found.findings, found.events) == ((), acknowledged + 6)
        assert differences(disk / "store.db") == []


def test_a_disk_too_full_to_open_a_store_is_said(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk", "64k") as disk:
        (disk / "ballast").write_bytes(bytes(40_000))
        with pytest.raises(StoreError, match="full"):
            Store(disk / "store.db", keyring, tmp_path / "heads")
        (disk / "ballast").unlink()


def test_a_disk_too_small_for_a_file_is_said_without_root_too(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from storage.errors import StoreFailed
from tests.storage.builders import fill, open_store, outcome
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store(Path(sys.argv[1]))
fill(store, groups=2)
limit = store.path.with_name("store.db-wal").stat().st_size + 20_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    fill(store, groups=500, each=20)
except StoreFailed as error:
    print("said:", error)
head = store.ledger.head
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
fill(store, groups=1)
assert store.ledger.head == head + 3
store.close()
"""
    if sys.platform == "win32":
        pytest.skip("file size limits are POSIX")
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "said: " in done.stdout
    assert "nothing saved earlier is lost" in done.stdout
    assert verify(tmp_path / "store.db", KEY, tmp_path / "heads").ok


def test_a_read_only_disk_is_said_and_can_still_be_verified(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk") as disk:
        with Store(disk / "store.db", keyring, tmp_path / "heads") as store:
            fill(store, groups=1)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(StoreError, match=r"cannot be written.*--store"):
            Store(disk / "store.db", keyring, tmp_path / "heads")
        assert verify(disk / "store.db", KEY, tmp_path / "heads").ok


def test_a_store_held_by_another_process_names_it(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.storage.builders import open_store\n"
        "store = open_store(Path(sys.argv[1])); store.lock.announce('/tmp/s'); print('open', "
        "flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StoreLocked, match=f"process {holder.pid}") as raised:
            open_store(tmp_path)
        assert (raised.value.pid, raised.value.socket) == (holder.pid, "/tmp/s")
        holder.stdin.close()
        holder.wait(20)
    with open_store(tmp_path):
        pass


def test_heads_that_cannot_be_kept_are_said(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="head of the ledger cannot be kept"):
        open_store(tmp_path)
    (tmp_path / "heads").unlink()
    with open_store(tmp_path):  # and the lock was given back
        pass


def test_a_damaged_store_is_refused_in_plain_words(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, groups=1)
    path = tmp_path / "store.db"
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 4000 + content[4100:])
    with pytest.raises(StoreError, match=r"damaged|not a store|cannot be"):
        open_store(tmp_path)
    path.write_bytes(content)
    with open_store(tmp_path) as store:
        assert store.ledger.head == 5


def _impatient(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout = 50")


def test_a_locked_database_is_waited_for_and_then_said(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store._writer.perform(_impatient)
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreFailed, match="locked"):
                fill(store, groups=1)
            other.execute("ROLLBACK")
        fill(store, groups=1)
        assert store.ledger.head == 5


def _killed_at(folder: Path, after_s: float) -> int:
    """Let a process write, kill -9 it, check what it leaves; return the last acknowledged seq."""
    command = [sys.executable, "-m", "tests.storage.crash_writer", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        until = time.monotonic() + after_s
        told = [first]
        while (left := until - time.monotonic()) > 0:
            if select.select([writer.stdout], [], [], left)[0]:
                told.append(writer.stdout.readline())
        writer.kill()
        told += writer.stdout.read().splitlines(keepends=True)
    acknowledged = dict(line.decode().split() for line in told if line.endswith(b"\n"))
    path, heads = folder / "store.db", folder / "heads"
    found = verify(path, KEY, heads)
    assert found.findings == ()
    with closing(sqlite3.connect(path)) as connection:
        held = {str(seq): hash_.hex() for seq, hash_ in connection.execute("SELECT seq, hash FROM event")}
    assert acknowledged.items() <= held.items()
    head = read_head(head_path(heads, found.store or ""))
    assert head is not None
    assert head.seq <= len(held)
    assert differences(path) == []
    return len(acknowledged)


def test_kill_9_loses_nothing_acknowledged(tmp_path: Path) -> None:
    moments = random.Random(7)
    assert sum(_killed_at(tmp_path, moments.uniform(0, 0.15)) for _ in range(3)) > 3


@pytest.mark.prove
def test_kill_9_at_many_moments(tmp_path: Path) -> None:
    moments = random.Random(11)
    for n in range(200):
        folder = tmp_path / str(n // 20)  # a new store now and then: each check reads the whole of it
        folder.mkdir(exist_ok=True)
        _killed_at(folder, moments.uniform(0, 0.2))
