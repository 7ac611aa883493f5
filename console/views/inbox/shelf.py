"""What the inbox holds as it was read last: what is mine, what others have, what was decided, what is leaving."""

from __future__ import annotations

from collections.abc import Sequence

from console.models.inbox_list import Key, by_day, by_risk, matches
from console.models.inbox_reading import Listed
from console.models.inbox_risk import in_order
from console.models.rows import Group
from storage.queries.inbox import Closed, OpenItem

Groups = Sequence[tuple[Group, Sequence[OpenItem | Closed]]]


class Shelf:
    """The items of the three tabs.

    Attributes:
        leaving: decided here and not yet gone from the store's list; hidden at once, back if it was refused.
        known: something was read: before that, nobody knows whether anything waits.
        ghost: what was open and ended meanwhile; stays until the person moves on.
    """

    def __init__(self) -> None:
        self.listed = Listed((), (), 0, 0)
        self.decided: list[Closed] = []
        self.more = True
        self.known = False
        self.leaving: set[Key] = set()
        self.answered: set[Key] = set()
        self.ghost: OpenItem | None = None

    def take(self, listed: Listed, answered: frozenset[Key], open_: OpenItem | None, tab: str) -> bool:
        """Take what was read anew; return whether what is open has ended meanwhile.

        Args:
            answered: what had been accepted before the reading began: if it is still there, it is back.
            open_: what the person looks at.
        """
        self.listed, self.known = listed, True
        self.leaving -= answered
        self.answered -= answered
        if open_ is None or tab not in ("mine", "others"):
            return False
        key = (open_.kind, open_.id)
        still = any((item.kind, item.id) == key for item in self._of(tab))
        if still:
            self.ghost = None if self.ghost is not None and (self.ghost.kind, self.ghost.id) == key else self.ghost
            return False
        if key in self.leaving or key in answered:
            return False
        self.ghost = open_
        return True

    def _of(self, tab: str) -> Sequence[OpenItem]:
        return self.listed.mine if tab == "mine" else self.listed.others

    def groups(self, tab: str, text: str, now: int, zone: str) -> Groups:
        """Return what a tab shows under a filter."""
        if tab == "decided":
            return by_day([item for item in self.decided if matches(item, text)], now, zone)
        items = list(self._of(tab))
        if self.leaving or text:
            items = [item for item in items if (item.kind, item.id) not in self.leaving and matches(item, text)]
        ghost = self.ghost
        if ghost is not None and not any((i.kind, i.id) == (ghost.kind, ghost.id) for i in items):
            items = in_order([*items, ghost])
        return by_risk(items)

    @property
    def mine(self) -> int:
        """How many things need this person."""
        if not self.leaving:
            return len(self.listed.mine)
        return sum((item.kind, item.id) not in self.leaving for item in self.listed.mine)

    @property
    def others(self) -> int:
        """How many things wait for others."""
        return len(self.listed.others)
