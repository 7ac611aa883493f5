"""A quick look at arguments that says "certainly valid", so that a whole JSON Schema check is spent on the others.

Only the keywords below are understood; a schema with any other is left to the whole check. What the quick look does
not call valid is judged by `jsonschema`, which also finds the words for what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Json = Any
Check = Callable[[Json], bool]

_SAYS_NOTHING = frozenset(
    {"title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly", "$comment"}
)
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, Decimal),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "minLength": lambda value, bound: len(value) >= bound,
    "maxLength": lambda value, bound: len(value) <= bound,
    "minItems": lambda value, bound: len(value) >= bound,
    "maxItems": lambda value, bound: len(value) <= bound,
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}
_BOUNDED: dict[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength"), "array": ("minItems", "maxItems"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}  # fmt: skip
_OF_OBJECTS = frozenset({"properties", "required", "additionalProperties"})


class _NotUnderstood(Exception):
    """The schema says something that the quick look does not know."""


def surely_valid(schema: Mapping[str, Json]) -> Check:
    """Return a check of values by a JSON Schema (2020-12): True only where they are certainly valid."""
    try:
        return _check(schema)
    except (_NotUnderstood, re.error):
        return lambda value: False


def _check(schema: Json) -> Check:
    if schema is True or schema == {}:
        return lambda value: True
    if not isinstance(schema, Mapping) or not isinstance(schema.get("type"), str):
        raise _NotUnderstood
    kind: str = schema["type"]
    checks: list[Check] = []
    for keyword, wanted in schema.items():
        if keyword in _SAYS_NOTHING or keyword.startswith("x-") or keyword == "type" or keyword in _OF_OBJECTS:
            continue
        checks.append(_of_keyword(kind, keyword, wanted))
    if kind == "object":
        checks.append(_of_object(schema))
    elif _OF_OBJECTS & schema.keys() or kind not in _TYPES:
        raise _NotUnderstood
    return _all(kind, tuple(checks))


def _all(kind: str, checks: tuple[Check, ...]) -> Check:
    """Return a check of the type, exactly (True is no integer), and then of everything else."""
    types = _TYPES[kind]

    def check(value: Json) -> bool:
        if type(value) not in types:
            return False
        for one in checks:  # noqa: SIM110 - a generator would cost more than the checks
            if not one(value):
                return False
        return True

    return check


def _of_keyword(kind: str, keyword: str, wanted: Json) -> Check:
    if keyword in _BOUNDED.get(kind, ()) and type(wanted) is int:
        return _bound(_BOUNDS[keyword], wanted)
    match keyword, wanted:
        case "enum", [*words] if kind == "string" and all(isinstance(word, str) for word in words):
            return frozenset(words).__contains__
        case "pattern", str() if kind == "string":
            search = re.compile(wanted).search
            return lambda value: search(value) is not None
        case "items", _ if kind == "array":
            return _of_items(_check(wanted))
        case _:
            raise _NotUnderstood


def _bound(holds: Callable[[Any, Any], bool], bound: int) -> Check:
    return lambda value: holds(value, bound)


def _of_items(item: Check) -> Check:
    return lambda value: all(map(item, value))


def _of_object(schema: Mapping[str, Json]) -> Check:
    properties = {name: _check(inner) for name, inner in schema.get("properties", {}).items()}
    required = tuple(schema.get("required", ()))
    extra = schema.get("additionalProperties", True)
    if not isinstance(extra, bool):
        raise _NotUnderstood

    def check(value: dict[str, Json]) -> bool:
        for name in required:
            if name not in value:
                return False
        for name, member in value.items():
            known = properties.get(name)
            if known is None:
                if not extra:
                    return False
            elif not known(member):
                return False
        return True

    return check
