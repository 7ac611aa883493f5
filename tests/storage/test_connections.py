"""The store belongs to its owner alone, and is one file when it is closed."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from storage.connections import open_reader, open_writer
from storage.store import Store, no_keyring


def test_a_new_store_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        connection = open_writer(tmp_path / "a.db")
        connection.execute("CREATE TABLE t (a)")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert modes == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}


def test_a_closed_store_is_one_whole_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db", no_keyring, tmp_path / "heads")
    reader = open_reader(tmp_path / "a.db")  # as a client may have one; it holds no snapshot
    reader.execute("SELECT count(*) FROM event").fetchone()
    head = store.ledger.head
    store.close()
    shutil.copy(tmp_path / "a.db", tmp_path / "copy.db")
    reader.close()
    copy = open_reader(tmp_path / "copy.db")
    assert copy.execute("SELECT max(seq) FROM event").fetchone() == (head,)
    copy.close()
