"""Light, dark or as the system has it; how large text is; whether things move: chosen once, remembered."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from console.preferences import Preferences
from console.theme.look import Look, Theme

Choice = Literal["system", "light", "dark"]
THEME, SCALE = "theme", "scale"
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


class Appearance(QObject):
    """Keeps the look as the person chose it, and as the system has it where they leave it to that."""

    def __init__(self, look: Look, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._preferences = look, preferences
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.apply()

    @property
    def choice(self) -> Choice:
        """Return what was chosen."""
        found = self._preferences.get(THEME, "system")
        return found if found in ("light", "dark") else "system"

    @property
    def scale(self) -> float:
        """Return the chosen scale of text."""
        found = self._preferences.get(SCALE, 1.0)
        return float(found) if isinstance(found, int | float) and 0.8 <= found <= 2.0 else 1.0

    def apply(self) -> None:
        """Give the look what was chosen."""
        theme = wanted(self.choice)
        if (theme, self.scale) != (self._look.theme, self._look.scale):
            self._look.switch(theme, self.scale)

    def choose(self, choice: Choice) -> None:
        """Choose a theme."""
        self._preferences.set(THEME, choice)
        self.apply()

    def toggle(self) -> None:
        """Change between light and dark."""
        self.choose("light" if self._look.theme == "dark" else "dark")

    def choose_scale(self, scale: float) -> None:
        """Choose how large text is."""
        self._preferences.set(SCALE, scale)
        self.apply()

    def step(self, by: int) -> None:
        """Make text larger (1) or smaller (-1) by a step."""
        nearest = min(range(len(SCALES)), key=lambda at: abs(SCALES[at] - self.scale))
        self.choose_scale(SCALES[max(0, min(len(SCALES) - 1, nearest + by))])

    def _system_changed(self, _scheme: object) -> None:
        self.apply()


def wanted(choice: Choice) -> Theme:
    """Return the theme of a choice; where the system says nothing it is light."""
    if choice != "system":
        return choice
    return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
