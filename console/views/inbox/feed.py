"""Reads for the inbox, in worker threads: lists, headlines, one card. Many wishes at once are one reading."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from console import words
from console.console import Console
from console.models.inbox_card import Card
from console.models.inbox_card_reading import read_card
from console.models.inbox_headline import headlines
from console.models.inbox_list import Key
from console.models.inbox_reading import Listed, Reading, listed
from storage.ids import now_us
from storage.queries import View, inbox, workspace
from storage.queries.inbox import Closed, OpenItem

PAGE, _LEAST_BETWEEN_MS = 256, 120


class Wish(NamedTuple):
    """What is to be read: whether what was decided too, how many of it, and down to which one ("": none)."""

    decided: bool
    many: int
    down_to: str = ""


class Taken(NamedTuple):
    """What was read; `answered` is what had been accepted before the reading began."""

    listed: Listed
    decided: list[Closed] | None
    zone: str
    answered: frozenset[Key]
    wish: Wish


class Feed(QObject):
    """Asks the store.

    Attributes:
        stale: it was told of something since it read last.

    Signals:
        taken: the lists were read (Taken).
        headed: headlines of items (list, mapping).
        carded: one thing was read: its key, and a Card or None.
        went_on: more of what was decided: the last one before it, and a list.
    """

    taken = Signal(object)
    headed = Signal(object, object)
    carded = Signal(object, object)
    went_on = Signal(object, object)

    def __init__(self, console: Console, parent: QObject) -> None:
        super().__init__(parent)
        self._console = console
        self.zone = "UTC"
        self.stale = self.reading = False
        self._wish = Wish(False, PAGE)
        self._answered: set[Key] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_LEAST_BETWEEN_MS)
        self._soon.timeout.connect(self._begin)

    @property
    def busy(self) -> bool:
        """Whether lists are being read, or will be."""
        return self.reading or self.stale or self._soon.isActive()

    def read(self, wish: Wish, answered: set[Key]) -> None:
        """Read the lists, soon."""
        self._wish, self._answered, self.stale = wish, answered, True
        if not self.reading and not self._soon.isActive():
            self._begin()

    def _begin(self) -> None:
        self.stale, self.reading = False, True
        self._console.tasks.start(self._lists(), "inbox list")

    async def _lists(self) -> None:
        wish, answered = self._wish, frozenset(self._answered)
        since = words.local(now_us(), self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        question = functools.partial(
            _list, you=self._console.you, since=round(since.timestamp() * 1_000_000), wish=wish
        )
        try:
            found, decided, self.zone = await self._console.reads.ask(question, key="inbox list")
        except asyncio.CancelledError:
            return
        finally:
            self.reading = False
        self.taken.emit(Taken(found, decided, self.zone, answered, wish))
        if self.stale and not self._soon.isActive():
            self._soon.start()

    def head(self, items: list[OpenItem | Closed]) -> None:
        """Read headlines."""
        self._console.tasks.start(self._headlines(items), "inbox headlines")

    async def _headlines(self, items: list[OpenItem | Closed]) -> None:
        try:
            found = await self._console.reads.ask(functools.partial(_headlines, items=items), key="inbox headlines")
        except asyncio.CancelledError:
            return
        self.headed.emit(items, found)

    def go_on(self, last: Closed | None) -> None:
        """Read what was decided before this one."""
        self._console.tasks.start(self._more(last), "inbox decided")

    async def _more(self, last: Closed | None) -> None:
        before = (last.at, last.seq) if last else None
        try:
            found = await self._console.reads.ask(functools.partial(_more, before=before), key="inbox more")
        except asyncio.CancelledError:
            return
        self.went_on.emit(last, found)

    def card(self, key: Key) -> None:
        """Read one thing."""
        self._console.tasks.start(self._card(key), "inbox card")

    async def _card(self, key: Key) -> None:
        question = functools.partial(_card, kind=key[0], id_=key[1], you=self._console.you)
        try:
            card = await self._console.reads.ask(question, key="inbox card")
        except asyncio.CancelledError:
            return
        self.carded.emit(key, card)


def _list(view: View, *, you: str, since: int, wish: Wish) -> tuple[Listed, list[Closed] | None, str]:
    zone = workspace.setting(view.connection, "time_zone")
    found = inbox.decided(view.connection, limit=wish.many) if wish.decided else None
    if found is not None and wish.down_to and not any(item.id == wish.down_to for item in found):
        found = inbox.decided_down_to(view.connection, wish.down_to, PAGE) or found
    names = {person.person: person.name for person in workspace.persons(view.connection)}
    return listed(Reading(view), you, since), _named(found, names), str(zone or "UTC")


def _named(found: list[Closed] | None, names: Mapping[str, str | None]) -> list[Closed] | None:
    """Return what was decided with the names of the people who did."""
    return found and [
        item._replace(person=names.get(item.person.removeprefix("person:")) or item.person) if item.person else item
        for item in found
    ]


def _headlines(view: View, *, items: list[OpenItem | Closed]) -> Mapping[str, Any]:
    return headlines(Reading(view), items)


def _card(view: View, *, kind: str, id_: str, you: str) -> Card | None:
    return read_card(Reading(view), kind, id_, you, now_us())


def _more(view: View, *, before: tuple[int, int] | None) -> list[Closed]:
    names = {person.person: person.name for person in workspace.persons(view.connection)}
    return _named(inbox.decided(view.connection, before, PAGE), names) or []
