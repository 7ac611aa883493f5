"""Lines, bands and marks of charts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF

from console.theme import paint
from console.theme.look import Look


def line(painter: QPainter, look: Look, points: Sequence[QPointF], role: str, width: float = 2) -> None:
    """Draw a line through points."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(look.colour(role), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(list(points)))
    painter.restore()


def band(painter: QPainter, look: Look, upper: Sequence[QPointF], lower: Sequence[QPointF], role: str) -> None:
    """Fill between two lines with a sixth of a colour."""
    colour = QColor(look.colour(role))
    colour.setAlphaF(0.16)
    path = QPainterPath()
    path.addPolygon(QPolygonF([*upper, *reversed(lower)]))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path, colour)
    painter.restore()


def shade(painter: QPainter, look: Look, points: Sequence[QPointF], floor: float, role: str) -> None:
    """Fill below a line, fading towards the floor (pixels)."""
    if len(points) < 2:
        return
    top = min(point.y() for point in points)
    strong, weak = QColor(look.colour(role)), QColor(look.colour(role))
    strong.setAlphaF(0.14)
    weak.setAlphaF(0.0)
    gradient = QLinearGradient(0, top, 0, floor)
    gradient.setColorAt(0, strong)
    gradient.setColorAt(1, weak)
    path = QPainterPath()
    path.addPolygon(QPolygonF([*points, QPointF(points[-1].x(), floor), QPointF(points[0].x(), floor)]))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path, gradient)
    painter.restore()


def dashes(painter: QPainter, look: Look, where: QLineF, role: str = "text", width: float = 2) -> None:
    """Draw a dashed line: a target, a gate or a limit."""
    painter.save()
    pen = QPen(look.colour(role), width)
    pen.setDashPattern([2, 2] if width >= 2 else [4, 3])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(where)
    painter.restore()


def interval(
    painter: QPainter, look: Look, middle: float, low: float, high: float, at: float, role: str, height: float = 8
) -> None:
    """Draw an interval bar with end caps and a dot at the estimate; all x and y in pixels."""
    tint = QColor(look.colour(role))
    tint.setAlphaF(0.42)
    painter.fillRect(QRectF(round(low), round(middle - height / 2), max(1, round(high) - round(low)), height), tint)
    cap = height + 4
    for x in (low, high):
        painter.fillRect(QRectF(round(x) - 1, round(middle - cap / 2), 2, cap), look.colour(role))
    paint.dot(painter, look, QPointF(at, middle), "panel", 13)
    paint.dot(painter, look, QPointF(at, middle), role, 10)
