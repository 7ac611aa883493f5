"""Finds the values at a declared path: `lines[].amount` names one value for each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Json = Any


class Place(NamedTuple):
    """One value and where it stands.

    Attributes:
        path: with positions, such as `lines[2].amount`.
        value: what stands there; never None and never a list.
        element: the innermost list element that it stands in (`lines[2]`), "" where it stands in none.
    """

    path: str
    value: Json
    element: str


def places(value: Json, path: str) -> Iterator[Place]:
    """Yield each value at a path; a list is taken element by element even where the path does not say so.

    An absent member and null yield nothing.
    """
    yield from _places(value, path.replace("[]", ".[]").strip(".").split(".") if path else [], "", "")


def _places(value: Json, rest: list[str], at: str, element: str) -> Iterator[Place]:
    if value is None:
        return
    if isinstance(value, list | tuple):
        inner = rest[1:] if rest and rest[0] == "[]" else rest
        for index, item in enumerate(value):
            where = f"{at}[{index}]"
            yield from _places(item, inner, where, where)
    elif not rest:
        yield Place(at, value, element)
    elif isinstance(value, Mapping) and rest[0] in value:
        yield from _places(value[rest[0]], rest[1:], f"{at}.{rest[0]}" if at else rest[0], element)
