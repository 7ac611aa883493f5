"""What a verification found, and what it cannot know."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

_MOST = 1_000


class FindingKind(StrEnum):
    """What was done to the store."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    RELINKED = "relinked"  # changed, and every later hash computed anew
    TRUNCATED = "truncated"
    ROLLED_BACK = "rolled_back"
    COLUMN_CHANGED = "column_changed"
    UNKNOWN_KIND = "unknown_kind"
    ANCHOR_CHANGED = "anchor_changed"
    ANCHOR_STRIPPED = "anchor_stripped"
    HEAD_CHANGED = "head_changed"
    HEAD_FOREIGN = "head_foreign"
    HEAD_MISSING = "head_missing"
    BLOB_CHANGED = "blob_changed"
    BLOB_MISSING = "blob_missing"
    BLOB_NOT_ERASED = "blob_not_erased"
    SIGNATURE = "signature"
    SCHEMA_CHANGED = "schema_changed"
    IDENTITY_CHANGED = "identity_changed"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        seq: the first event concerned; None where no event is.
        words: what happened, for a person.
    """

    kind: FindingKind
    seq: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer of `verify`.

    Attributes:
        store: its id.
        events: how many events were read.
        anchored_to: up to this event the anchors prove that nothing changed (0: nothing is proven).
        unanchored: ranges of events that were committed without a key.
        findings: what is wrong, by seq; at most 1,000.
        cannot_know: what could be wrong and cannot be seen with what was at hand.
        notes: what is as it should be and still worth saying (unsigned decisions of people without a key).
    """

    store: str | None
    events: int
    anchored_to: int
    unanchored: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...]
    cannot_know: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong (as far as can be known)."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The finding with the first bad event."""
        return self.findings[0] if self.findings else None


@dataclass(slots=True)
class Report:
    """Collects findings while the store is read."""

    findings: list[Finding] = field(default_factory=list)
    cannot_know: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def find(self, kind: FindingKind, seq: int | None, words: str) -> None:
        """Note that something is wrong."""
        if len(self.findings) < _MOST:
            self.findings.append(Finding(kind, seq, words))

    def blind(self, words: str) -> None:
        """Note what cannot be known."""
        self.cannot_know.append(words)

    def note(self, words: str) -> None:
        """Note what is worth saying and not wrong."""
        self.notes.append(words)

    def in_order(self) -> tuple[Finding, ...]:
        """Return the findings, the first bad event first; those of no event last."""
        return tuple(sorted(self.findings, key=lambda f: (f.seq is None, f.seq or 0)))


def span(first: int, last: int) -> str:
    """Return `event 5` or `events 5–9`."""
    return f"event {first}" if first == last else f"events {first}–{last}"
