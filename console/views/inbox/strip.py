"""The run so far: its last steps beside each other; Enter or a click opens its trace."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from console import words
from console.models.inbox_card import Card, Step
from console.theme import paint
from console.theme.look import Look
from console.views.inbox.section import Pen, Section
from console.widgets.keycap import key_width, paint_key

_SIGNS = {
    "ok": ("circle-check", "ok"), "failed": ("circle-x", "err"), "recorded": ("circle-dashed", "shadow"),
    "run": ("circle-dot", "run"), "wait": ("circle-pause", "wait"), "doubt": ("circle-help", "err"),
}  # fmt: skip
_LEAST = 108


class Strip(Section):
    """The last steps of the run, oldest left.

    Signals:
        opened: the person wants to see the whole trace.
    """

    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._card: Card | None = None
        self.zone = "UTC"

    def show_card(self, card: Card) -> None:
        """Show this card's run."""
        self._card = card
        self.setAccessibleName(self.tr("The run so far: {0}").format(self._figures(card)))
        self.setAccessibleDescription(", ".join(f"{s.title} {words.clock(s.at, self.zone)}" for s in card.steps))
        self.refresh()

    def _figures(self, card: Card) -> str:
        many = len(card.steps) + card.more_steps
        parts = [words.counted(many, self.tr("step"), self.tr("steps"))]
        parts.append(self.tr("{0} of work").format(words.duration(card.worked_us, prose=True)))
        if card.cost or card.cost_partial:
            parts.append(words.money(card.cost, partial=card.cost_partial))
        return ", ".join(parts)

    def lay(self, pen: Pen, width: int) -> int:
        card, px = self._card, self.look.px
        if card is None:
            return 0
        taken = key_width(self.look, "Enter") + px(16)
        if pen.painter is not None:
            paint_key(pen.painter, self.look, width - taken + px(16), px(1), "Enter")
        y = pen.head(0, width - taken, self.tr("The run so far"), self._figures(card))
        fits = max(1, min(5, width // px(_LEAST)))
        steps = card.steps[-fits:]
        if not steps:
            pen.text(QRect(0, y, width, px(20)), self.tr("Nothing was called yet."), "body", "dim")
            return y + px(20)
        each = width // max(len(steps), min(fits, 5))
        lower = 0
        for number, step in enumerate(steps):
            lower = max(lower, self._lay_step(pen, number * each, y, each, step, number < len(steps) - 1))
        return y + lower

    def _lay_step(self, pen: Pen, x: int, y: int, each: int, step: Step, goes_on: bool) -> int:
        px = self.look.px
        icon, role = _SIGNS.get(step.state, _SIGNS["run"])
        pen.icon(x, y, icon, role, 16, 18)
        if goes_on and pen.painter is not None:
            at = y + px(9)
            paint.fill(pen.painter, self.look, QRect(x + px(18), at, each - px(20), 1), "line2")
            paint.dot(pen.painter, self.look, QPointF(x + each - px(3), at + 0.5), "line2", 3)
        role = "wait" if step.state == "wait" else "text"
        name = pen.words(x, y + px(20), each - px(12), step.title, "small.name", role,
                         most=2, leading=18)  # fmt: skip
        pen.text(QRect(x, y + px(20) + name, each - px(8), px(16)), words.clock(step.at, self.zone), "small", "dim")
        return px(36) + name

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            event.ignore()
