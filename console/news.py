"""What the engine committed, as every room is told of it."""

from __future__ import annotations

from typing import NamedTuple


class News(NamedTuple):
    """What the engine committed since the last word: at most one a frame.

    Attributes:
        to_seq: read the store at this seq or later to see it.
        kinds: the kinds of the events.
        runs: the runs they belong to.
        all: notifications were dropped, or the engine is another one now; everything may have changed.
    """

    to_seq: int
    kinds: frozenset[str]
    runs: frozenset[str]
    all: bool = False
