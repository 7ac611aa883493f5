"""Stopping everything, seeing how far it comes, letting work begin again; an engine that goes and comes back."""

from __future__ import annotations

import os
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.confirm import Confirm
from console.console import Console
from console.engine_client import Lost
from console.main_window import MainWindow
from console.shell.containment import answers
from console.shell.stop_all import ContainmentDialog
from tests.console.conftest import Loop
from tests.console.paint_log import grab

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def asked(window: MainWindow, loop: Loop) -> Confirm:
    QTest.keyClick(window, Qt.Key.Key_X, CONTROL_SHIFT)
    loop.until(lambda: isinstance(window.dialog(), Confirm), what="it asks")
    dialog = window.dialog()
    assert isinstance(dialog, Confirm)
    return dialog


def test_it_says_what_it_stops_and_wants_a_reason(window: MainWindow, engine: Console, loop: Loop) -> None:
    dialog = asked(window, loop)
    said = " ".join(grab(dialog.sheet).texts())
    standing = window.watch.standing
    assert standing is not None
    assert f"{standing.waiting} runs wait" in said
    assert not dialog.go.isEnabled()
    dialog.field and QTest.keyClicks(dialog.field, "wrong account")
    assert dialog.go.isEnabled()
    dialog.go.click()  # struck, not held
    assert window.dialog() is dialog
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.dialog() is None


def test_it_stops_shows_how_far_and_lets_work_begin_again(window: MainWindow, engine: Console, loop: Loop) -> None:
    dialog = asked(window, loop)
    assert dialog.field is not None
    QTest.keyClicks(dialog.field, "wrong account in a mail")
    QTest.keyPress(dialog.go, Qt.Key.Key_Space)
    loop.until(lambda: isinstance(window.dialog(), ContainmentDialog), what="the stop is ordered")
    shown = window.dialog()
    assert isinstance(shown, ContainmentDialog)
    loop.until(lambda: shown.answers_list.covered and shown.answers_list.covered[-1].answer == "stopped")
    assert [each.answer for each in shown.answers_list.covered].count("sent") == 1  # the one in doubt
    assert not shown.contained
    loop.until(lambda: "Everything stopped" in window.status.words, what="the status bar says so")
    assert "let it run again" in window.top.button.label
    assert grab(shown.sheet).problems() == []
    shown.lift.click()
    loop.until(lambda: isinstance(window.dialog(), Confirm), what="it asks why work may begin again")
    why = window.dialog()
    assert isinstance(why, Confirm)
    assert why.field is not None
    QTest.keyClicks(why.field, "the account is right")
    QTest.keyClick(why.field, Qt.Key.Key_Return)
    loop.until(lambda: "Everything stopped" not in window.status.words, what="it is lifted")
    assert window.top.button.label == "Stop all"


def test_each_run_has_its_answer() -> None:
    state = {"awaiting": [["r2", "c1"], ["r9", "c2"]], "unacknowledged": ["r3"]}
    found = answers([("r1", "A", "x"), ("r2", "B", "x"), ("r3", "C", "x")], state)
    assert [(each.run, each.answer) for each in found] == [
        ("r2", "sent"), ("r3", "stopping"), ("r9", "sent"), ("r1", "stopped"),
    ]  # fmt: skip


def test_an_engine_that_is_killed_comes_back(window: MainWindow, engine_process: Console, loop: Loop) -> None:
    engine = engine_process
    seen: list[str] = []
    engine.engine.lost.connect(lambda _: seen.append(window.banner.accessibleName()))
    before = engine.engine.pid
    os.kill(before, signal.SIGKILL)
    loop.until(lambda: seen, what="the window notices")
    assert "being started again" in seen[0]
    assert window.banner.isVisible()
    loop.until(lambda: engine.engine.state == "ready" and engine.engine.pid != before, what="another engine answers")
    loop.until(lambda: window.banner.isHidden(), what="the banner goes")
    loop.until(lambda: "Engine connected" in window.status.words)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_engine_that_does_not_start_says_what_to_do(window: MainWindow, console: Console, theme: str) -> None:
    console.look.switch("dark" if theme == "dark" else "light")
    console.engine.lost.emit(Lost("The store cannot be read.", "Restore a backup.", 10_000, "StoreError"))
    assert "does not start" in window.banner.accessibleName()
    assert window.banner.again.isVisible()
    log = grab(window.banner)
    assert "Restore a backup." in " ".join(log.texts())
    assert log.problems() == []
