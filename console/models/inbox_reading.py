"""Reads the store for the inbox: what is open for whom; in a worker thread, on a connection that only reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from console.models.inbox_risk import in_order
from storage.queries import View, inbox
from storage.queries.inbox import OpenItem

Json = Any


class Reading:
    """A moment of the store with its payloads."""

    def __init__(self, view: View) -> None:
        self.connection, self.seq = view.connection, view.seq

    def text(self, ref: str) -> str | None:
        """Return a payload as text, None if it was erased."""
        from storage.errors import NotFound
        from storage.pieces import read_piece

        try:
            return read_piece(self.connection, ref).content.decode("utf-8", "replace")
        except NotFound:
            return None


class Listed(NamedTuple):
    """The inbox as it stands: what needs this person and what waits for others, each the most urgent first."""

    mine: Sequence[OpenItem]
    others: Sequence[OpenItem]
    decided: int
    seq: int


def listed(view: Reading, you: str, since: int) -> Listed:
    """Return what is open.

    Args:
        since: decisions are counted from here (UTC microseconds).
    """
    me = inbox.roles_of(view.connection, you)
    mine: list[OpenItem] = []
    others: list[OpenItem] = []
    for item in inbox.open_items(view.connection):
        needs = may(item.for_, me) and (item.kind != "wait" or item.about == "reply")
        (mine if needs else others).append(item)
    return Listed(in_order(mine), in_order(others), inbox.decided_since(view.connection, since), view.seq)


def may(for_: Sequence[str], me: Sequence[str]) -> bool:
    """Return whether somebody of these names may decide; an empty list admits everybody."""
    return not for_ or any(name in for_ for name in me)


def json_of(view: Reading, ref: str | None) -> Json:
    """Return a payload of JSON, None if it was erased or is no JSON."""
    from agents.own_json import load

    text = view.text(ref) if ref else None
    if text is None:
        return None
    try:
        return load(text.encode())
    except ValueError:
        return None
