"""Where the rows of a long list come from, and which of its ranges some news has changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from console.models.rows import Group
from console.news import News

T = TypeVar("T")
Key = Any
"""What rows are ordered by; keys of one source compare with `<`."""

PAGE = 256
MANY = 400
"""Touched rows: from here on everything loaded is read anew."""


class Leaf(NamedTuple):
    """A range of rows: `rows` of them, the last of which has the key `last` (None: all that follow)."""

    rows: int
    last: Key | None


class Source(Protocol[T]):
    """Where a group's rows come from. Called in a worker thread with a `View` of the store.

    Keys rise from the first row of the list to the last.
    """

    group: Group

    def key(self, row: T) -> Key:
        """Return the key of a row."""
        ...

    def page(self, view: Any, after: Key | None, upto: Key | None, limit: int) -> Sequence[T]:
        """Return the rows behind `after` up to and with `upto`, in order, `limit` at most."""
        ...

    def count(self, view: Any, after: Key | None, upto: Key | None) -> int:
        """Return how many there are in that range."""
        ...

    def leaves(self, view: Any, every: int) -> list[Leaf]:
        """Return all rows as ranges of `every` rows; the last one is open. One walk over an index."""
        ...

    def touched(self, view: Any, news: News) -> Sequence[Key] | None:
        """Return the keys of the rows that this news may have changed, added or removed; None: any."""
        ...


class Change(NamedTuple):
    """A leaf as it is now; `rows` None where it was only counted."""

    part: int
    leaf: int
    size: int
    rows: Sequence[Any] | None


def last_key(leaf: Leaf) -> Key:
    """Return the key of the last row of a range."""
    return leaf.last


def changes_by(
    view: Any, news: News, parts: Sequence[tuple[Source[Any], list[Leaf]]], held: frozenset[tuple[int, int]]
) -> list[Change] | None:
    """Return the leaves that this news changed, in the order of the list; None: read everything anew."""
    found: list[Change] = []
    for number, (source, leaves) in enumerate(parts):
        keys = None if news.all else source.touched(view, news)
        if keys is None:
            return None
        if len(keys) > MANY and len(leaves) > MANY:
            return None
        for leaf in sorted({bisect_left(leaves, key, hi=len(leaves) - 1, key=last_key) for key in keys}):
            after, upto = (leaves[leaf - 1].last if leaf else None), leaves[leaf].last
            if (number, leaf) in held:
                rows = source.page(view, after, upto, 8 * PAGE)
                found.append(Change(number, leaf, len(rows), rows))
            else:
                found.append(Change(number, leaf, source.count(view, after, upto), None))
    return found
