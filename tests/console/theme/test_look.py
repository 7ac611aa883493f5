"""The look gives colours, bundled fonts at any scale, and icons in a role's colour."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo, QRawFont
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from console.theme.look import Look
from console.theme.typography import STYLES


def test_each_style_is_set_in_the_bundled_family_and_weight(look: Look) -> None:
    for style, wanted in STYLES.items():
        got = QFontInfo(look.font(style))
        assert (got.family(), got.pixelSize(), got.weight()) == (wanted.family, wanted.size, wanted.weight), style


def test_the_signs_the_console_writes_are_in_the_fonts(look: Look) -> None:
    for style in ("body", "strong", "title", "mono"):
        font = QRawFont.fromFont(look.font(style))
        assert [sign for sign in "→≥≤≠κ–—…·“”’×−αβé" if not font.supportsCharacter(ord(sign))] == []


def test_a_scale_makes_everything_larger_and_a_theme_changes_colours(look: Look, qtbot: QtBot) -> None:
    width, colour, icon = look.width("Ledger", "body"), look.colour("text"), look.icon("bot")
    with qtbot.waitSignal(look.changed):
        look.switch("dark", 2.0)
    assert look.width("Ledger", "body") == pytest.approx(2 * width, rel=0.02)
    assert look.colour("text") != colour
    assert look.icon("bot").width() == 2 * icon.width()
    assert look.line("body") == 40


def test_no_scale_beyond_what_the_rooms_are_made_for(look: Look) -> None:
    look.switch(scale=9.0)
    assert look.scale == 2.0
    look.switch(scale=0.1)
    assert look.scale == 0.8


def test_mono_stands_on_the_baseline_of_the_text_beside_it(look: Look) -> None:
    for scale in (1.0, 1.5, 2.0):
        look.switch(scale=scale)
        assert look.baseline("mono") == look.baseline("mono.strong") == look.baseline("body")


def test_an_unknown_icon_is_told(look: Look) -> None:
    with pytest.raises(FileNotFoundError):
        look.icon("no-such-icon")


def test_an_icon_is_drawn_once_a_colour_and_size(look: Look) -> None:
    assert look.icon("bot").cacheKey() == look.icon("bot").cacheKey() != look.icon("bot", "err").cacheKey()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_menus_are_in_the_look(look: Look, qtbot: QtBot, theme: str) -> None:
    look.switch("dark" if theme == "dark" else "light")
    menu = QMenu()
    qtbot.addWidget(menu)
    action = menu.addAction("Copy && paste\tCtrl+C")
    follow = menu.addAction("Follow")
    follow.setCheckable(True)
    follow.setChecked(True)
    menu.addSeparator()
    menu.addAction("Off").setEnabled(False)
    menu.addMenu("More").addAction("One")
    menu.resize(menu.sizeHint())
    menu.setActiveAction(action)
    image = menu.grab().toImage()
    assert image.pixelColor(3, 3) == look.colour("panel")
    assert image.pixelColor(0, 20) == look.colour("line2")
    assert image.pixelColor(image.width() // 2, 20) == look.colour("sel")
    assert QApplication.palette().color(QApplication.palette().ColorRole.Highlight) == look.colour("accent")
