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
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look.changed.connect(self.refresh)

    def show_stations(self, stations: Sequence[Station]) -> None:
        """Show the road."""
        self._stations = stations
        here = next((each for each in stations if each.state == "here"), None)
        self.setAccessibleName(self.tr("Road"))
        if here is not None:
            self.setAccessibleDescription(f"{words.sign(words.STAGE, here.stage).word}: {', '.join(here.lines)}")
        self.updateGeometry()
        self.update()

    def refresh(self) -> None:
        """Take up the look in force."""
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        look, px = self.look, self.look.px
        room = self._step(width) - px(12)
        words_ = (sum(paint.height_of(look, line, "small", room, 2) for line in each.lines if line)
                  for each in self._stations)  # fmt: skip
        return px(24 + _NODE + 10) + look.line("strong") + max(words_, default=0) + px(20)

    def _step(self, width: int) -> float:
        return (width - 2 * self.look.px(_PAD)) / max(1, len(self._stations))

    def sizeHint(self) -> QSize:
        width = max(self.width(), self.look.px(420))
        return QSize(self.look.px(560), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.look.px(300), self.look.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, px, painter = self.look, self.look.px, QPainter(self)
        paint.card(painter, look, self.rect())
        if not self._stations:
            return
        left, node = px(_PAD), px(_NODE)
        step = self._step(self.width())
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
        elif until == "skipped":
            paint.hatch(painter, look, box, "wait_f", every=px(5))
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
        elif station.state == "skipped":
            paint.dot(painter, look, QPointF(box.center()), "wait_b", 28)
            paint.icon(painter, look, box, "minus", "wait", 16)
        else:
            paint.dot(painter, look, QPointF(box.center()), "sel", 28)
            paint.icon(painter, look, box, words.sign(words.STAGE, station.stage).icon, "faint", 16)

    def _words(self, painter: QPainter, box: QRectF, station: Station) -> None:
        look = self.look
        name = words.sign(words.STAGE, station.stage).word
        ahead = station.state == "ahead"
        line = QRectF(box.x(), box.y(), box.width(), look.line("strong"))
        paint.text(painter, look, line, name, "strong", "dim" if ahead else "text", elide=True)
        top = box.y() + look.line("strong")
        for number, said in enumerate(station.lines):
            if said:
                role = "text" if station.state == "here" and number == 1 else "dim"
                place = QRectF(box.x(), top, box.width(), 0)
                top += paint.paragraph(painter, look, place, said, "small", role, most=2)
