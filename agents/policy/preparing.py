"""Makes values ready for an expression: nulls dropped, numbers of the type that the schema says.

JSON writes 5 and 5.0 for the same thing, CEL does arithmetic only between equal types, and `has()` is true
for null. So before evaluation an integer field holds an int, a number field a float, and no member is null.
Amounts
written as decimal strings stay strings: `money()` reads them exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from agents.policy.schemas import JsonSchema, shape

Json = Any


def prepare(value: Json, schema: JsonSchema) -> Json:
    """Return `value` as expressions must see it under `schema`.

    A value that contradicts its schema is left as it is: validating is another's work, and evaluating it then
    gives an error, which never allows.
    """
    return _prepared(value, schema, schema)


def _prepared(value: Json, schema: Json, root: JsonSchema) -> Json:
    match value:
        case Mapping():
            return _members(value, schema, root)
        case str() | bytes() | bool() | None:
            return value
        case Sequence():
            items = shape(schema, root).items or {}
            return [_prepared(item, items, root) for item in value]
        case int() | float() | Decimal():
            return _number(value, shape(schema, root).type)
        case _:
            return value


def _members(value: Mapping[Any, Json], schema: Json, root: JsonSchema) -> dict[str, Json]:
    known = shape(schema, root)
    return {
        str(name): _prepared(member, known.properties.get(name, known.extra or {}), root)
        for name, member in value.items()
        if member is not None
    }


def _number(value: int | float | Decimal, kind: str) -> int | float:
    if kind == "number":
        return float(value)
    if isinstance(value, int):
        return value
    if kind == "integer" and _whole(value):
        return int(value)
    return float(value)


def _whole(value: float | Decimal) -> bool:
    finite = (
        value.is_finite() if isinstance(value, Decimal) else value == value and abs(value) != float("inf")
    )
    return finite and value == int(value)
