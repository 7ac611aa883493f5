"""The mark of Centaur: an open ring around a dot, in ink."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap

from console.theme import paint
from console.theme.look import Look


def paint_mark(painter: QPainter, look: Look, x: float, y: float, side: float) -> None:
    """Draw the mark in a square with its top left corner at a point; `side` in pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("ink"))
    painter.drawRoundedRect(QRectF(x, y, side, side), side / 4, side / 4)
    pen = QPen(look.colour("onink"), side * 0.1)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = QRectF(x + side * 0.25, y + side * 0.25, side * 0.5, side * 0.5)
    painter.drawArc(ring, 52 * 16, 256 * 16)
    painter.restore()
    paint.dot(painter, look, QPointF(x + side / 2, y + side / 2), "onink", side * 0.17 / look.scale)


def window_icon(look: Look) -> QIcon:
    """Return the mark as the icon of a window."""
    icon = QIcon()
    for side in (16, 32, 64, 128):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_mark(painter, look, 0, 0, side)
        painter.end()
        icon.addPixmap(pixmap)
    return icon
