"""A trend without an axis: a line, a fade below it, a dot at its end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from console.theme import paint
from console.theme.look import Look
from console.widgets.charts import strokes
from console.widgets.charts.scale import Scale


def sparkline(painter: QPainter, look: Look, box: QRectF, values: Sequence[float | None], role: str = "run_f") -> None:
    """Draw a trend into a box; days without a figure leave a gap in time, not a zero."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return  # one point is no trend
    inner = box.adjusted(2, 3, -5, -3)
    low, high = min(value for _, value in known), max(value for _, value in known)
    across = Scale(0, max(1, len(values) - 1), inner.left(), inner.right())
    up = Scale(low, high, inner.bottom(), inner.top())
    points = [QPointF(across.at(index), up.at(value)) for index, value in known]
    strokes.shade(painter, look, points, box.bottom(), role)
    if len(points) > 1:
        strokes.line(painter, look, points, role, 1.75)
    paint.dot(painter, look, points[-1], role, 6)
