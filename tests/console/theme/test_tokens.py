"""The tokens keep what TOKENS promises: text at 4.5 or more on each ground, bars and dots at 3 or more."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from console.theme.tokens import MEANINGS, PALETTES
from tests.console.paint_log import contrast

GROUNDS = ("panel", "ground", "raised", "sunken", "sel", "hover")
THEMES = tuple(PALETTES)


def ratio(theme: str, one: str, other: str) -> float:
    return contrast(QColor(PALETTES[theme][one]), QColor(PALETTES[theme][other]))


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_read_on_every_ground(theme: str) -> None:
    roles = ("text", "dim", "faint", "accent", *MEANINGS)
    assert [(r, g) for r in roles for g in GROUNDS if ratio(theme, r, g) < 4.5] == []


@pytest.mark.parametrize("theme", THEMES)
def test_a_meaning_is_read_on_its_tint_and_its_bars_are_seen(theme: str) -> None:
    assert [meaning for meaning in MEANINGS if ratio(theme, meaning, f"{meaning}_b") < 4.5] == []
    assert [m for m in MEANINGS for g in ("panel", "raised") if ratio(theme, f"{m}_f", g) < 2.99] == []


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_filled_is_read(theme: str) -> None:
    assert ratio(theme, "onink", "ink") >= 7
    assert ratio(theme, "onred", "red") >= 4.5
    # A selection in a field is painted with these two.
    assert ratio(theme, "onink", "accent") >= 4.5


def test_both_themes_have_the_same_roles() -> None:
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()
