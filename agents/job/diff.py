"""What changed between two versions of a job description, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from agents.job.digest import canonical
from agents.job.strict import Strict, path_text
from agents.job.yaml_text import At

Json = Any

ABSENT = None
"""A field that is not there (or at its default) on that side."""


class Change(NamedTuple):
    """One changed field: where, and its value before and after (None where it was not there)."""

    path: str
    before: Json
    after: Json


def diff(old: Strict, new: Strict) -> list[Change]:
    """List the changed fields; elements with an `id` or a `name` are compared with their namesake."""
    return list(_changes((), canonical(old), canonical(new)))


def _changes(at: At, old: Json, new: Json) -> Iterator[Change]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _changes((*at, key), old.get(key, ABSENT), new.get(key, ABSENT))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        yield from _list_changes(at, old, new)
    else:
        yield Change(path_text(at), old, new)


def _list_changes(at: At, old: list[Json] | tuple[Json, ...], new: list[Json] | tuple[Json, ...]) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    if before is None or after is None:
        yield Change(path_text(at), list(old), list(new))
        return
    for name in dict.fromkeys([*before, *after]):
        yield from _changes((*at, name), before.get(name, ABSENT), after.get(name, ABSENT))
    if set(before) == set(after) and list(before) != list(after):
        yield Change(path_text((*at, "order")), list(before), list(after))


def _by_name(elements: list[Json] | tuple[Json, ...]) -> dict[str, Json] | None:
    """The elements by id or name, or None where they have none or share one."""
    named: dict[str, Json] = {}
    for element in elements:
        name = (element.get("id") or element.get("name")) if isinstance(element, dict) else None
        if not isinstance(name, str) or name in named:
            return None
        named[name] = element
    return named
