"""What differs between two JSON values, leaf by leaf; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

Json = Any
MOST = 500
"""Differences that are listed."""
_ABSENT = object()


class Change(NamedTuple):
    """One value that differs; None: it was not there, or is not any more."""

    path: str
    before: str | None
    after: str | None


def changes(before: Json, after: Json) -> list[Change]:
    """Return what differs, in the order of the values; no more than `MOST`."""
    found: list[Change] = []
    for change in _walk("", before, after):
        found.append(change)
        if len(found) == MOST:
            break
    return found


def read(text: str | None) -> Json:
    """Return a payload as a JSON value; text that is none stays text."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _walk(path: str, before: Json, after: Json) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            where = f"{path}.{name}" if path else str(name)
            yield from _walk(where, before.get(name, _ABSENT), after.get(name, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for at in range(max(len(before), len(after))):
            old = before[at] if at < len(before) else _ABSENT
            new = after[at] if at < len(after) else _ABSENT
            yield from _walk(f"{path}[{at}]", old, new)
    elif (
        before is _ABSENT or after is _ABSENT or before != after or isinstance(before, bool) != isinstance(after, bool)
    ):
        yield Change(path, _shown(before), _shown(after))


def _shown(value: Json) -> str | None:
    if value is _ABSENT:
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
