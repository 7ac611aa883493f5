"""Values of a call as rows: nested ones by their path, and what differs between two."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Json = Any
NONE = "(none)"
_AS_NUMBER = re.compile(r"^-?\d{1,18}(\.\d+)?$")


class Leaf(NamedTuple):
    """One plain value and its path, such as `lines[2].amount`."""

    path: str
    value: Json


class Change(NamedTuple):
    """One place where two values differ; `was` or `becomes` is None where there is nothing."""

    path: str
    was: str | None
    becomes: str | None


def leaves(value: Json, at: str = "") -> Iterator[Leaf]:
    """Yield the plain values within a value, in order; an empty object or list is a value itself."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list | tuple) and value:
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{at}[{position}]")
    else:
        yield Leaf(at, value)


def shown(value: Json) -> str:
    """Return a plain value as it is written; an absent one as "(none)"."""
    match value:
        case None:
            return NONE
        case bool():
            return "yes" if value else "no"
        case str():
            return value if value else '""'
        case _:
            return "(empty)" if value in ({}, []) else str(value)


def changes(before: Json, after: Json) -> list[Change]:
    """Return every place where two values differ, by path; numbers in paths count as numbers."""
    old = {leaf.path: leaf.value for leaf in leaves(before)} if before is not None else {}
    new = {leaf.path: leaf.value for leaf in leaves(after)} if after is not None else {}
    old = {path: value for path, value in old.items() if value is not None}
    new = {path: value for path, value in new.items() if value is not None}
    found = []
    for path in sorted({*old, *new}, key=_natural):
        was, becomes = old.get(path), new.get(path)
        if not same(was, becomes):
            found.append(Change(path, None if was is None else shown(was), None if becomes is None else shown(becomes)))
    return found


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path)]


def same(left: Json, right: Json) -> bool:
    """Return whether two plain values are equal; numbers are compared as numbers, however they are written."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    if left == right:
        return True
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return False
    texts = (str(left), str(right))
    if all(_AS_NUMBER.match(text) and (text.lstrip("-")[:2] in ("0", "0.") or text.lstrip("-")[0] != "0")
           for text in texts):  # fmt: skip
        from decimal import Decimal

        return Decimal(texts[0]) == Decimal(texts[1])
    return False
