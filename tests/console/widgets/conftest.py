"""A dressed application: fonts loaded, the style set, nothing moving."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from console.fonts import load_fonts
from console.theme.look import Look
from console.theme.style import dress
from console.theme.typography import UI


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    """A look of the test's own, put on the application."""
    if UI not in QFontDatabase.families():
        load_fonts()
    own = Look(motion=False)
    dress(qapp, own)
    yield own
    qapp.setStyle("Fusion")
