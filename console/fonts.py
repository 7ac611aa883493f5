"""The bundled fonts: everyone sees the same type, and screenshots come out the same on every machine."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtGui import QFontDatabase

from console.theme.typography import DISPLAY, MONO, UI

FAMILIES = (UI, DISPLAY, MONO)


def load_fonts() -> None:
    """Make the bundled families known to Qt; call once, after the application is made and before anything is drawn.

    A family that cannot be loaded is no reason to stop: Qt then takes another one.
    """
    for each in sorted(files("resources").joinpath("fonts").iterdir(), key=lambda found: found.name):
        if each.name.endswith(".ttf"):
            QFontDatabase.addApplicationFontFromData(each.read_bytes())
