"""Each event follows the one before: seq by seq, hash by hash, columns as the body says."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from storage.events.envelope import GENESIS, chain
from storage.events.union import KINDS
from storage.verification.report import FindingKind, Report, span


class Row(NamedTuple):
    """An event as it stands in the table; `said` is its envelope, None if it cannot be read as one."""

    seq: int
    run: str | None
    kind: str
    ts: int
    body: bytes
    hash: bytes
    said: dict[str, Any] | None

    @property
    def said_seq(self) -> int | None:
        """The seq that the body claims."""
        value = None if self.said is None else self.said.get("seq")
        return value if isinstance(value, int) else None


def read_row(values: tuple[Any, ...]) -> Row:
    """Return a table row with its envelope."""
    try:
        said = orjson.loads(values[4])
    except (orjson.JSONDecodeError, TypeError):
        said = None
    return Row._make((*values, said if isinstance(said, dict) else None))


class ChainCheck:
    """Follows the chain and names where it breaks; one break is one finding, until it holds again.

    Attributes:
        breaks: what was reported and where, oldest first.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._previous = GENESIS
        self._expected = 1
        self._whole = True
        self.breaks: list[tuple[FindingKind, int]] = []

    def check(self, row: Row, following: Row | None) -> bool:
        """Check one row, with a look at the next; return whether its body may be believed."""
        fits = chain(self._previous, row.body) == row.hash
        sound = fits and row.seq == self._expected and row.said_seq == row.seq
        if sound:
            self._columns(row)
        elif self._whole:
            kind, seq, words = self._diagnose(row, following, fits)
            self._report.find(kind, seq, words)
            self.breaks.append((kind, seq))
        self._whole = sound
        self._previous, self._expected = row.hash, row.seq + 1
        return sound

    def _diagnose(self, row: Row, following: Row | None, fits: bool) -> tuple[FindingKind, int, str]:
        if row.seq > self._expected:
            missing = span(self._expected, row.seq - 1)
            return FindingKind.DELETED, self._expected, f"{missing.capitalize()} was taken out of the ledger."
        if row.seq < self._expected:
            return FindingKind.INSERTED, row.seq, f"Event {row.seq} stands before the first one."
        said = row.said_seq
        if said is None:
            return FindingKind.EDITED, row.seq, f"Event {row.seq} can no longer be read as an event."
        if said != row.seq:
            return self._displaced(row, following, said)
        return self._altered(row, following, fits)

    def _displaced(self, row: Row, following: Row | None, said: int) -> tuple[FindingKind, int, str]:
        shift = said - row.seq
        shifted_alike = following is None or following.said_seq == following.seq + shift
        if shift > 0 and shifted_alike:
            words = f"What was {span(row.seq, said - 1)} was taken out, and the later ones were renumbered."
            return FindingKind.DELETED, row.seq, words
        if shift < 0 and shifted_alike:
            words = f"{span(said, row.seq - 1).capitalize()} was put in, and the later ones were renumbered."
            return FindingKind.INSERTED, said, words
        words = f"In the place of event {row.seq} stands what was event {said}: the order was changed."
        return FindingKind.REORDERED, row.seq, words

    def _altered(self, row: Row, following: Row | None, fits: bool) -> tuple[FindingKind, int, str]:
        seq = row.seq
        if following is None or fits:
            return FindingKind.EDITED, seq, f"Event {seq} was edited: its content no longer fits its hash."
        if following.said_seq == following.seq - 1:
            words = f"Event {seq} was put in, and the later ones were renumbered."
            return FindingKind.INSERTED, seq, words
        if chain(row.hash, following.body) == following.hash:
            return FindingKind.EDITED, seq, f"Event {seq} was edited: its content no longer fits its hash."
        if chain(chain(self._previous, row.body), following.body) == following.hash:
            return (
                FindingKind.EDITED,
                seq,
                f"The stored hash of event {seq} was edited; its content is as it was.",
            )
        return FindingKind.EDITED, seq, f"Event {seq} was edited, and what follows with it."

    def _columns(self, row: Row) -> None:
        said = row.said or {}
        wrong = [
            f"{name} says {stored!r} where the event says {said.get(name)!r}"
            for name, stored in (("run", row.run), ("kind", row.kind), ("ts", row.ts))
            if said.get(name) != stored
        ]
        if wrong:
            words = f"An index column of event {row.seq} was changed: {'; '.join(wrong)}."
            self._report.find(FindingKind.COLUMN_CHANGED, row.seq, words)
        kind, v = said.get("kind"), said.get("v", 1)
        cls = KINDS.get(kind) if isinstance(kind, str) else None
        if cls is None or not isinstance(v, int) or v > cls.v:
            words = f"Event {row.seq} is of kind '{kind}' (version {v}), which this version does not know."
            self._report.find(FindingKind.UNKNOWN_KIND, row.seq, words)
