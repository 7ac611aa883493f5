"""Lucide icons from `resources/icons`: the stroke's colour is put in when an icon is drawn first."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


class Icons:
    """Draws icons and keeps what it drew, by name, size and colour."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, int, int, float], QPixmap] = {}

    def forget(self) -> None:
        """Let everything go that was drawn."""
        self._drawn.clear()

    def pixmap(self, name: str, colour: QColor, side: int, ratio: float) -> QPixmap:
        """Return an icon.

        Args:
            side: of the square, in pixels.

        Raises FileNotFoundError if there is no such icon.
        """
        key = (name, colour.rgba(), side, ratio)
        found = self._drawn.get(key)
        if found is None:
            found = self._drawn[key] = _draw(name, colour, side, ratio)
        return found


def _draw(name: str, colour: QColor, side: int, ratio: float) -> QPixmap:
    source = files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
    source = source.replace("currentColor", colour.name()).replace('stroke-width="2"', 'stroke-width="1.75"')
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
