"""Makes values ready for an expression: nulls dropped, numbers of the type that the schema says.

JSON writes 5 and 5.0 for the same thing, CEL does arithmetic only between equal types, and `has()` is
true for null. So before evaluation an integer field holds an int, a number field a float, and no member is
null. Amounts written as decimal strings stay strings: `money()` reads them exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from agents.policy.schemas import JsonSchema, Shape, shape

Json = Any


def prepare(value: Json, schema: JsonSchema) -> Json:
    """Return `value` as expressions must see it under `schema`.

    A value that contradicts its schema is left as it is: validating is another's work, and evaluating it then
    gives an error, which never allows.
    """
    return Preparer(schema, schema)(value)


class Preparer:
    """Prepares values of one schema; each place of the schema is read once, however many values come."""

    __slots__ = ("_extra", "_items", "_known", "_members", "_root", "_schema")

    def __init__(self, schema: JsonSchema, root: JsonSchema) -> None:
        self._schema, self._root = schema, root
        self._known: Shape | None = None
        self._members: dict[str, Preparer] = {}
        self._items: Preparer | None = None
        self._extra: Preparer | None = None

    def __call__(self, value: Json) -> Json:
        """Return the value as expressions must see it."""
        if isinstance(value, str | bool) or value is None:
            return value
        if isinstance(value, int | float | Decimal):
            return _number(value, self._shape().type)
        if isinstance(value, Mapping):
            return {
                name if isinstance(name, str) else str(name): (
                    member if isinstance(member, str) else self._member(name)(member)
                )
                for name, member in value.items()
                if member is not None
            }
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            item = self._item()
            return [item(element) for element in value]
        return value

    def _shape(self) -> Shape:
        if self._known is None:
            self._known = shape(self._schema, self._root)
        return self._known

    def _member(self, name: str) -> Preparer:
        found = self._members.get(name)
        if found is not None:
            return found
        known = self._shape()
        if name in known.properties:
            return self._members.setdefault(name, Preparer(known.properties[name], self._root))
        # Undeclared names come from outside and may be without number: they share one preparer.
        if self._extra is None:
            self._extra = Preparer(known.extra or {}, self._root)
        return self._extra

    def _item(self) -> Preparer:
        if self._items is None:
            self._items = Preparer(self._shape().items or {}, self._root)
        return self._items


def _number(value: int | float | Decimal, kind: str) -> int | float:
    if kind == "number":
        return float(value)
    if isinstance(value, int):
        return value
    if kind == "integer" and _whole(value):
        return int(value)
    return float(value)


def _whole(value: float | Decimal) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    return value.is_integer()
