"""The window: rooms, ways, keys, what it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.app import Composed
from console.console import Console
from console.main_window import MainWindow, workspace_name
from console.news import News
from console.place import Place
from tests.console.conftest import Loop
from tests.console.paint_log import grab
from tests.console.sample import Workspace
from tests.console.shell.conftest import ARoom, Make


def room_of(window: MainWindow, id_: str = "") -> ARoom:
    room = window.rooms[id_] if id_ else window.room
    assert isinstance(room, ARoom)
    return room


def test_no_room_is_made_before_the_first_picture(make_window: Make, made: list[str], loop: Loop) -> None:
    window = make_window()
    assert made == []
    loop.until(lambda: made == ["inbox"])
    assert window.room is not None


def test_it_opens_where_something_waits(window: MainWindow, composed: Composed) -> None:
    assert window.place == Place("inbox")
    assert window.watch.standing is not None
    assert window.watch.standing.asking > 0


def test_only_rooms_that_exist_are_in_the_rail(window: MainWindow) -> None:
    assert list(window.rail.tiles) == ["inbox", "live", "settings"]
    window.go(Place("metrics"))
    assert window.place == Place("inbox")


def test_keys_go_to_rooms_and_back(window: MainWindow, loop: Loop) -> None:
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.place == Place("live")
    assert window.rail.tiles["live"].isChecked()
    assert room_of(window, "inbox").left == 1
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.place == Place("inbox")
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.place == Place("live")


def test_a_tile_is_clicked(window: MainWindow) -> None:
    QTest.mouseClick(window.rail.tiles["settings"], Qt.MouseButton.LeftButton)
    assert window.place == Place("settings")


def test_crumbs_lead_back(window: MainWindow) -> None:
    window.go(Place("inbox", "approval", "a7"))
    assert [each.text() for each in window.top.crumbs] == ["Inbox", "Approval", "a7"]
    QTest.mouseClick(window.top.crumbs[1], Qt.MouseButton.LeftButton)
    assert window.place == Place("inbox", "approval", "a1")
    assert room_of(window).entered[-1].id == "a1"


def test_a_letter_works_in_the_room_and_not_while_typing(window: MainWindow) -> None:
    room = room_of(window)
    window.activateWindow()
    room.list.setFocus()
    QTest.keyClick(room.list, Qt.Key.Key_A)
    assert room.struck == 1
    room.typed.setFocus()
    QTest.keyClicks(room.typed, "a ? z 1")
    assert room.typed.text() == "a ? z 1"
    assert room.struck == 1
    assert window.dialog() is None


def test_a_verb_is_done_once_however_long_its_key_is_held(window: MainWindow, console: Console) -> None:
    made = {action.id: q for action, q in console.actions.available()}
    assert not made["inbox.approve"].autoRepeat()
    assert not made["window.stop_all"].autoRepeat()


def test_every_room_that_was_made_hears_the_news(window: MainWindow, console: Console) -> None:
    window.go(Place("live"))
    news = News(9, frozenset({"run.started"}), frozenset({"r"}))
    console.engine.news.emit(news)
    assert room_of(window, "inbox").heard == room_of(window, "live").heard == [news]


def test_badges_come_from_rooms(window: MainWindow) -> None:
    room_of(window).badge_changed.emit(7)
    assert window.rail.tiles["inbox"].badge == 7
    assert "7" in window.rail.tiles["inbox"].accessibleName()


def test_the_status_bar_says_how_it_stands(window: MainWindow, engine: Console, loop: Loop) -> None:
    loop.until(lambda: any(words.startswith("Ledger consistent") for words in window.status.words))
    assert "Engine connected" in window.status.words
    assert any("running" in words for words in window.status.words)
    assert any("USD today" in words for words in window.status.words)
    assert window.status.hints[-1] == ("?", "keys of this room")
    assert window.watch.you == "Ingrid Moen"


def test_the_overlay_shows_the_keys_of_this_room(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Question)
    dialog = window.dialog()
    assert dialog is not None
    said = grab(dialog).texts()
    assert "Approve" in said
    assert "Ctrl Shift X" in said
    assert "Go to Metrics" not in said  # there is no such room here
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.place == Place("inbox")  # nothing happens behind a question
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.dialog() is None


def test_it_comes_back_as_it_was(make_window: Make, composed: Composed, loop: Loop) -> None:
    first = make_window("live", "settings")
    loop.until(lambda: first.room is not None)
    first.go(Place("live", "run", "r-12"))
    first.resize(1300, 820)
    first.appearance.choose("dark")
    first.appearance.choose_scale(1.25)
    first.close()
    composed.console.look.switch("light", 1.0)
    second = make_window("live", "settings", size=(1301, 821))
    loop.until(lambda: second.room is not None)
    assert second.place == Place("live", "run", "r-12")
    assert room_of(second).selection == "r-12"
    assert (composed.console.look.theme, composed.console.look.scale) == ("dark", 1.25)


def test_what_another_version_remembered_is_no_harm(make_window: Make, composed: Composed, loop: Loop) -> None:
    for key, value in (
        ("window.place", {"room": 7}), ("window.geometry", "no geometry"), ("theme", 9), ("scale", "huge"),
        ("room.inbox", ["a list"]),
    ):  # fmt: skip
        composed.console.preferences.set(key, value)
    window = make_window()
    loop.until(lambda: window.place == Place("inbox"))


def test_the_theme_is_switched_live(window: MainWindow, console: Console) -> None:
    light = window.grab().toImage().pixelColor(300, 400).lightness()
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert console.look.theme == "dark"
    assert window.grab().toImage().pixelColor(300, 400).lightness() < light - 100
    assert console.preferences.get("theme") == "dark"


def test_an_empty_store_opens_on_the_first_choice(make_window: Make, empty_console: Console, loop: Loop) -> None:
    empty_console.engine.start()
    window = MainWindow(empty_console, dict.fromkeys(("inbox", "welcome"), ARoom), workspace="New")
    window.show()
    loop.until(lambda: window.place is not None)
    assert window.place == Place("welcome")
    loop.until(lambda: window.watch.verified is not None)
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_text_of_the_frame_is_whole_and_legible(
    window: MainWindow, console: Console, size: tuple[int, int], theme: str, scale: float
) -> None:
    window.resize(*size)
    window.go(Place("inbox", "approval", "INV-2026-0418"))
    window.rail.tiles["inbox"].set_badge(123)
    console.look.switch("dark" if theme == "dark" else "light", scale)
    for part in (window.rail, window.top, window.status):
        assert grab(part).problems() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_text_of_the_overlay_is_whole(window: MainWindow, console: Console, theme: str, scale: float) -> None:
    window.resize(1280, 800)
    console.look.switch("dark" if theme == "dark" else "light", scale)
    window.commands.shortcuts()
    dialog = window.dialog()
    assert dialog is not None
    assert grab(dialog.sheet).problems() == []
    dialog.close_with(None)


def test_every_control_has_a_name(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLineEdit

    for part in (window.rail, window.top, window.status, window.banner):
        for kind in (QAbstractButton, QLineEdit):
            for control in part.findChildren(kind):
                assert control.accessibleName(), control


def test_a_workspace_is_called_after_its_folder(workspace: Workspace) -> None:
    assert workspace_name(Path("/x/nordavind-bank/centaur.db")) == "Nordavind Bank"


def test_tab_reaches_the_rail_and_the_bars(window: MainWindow) -> None:
    window.activateWindow()
    seen: list[object] = []
    for _ in range(30):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    for wanted in (*window.rail.tiles.values(), window.top.button):
        assert wanted in seen
