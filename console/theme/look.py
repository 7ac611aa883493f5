"""What everything that paints is given: the colours, fonts and icons of the theme in force, at the chosen scale."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette, QPixmap

from console.theme.icons import Icons
from console.theme.tokens import PALETTES
from console.theme.typography import MONO, STYLES

Theme = Literal["light", "dark"]
_SHORT, _KEPT = 200, 4_096
"""The width of so long a text is kept, and of so many."""


class Look(QObject):
    """The look in force. Widgets keep it, ask it while painting, and repaint on `changed`.

    Attributes:
        theme: "light" or "dark".
        scale: how large text and everything measured with it is; 1.0 is 100 %, at most 2.0.
        motion: whether things may move.

    Signals:
        changed: theme or scale are others now.
    """

    changed = Signal()

    def __init__(self, theme: Theme = "light", scale: float = 1.0, *, motion: bool = True) -> None:
        super().__init__()
        self.theme: Theme = theme
        self.scale = scale
        self.motion = motion
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[str, QFont] = {}
        self._metrics: dict[str, QFontMetricsF] = {}
        self._widths: dict[tuple[str, str], float] = {}
        self._icons = Icons()

    def switch(self, theme: Theme | None = None, scale: float | None = None) -> None:
        """Change the theme, the scale or both; says so by `changed`."""
        self.theme = theme or self.theme
        self.scale = min(2.0, max(0.8, scale)) if scale is not None else self.scale
        for cache in (self._colours, self._fonts, self._metrics, self._widths):
            cache.clear()
        self._icons.forget()
        self.changed.emit()

    def colour(self, role: str) -> QColor:
        """Return the colour of a role of `tokens` in the theme in force. Raises KeyError."""
        found = self._colours.get(role)
        if found is None:
            found = self._colours[role] = QColor(PALETTES[self.theme][role])
        return found

    def px(self, length: float) -> int:
        """Return a length of the design (pixels at 100 %) at the scale in force."""
        return round(length * self.scale)

    def font(self, style: str) -> QFont:
        """Return the font of a style of `typography`, scaled, unhinted. Raises KeyError."""
        found = self._fonts.get(style)
        if found is None:
            family, size, weight, _, tabular = STYLES[style]
            found = QFont(family)
            found.setPixelSize(self.px(size))
            found.setWeight(QFont.Weight(weight))
            found.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            if family == MONO:
                found.setFeature(QFont.Tag("calt"), 0)
            if tabular:
                found.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[style] = found
        return found

    def line(self, style: str) -> int:
        """Return the height of a style's line box in pixels."""
        return self.px(STYLES[style].line)

    def metrics(self, style: str) -> QFontMetricsF:
        """Return the metrics of a style's font."""
        found = self._metrics.get(style)
        if found is None:
            found = self._metrics[style] = QFontMetricsF(self.font(style))
        return found

    def baseline(self, style: str) -> int:
        """Return how far below the top of a style's line box its letters stand, in pixels.

        Mono stands on the baseline of the body text in a line box of the same height, so that they go together.
        """
        family, _, _, line, _ = STYLES[style]
        like = "body" if family == MONO and line == STYLES["body"].line else style
        return round((self.line(style) + self.metrics(like).capHeight()) / 2)

    def width(self, text: str, style: str) -> float:
        """Return how wide a line of text is, in pixels."""
        if len(text) > _SHORT:
            return self.metrics(style).horizontalAdvance(text)
        # Layouts and paints ask for the same few again and again, and shaping letters is dear.
        found = self._widths.get((text, style))
        if found is None:
            if len(self._widths) >= _KEPT:
                self._widths.clear()
            found = self._widths[text, style] = self.metrics(style).horizontalAdvance(text)
        return found

    def icon(self, name: str, role: str = "dim", size: int = 16, ratio: float = 1.0) -> QPixmap:
        """Return a Lucide icon in a role's colour.

        Args:
            size: side in pixels at 100 %.
            ratio: the device's pixels per pixel.
        """
        return self._icons.pixmap(name, self.colour(role), self.px(size), ratio)

    def palette(self) -> QPalette:
        """Return the palette for what Qt paints itself (text cursors, selections, tool tips)."""
        palette, roles = QPalette(), QPalette.ColorRole
        for role, token in (
            (roles.Window, "ground"), (roles.WindowText, "text"), (roles.Base, "panel"),
            (roles.AlternateBase, "raised"),
            (roles.Text, "text"), (roles.Button, "panel"), (roles.ButtonText, "text"), (roles.ToolTipBase, "ink"),
            (roles.ToolTipText, "onink"), (roles.Highlight, "accent"), (roles.HighlightedText, "onink"),
            (roles.PlaceholderText, "faint"), (roles.Link, "accent"), (roles.BrightText, "text"),
        ):  # fmt: skip
            palette.setColor(role, self.colour(token))
        palette.setColor(QPalette.ColorGroup.Disabled, roles.Text, self.colour("faint"))
        palette.setColor(QPalette.ColorGroup.Disabled, roles.ButtonText, self.colour("faint"))
        return palette
