"""What stands beside a card: who may decide, the agent's recommendation, how the rule was decided before."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from console import words
from console.models.inbox_card import Card
from console.theme.look import Look
from console.views.inbox.section import Pen, Section
from console.widgets.avatar import paint_avatar
from console.widgets.keycap import key_width, paint_key

_CHOICES = (("reject", "err_f"), ("edit", "run_f"), ("respond", "tool_f"), ("approve", "ok_f"))


class People(Section):
    """Who may decide: one of them does."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._rows: list[tuple[str, str, str, str]] = []
        self._title = ""

    def show_card(self, card: Card, you: str) -> None:
        """Show who may decide this card, where not everybody may; and who was asked before."""
        answers = card.kind == "wait"
        self._title = self.tr("Anybody decides")
        if card.for_ or not card.may:
            self._title = self.tr("One person answers") if answers else self.tr("One person decides")
        now = (self.tr("is asked") if answers else self.tr("deciding now")) if card.open else ""
        # With one name besides one's own, that name is the role in which one decides.
        role = self.tr("your role") if card.may and len(card.for_) == 1 else self.tr("may decide")
        mine = [(card.you, self.tr("{0}, you").format(card.you), now, "wait")] if card.may else []
        others = [(name, words.in_words(name), role, "dim") for name in card.for_ if not (card.may and name == you)]
        asked = [(person, words.in_words(person), self.tr("was consulted"), "dim") for person, _ in card.consulted]
        self._rows = [*mine, *others, *asked]
        self.setVisible(bool(self._rows) and (bool(card.for_) or bool(asked)))
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(", ".join(f"{name} {state}" for _, name, state, _ in self._rows))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px = self.look.px
        y = top = pen.head(0, width, self._title)
        pen.card(QRect(0, top, width, len(self._rows) * px(40)))
        for number, (who, name, state, role) in enumerate(self._rows):
            if number:
                pen.rule(1, y, width - 2)
            if pen.painter is not None:
                paint_avatar(pen.painter, self.look, QRectF(px(14), y + px(8), px(24), px(24)), who)
            wide = self.look.width(state, "small")
            pen.text(QRect(px(52), y, round(width - px(52 + 14) - wide - px(8)), px(40)), name, "name", elide=True)
            pen.text(QRect(px(52), y, width - px(52 + 14), px(40)), state, "small", role, "right")
            y += px(40)
        return y


class Recommendation(Section):
    """The agent's own recommendation: last, and folded until it can no longer lead.

    Signals:
        asked: the person wants to see or hide it.
    """

    asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._text = self._why_folded = ""
        self.folded = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_text(self, text: str, *, folded: bool, why: str) -> None:
        """Show it, or why it is folded."""
        self._text, self.folded, self._why_folded = text, folded, why
        self.setAccessibleName(self.tr("The agent's recommendation"))
        self.setAccessibleDescription(why if folded else text)
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        px = self.look.px
        if pen.painter is not None:
            pen.card(QRect(0, 0, width, self.lay(Pen(self.look), width)), "raised", dashed=True)
            paint_key(pen.painter, self.look, width - px(12) - key_width(self.look, "Space"), px(12), "Space")
        pen.icon(px(14), px(11), "eye-off" if self.folded else "eye")
        room = width - px(40 + 20) - key_width(self.look, "Space")
        y = px(11) + pen.words(px(40), px(11), room, self.tr("Agent's recommendation"), "strong", most=2) + px(2)
        text = self._why_folded if self.folded else self._text
        y += pen.words(px(40), y, width - px(56), text, "small", "dim" if self.folded else "text", leading=18)
        return y + px(14)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.asked.emit()
        else:
            event.ignore()


class Before(Section):
    """How requests of the same rule were decided before, as one bar."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._card: Card | None = None

    def show_card(self, card: Card) -> None:
        """Show what was decided under this card's rule."""
        self._card = card
        self.setVisible(card.precedents is not None)
        self.setAccessibleName(self.tr("Decided before under this rule"))
        self.setAccessibleDescription(", ".join(self._said()) or self.tr("Never yet"))
        self.refresh()

    def _said(self) -> list[str]:
        if self._card is None or self._card.precedents is None:
            return []
        names = {"reject": self.tr("rejected"), "edit": self.tr("edited"), "respond": self.tr("answered"),
                 "approve": self.tr("approved")}  # fmt: skip
        counts = self._card.precedents.counts
        return [f"{words.count(counts[choice])} {names[choice]}" for choice, _ in _CHOICES if counts.get(choice)]

    def lay(self, pen: Pen, width: int) -> int:
        px = self.look.px
        found = self._card.precedents if self._card else None
        if found is None:
            return 0
        total = found.total
        right = self.tr("n {0}, {1}").format(
            words.count(total), words.counted(found.days, self.tr("day"), self.tr("days"))
        )
        y = pen.head(0, width, self.tr("Decided before under this rule"), right if total else "n 0")
        if not total:
            return y + pen.words(0, y - px(4), width, self.tr("This is the first time in 90 days."), "small", "dim")
        shown = [(choice, role) for choice, role in _CHOICES if found.counts.get(choice)]
        room, x = width - (len(shown) - 1) * px(4), 0.0
        for choice, role in shown:
            wide = room * found.counts[choice] / total
            if pen.painter is not None:
                pen.fill(QRect(round(x), y, max(px(3), round(wide)), px(8)), role, 2)
            x += wide + px(4)
        y += px(16)
        at = 0
        for (_, role), said in zip(shown, self._said(), strict=True):
            wide = round(self.look.width(said, "small")) + px(16 + 16)
            if at and at + wide > width:
                at, y = 0, y + px(20)
            pen.fill(QRect(at, y + px(4), px(8), px(8)), role, 2)
            pen.text(QRect(at + px(14), y, wide, px(16)), said, "small", "dim")
            at += wide
        return y + px(16)
