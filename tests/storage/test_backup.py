"""A backup is whole, is listed, and brings the store back; what was lost by it is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storage.anchors import AnchorKey
from storage.backup import back_up, restore
from storage.errors import BadInput, CredentialError, NotFound, Refused, StoreError, StoreFailed, StoreLocked
from storage.events.workspace import BackupMade, Restored
from storage.key_file import export_key, import_key
from storage.queries import Queries, backups
from storage.rebuild import differences
from storage.verify import verify
from tests.storage.builders import SECRET, fill, keyring, open_store

KEY = AnchorKey(SECRET)


def _verified(folder: Path) -> list[tuple[str, int | None]]:
    return [(f.kind, f.seq) for f in verify(folder / "store.db", KEY, folder / "heads").findings]


def test_a_backup_made_beside_the_writer_is_whole_and_listed(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, groups=3)
        event = back_up(store, tmp_path / "copies" / "monday.db")
        fill(store, groups=1)
        with Queries(store.path) as queries, queries.view() as view:
            (listed,) = backups(view.connection)
        assert store.ledger.payloads.read(listed.path).decode() == str(tmp_path / "copies" / "monday.db")
        assert (listed.seq, listed.last_seq) == (event.seq, 11)
    copied = verify(tmp_path / "copies" / "monday.db", KEY, tmp_path / "heads")
    assert (copied.events, copied.anchored_to) == (11, 11)
    assert [f.kind for f in copied.findings] == ["rolled_back"]  # the head outside is further, which is true
    assert _verified(tmp_path) == []


def test_a_command_that_is_sent_again_after_a_crash_gets_the_copy_it_made(tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    with open_store(tmp_path) as store:
        fill(store, groups=1)
        made = back_up(store, target, "person:ann", "c-1")
        fill(store, groups=1)
        assert back_up(store, target, "person:ann", "c-1") == made
        for other in ("c-2", None):
            with pytest.raises(Refused, match="already"):
                back_up(store, target, "person:ann", other)
        # A crash between the copy and its event: what stands there is a copy of which nothing tells.
        left = tmp_path / "left.db"
        shutil.copyfile(target, left)
        head = store.ledger.head
        again = back_up(store, left, "person:ann", "c-3")
        assert again.seq == head + 1
        assert again.body == BackupMade(made.body.last_seq, again.body.path)  # type: ignore[union-attr]
        assert back_up(store, left, "person:ann", "c-3") == again
        (tmp_path / "text").write_text("mine")
        with pytest.raises(Refused, match="already"):
            back_up(store, tmp_path / "text", "person:ann", "c-4")
        with Queries(store.path) as queries, queries.view() as view:
            assert len(backups(view.connection)) == 2
    assert _verified(tmp_path) == []


def test_a_copy_of_another_store_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with open_store(tmp_path / "other") as other:
        back_up(other, tmp_path / "copy.db")
    with open_store(tmp_path) as store, pytest.raises(Refused, match="already"):
        back_up(store, tmp_path / "copy.db", "person:ann", "c-1")


def test_a_backup_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with open_store(tmp_path) as store:
        with pytest.raises(Refused, match="already"):
            back_up(store, tmp_path / "there")
        with pytest.raises(StoreFailed, match="could not be written"):
            back_up(store, tmp_path / "there" / "below.db")
    assert (tmp_path / "there").read_text() == "mine"
    assert not list(tmp_path.glob("*.partial"))


def test_restoring_keeps_the_replaced_store_and_says_what_was_lost(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, groups=2)
        back_up(store, tmp_path / "backup.db")
        fill(store, groups=2)
        last = store.ledger.head
    done = restore(tmp_path / "backup.db", tmp_path / "store.db", keyring, tmp_path / "heads")
    assert (done.last_seq, done.lost_seq) == (8, last)
    assert done.replaced is not None
    assert verify(done.replaced, KEY, tmp_path / "nowhere").events == last
    with open_store(tmp_path) as store:
        bodies = [event.body for event in store.ledger.events() if isinstance(event.body, Restored)]
        fill(store, groups=1)
    assert [(body.last_seq, body.lost_seq) for body in bodies] == [(8, last)]
    assert _verified(tmp_path) == []
    assert differences(tmp_path / "store.db") == []


def test_a_restore_accounts_for_a_rollback_that_was_found_before(tmp_path: Path) -> None:
    import shutil

    with open_store(tmp_path) as store:
        back_up(store, tmp_path / "backup.db")
        fill(store, groups=2)
    shutil.copy(tmp_path / "backup.db", tmp_path / "store.db")
    with open_store(tmp_path) as store:
        fill(store, groups=1)
    assert _verified(tmp_path) == [("rolled_back", 3)]
    restore(tmp_path / "backup.db", tmp_path / "store.db", keyring, tmp_path / "heads")
    assert _verified(tmp_path) == []


def test_a_damaged_store_can_be_replaced(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        back_up(store, tmp_path / "backup.db")
    (tmp_path / "store.db").write_bytes(b"nothing of a database " * 500)
    restore(tmp_path / "backup.db", tmp_path / "store.db", keyring, tmp_path / "heads")
    assert _verified(tmp_path) == []


def test_restoring_refuses_what_is_no_backup_of_this_store(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with open_store(tmp_path / "other") as other:
        back_up(other, tmp_path / "other.db")
    (tmp_path / "text").write_text("hello " * 100)
    with open_store(tmp_path) as store:
        back_up(store, tmp_path / "backup.db")
        with pytest.raises(StoreLocked):
            restore(tmp_path / "backup.db", store.path, keyring, tmp_path / "heads")
    for source, error in (
        ("other.db", BadInput),
        ("text", StoreError),
        ("none", NotFound),
        ("store.db", BadInput),
    ):
        with pytest.raises(error):
            restore(tmp_path / source, tmp_path / "store.db", keyring, tmp_path / "heads")
    assert _verified(tmp_path) == []


def test_a_key_file_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    target = tmp_path / "key.json"
    export_key(target, "st-1", KEY, "correct horse")
    assert target.stat().st_mode & 0o777 == 0o600
    assert SECRET not in target.read_bytes()
    assert SECRET.hex() not in target.read_text()
    wrapped = import_key(target, "correct horse")
    assert (wrapped.store, wrapped.key) == ("st-1", KEY)
    with pytest.raises(CredentialError, match="passphrase"):
        import_key(target, "wrong horse")
    target.write_text(target.read_text().replace("st-1", "st-2"))
    with pytest.raises(CredentialError):
        import_key(target, "correct horse")
    with pytest.raises(Refused, match="cannot be made"):
        export_key(target, "st-1", KEY, "correct horse")
    with pytest.raises(BadInput, match="fewer"):
        export_key(tmp_path / "k", "st-1", KEY, "short")
    with pytest.raises(BadInput, match="not a key file"):
        import_key(Path(__file__), "correct horse")
