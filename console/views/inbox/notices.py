"""Says at the top of a card that it ended: who decided what and when, or that nobody can decide any more."""

from __future__ import annotations

from PySide6.QtCore import QRect

from console import words
from console.models.inbox_card import Card
from console.theme.look import Look
from console.views.inbox.section import Pen, Section


class Ended(Section):
    """A tinted box; hidden while the card is open and this person may decide it."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._title = self._text = ""
        self._icon, self._meaning = "circle-check", "ok"
        self.zone = "UTC"
        self.hide()

    def show_card(self, card: Card, now: int) -> None:
        """Show how this card ended, or why it cannot be decided by this person."""
        self._title, self._text, self._icon, self._meaning = self._said(card, now)
        self.setVisible(bool(self._title))
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(self._text)
        self.refresh()

    def _said(self, card: Card, now: int) -> tuple[str, str, str, str]:
        ending = card.ending
        if ending is None:
            return self._not_yours(card, now)
        when = words.day_and_clock(ending.at, self.zone)
        if ending.choice == "expired":
            return (
                self.tr("It has expired"),
                self.tr("Nobody decided in time; the call counts as rejected."),
                "timer",
                "shadow",
            )
        if ending.choice == "superseded":
            text = self.tr("Its run ended, or its call changed. Nothing was sent because of this request.")
            return self.tr("It no longer stands"), text, "circle-minus", "shadow"
        if ending.choice == "gone":
            return (
                self.tr("It is settled"),
                self.tr("Nobody needs to do anything about it any more."),
                "circle-check",
                "ok",
            )
        verbs = {
            "approve": (self.tr("Approved"), "circle-check", "ok"), "edit": (self.tr("Edited"), "pencil", "run"),
            "reject": (self.tr("Rejected"), "circle-x", "err"), "respond": (self.tr("Answered"), "reply", "run"),
            "decided": (self.tr("Decided"), "user-check", "ok"),
            "happened": (self.tr("It happened"), "circle-check", "ok"),
            "did_not": (self.tr("It did not happen"), "circle-x", "err"),
            "try_again": (self.tr("It is tried again"), "refresh-cw", "run"),
        }  # fmt: skip
        verb, icon, meaning = verbs.get(ending.choice, (words.in_words(ending.choice), "circle-check", "shadow"))
        who = (ending.person or "").removeprefix("person:") or self.tr("somebody")
        signed = "" if ending.signed is None else self.tr(", signed") if ending.signed else self.tr(", not signed")
        title = self.tr("{0} by {1}, {2}{3}").format(verb, who, when, signed)
        parts = [f"“{ending.note}”"] if ending.note else []
        if ending.effective_at is not None and ending.effective_at > now:
            parts.append(self.tr("It can still be undone with Z."))
        return title, " ".join(parts), icon, meaning

    def _not_yours(self, card: Card, now: int) -> tuple[str, str, str, str]:
        if card.kind == "approval" and card.due is not None and card.due <= now:
            return (
                self.tr("It has expired"),
                self.tr("Nobody decided in time; it can no longer be decided."),
                "timer",
                "shadow",
            )
        if card.may:
            return "", "", "", "ok"
        who = ", ".join(words.in_words(name) for name in card.for_) or self.tr("somebody else")
        return self.tr("{0} decides this").format(who), self.tr("You can look at it, not decide it."), "lock", "shadow"

    def lay(self, pen: Pen, width: int) -> int:
        px = self.look.px
        if pen.painter is not None:
            pen.fill(QRect(0, 0, width, self.lay(Pen(self.look), width)), f"{self._meaning}_b", 8)
        pen.icon(px(16), px(10), self._icon or "info", self._meaning)
        y = px(10) + pen.words(px(40), px(10), width - px(56), self._title, "strong", self._meaning)
        if self._text:
            y += pen.words(px(40), y, width - px(56), self._text, "small", "text", leading=18)
        return y + px(10)
