"""Each widget in each state is read in both themes, at 100 and 200 %: the gallery, judged by the paint log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.gallery import PARTS, Gallery
from console.theme.look import Look, Theme
from console.widgets.card import Pane
from console.widgets.flow import Flow
from tests.console.paint_log import grab

Make = Callable[[Look], list[QWidget]]
PARTS_BY_NAME = pytest.mark.parametrize(
    ("make", "flows"), [(make, flows) for _, make, flows in PARTS], ids=[title for title, _, _ in PARTS]
)


def page(look: Look, make: Make, *, flows: bool) -> Pane:
    pane = Pane(look)
    column = Flow(pane) if flows else QVBoxLayout(pane)
    for each in make(look):
        column.addWidget(each)
    return pane


@PARTS_BY_NAME
@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_is_read(look: Look, qtbot: QtBot, theme: Theme, scale: float, make: Make, *, flows: bool) -> None:
    look.switch(theme, scale)
    pane = page(look, make, flows=flows)
    qtbot.addWidget(pane)
    pane.resize(look.px(640), look.px(900))
    log = grab(pane)
    assert log.drawn
    assert log.problems() == []


@PARTS_BY_NAME
def test_each_follows_a_switch_of_theme_and_scale(look: Look, qtbot: QtBot, make: Make, *, flows: bool) -> None:
    pane = page(look, make, flows=flows)
    qtbot.addWidget(pane)
    pane.resize(640, 900)
    light = grab(pane)
    look.switch("dark", 1.5)
    pane.resize(960, 1350)
    dark = grab(pane)
    assert dark.problems() == []
    assert light.image.pixelColor(2, 2) != dark.image.pixelColor(2, 2)
    assert dark.drawn[0].box.height() > light.drawn[0].box.height()


def _focusable(root: QWidget) -> list[QWidget]:
    return [each for each in root.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]


def _walk(interface: QAccessibleInterface) -> list[QAccessibleInterface]:
    found = [interface]
    for index in range(interface.childCount()):
        child = interface.child(index)
        if child is not None and child.isValid():
            found.extend(_walk(child))
    return found


def test_each_control_has_a_name(look: Look, qtbot: QtBot) -> None:
    gallery = Gallery(look)
    qtbot.addWidget(gallery)
    controls = {
        QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.RadioButton, QAccessible.Role.ComboBox,
        QAccessible.Role.EditableText, QAccessible.Role.PageTab, QAccessible.Role.ProgressBar,
    }  # fmt: skip
    found = [each for each in _walk(QAccessible.queryAccessibleInterface(gallery)) if each.role() in controls]
    assert len(found) > 30
    assert [each.object() for each in found if not each.text(QAccessible.Text.Name)] == []
    unnamed = [each for each in _focusable(gallery) if not each.accessibleName()]
    assert [each for each in unnamed if not isinstance(each, QAbstractScrollArea | QAbstractButton)] == []


def test_the_keyboard_reaches_each_control_and_comes_round(look: Look, qtbot: QtBot) -> None:
    gallery = Gallery(look)
    qtbot.addWidget(gallery)
    gallery.resize(1280, 900)
    gallery.show()
    gallery.activateWindow()
    qtbot.waitUntil(gallery.isActiveWindow)
    reached: list[QWidget] = []
    gallery.tabs.setFocus()
    while (focused := QApplication.focusWidget()) is not None and focused not in reached:
        reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [
        each for each in _focusable(gallery) if each.isEnabled() and each.isVisible() and each.focusProxy() is None
    ]
    assert [each for each in wanted if each not in reached] == []


def test_the_theme_is_switched_by_the_keyboard(look: Look, qtbot: QtBot) -> None:
    gallery = Gallery(look)
    qtbot.addWidget(gallery)
    gallery.show()
    gallery.activateWindow()
    qtbot.waitUntil(gallery.isActiveWindow)
    chosen = gallery.theme.segment("light")
    chosen.setFocus()
    QTest.keyClick(chosen, Qt.Key.Key_Right)
    assert look.theme == "dark"
    assert gallery.theme.current() == "dark"
