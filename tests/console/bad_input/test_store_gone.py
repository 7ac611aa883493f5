"""A store that is deleted while it is open: said in red with what to do, and no empty one is begun in its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from console.app import compose
from console.engine_client import Lost
from console.notices import Gathering
from console.shell.engine_banner import EngineBanner
from tests.console.conftest import Loop
from tests.console.sample import Workspace


def test_a_deleted_store_is_said_and_none_is_begun_in_its_place(
    tmp_path: Path, workspace: Workspace, loop: Loop
) -> None:
    store, aside, log = tmp_path / "w" / "centaur.db", tmp_path / "aside.db", tmp_path / "engine.log"
    store.parent.mkdir()
    shutil.copy(workspace.store, store)
    made = compose(store, tmp_path / "console.json", log)
    engine, told = made.console.engine, list[Lost]()
    banner = EngineBanner(made.console.look, engine, log)
    engine.lost.connect(told.append)
    engine.start()
    try:
        loop.until(lambda: engine.state == "ready", what="the engine answers")
        shutil.copy(store, aside)
        for each in store.parent.glob("centaur.db*"):
            if each.is_file():
                each.unlink()
        loop.until(lambda: told, what="it is noticed")
        assert told[0].kind == "StoreGone"
        assert str(store) in told[0].message
        assert "restore" in told[0].hint
        assert banner.kind == "error"
        assert "gone" in banner.accessibleName()
        engine.retry()
        loop.until(lambda: len(told) > 1, what="it is looked for again")
        assert not store.exists()
        assert "defect" not in log.read_text()
        shutil.copy(aside, store)
        engine.retry()
        loop.until(lambda: engine.state == "ready", what="it goes on")
    finally:
        loop.run(made.close())
        banner.deleteLater()


@pytest.mark.parametrize("message", ["The disk is full.", ""])
def test_trouble_with_the_disk_comes_through_to_the_window(message: str) -> None:
    gathering = Gathering()
    gathering.add("trouble", {"message": message, "hint": "Free some space.", "kind": "StoreFailed"})
    assert gathering.any
    frame = gathering.take()
    assert frame.trouble is not None
    assert frame.trouble["message"] == message
    assert gathering.take().trouble is None
