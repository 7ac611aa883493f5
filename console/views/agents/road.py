"""The road of an agent: where it is, since when, what lies behind it. What lies ahead promises nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console import words
from console.models.agents import Station
from console.theme import paint
from console.theme.look import Look

_HEIGHT, _NODE, _PAD = 136, 30, 34


class Road(QWidget):
    """Four stations on one line, painted as a card."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._stations: Sequence[Station] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.refresh)

    def show_stations(self, stations: Sequence[Station]) -> None:
        """Show the road."""
        self._stations = stations
        here = next((each for each in stations if each.state == "here"), None)
        self.setAccessibleName(self.tr("Road"))
        if here is not None:
            self.setAccessibleDescription(f"{words.sign(words.STAGE, here.stage).word}: {', '.join(here.lines)}")
        self.update()

    def refresh(self) -> None:
        """Take up the look in force."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.look.px(560), self._height(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.look.px(420), self.look.px(_HEIGHT))

    def _height(self, width: int) -> int:
        return self.look.px(24 + _NODE + 10) + self.look.line("strong") + 2 * self.look.line("small") + self.look.px(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, px, painter = self.look, self.look.px, QPainter(self)
        paint.card(painter, look, self.rect())
        if not self._stations:
            return
        left, node = px(_PAD), px(_NODE)
        step = (self.width() - 2 * left) / len(self._stations)
        middle = px(24) + node / 2
        for index, station in enumerate(self._stations[:-1]):
            start, end = left + index * step + node, left + (index + 1) * step
            self._way(painter, QRectF(start, middle - px(2), end - start, px(4)), station.until)
        for index, station in enumerate(self._stations):
            x = left + index * step
            self._node(painter, QRectF(x, px(24), node, node), station)
            self._words(painter, QRectF(x, px(24) + node + px(10), step - px(12), 0), station)

    def _way(self, painter: QPainter, box: QRectF, until: str) -> None:
        look, px = self.look, self.look.px
        paint.fill(painter, look, box, "sel")
        if until == "done":
            paint.fill(painter, look, box, "ok_f")
        elif until == "under way":
            paint.hatch(painter, look, QRectF(box.x() + px(4), box.y() - px(1), box.width() * 0.72, px(6)), "shadow_f",
                        every=px(5))  # fmt: skip

    def _node(self, painter: QPainter, box: QRectF, station: Station) -> None:
        look = self.look
        if station.state == "passed":
            paint.dot(painter, look, box.center(), "ok_f", 28)
            paint.icon(painter, look, box, "check", "panel", 16)
        elif station.state == "here":
            paint.dot(painter, look, box.center(), "ink", 30)
            paint.icon(painter, look, box, words.sign(words.STAGE, station.stage).icon, "onink", 16)
        else:
            paint.dot(painter, look, QPointF(box.center()), "sel", 28)
            paint.icon(painter, look, box, words.sign(words.STAGE, station.stage).icon, "faint", 16)

    def _words(self, painter: QPainter, box: QRectF, station: Station) -> None:
        look = self.look
        name = words.sign(words.STAGE, station.stage).word
        ahead = station.state == "ahead"
        line = QRectF(box.x(), box.y(), box.width(), look.line("strong"))
        paint.text(painter, look, line, name, "strong", "dim" if ahead else "text", elide=True)
        for number, said in enumerate(station.lines):
            top = box.y() + look.line("strong") + number * look.line("small")
            role = "text" if station.state == "here" and number == 1 else "dim"
            style = "small"
            paint.text(
                painter, look, QRectF(box.x(), top, box.width(), look.line(style)), said, style, role, elide=True
            )
