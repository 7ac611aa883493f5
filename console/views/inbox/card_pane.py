"""Everything a person is shown before deciding: the card in the middle, what speaks for or against it beside."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console import words
from console.models.inbox_card import Card
from console.theme.look import Look
from console.views.inbox.beside import Before, People, Recommendation
from console.views.inbox.changes import Changes
from console.views.inbox.evidence_list import EvidenceList
from console.views.inbox.grounds import Box, Boxes, Texts
from console.views.inbox.heading import Heading
from console.views.inbox.notices import Ended
from console.views.inbox.strip import Strip
from console.views.inbox.tables import Arguments
from console.views.inbox.values import Values
from console.widgets.scroll import THICK, Scroll

GUTTER, BETWEEN, TOP = 24, 40, 20
_BESIDE_LEAST, _BESIDE_MOST = 296, 344
_MIDDLE_LEAST, _MIDDLE_MOST = 400, 1040
_BAR, _FOLDS_FROM = 16, 3
"""Pixels between the middle's scroll bar and what is beside it; the tier from which a recommendation is folded."""


class CardPane(QWidget):
    """The card of what is open in the list.

    Signals:
        run_wanted: the person wants to see the run's trace.
    """

    run_wanted = Signal()

    def __init__(self, look: Look, you: str) -> None:
        super().__init__()
        self.look, self._you = look, you
        self.card: Card | None = None
        self._opened: dict[tuple[str, str], set[str]] = {}
        self._unfolded: set[tuple[str, str]] = set()
        self._stacked = self._editing = False
        self._build()
        look.changed.connect(self._measure)
        self._measure()

    def _build(self) -> None:
        look = self.look
        self.heading, self.ended, self.grounds = Heading(look), Ended(look), Boxes(look)
        self.arguments, self.changes, self.strip = Arguments(look), Changes(look), Strip(look)
        self.summary = Texts(look, self.tr("Why it is yours"))
        self.found = Texts(look, self.tr("What was found"))
        self.options = Texts(look, self.tr("What you can do"), "arrow-right")
        self.done = Texts(look, self.tr("What was done already"), "check")
        self.question = Texts(look, self.tr("What is asked"))
        self.case, self.outcome = Values(look, self.tr("The case")), Values(look, self.tr("What came of it"))
        self.evidence, self.people = EvidenceList(look), People(look)
        self.recommendation, self.before = Recommendation(look), Before(look)
        self.form_place = QVBoxLayout()
        self._middle = QWidget()
        self._column = QVBoxLayout(self._middle)
        for part in (self.ended, self.heading, self.outcome, self.question, self.summary, self.case):
            self._column.addWidget(part)
        self._column.addLayout(self.form_place)
        for part in (self.options, self.found, self.done):
            self._column.addWidget(part)
        for call_part in (self.arguments, self.changes, self.grounds, self.strip):
            self._column.addWidget(call_part)
        self._below = QVBoxLayout()
        self._column.addLayout(self._below)
        self._column.addStretch(1)
        self._beside = QWidget()
        self._side = QVBoxLayout(self._beside)
        for side_part in (self.evidence, self.people, self.recommendation, self.before):
            self._side.addWidget(side_part)
        self._side.addStretch(1)
        self.middle_scroll, self.side_scroll = Scroll(look, self._middle), Scroll(look, self._beside)
        for scroll in (self.middle_scroll, self.side_scroll):
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            # Always there, and painted only when there is something to scroll: nothing moves when it comes.
            scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.middle_scroll, 1)
        self._row.addWidget(self.side_scroll)
        self.strip.opened.connect(self.run_wanted)
        self.evidence.looked.connect(self._looked)
        self.recommendation.asked.connect(self.toggle_recommendation)

    def say_zone(self, zone: str) -> None:
        """Write times in this time zone."""
        self.heading.zone = self.strip.zone = self.ended.zone = zone

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show_card(self, card: Card, now: int) -> None:
        """Show a card; the same one again keeps what is scrolled, opened and unfolded."""
        another = self.card is None or (self.card.kind, self.card.id) != (card.kind, card.id)
        self.card = card
        self.heading.show_card(card, now)
        self.ended.show_card(card, now)
        self._show_call(card)
        self._show_handoff(card)
        asked = card.question if card.kind == "wait" and card.question.strip() != card.title else ""
        self.question.show_points([(asked, "")] if asked else [])
        self.strip.show_card(card)
        self.evidence.show_evidence(card.evidence, self._opened.setdefault((card.kind, card.id), set()))
        self.evidence.setVisible(card.kind in ("approval", "doubt"))
        self.people.show_card(card, self._you)
        self.before.show_card(card)
        self._show_recommendation()
        self._place_beside()
        if another:
            self.middle_scroll.verticalScrollBar().setValue(0)
            self.side_scroll.verticalScrollBar().setValue(0)

    def tick(self, now: int) -> None:
        """Say anew how long is left."""
        if self.card is not None:
            self.heading.show_card(self.card, now)

    def set_editing(self, editing: bool) -> None:
        """Make room for the form, in the place of what it edits."""
        self._editing = editing
        if self.card is not None:
            self._show_call(self.card)
            self._show_handoff(self.card)

    def reveal(self, part: QWidget) -> None:
        """Scroll the middle so that a part begins at its top."""
        self._middle.adjustSize()
        QTimer.singleShot(0, part, functools.partial(self._to_top, part))

    def _to_top(self, part: QWidget) -> None:
        self.middle_scroll.verticalScrollBar().setValue(part.y() - self.look.px(TOP))

    @property
    def recommends(self) -> bool:
        """Whether what the agent recommends may be shown: not folded, or unfolded already."""
        card = self.card
        if card is None or self._must_look(card):
            return False
        return card.tier < _FOLDS_FROM or (card.kind, card.id) in self._unfolded

    def _show_call(self, card: Card) -> None:
        has_call = card.kind in ("approval", "doubt")
        self.arguments.setVisible(has_call and not self._editing)
        self.changes.setVisible(card.kind == "approval" and not self._editing)
        self.grounds.setVisible((has_call or card.kind == "wait") and not self._editing)
        if not has_call:
            self.grounds.show_boxes([self._wait_box(card)] if card.kind == "wait" else [])
            return
        title = self.tr("Exactly this will be sent") if card.kind == "approval" else self.tr("Exactly this was sent")
        if not card.open and card.kind == "approval":
            title = self.tr("Exactly this was asked for")
        digest = f"  ·  {card.binding[:4]} {card.binding[4:8]}" if card.binding else ""
        self.arguments.show_rows(card.arguments, title, f"{card.tool}{digest}", card.warnings)
        nothing = self.tr("This tool cannot show beforehand what it changes.")
        if card.can_show_change:
            nothing = self.tr("The tool shows no difference: nothing would change that it can see.")
        self.changes.show_changes(card.changes, "", nothing)
        self.grounds.show_boxes([self._undo_box(card), self._rule_box(card)])

    def _undo_box(self, card: Card) -> Box:
        if card.reversible:
            how = card.undo or self.tr("It can be taken back; the tool does not say how.")
            return Box("undo-2", "dim", self.tr("Can be undone"), how)
        how = card.undo or self.tr("Once it is done nobody can take it back.")
        return Box("undo-2", "err", self.tr("Cannot be undone"), how)

    def _rule_box(self, card: Card) -> Box:
        if card.kind == "doubt":
            return Box("circle-help", "err", self.tr("Why nobody knows"), card.cause)
        if card.rule.startswith("no-match"):
            return Box("gavel", "dim", self.tr("No rule allowed it"), card.because)
        if not card.because:
            return Box("gavel", "dim", self.tr("Rule asked: {0}").format(card.rule), self.tr("It gives no reason."))
        return Box("gavel", "dim", self.tr("Rule asked: {0}").format(card.rule), "", self.tr("Because"), card.because)

    def _wait_box(self, card: Card) -> Box:
        who = ", ".join(words.in_words(name) for name in card.for_) or self.tr("anybody")
        told = {
            "reply": self.tr("The run goes on when you answer, or when its time is over.")
            if card.may and card.for_
            else self.tr("The run goes on when {0} answers, or when its time is over.").format(who),
            "change": self.tr("The run looks again by itself and goes on when something has changed."),
            "until": self.tr("The run goes on by itself at that time."),
        }
        return Box("hourglass", "wait", self.tr("What the run waits for"), told.get(card.waits_for, ""))

    def _show_handoff(self, card: Card) -> None:
        found = card.handoff
        self.summary.show_points([(found.summary, "")] if found and found.summary else [])
        self.found.show_points(list(found.evidence) if found else [])
        shown = found.options if found and card.open and not self._editing else ()
        self.options.show_points([(label, "") for label, _ in shown])
        self.case.show_values(found.case if found else ())
        ending = card.ending
        took = "" if ending is None or ending.minutes is None else self.tr("took {0} min").format(ending.minutes)
        self.outcome.show_values(ending.outcome if ending is not None else (), took)
        self.done.show_points([(step, "") for step in found.done] if found else [])

    # -- the agent's recommendation -----------------------------------------------------------------------------------

    def _advice(self, card: Card) -> str:
        return card.handoff.recommendation if card.handoff else card.recommendation

    def _must_look(self, card: Card) -> list[str]:
        """Return the evidence that must be opened before the recommendation may lead anybody."""
        if not card.folds_recommendation or not card.open:
            return []
        opened = self._opened.get((card.kind, card.id), set())
        first = card.to_open_first
        if any(one.doubtful for one in first):
            return [one.title for one in first if one.call not in opened]
        return [] if any(one.call in opened for one in first) else [first[0].title]

    def _show_recommendation(self) -> None:
        card = self.card
        if card is None:
            return
        advice = self._advice(card)
        self.recommendation.setVisible(bool(advice))
        left = self._must_look(card)
        why = self.tr("Hidden until you ask for it.")
        if left:
            why = self.tr("Folded until you have opened {0}, so it does not lead you.").format(
                self.tr(" and ").join(f"“{title}”" for title in left)
            )
        folds = card.tier >= _FOLDS_FROM or bool(left)
        shown = (card.kind, card.id) in self._unfolded and not left
        folded = not shown if folds else (card.kind, card.id) in self._unfolded
        self.recommendation.show_text(advice, folded=folded, why=why)

    def toggle_recommendation(self) -> None:
        """Show or fold the recommendation, where enough was looked at."""
        if self.card is not None and not self._must_look(self.card):
            self._unfolded ^= {(self.card.kind, self.card.id)}
        self._show_recommendation()

    def _looked(self, call: str) -> None:
        if self.card is not None:
            self._opened.setdefault((self.card.kind, self.card.id), set()).add(call)
            self._show_recommendation()

    # -- how wide things are ------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_beside()

    def _measure(self) -> None:
        px = self.look.px
        self._column.setSpacing(px(24))
        self._side.setSpacing(px(24))
        self._place_beside()

    def _place_beside(self) -> None:
        """Put what is beside the card under it where there is no room beside."""
        px, width = self.look.px, self.width()
        beside = min(px(_BESIDE_MOST), max(px(_BESIDE_LEAST), round(width * 0.305)))
        stacked = width - beside - px(2 * GUTTER + BETWEEN) < px(_MIDDLE_LEAST)
        if stacked != self._stacked:
            self._stacked = stacked
            if stacked:
                self.side_scroll.takeWidget()
                self._below.addWidget(self._beside)
                self._beside.show()
            else:
                self._below.removeWidget(self._beside)
                self.side_scroll.setWidget(self._beside)
        self.side_scroll.setVisible(not stacked)
        self.side_scroll.setFixedWidth(beside + px(GUTTER + _BAR))
        left = (width if stacked else width - beside - px(GUTTER + _BAR)) - px(THICK)
        room = left - px(GUTTER) - px((GUTTER if stacked else BETWEEN - _BAR) - THICK)
        spare = max(0, room - px(_MIDDLE_MOST))
        self._column.setContentsMargins(px(GUTTER), px(TOP), left - px(GUTTER) - room + spare, px(TOP))
        self._side.setContentsMargins(*((0, 0, 0, 0) if stacked else (px(_BAR), px(TOP), px(GUTTER - THICK), px(TOP))))
