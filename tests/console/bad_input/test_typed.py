"""What was typed outlives whatever happens to the window, also where it is no text that can be sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.console import Console
from console.main_window import MainWindow
from console.preferences import Preferences
from storage.errors import BadInput
from tests.console.conftest import Loop

HALF = "half of a pair: \ud83d, and none at all: \x00"


def test_half_a_character_is_kept_and_keeps_nobody_in(tmp_path: Path) -> None:
    kept = Preferences(tmp_path / "console.json")
    kept.set("draft", HALF)
    assert kept.save()
    assert Preferences(tmp_path / "console.json").get("draft") == HALF


def test_half_a_character_cannot_be_sent_and_it_is_said(engine: Console, loop: Loop) -> None:
    with pytest.raises(BadInput, match="half of a pair") as raised:
        loop.run(engine.operations.add_person("p", HALF))
    assert "Nothing was sent" in str(raised.value.hint)


def test_what_is_typed_is_kept_before_the_window_is_closed(engine: Console, loop: Loop) -> None:
    window = MainWindow(engine)
    window.show()
    loop.until(lambda: window.room is not None, what="the first room is entered")
    kept = engine.preferences.path
    loop.until(lambda: kept.exists() and "window.place" in json.loads(kept.read_text("utf-8")), what="it is kept")
    window.close()
    window.deleteLater()
