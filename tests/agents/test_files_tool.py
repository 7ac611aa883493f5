"""The file tools: only plain text files, only inside the folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.tools.files import Folder, ListFiles, ReadFile, WriteFile, decode
from agents.tools.tool import CallContext, Json, LivePermit, ToolFailed

CONTEXT = CallContext("run-1", "call-1", "key-1")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "job"
    (root / "sub").mkdir(parents=True)
    (root / "note.txt").write_text("Grüße", encoding="utf-8")
    (root / "sub" / "deep.txt").write_text("deep", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return Folder(root, most_bytes=100)


async def read(folder: Folder, path: Json) -> Json:
    reader = ReadFile(folder, "read_file").reader()
    assert reader is not None
    return await reader.read({"path": path}, CONTEXT)


async def write(folder: Folder, path: Json, text: Json) -> Json:
    return await WriteFile(folder, "write_file").writer(LivePermit()).write({"path": path, "text": text}, CONTEXT)


async def test_a_file_is_read_as_text(folder: Folder) -> None:
    assert (await read(folder, "note.txt"))["text"] == "Grüße"
    assert (await read(folder, "sub/deep.txt"))["text"] == "deep"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "sub/../../secret.txt",
        "..\\secret.txt",
        "/etc/passwd",
        "C:\\x",
        "a\x00b",
        "a\nb",
        "note.txt:s",
    ],
)
async def test_a_path_outside_is_refused_for_reading_and_writing(folder: Folder, path: str) -> None:
    for call in (read(folder, path), write(folder, path, "x")):
        with pytest.raises(ToolFailed) as failed:
            await call
        assert failed.value.category == "refused"
        assert failed.value.did_nothing


@pytest.mark.parametrize("path", ["", None, 5, ["note.txt"], "x" * 2000])
async def test_a_path_that_is_no_name_is_a_bad_argument(folder: Folder, path: Json) -> None:
    with pytest.raises(ToolFailed) as failed:
        await read(folder, path)
    assert failed.value.category == "bad_arguments"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
async def test_a_link_leads_nowhere_outside(folder: Folder) -> None:
    (folder.root / "link.txt").symlink_to("../secret.txt")
    (folder.root / "up").symlink_to("..")
    (folder.root / "loop").symlink_to("loop")
    for path in ("link.txt", "up/secret.txt", "loop"):
        with pytest.raises(ToolFailed):
            await read(folder, path)
    with pytest.raises(ToolFailed):
        await write(folder, "up/secret.txt", "changed")
    with pytest.raises(ToolFailed):
        await write(folder, "link.txt", "changed")
    assert (folder.root.parent / "secret.txt").read_text(encoding="utf-8") == "secret"


@given(st.text(max_size=40) | st.lists(st.sampled_from(["..", ".", "sub", "/", "\\", "~", ""])).map("/".join))
def test_no_name_resolves_outside(name: str) -> None:
    with tempfile.TemporaryDirectory() as top:
        root = Path(top) / "job"
        root.mkdir()
        try:
            real = Folder(root).resolve(name)
        except ToolFailed:
            return
        assert real.is_relative_to(root.resolve())


async def test_a_pipe_or_a_folder_is_no_file(folder: Folder) -> None:
    os.mkfifo(folder.root / "pipe")
    for path in ("pipe", "sub"):
        with pytest.raises(ToolFailed):
            await read(folder, path)


async def test_what_is_missing_is_not_found(folder: Folder) -> None:
    for path in ("none.txt", "note.txt/x"):
        with pytest.raises(ToolFailed) as failed:
            await read(folder, path)
        assert failed.value.category == "not_found"


async def test_a_large_file_is_refused_both_ways(folder: Folder) -> None:
    (folder.root / "big.txt").write_text("x" * 101, encoding="utf-8")
    with pytest.raises(ToolFailed, match="100 bytes"):
        await read(folder, "big.txt")
    with pytest.raises(ToolFailed, match="100 bytes"):
        await write(folder, "new.txt", "ü" * 51)


def test_text_is_decoded_by_its_mark_or_as_utf8() -> None:
    assert decode("ü".encode("utf-8-sig"), "f") == ("ü", "utf-8-sig")
    assert decode("ü".encode("utf-16"), "f") == ("ü", "utf-16")
    for data in (b"\xfc", b"a\x00b", b"\xff\xfea"):
        with pytest.raises(ToolFailed, match="text"):
            decode(data, "f")


async def test_a_listing_is_sorted_and_hides_links_and_dot_files(folder: Folder) -> None:
    (folder.root / ".hidden").write_text("x", encoding="utf-8")
    (folder.root / "link").symlink_to("note.txt")
    reader = ListFiles(folder, "list_files").reader()
    assert reader is not None
    listed = await reader.read({}, CONTEXT)
    assert [(e["name"], e["kind"]) for e in listed["entries"]] == [("note.txt", "file"), ("sub", "folder")]


async def test_a_write_replaces_whole_files_and_leaves_nothing_beside(folder: Folder) -> None:
    assert await write(folder, "sub/new.txt", "hello") == {"path": "sub/new.txt", "bytes": 5}
    await write(folder, "sub/new.txt", "again")
    assert (await read(folder, "sub/new.txt"))["text"] == "again"
    assert sorted(p.name for p in (folder.root / "sub").iterdir()) == ["deep.txt", "new.txt"]
    with pytest.raises(ToolFailed):
        await write(folder, "nowhere/new.txt", "x")
    with pytest.raises(ToolFailed):
        await write(folder, "sub", "x")
    with pytest.raises(ToolFailed):
        await write(folder, "odd.txt", "\ud800")


async def test_a_preview_shows_before_and_after_and_changes_nothing(folder: Folder) -> None:
    previewer = WriteFile(folder, "write_file").previewer()
    assert await previewer.preview({"path": "note.txt", "text": "new"}) == ("Grüße", "new")
    assert await previewer.preview({"path": "none.txt", "text": "new"}) == (None, "new")
    assert not (folder.root / "none.txt").exists()


def test_only_the_write_tool_has_a_writer(folder: Folder) -> None:
    assert ReadFile(folder, "r").writer(LivePermit()) is None
    assert WriteFile(folder, "w").reader() is None
    with pytest.raises(TypeError):
        WriteFile(folder, "w").writer("no permit")  # type: ignore[arg-type]
