"""The top of a card: how risky it is, when it must be decided, what will happen in one sentence, who asks."""

from __future__ import annotations

from PySide6.QtCore import QRect

from console import words
from console.models.inbox_card import Card
from console.models.inbox_list import RISK_WORDS
from console.models.inbox_risk import Risk
from console.theme.look import Look
from console.theme.paint import Span, spans
from console.views.inbox.section import Pen, Section
from console.widgets.pill import paint_pill, pill_size

_MOST_LINES, _MOST_WHY = 6, 3


class Heading(Section):
    """Pills and deadline, the title, and a line of who, which case and how long."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._card: Card | None = None
        self._now = 0
        self.zone = "UTC"

    def show_card(self, card: Card, now: int) -> None:
        """Show this card as of a time (UTC microseconds)."""
        self._card, self._now = card, now
        pills = ", ".join(text for text, _, _ in self._pills(card))
        self.setAccessibleName(card.title)
        self.setAccessibleDescription(". ".join((pills, self._deadline(card), self._who(card), self._why(card))))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        card, px = self._card, self.look.px
        if card is None:
            return 0
        y = self._lay_pills(pen, width, card) + px(12)
        y += pen.words(0, y, width, card.title, "title", most=_MOST_LINES) + px(6)
        y += self._lay_who(pen, y, width, card)
        return y + self._lay_why(pen, y, width, card)

    def _lay_pills(self, pen: Pen, width: int, card: Card) -> int:
        px = self.look.px
        deadline, role = self._deadline(card), "wait" if card.due and card.open else "dim"
        taken = pen.look.width(deadline, "small.strong") + px(24)
        x, y = 0, 0
        for text, meaning, icon in self._pills(card):
            size = pill_size(self.look, text, icon).width()
            if x and x + size > width - (taken if y == 0 else 0):
                x, y = 0, y + px(24)
            if pen.painter is not None:
                paint_pill(pen.painter, self.look, x, y, text, meaning, icon)
            x += size + px(8)
        if deadline:
            box = QRect(0, 0, width, px(20))
            wide = pen.text(box, deadline, "small.strong", role, "right", elide=True)
            pen.icon(width - wide - px(22), 0, "timer" if card.open else "circle-check", role)
        return y + px(20)

    def _pills(self, card: Card) -> list[tuple[str, str, str]]:
        meaning = {Risk.HIGH: "err", Risk.MEDIUM: "wait", Risk.LOW: "shadow"}[card.risk]
        found = [(self.tr(RISK_WORDS[card.risk]), meaning, "triangle-alert" if card.risk is Risk.HIGH else "")]
        if card.kind == "approval":
            found.append(
                (self.tr("Can be undone") if card.reversible else self.tr("Cannot be undone"), "shadow", "undo-2")
            )
        kinds = {"doubt": (self.tr("In doubt"), "circle-help"), "handoff": (self.tr("Handed over"), "handshake"),
                 "wait": (self.tr("Question"), "message-square")}  # fmt: skip
        if card.kind in kinds:
            text, icon = kinds[card.kind]
            found.append((text, "shadow", icon))
        found.append((self.tr("Tier {0}").format(card.tier), "shadow", "users" if card.tier >= 3 else ""))
        if card.mode != "live":
            found.append((words.in_words(card.mode), "hatched", "circle-dashed"))
        return found

    def _deadline(self, card: Card) -> str:
        if not card.open or card.due is None:
            return ""
        left = words.until(card.due, self._now)
        if card.due <= self._now:
            return self.tr("Its time is over")
        said = {"until": self.tr("Goes on in {0}"), "reply": self.tr("Answer within {0}"),
                "change": self.tr("Waits {0} at most")}.get(card.waits_for, self.tr("Decide within {0}"))  # fmt: skip
        return said.format(left)

    def _who(self, card: Card) -> str:
        return self.tr("{agent}, version {version}, {stage}, case {case}").format(
            agent=words.in_words(card.agent), version=card.version[:6], stage=card.stage, case=card.case
        )

    def _why(self, card: Card) -> str:
        """Return why it was asked, and how it is undone: to be seen before the details that may need scrolling."""
        if card.kind != "approval" or not card.open:
            return ""
        said = [card.because or (self.tr("The rule {0} asks.").format(card.rule) if card.rule else "")]
        if card.reversible and card.undo:
            said.append(self.tr("To undo: {0}").format(card.undo))
        return " ".join(part for part in said if part)

    def _lay_why(self, pen: Pen, y: int, width: int, card: Card) -> int:
        why = self._why(card)
        if not why:
            return 0
        px = self.look.px
        pen.icon(0, y + px(4), "gavel")
        return px(4) + pen.words(px(24), y + px(4), width - px(24), why, "body", "dim", most=_MOST_WHY)

    def _lay_who(self, pen: Pen, y: int, width: int, card: Card) -> int:
        px, line = self.look.px, self.look.px(20)
        pen.icon(0, y, "bot")
        asked = self.tr("asked {0}") if card.kind == "approval" else self.tr("since {0}")
        parts = [
            [Span(words.in_words(card.agent), "strong"), Span(f" {card.version[:6]}, {card.stage}", "body", "dim")],
            [Span(self.tr("case "), "body", "dim"), Span(card.case, "strong")],
            [Span(asked.format(words.moment(card.since, self._now, self.zone)), "body", "dim")],
            [Span(self.tr("waiting {0}").format(_age(self._now - card.since)), "body", "dim")] if card.open else [],
        ]
        x, top = px(24), y
        for number, part in enumerate([part for part in parts if part]):
            dot = [Span("  ·  ", "body", "dim")] if x > px(24) and number else []
            wide = sum(self.look.width(piece.words, piece.style) for piece in [*dot, *part])
            if dot and x + wide > width:
                x, y, dot = px(24), y + line, []
                wide = sum(self.look.width(piece.words, piece.style) for piece in part)
            if pen.painter is not None:
                spans(pen.painter, self.look, QRect(round(x), y, round(min(wide + 2, width - x)), line), [*dot, *part])
            x += round(wide)
        return y + line - top


def _age(us: int) -> str:
    """Return how long something waits, coarsely."""
    return (
        words.ago(0, us).removesuffix(" ago")
        if us >= words.MINUTE
        else words.duration(max(us, words.MICRO), prose=True)
    )
