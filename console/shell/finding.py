"""What the command field finds: fuzzy matching and its order, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from console.place import Place


class Entry(NamedTuple):
    """One line of the palette.

    Attributes:
        group: under which head it stands ("actions", "agent", "run", "case", "pilot").
        words: what is matched and shown.
        about: shown faintly behind it; matched too, but less.
        icon: a Lucide icon.
        key: the action's key, as a person reads it.
        action: the id of the action it starts; "" for none.
        place: where it goes.
    """

    group: str
    words: str
    about: str = ""
    icon: str = ""
    key: str = ""
    action: str = ""
    place: Place | None = None


class Match(NamedTuple):
    """A found entry, how well it fits, and which characters of its words did."""

    entry: Entry
    score: float
    at: tuple[int, ...]


_MOST_LEFT_OUT = 2
"""Characters of a word that may be missing between two that were typed."""
GROUPS = ("actions", "agent", "run", "case", "pilot")


def match(typed: str, words: str) -> tuple[float, tuple[int, ...]] | None:
    """Return how well words fit what is typed, and where: every character in order; None if they do not.

    A whole piece counts most, at the beginning of a word more; else single characters, those that begin words most.
    """
    wanted, low = typed.casefold().strip(), words.casefold()
    if not wanted:
        return 0.0, ()
    whole = _whole(wanted, low)
    if whole is not None:
        begins = whole == 0 or not low[whole - 1].isalnum()
        score = 100 + (50 if begins else 0) + (25 if whole == 0 else 0) - whole * 0.1 - len(low) * 0.05
        return score, tuple(range(whole, whole + len(wanted)))
    places: list[int] = []
    score, start = 0.0, 0
    for character in wanted.replace(" ", ""):
        found = _next(low, character, start)
        if found < 0:
            return None
        begins = found == 0 or not low[found - 1].isalnum()
        follows = bool(places) and found == places[-1] + 1
        if not begins and places and found - places[-1] - 1 > _MOST_LEFT_OUT:
            return None
        score += 8 if begins else 5 if follows else 0
        score -= 0 if not places else min(4, found - places[-1] - 1) * 0.5
        places.append(found)
        start = found + 1
    return (score, tuple(places)) if score >= 2 * len(places) else None


def _whole(wanted: str, low: str) -> int | None:
    first = low.find(wanted)
    at = first
    while at > 0 and low[at - 1].isalnum():
        at = low.find(wanted, at + 1)
    best = at if at >= 0 else first
    return None if best < 0 else best


def _next(low: str, character: str, start: int) -> int:
    """The next place of a character: where it begins a word, if it does anywhere ahead; else the nearest."""
    nearest = low.find(character, start)
    at = nearest
    while at > 0 and low[at - 1].isalnum():
        if at == start:  # it goes on with the characters before
            return at
        at = low.find(character, at + 1)
    return at if at >= 0 else nearest


def found(typed: str, entries: Iterable[Entry], most: int = 8) -> list[Match]:
    """Return what fits, by group and in it the best first; the group with the best entry comes first.

    Args:
        most: of each group.
    """
    groups: dict[str, list[Match]] = {}
    for entry in entries:
        hit = match(typed, entry.words)
        if hit is None and entry.about and (behind := match(typed, entry.about)) is not None and behind[0] >= 100:
            hit = behind[0] / 4, ()
        if hit is not None:
            groups.setdefault(entry.group, []).append(Match(entry, *hit))
    for matches in groups.values():
        matches.sort(key=lambda each: -each.score)
    order = sorted(groups, key=lambda group: (-groups[group][0].score if typed else 0, _place(group)))
    return [each for group in order for each in groups[group][:most]]


def _place(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def merged(first: Sequence[Entry], *others: Sequence[Entry]) -> list[Entry]:
    """Return entries once each, in order."""
    seen: dict[tuple[str, str, object], Entry] = {}
    for entry in (*first, *(each for some in others for each in some)):
        seen.setdefault((entry.group, entry.action or entry.words, entry.place), entry)
    return list(seen.values())
