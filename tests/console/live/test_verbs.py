"""A person's hand on a run, by the keys of the room; its engine is real, its model an endpoint on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.app import compose
from console.console import Console
from console.place import Place
from console.views.live.room import LiveRoom
from storage.queries import runs
from tests.agents.engine.shop import shop, started
from tests.agents.workbench import job_text
from tests.console.conftest import Loop
from tests.wire.openai_endpoint import Ending, OpenAIEndpoint, says

WORDS = tuple(f"word {n} of many " for n in range(400))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CENTAUR_SECRET_MINE", "sk-test")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return shop(tmp_path / "shop").parent


@pytest.fixture
def working(folder: Path, loop: Loop) -> Iterator[Console]:
    made = compose(folder / "centaur.db", folder / "console.json", folder / "engine.log")
    made.console.look.motion = False
    made.console.engine.start()
    loop.until(lambda: made.console.engine.state == "ready", what="the engine answers")
    loop.run(made.console.operations.add_person(made.console.you, "Ann"))
    try:
        yield made.console
    finally:
        loop.run(made.close())


@pytest.fixture
def room(working: Console, qtbot: QtBot) -> Iterator[LiveRoom]:
    made = LiveRoom(working)
    made.resize(1368, 700)
    made.show()
    working.engine.news.connect(made.hear)
    qtbot.waitExposed(made)
    yield made
    made.leave()
    made.close()
    made.deleteLater()


def _begun(room: LiveRoom, loop: Loop, folder: Path, **more: str) -> str:
    loop.run(room.console.operations.start_pilot(**started(folder, 1, **more)))
    found: list[str] = []

    def known() -> bool:
        found[:] = [run.run for run in loop.run(room.console.reads.ask(lambda view: runs(view.connection)))]
        return bool(found)

    loop.until(known, what="the run has begun")
    room.enter(Place("live", "run", found[0]))
    loop.until(lambda: room.run.head, what="it is read")
    return found[0]


def _stands(room: LiveRoom, loop: Loop, *states: str) -> None:
    loop.until(lambda: room.run.head is not None and room.run.head.record.state in states, what=f"it is {states}")


def test_a_run_is_paused_resumed_and_taken_over_by_keys(room: LiveRoom, loop: Loop, folder: Path) -> None:
    _begun(room, loop, folder)
    _stands(room, loop, "asking")
    loop.until(lambda: room.header.decide.isVisibleTo(room), what="it can be decided")
    QTest.keyClick(room.trace_view, Qt.Key.Key_P)
    _stands(room, loop, "paused")
    assert room.header.pause.label == "Resume"
    QTest.keyClick(room.trace_view, Qt.Key.Key_P)
    _stands(room, loop, "asking")
    QTest.keyClick(room.trace_view, Qt.Key.Key_O)
    _stands(room, loop, "handed_off")
    assert not any(button.isVisibleTo(room) for button in room.header.buttons)
    assert not room.output.field.isEnabled()


def test_streamed_words_are_followed_until_one_scrolls_up(room: LiveRoom, loop: Loop, folder: Path) -> None:
    answer = replace(says(*WORDS), ending=Ending.HANG)
    with OpenAIEndpoint([answer]) as endpoint:
        given = {"name": "here", "model": "openai/gpt-4o-mini", "api_base": endpoint.url, "credential": "mine"}
        loop.run(room.console.operations.command("model.set", **given))
        (folder / "keeper.yaml").write_text(job_text(model="model: {route: here}\n"))
        _begun(room, loop, folder)
        lines = room.output.lines
        loop.until(lambda: endpoint.received, what="the model is asked: its library takes seconds to load")
        loop.until(lambda: lines.entries and WORDS[-1] in lines.entries[-1].whole(), what="all words have come")
        assert lines.entries[-1].whole() == "".join(WORDS)
        assert lines.following
        assert "streaming" in room.output.head.what.text()
        lines.verticalScrollBar().setValue(0)
        assert not lines.following
        QTest.keyClick(room.trace_view, Qt.Key.Key_M)
        assert room.output.field.hasFocus()
        QTest.keyClicks(room.output.field, "Be brief.")
        QTest.keyClick(room.output.field, Qt.Key.Key_Return)
        loop.until(lambda: room.output.head.new.isVisibleTo(room), what="it is said that there is more below")
        assert room.output.head.new.label == "1 new"
        assert room.output.field.text() == ""
        QTest.keyClick(room.output.field, Qt.Key.Key_Escape)
        assert room.trace_view.hasFocus()
        QTest.keyClick(room.trace_view, Qt.Key.Key_F)
        assert lines.following
        assert not room.output.head.new.isVisibleTo(room)
        QTest.keyClick(room.trace_view, Qt.Key.Key_T)
        _stands(room, loop, "stopped")
