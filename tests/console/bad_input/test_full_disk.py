"""A full disk is told as one, with what to do: at the start of the engine, and where a version is laid out."""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.versions import _write
from console.app import compose
from console.engine_client import Lost
from storage.errors import StoreFailed, refused_by_disk
from tests.console.conftest import Loop
from tests.console.sample import Workspace


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass


@pytest.fixture
def full(tmp_path: Path, workspace: Workspace) -> Iterator[Path]:
    """A store on a disk without a free byte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("this machine may not mount")
    try:
        shutil.copy(workspace.store, folder / "centaur.db")
        _fill(folder / "ballast")
        yield folder / "centaur.db"
    finally:
        subprocess.run(["umount", folder], check=True)


def test_an_engine_that_has_no_space_to_begin_says_so(full: Path, tmp_path: Path, loop: Loop) -> None:
    made = compose(full, tmp_path / "console.json", tmp_path / "engine.log")
    told: list[Lost] = []
    made.console.engine.lost.connect(told.append)
    made.console.engine.start()
    try:
        loop.until(lambda: told, what="the engine says why")
        assert "disk is full" in told[0].message
        assert "Free some space" in told[0].hint
        assert told[0].kind == "StoreFailed"
    finally:
        loop.run(made.close())


def test_a_version_that_is_laid_out_already_needs_no_space(tmp_path: Path) -> None:
    there = tmp_path / "job.yaml"
    there.write_bytes(b"job: x\n")
    before = there.stat().st_mtime_ns
    _write(there, b"job: x\n")
    assert there.stat().st_mtime_ns == before


def test_a_version_that_cannot_be_laid_out_is_the_stores_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreFailed, match="could not be written"):
        _write(tmp_path / "file" / "job.yaml", b"job: x\n")


def test_the_words_tell_a_full_disk_from_a_forbidden_one() -> None:
    where = Path("centaur.db")
    assert "disk is full" in refused_by_disk(where, OSError(errno.ENOSPC, "No space left on device")).message
    assert "permissions" in str(refused_by_disk(where, OSError(errno.EACCES, "Permission denied")).hint)
