"""Each commit group ends in an anchor that only the holder of the key could have made.

An anchor fits only if the whole chain up to its event is the one that was anchored, so one that fits
vouches for
everything before it. One that does not fit, while later ones do, was itself changed; if none fits any more,
the chain was computed anew from somewhere after the last good one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import NamedTuple

from storage.anchors import AnchorKey
from storage.verification.report import FindingKind, Report, span

_RENUMBERING = frozenset({FindingKind.DELETED, FindingKind.INSERTED})


class Anchor(NamedTuple):
    """A row of the table of anchors."""

    seq: int
    key_id: str | None
    mac: bytes


@dataclass(slots=True)
class _Misfit:
    """Anchors in a row that do not fit."""

    first: int  # the first event of the first group concerned
    last: int  # the last event of the last group concerned
    anchors: int
    explained: bool  # by a finding in or just before the first group
    renumbered: bool  # the events were, so no later anchor can fit either


class AnchorCheck:
    """Checks anchors in order.

    Attributes:
        anchored_to: the last event whose anchor fits.
        unanchored: ranges of events committed without a key.
        unchecked: key ids of anchors that the key at hand did not make, with the last event of each.
        in_force: the id of the key that the events say is used now.
    """

    def __init__(self, report: Report, key: AnchorKey | None) -> None:
        self._report, self._key = report, key
        self.anchored_to = 0
        self.unanchored: list[tuple[int, int]] = []
        self.unchecked: dict[str, int] = {}
        self.in_force: str | None = None
        self._start = 1
        self._mac = b""
        self._misfit: _Misfit | None = None
        self._excuse = False

    @property
    def covered_to(self) -> int:
        """The last event that any anchor covers."""
        return self._start - 1

    def check(self, anchor: Anchor, hash_: bytes, breaks: list[tuple[FindingKind, int]]) -> None:
        """Check the anchor of a group that ends with an event of this hash.

        `breaks` says where the chain was already found broken, and how.
        """
        first, self._start = self._start, anchor.seq + 1
        previous, self._mac = self._mac, anchor.mac
        if not anchor.mac:
            self._without_mac(first, anchor)
        elif anchor.key_id != self.in_force:
            words = f"The anchor of {span(first, anchor.seq)} names a key that was not in use then."
            self._report.find(FindingKind.ANCHOR_CHANGED, first, words)
            self._excuse = True
        elif self._key is None or anchor.key_id != self._key.key_id:
            self.unchecked[str(anchor.key_id)] = anchor.seq
        elif hmac.compare_digest(self._key.anchor(previous, anchor.seq, hash_), anchor.mac):
            self._fits(anchor.seq)
        else:
            here = {kind for kind, seq in breaks[-64:] if first <= seq <= anchor.seq}
            self._misfits(first, anchor.seq, here)

    def end(self, last: int, head_vouches_to: int, cut: bool) -> None:
        """The events end at `last`; the head kept outside vouches for the chain up to `head_vouches_to`.

        `cut`: the end of the last group is missing, so its anchor cannot be checked.
        """
        misfit = self._misfit
        if misfit is not None:
            if head_vouches_to >= misfit.last:
                self._fits(self.anchored_to)
            elif not (misfit.renumbered or (misfit.explained and misfit.anchors == 1)):
                words = (
                    f"From event {misfit.first} on nothing fits its anchors any more: at least one of "
                    f"{span(misfit.first, last)} "
                    "was changed and the hashes after it were computed anew."
                )
                self._report.find(FindingKind.RELINKED, misfit.first, words)
        if self.covered_to < last and not cut:
            words = (
                f"No anchor covers {span(self.covered_to + 1, last)}, although each commit writes one: "
                "it was "
                "removed, or the events were written by something else than Centaur."
            )
            self._report.find(FindingKind.ANCHOR_CHANGED, self.covered_to + 1, words)

    def _without_mac(self, first: int, anchor: Anchor) -> None:
        if self.in_force is not None:
            words = f"The anchor of {span(first, anchor.seq)} was stripped: a key was in use when it was written."
            self._report.find(FindingKind.ANCHOR_STRIPPED, first, words)
            self._excuse = True
        elif self.unanchored and self.unanchored[-1][1] == first - 1:
            self.unanchored[-1] = (self.unanchored[-1][0], anchor.seq)
        else:
            self.unanchored.append((first, anchor.seq))

    def _fits(self, seq: int) -> None:
        misfit, self._misfit = self._misfit, None
        self.anchored_to, self._excuse = seq, False
        if misfit is not None and not misfit.explained:
            words = (
                f"An anchor in {span(misfit.first, misfit.last)} was changed or removed; the events "
                "themselves are "
                "as they were, for a later anchor fits."
            )
            self._report.find(FindingKind.ANCHOR_CHANGED, misfit.first, words)

    def _misfits(self, first: int, last: int, broken: set[FindingKind]) -> None:
        if self._misfit is None:
            explained = bool(broken) or self._excuse
            self._misfit = _Misfit(first, last, 1, explained, bool(broken & _RENUMBERING))
        else:
            self._misfit.last, self._misfit.anchors = last, self._misfit.anchors + 1
        self._excuse = False
