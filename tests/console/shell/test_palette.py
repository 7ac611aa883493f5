"""The command field and its popup, by keys only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.console import Console
from console.main_window import MainWindow
from console.place import Place
from tests.console.conftest import Loop
from tests.console.paint_log import grab

CONTROL = Qt.KeyboardModifier.ControlModifier


def open_it(window: MainWindow) -> list[str]:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    assert window.top.field.hasFocus()
    return shown(window)


def shown(window: MainWindow) -> list[str]:
    return [each.entry.words for each in window.commands.palette.list.matches]


def test_it_lists_what_can_be_done_with_its_key(window: MainWindow) -> None:
    assert "Approve" not in open_it(window)[:1]
    QTest.keyClicks(window.top.field, "stop all")
    chosen = window.commands.palette.list.chosen()
    assert chosen is not None
    assert (chosen.words, chosen.key) == ("Stop all", "Ctrl Shift X")


def test_a_room_is_gone_to_by_name(window: MainWindow) -> None:
    open_it(window)
    QTest.keyClicks(window.top.field, "go to live")
    QTest.keyClick(window.top.field, Qt.Key.Key_Return)
    assert window.place == Place("live")
    assert not window.commands.palette.isVisible()
    assert not window.top.field.text()


def test_a_run_is_found_by_its_case(window: MainWindow, loop: Loop) -> None:
    open_it(window)
    QTest.keyClicks(window.top.field, "INVOICE-c")
    loop.until(lambda: any(words.startswith("invoice-C") for words in shown(window)))
    QTest.keyClick(window.top.field, Qt.Key.Key_Down)
    chosen = window.commands.palette.list.chosen()
    assert chosen is not None
    QTest.keyClick(window.top.field, Qt.Key.Key_Return)
    assert window.place == chosen.place
    assert window.place is not None
    assert window.place.kind == "run"


def test_escape_closes_it_and_the_keyboard_is_where_it_was(window: MainWindow) -> None:
    before = QApplication.focusWidget()
    open_it(window)
    QTest.keyClicks(window.top.field, "xyzzy")
    assert "Nothing is called that." in grab(window.commands.palette).texts()
    QTest.keyClick(window.top.field, Qt.Key.Key_Escape)
    assert not window.commands.palette.isVisible()
    assert QApplication.focusWidget() is before


def test_a_click_takes_a_row(window: MainWindow) -> None:
    open_it(window)
    QTest.keyClicks(window.top.field, "go to settings")
    listed = window.commands.palette.list
    top, height, _ = next(row for row in listed.rows() if not isinstance(row[2], str))
    from PySide6.QtCore import QPoint

    QTest.mouseClick(listed, Qt.MouseButton.LeftButton, pos=QPoint(40, top + height // 2))
    assert window.place == Place("settings")


def test_an_action_of_the_room_is_done_from_it(window: MainWindow) -> None:
    open_it(window)
    QTest.keyClicks(window.top.field, "approve")
    QTest.keyClick(window.top.field, Qt.Key.Key_Return)
    assert getattr(window.room, "struck", 0) == 1


def test_its_texts_are_whole_in_both_themes(window: MainWindow, console: Console, loop: Loop) -> None:
    for theme, scale in (("light", 1.0), ("dark", 1.0), ("dark", 2.0)):
        console.look.switch("dark" if theme == "dark" else "light", scale)
        window.resize(1280, 800)
        open_it(window)
        QTest.keyClicks(window.top.field, "in")
        loop.until(lambda: len(shown(window)) > 4)
        assert grab(window.commands.palette).problems() == []
        window.commands.palette.close_it()
