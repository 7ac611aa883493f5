"""Closing the window while runs are worked: said what becomes of them, once, and never in the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.confirm import Confirm
from console.engine_client import EngineClient
from console.main_window import MainWindow
from storage.queries.standing import Standing
from tests.console.conftest import Loop


@pytest.fixture
def working(window: MainWindow, loop: Loop, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window while two runs are worked by an engine of its own."""
    loop.until(lambda: window.watch.standing is not None, what="the store is read")
    standing = window.watch.standing
    assert isinstance(standing, Standing)
    monkeypatch.setattr(EngineClient, "ours", True)
    window.watch.standing = standing._replace(running=2)
    return window


def test_the_first_close_says_what_becomes_of_runs_and_one_may_stay(working: MainWindow, loop: Loop) -> None:
    working.leave()
    loop.until(lambda: working.dialog() is not None, what="it is asked")
    sheet = working.dialog()
    assert isinstance(sheet, Confirm)
    assert "2 runs are being worked" in sheet.accessibleName()
    assert working.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    loop.until(lambda: working.dialog() is None, what="one stays")
    assert working.isVisible()
    working.leave()
    loop.until(lambda: working.dialog() is not None, what="it is asked again")
    answer = working.dialog()
    assert isinstance(answer, Confirm)
    answer.go.click()
    loop.until(lambda: not working.isVisible(), what="it is closed")


def test_a_second_close_is_the_answer(working: MainWindow, loop: Loop) -> None:
    working.leave()
    loop.until(lambda: working.dialog() is not None, what="it is asked")
    working.leave()
    assert not working.isVisible()


def test_nothing_is_asked_when_nothing_is_worked(working: MainWindow) -> None:
    standing = working.watch.standing
    assert standing is not None
    working.watch.standing = standing._replace(running=0)
    working.leave()
    assert not working.isVisible()
