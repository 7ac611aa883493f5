"""The inbox: what needs this person, the most urgent first; what exactly would happen; the decision."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console import words
from console.console import Console
from console.models.inbox_card import Card, Ending
from console.models.inbox_list import Row
from console.models.inbox_reading import Listed, Reading, headlines, listed, read_card
from console.place import Place
from console.theme import paint
from console.views.inbox.action_bar import ActionBar
from console.views.inbox.card_pane import CardPane
from console.views.inbox.composer import Composer
from console.views.inbox.deciding import Deciding
from console.views.inbox.drafts import Drafts
from console.views.inbox.edit_form import EditForm
from console.views.inbox.list_pane import ListPane
from console.views.inbox.shelf import Shelf
from console.views.inbox.verbs import Verbs
from console.views.room import Crumb, News, Room
from console.widgets.empty_state import EmptyState
from storage.ids import now_us
from storage.queries import View, inbox, workspace
from storage.queries.inbox import Closed, OpenItem

Json = Any
_TICK_MS, _PAGE, _LEAST_BETWEEN_MS = 15_000, 256, 120
_KINDS = ("approval", "decision", "doubt", "wait", "run", "outcome", "person", "setting", "kill", "call")


class InboxRoom(Room):
    """The room."""

    id, title, icon = "inbox", "Inbox", "inbox"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        self.look, self.zone = console.look, "UTC"
        self.tab = "mine"
        self.shelf, self.drafts = Shelf(), Drafts()
        self._wanted: tuple[str, str] | None = None
        self._reading = self._stale = False
        self._at: dict[str, tuple[str, str]] = {}
        self._build()
        self.deciding = Deciding(console, self)
        self.verbs = Verbs(self)
        self._tick, self._soon = QTimer(self), QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_LEAST_BETWEEN_MS)
        self._soon.timeout.connect(self._read_list)
        self._connect()

    def _build(self) -> None:
        look = self.look
        self.pane, self.list_pane = CardPane(look, self.console.you), ListPane(look)
        self.form, self.composer = EditForm(look), Composer(look)
        self.pane.form_place.addWidget(self.form)
        self.bar = ActionBar(look, self)
        self.nothing = EmptyState(look, "inbox", self.tr("Reading what waits…"), "", self.tr("See what runs"))
        self.stack = QStackedWidget()
        self._card_side = QWidget()
        column = QVBoxLayout(self._card_side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pane, 1)
        column.addWidget(self.composer)
        column.addWidget(self.form.buttons)
        column.addWidget(self.bar)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self._card_side)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.list_pane)
        row.addWidget(self.stack, 1)
        self._measure()

    def _connect(self) -> None:
        self.look.changed.connect(self._measure)
        pane = self.list_pane
        pane.tab_chosen.connect(self.open_tab)
        pane.filtered.connect(self._filter)
        pane.list.current_changed.connect(self._on_current)
        pane.list.activated.connect(self._activated)
        pane.list.selection_changed.connect(self.verbs.refresh)
        pane.list.scrolled.connect(self._near_end)
        pane.rows.wanted.connect(self._read_headlines)
        self.pane.run_wanted.connect(self.verbs.open_run)
        self.nothing.acted.connect(self._from_nothing)
        self.deciding.leaving.connect(self._leave)
        self.deciding.accepted.connect(self._accepted)
        self.deciding.refused.connect(self._refused)
        self.deciding.back.connect(self._back)

    # -- the room -----------------------------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        """Open the inbox, perhaps at one thing."""
        if place.kind in ("approval", "doubt", "handoff", "wait") and place.id:
            self._wanted = (place.kind, place.id)
        elif place.kind in ("mine", "others", "decided"):
            self.open_tab(place.kind)
        self._tick.start()
        self.list_pane.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.read()

    def leave(self) -> None:
        """Nothing that was typed is lost."""
        self._tick.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.read()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def hear(self, news: News) -> None:
        """Read anew what waits; the badge is kept right while the room is hidden too."""
        if news.all or any(kind.split(".", 1)[0] in _KINDS for kind in news.kinds):
            self.read()

    def crumbs(self) -> Sequence[Crumb]:
        """Say what is open."""
        card = self.pane.card
        if card is None or self.stack.currentWidget() is not self._card_side:
            return ()
        kinds = {"approval": self.tr("Approval"), "doubt": self.tr("In doubt"), "handoff": self.tr("Handoff"),
                 "wait": self.tr("Question")}  # fmt: skip
        return (Crumb(kinds[card.kind]), Crumb(card.case, Place("case", "case", card.case_id)))

    def hints(self) -> Sequence[tuple[str, str]]:
        """Say the most useful keys."""
        found = [("J", self.tr("next")), ("K", self.tr("previous")), ("Z", self.tr("undo"))]
        return [*found, ("X", self.tr("mark"))] if self.tab == "mine" else found

    def remember(self) -> Mapping[str, object]:
        """Keep tab, filter, selection and drafts."""
        current = self._current_key()
        return {"tab": self.tab, "filter": self.list_pane.filter.text(), "current": list(current) if current else None,
                "drafts": self.drafts.remember(), "seen": self.shelf.seen[-2_000:]}  # fmt: skip

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Take up what was remembered, as far as it fits."""
        tab, current, seen = remembered.get("tab"), remembered.get("current"), remembered.get("seen")
        if tab in ("mine", "others", "decided"):
            self.open_tab(str(tab))
        if isinstance(text := remembered.get("filter"), str):
            self.list_pane.filter.setText(text)
        if isinstance(current, list) and len(current) == 2:
            self._wanted = (str(current[0]), str(current[1]))
        if isinstance(seen, list):
            self.shelf.seen = [str(each) for each in seen]
        self.drafts.recall(remembered.get("drafts"))

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read what waits, soon; many wishes at once are one reading."""
        self._stale = True
        if not self._reading and not self._soon.isActive():
            self._read_list()

    def _read_list(self) -> None:
        self._stale, self._reading = False, True
        self.console.tasks.start(self._reread(), "inbox list")

    async def _reread(self) -> None:
        answered = frozenset(self.shelf.answered)
        since = words.local(now_us(), self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        question = functools.partial(_list, you=self.console.you, since=round(since.timestamp() * 1_000_000),
                                     seen=frozenset(self.shelf.seen), decided=self.tab == "decided",
                                     many=max(_PAGE, len(self.shelf.decided)))  # fmt: skip
        try:
            found, decided, self.zone = await self.console.reads.ask(question, key="inbox list")
        except asyncio.CancelledError:
            return
        finally:
            self._reading = False
        self.list_pane.zone = self.zone
        self.pane.say_zone(self.zone)
        if decided is not None:
            self.shelf.more = len(decided) >= max(_PAGE, len(self.shelf.decided))
            self.shelf.decided = decided
        row = self.list_pane.list.current()
        open_ = row.item if isinstance(row, Row) and isinstance(row.item, OpenItem) else None
        ended = self.shelf.take(found, answered, open_, self.tab)
        self.show_list()
        if ended or (open_ is None and row is not None and self.tab == "decided"):
            self._read_card()
        if self._stale and not self._soon.isActive():
            self._soon.start()

    def show_list(self) -> None:
        """Show what was read, under the filter."""
        pane, shelf = self.list_pane, self.shelf
        scrolled = pane.list.verticalScrollBar().value()
        pane.rows.show(shelf.groups(self.tab, pane.filter.text(), now_us(), self.zone))
        pane.list.verticalScrollBar().setValue(scrolled)
        pane.tabs.set_count("mine", shelf.mine)
        pane.tabs.set_count("others", shelf.others)
        pane.tabs.set_count("decided", shelf.listed.decided)
        self._measure()
        if self._wanted is not None:
            self._find_wanted()
        if pane.list.current_number() < 0 and pane.rows.rowCount():
            pane.list.set_current(0, reveal=False)
        self.badge_changed.emit(shelf.mine)
        self._show_nothing()

    def _find_wanted(self) -> None:
        """Open what was asked for, on the tab where it is."""
        wanted, self._wanted = self._wanted, None
        if wanted is None or self.list_pane.list.set_current_key(wanted):
            return
        for tab in ("mine", "others"):
            items = self.shelf.listed.mine if tab == "mine" else self.shelf.listed.others
            if tab != self.tab and any((item.kind, item.id) == wanted for item in items):
                self.open_tab(tab)
                self.list_pane.list.set_current_key(wanted)
                return
        if self.tab == "decided":
            self._wanted = wanted if self._stale or self._reading else None
        elif self.isVisible():
            self._wanted = wanted
            self.open_tab("decided")

    def _read_headlines(self, items: list[OpenItem | Closed]) -> None:
        self.console.tasks.start(self._headlines(items), "inbox headlines")

    async def _headlines(self, items: list[OpenItem | Closed]) -> None:
        try:
            found = await self.console.reads.ask(functools.partial(_headlines, items=items), key="inbox headlines")
        except asyncio.CancelledError:
            return
        self.list_pane.rows.told(items, found)

    def _near_end(self) -> None:
        bar = self.list_pane.list.verticalScrollBar()
        if self.tab == "decided" and self.shelf.more and bar.value() > bar.maximum() - bar.pageStep():
            self.console.tasks.start(self._read_more(), "inbox decided")

    async def _read_more(self) -> None:
        last = self.shelf.decided[-1] if self.shelf.decided else None
        before = (last.at, last.seq) if last else None
        try:
            found = await self.console.reads.ask(functools.partial(_more, before=before), key="inbox more")
        except asyncio.CancelledError:
            return
        if self.shelf.decided and self.shelf.decided[-1] is last:
            self.shelf.decided += found
            self.shelf.more = len(found) == _PAGE
            self.show_list()

    # -- what is open -------------------------------------------------------------------------------------------------

    def _current_key(self) -> tuple[str, str] | None:
        row = self.list_pane.list.current()
        return (row.item.kind, row.item.id) if isinstance(row, Row) else None

    def _on_current(self, row: Row | None) -> None:
        key = (row.item.kind, row.item.id) if row is not None else None
        ghost = self.shelf.ghost
        if ghost is not None and key != (ghost.kind, ghost.id):
            self.shelf.ghost = None
            QTimer.singleShot(0, self, self.show_list)
        if key is not None:
            self._at[self.tab] = key
        self._read_card()
        self._show_nothing()

    def _read_card(self) -> None:
        key = self._current_key()
        if key is not None:
            self.console.tasks.start(self._card(key), "inbox card")

    async def _card(self, key: tuple[str, str]) -> None:
        question = functools.partial(_card, kind=key[0], id_=key[1], you=self.console.you)
        try:
            card = await self.console.reads.ask(question, key="inbox card")
        except asyncio.CancelledError:
            return
        if self._current_key() != key:
            return
        old = self.pane.card
        if card is None and old is not None and (old.kind, old.id) == key:
            card = replace(old, ending=Ending("gone", None, now_us(), None, None, None))
        if card is not None:
            self.show_card(card)

    def show_card(self, card: Card) -> None:
        """Show a card; what is typed for another one goes aside and comes back with it."""
        old = self.pane.card
        if old is None or (old.kind, old.id) != (card.kind, card.id) or not card.open:
            self.verbs.put_aside()
        self.pane.show_card(card, now_us())
        self.verbs.refresh()
        self.crumbs_changed.emit(self.crumbs())

    def _on_tick(self) -> None:
        self.pane.tick(now_us())
        self.list_pane.list.viewport().update()
        self.verbs.refresh()

    # -- tabs, filter, emptiness --------------------------------------------------------------------------------------

    def open_tab(self, tab: str) -> None:
        """Show another tab."""
        self.tab = tab
        self.list_pane.tabs.open(tab)
        self.list_pane.list.clear_selection()
        self.shelf.ghost = None
        self._wanted = self._wanted or self._at.get(tab)
        self._stale = True
        self.show_list()
        self.hints_changed.emit()
        self.read()

    def _filter(self, _text: str) -> None:
        self.show_list()

    def _show_nothing(self) -> None:
        empty = self.list_pane.rows.rowCount() == 0
        self.stack.setCurrentWidget(self.nothing if empty else self._card_side)
        if not empty:
            return
        if self.list_pane.filter.text():
            self.nothing.say(self.tr("Nothing matches this filter"), self.tr("Esc clears it."), "list-filter")
        elif self.tab == "mine":
            text = self.tr("Agents go on working. What they may not do alone comes here, the most urgent first.")
            self.nothing.say(self.tr("Nothing needs you"), text, "circle-check")
        elif self.tab == "others":
            self.nothing.say(
                self.tr("Nothing waits"), self.tr("No run waits for others, for a change or a time."), "hourglass"
            )
        else:
            text = self.tr("What people decide is kept here, with who, when and why.")
            self.nothing.say(self.tr("Nothing was decided yet"), text, "clipboard-check")
        self.crumbs_changed.emit(())

    def _activated(self, _row: object) -> None:
        self.verbs.open_run()

    def _from_nothing(self) -> None:
        self.console.go(Place("live"))

    # -- after a decision ---------------------------------------------------------------------------------------------

    def _leave(self, key: tuple[str, str]) -> None:
        self.shelf.leaving.add(key)
        self.verbs.put_aside()
        self.show_list()

    def _accepted(self, key: tuple[str, str], verb: str) -> None:
        self.shelf.answered.add(key)
        self.drafts.forget(key, verb)
        self.read()

    def _refused(self, key: tuple[str, str], verb: str, message: str) -> None:
        """Bring it back, with what was typed, and say at the place of typing why."""
        self.shelf.leaving.discard(key)
        self._wanted = key
        self.show_list()
        self.read()
        self.verbs.again(key, verb, message)

    def _back(self, key: tuple[str, str]) -> None:
        self.shelf.leaving.discard(key)
        self._wanted = key
        self.read()

    # -- how wide things are ------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        px, width = self.look.px, self.width()
        wide = 360 if width >= px(1340) else 320 if width >= px(1180) else 280
        wide = max(px(wide), self.list_pane.tabs.sizeHint().width() + px(24 + 16) + 2)
        self.list_pane.setFixedWidth(min(wide, max(px(220), round(width * 0.42))))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.fill(painter, self.look, self.rect(), "panel")
        paint.rule(painter, self.look, self.list_pane.width(), 0, self.height(), down=True)
        painter.end()


def _list(
    view: View, *, you: str, since: int, seen: frozenset[str], decided: bool, many: int
) -> tuple[Listed, list[Closed] | None, str]:
    zone = workspace.setting(view.connection, "time_zone")
    found = inbox.decided(view.connection, limit=many) if decided else None
    return listed(Reading(view), you, since, seen), found, str(zone or "UTC")


def _headlines(view: View, *, items: list[OpenItem | Closed]) -> Mapping[str, Any]:
    return headlines(Reading(view), items)


def _card(view: View, *, kind: str, id_: str, you: str) -> Card | None:
    return read_card(Reading(view), kind, id_, you, now_us())


def _more(view: View, *, before: tuple[int, int] | None) -> list[Closed]:
    return inbox.decided(view.connection, before, _PAGE)
