"""A store that cannot be opened: the whole room says why and what to do, and nothing is said twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.app import compose
from console.engine_client import EngineClient
from console.main_window import MainWindow
from tests.console.conftest import Loop
from tests.console.paint_log import grab


@pytest.mark.parametrize("kind", ["garbage", "folder", "crashing"])
def test_a_store_that_cannot_be_opened_fills_the_room_with_why(tmp_path: Path, loop: Loop, kind: str) -> None:
    store, log = tmp_path / "centaur.db", tmp_path / "engine.log"
    said = {"garbage": "is no SQLite database", "folder": "is a folder", "crashing": "ended with status"}[kind]
    if kind == "garbage":
        store.write_bytes(b"This is a letter, and no database at all. " * 100)
    if kind == "folder":
        store.mkdir()
    command = ("/bin/false",) if kind == "crashing" else None
    made = compose(store, tmp_path / "console.json", log, engine_command=command)
    console = made.console
    assert isinstance(console.engine, EngineClient)
    window = MainWindow(console, log=log)
    window.resize(1280, 800)
    window.show()
    console.engine.start()
    try:
        loop.until(lambda: window.stack.currentWidget() is window.closed_door, what="the room says why")
        told = window.closed_door.accessibleName()
        assert said in told
        assert str(log) in told
        assert ("--store" in told) == (kind != "crashing")
        assert console.toasts.toasts == ()
        assert window.rooms == {}
        assert grab(window).problems() == []
    finally:
        window.close()
        window.deleteLater()
        loop.run(made.close())
