"""The evidence of a card: one small card a result, and how many were opened."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.models.inbox_evidence import Evidence
from console.theme.look import Look
from console.views.inbox.evidence_card import EvidenceCard
from console.views.inbox.section import Pen, Section


class EvidenceList(QWidget):
    """Results so far, what contradicts the call first.

    Signals:
        looked: the call (str) of a result that was opened.
    """

    looked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._evidence: Sequence[Evidence] = ()
        self._opened: set[str] = set()
        self.cards: list[EvidenceCard] = []
        self._head = _Head(look)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._head)
        look.changed.connect(self._measure)
        self._measure()

    def show_evidence(self, evidence: Sequence[Evidence], opened: set[str]) -> None:
        """Show these; `opened` are the calls whose results were looked at."""
        self._opened = opened
        if evidence != self._evidence or not self.cards:
            self._evidence = evidence
            self._rebuild()
        self._head.say(len(evidence), len(opened & {one.call for one in evidence}))

    def _rebuild(self) -> None:
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [EvidenceCard(self.look, one) for one in self._evidence]
        for card in self.cards:
            card.was_opened = card.evidence.call in self._opened
            card.opened.connect(functools.partial(self._looked, card.evidence.call))
            self._column.addWidget(card)
            card.show()

    def _looked(self, call: str) -> None:
        self._head.say(len(self._evidence), len((self._opened | {call}) & {one.call for one in self._evidence}))
        self.looked.emit(call)

    def _measure(self) -> None:
        self._column.setSpacing(self.look.px(8))


class _Head(Section):
    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._many = self._opened = 0

    def say(self, many: int, opened: int) -> None:
        self._many, self._opened = many, opened
        self.setAccessibleName(self.tr("Evidence: {0} of {1} opened").format(opened, many))
        self.refresh()

    def lay(self, pen: Pen, width: int) -> int:
        from PySide6.QtCore import QRect

        px = self.look.px
        wide = pen.text(QRect(0, 0, width, px(20)), self.tr("Evidence"), "strong")
        pen.text(QRect(wide + px(8), 0, px(60), px(20)), str(self._many), "small", "dim")
        if self._many:
            words = self.tr("{0} of {1} opened").format(self._opened, self._many)
            pen.text(QRect(0, 0, width, px(20)), words, "small", "dim", "right")
            return px(20)
        return px(28) + pen.words(0, px(28), width, self.tr("The run called nothing before this."), "small", "dim")
