"""How urgent what waits is: one rule for its risk, and the order that follows from it.

High: nobody knows whether it happened, it cannot be taken back, or the job is of tier 4. Medium: the job is of tier 3,
a rule of the policy asked for a person by name, or a case was handed over and nobody works on it. Low: the rest, such
as a change of a low tier that is asked only because no rule covers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from storage.queries.inbox import OpenItem

_UNNAMED = "no-match"
"""Begins the names of the built-in rules that ask because no rule of the policy matched."""


class Risk(IntEnum):
    """How much harm waits to be decided; the first comes first."""

    HIGH = 0
    MEDIUM = 1
    LOW = 2


def risk(kind: str, tier: int, *, irreversible: bool, rule: str = "") -> Risk:
    """Return the risk of something that waits.

    Args:
        kind: approval, doubt, handoff or wait.
        tier: of the job, 1 to 4.
        irreversible: what was asked for cannot be taken back.
        rule: that asked (approval).
    """
    if kind == "doubt" or irreversible or tier >= 4:
        return Risk.HIGH
    if tier == 3 or kind == "handoff" or (kind == "approval" and not rule.startswith(_UNNAMED)):
        return Risk.MEDIUM
    return Risk.LOW


def risk_of(item: OpenItem) -> Risk:
    """Return the risk of an open item."""
    return risk(item.kind, item.tier, irreversible=item.irreversible, rule=item.about)


def order(item: OpenItem) -> tuple[int, bool, bool, int, int]:
    """Return what items are sorted by: risk, then what is in doubt, then deadlines, then how long the rest waits."""
    due = item.since if item.due is None else item.due
    return risk_of(item), item.kind != "doubt", item.due is None, due, item.seq


def in_order(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Return items, the most urgent first."""
    return sorted(items, key=order)
