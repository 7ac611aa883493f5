"""What the inbox's list shows: read anew when something happened, under the filter, at what is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.models.inbox_list import Key, Row
from console.views.inbox.feed import PAGE, Feed, Taken, Wish
from console.views.inbox.shelf import Shelf
from storage.ids import now_us
from storage.queries.inbox import Closed, OpenItem

if TYPE_CHECKING:
    from console.views.inbox.room import InboxRoom


class Lists(QObject):
    """The rows of the three tabs, and what of them was decided here and is on its way.

    Attributes:
        wanted: what is to be opened as soon as it is found; `outside`: it was asked for from outside the room, so a
            filter that hides it gives way.
    """

    def __init__(self, room: InboxRoom) -> None:
        super().__init__(room)
        self._room = room
        self.shelf, self.feed = Shelf(), Feed(room.console, self)
        self.wanted: Key | None = None
        self.outside: Key | None = None

    def connect_all(self) -> None:
        """Hear from the store, the list and the engine."""
        pane, deciding = self._room.list_pane, self._room.deciding
        pane.list.scrolled.connect(self._near_end)
        pane.rows.wanted.connect(self.feed.head)
        self.feed.headed.connect(pane.rows.told)
        self.feed.taken.connect(self._taken)
        self.feed.went_on.connect(self._went_on)
        deciding.leaving.connect(self._leave)
        deciding.accepted.connect(self._accepted)
        deciding.refused.connect(self._refused)
        deciding.back.connect(self._back)

    def read(self) -> None:
        """Read what waits, soon."""
        down_to = self.wanted[1] if self.wanted is not None and self._room.tab == "decided" else ""
        wish = Wish(self._room.tab == "decided", max(PAGE, len(self.shelf.decided)), down_to)
        self.feed.read(wish, self.shelf.answered)

    def _taken(self, taken: Taken) -> None:
        """Take what was read up into the list, and see whether what is open has ended."""
        self._room.list_pane.zone = taken.zone
        self._room.pane.say_zone(taken.zone)
        if taken.decided is not None:
            self.shelf.more = len(taken.decided) >= taken.wish.many
            self.shelf.decided = taken.decided
        row = self._room.list_pane.list.current()
        open_ = row.item if isinstance(row, Row) and isinstance(row.item, OpenItem) else None
        ended = self.shelf.take(taken.listed, taken.answered, open_, self._room.tab)
        self.show()
        if self.wanted is not None and taken.wish.down_to == self.wanted[1]:
            self.wanted = None  # it is nowhere
        if ended or (open_ is None and row is not None and self._room.tab == "decided"):
            self._room.read_card()

    def show(self) -> None:
        """Show what was read, under the filter; what is seen stays where it is."""
        pane, shelf = self._room.list_pane, self.shelf
        seen = pane.list.held()
        pane.rows.show(shelf.groups(self._room.tab, pane.filter.text(), now_us(), self.feed.zone))
        pane.list.hold(seen)
        pane.tabs.set_count("mine", shelf.mine)
        pane.tabs.set_count("others", shelf.others)
        pane.tabs.set_count("decided", shelf.listed.decided)
        self._room.measure()
        if self.wanted is not None:
            self._find_wanted()
        if pane.list.current_number() < 0 and pane.rows.rowCount():
            pane.list.set_current(0, reveal=False)
        self._room.badge_changed.emit(shelf.mine)
        self._room.show_nothing()

    def _find_wanted(self) -> None:
        """Open what was asked for, on the tab where it is, however old it is."""
        wanted = self.wanted
        if wanted is None or self._room.list_pane.list.set_current_key(wanted):
            self.wanted = self.outside = None
            return
        if self.outside == wanted and self._room.list_pane.filter.text():
            self.outside = None
            self._room.list_pane.filter.clear()  # shows the list again, and comes back here
            return
        for tab in ("mine", "others"):
            items = self.shelf.listed.mine if tab == "mine" else self.shelf.listed.others
            if tab != self._room.tab and any((item.kind, item.id) == wanted for item in items):
                self._room.open_tab(tab)
                return
        if self._room.tab != "decided" and self._room.isVisible():
            self._room.open_tab("decided")

    def _near_end(self) -> None:
        bar = self._room.list_pane.list.verticalScrollBar()
        if self._room.tab == "decided" and self.shelf.more and bar.value() > bar.maximum() - bar.pageStep():
            self.feed.go_on(self.shelf.decided[-1] if self.shelf.decided else None)

    def _went_on(self, last: Closed | None, found: list[Closed]) -> None:
        if self.shelf.decided and self.shelf.decided[-1] is last:
            self.shelf.decided += found
            self.shelf.more = len(found) == PAGE
            self.show()

    # -- after a decision ---------------------------------------------------------------------------------------------

    def _leave(self, key: Key) -> None:
        self.shelf.leaving.add(key)
        self._room.verbs.put_aside()
        self.show()

    def _accepted(self, key: Key, verb: str) -> None:
        self.shelf.answered.add(key)
        self._room.drafts.forget(key, verb)
        self.read()

    def _refused(self, key: Key, verb: str, message: str) -> None:
        """Bring it back, with what was typed, and say at the place of typing why."""
        self.shelf.leaving.discard(key)
        self.wanted = key
        self.show()
        self.read()
        self._room.verbs.again(key, verb, message)

    def _back(self, key: Key) -> None:
        self.shelf.leaving.discard(key)
        self.wanted = key
        self.read()
