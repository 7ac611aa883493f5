"""A store whose file is deleted or replaced while it is open takes nothing more, and says what to do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

import pytest

from storage.errors import StoreFailed, StoreGone
from storage.store import Store
from storage.trouble import of_the_store
from tests.storage.builders import fill, keyring


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_accepted_into_a_deleted_file(tmp_path: Path, replaced: bool) -> None:
    path = tmp_path / "store.db"
    with Store(path, keyring, tmp_path / "heads") as store:
        fill(store, groups=2)
        store.place.check()
        head = store.ledger.head
        kept = shutil.copy(path, tmp_path / "kept.db")
        path.unlink()
        if replaced:
            shutil.copy(kept, path)
        with pytest.raises(StoreGone, match="was replaced" if replaced else "is gone") as raised:
            fill(store, groups=1)
        assert "restore" in str(raised.value)
        assert store.ledger.head == head


def test_what_is_of_the_disk_is_told_from_what_is_a_defect() -> None:
    full = of_the_store(OSError(errno.ENOSPC, "No space left on device", "/d/file"))
    assert full is not None
    assert "disk is full: /d/file" in str(full)
    assert of_the_store(ConnectionRefusedError(errno.ECONNREFUSED, "refused")) is None
    assert of_the_store(sqlite3.ProgrammingError("no such column")) is None
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorcode = sqlite3.SQLITE_IOERR
    assert isinstance(of_the_store(broken), StoreFailed)
