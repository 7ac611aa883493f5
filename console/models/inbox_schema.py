"""A tool's JSON Schema as fields of a form: what stands in each, what a person typed, and what is wrong with it.

Keywords that are not checked here are checked by the engine, which judges an edited call as a whole.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class FormField:
    """One argument in a form.

    Attributes:
        kind: "text", "integer", "number", "boolean" or "json" (objects, lists, and what has several types).
        choices: the only values allowed, as written; empty: any.
        nullable: it may be left empty and is then null.
    """

    name: str
    kind: str
    description: str
    required: bool
    nullable: bool
    choices: tuple[str, ...]
    schema: Mapping[str, Json]


class Wrong(ValueError):
    """What is typed does not fit; the message says why."""


def fields_of(schema: Mapping[str, Json] | None, values: Mapping[str, Json]) -> list[FormField]:
    """Return the form's fields: what the schema names, in its order, then what only the call names."""
    properties = dict((schema or {}).get("properties") or {})
    required = set((schema or {}).get("required") or ())
    names = [*properties, *(name for name in values if name not in properties)]
    return [_field(name, properties.get(name) or {}, name in required, values.get(name)) for name in names]


def _field(name: str, schema: Mapping[str, Json], required: bool, value: Json) -> FormField:
    kinds = schema.get("type")
    listed = [kinds] if isinstance(kinds, str) else list(kinds or [])
    plain = [kind for kind in listed if kind != "null"]
    known = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}
    kind = known.get(plain[0], "json") if len(plain) == 1 else "json"
    if not plain and isinstance(value, str):
        kind = "text"
    choices = tuple(written(choice) for choice in schema.get("enum") or () if choice is not None)
    nullable = "null" in listed or None in (schema.get("enum") or ())
    return FormField(name, kind, str(schema.get("description", "")), required, nullable, choices, schema)


def written(value: Json) -> str:
    """Return a value as it stands in a field."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal() | int():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, default=_digits)


def _digits(value: object) -> Json:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError


def typed(field: FormField, text: str) -> Json:
    """Return the value of what was typed. Raises Wrong.

    An empty field that is not required is None (left out of the call, or null where the schema allows it).
    """
    if not text and (field.kind != "text" or not field.required):
        if field.required and not field.nullable:
            raise Wrong("It is required.")
        return None
    value = _of_kind(field, text)
    if field.choices and text not in field.choices:
        raise Wrong(f"It must be one of {', '.join(field.choices)}.")
    fault = _fault(field.schema, value)
    if fault:
        raise Wrong(fault)
    return value


def _of_kind(field: FormField, text: str) -> Json:
    match field.kind:
        case "text":
            return text
        case "integer":
            if not re.fullmatch(r"-?\d{1,30}", text.strip()):
                raise Wrong("It must be a whole number.")
            return int(text)
        case "number":
            try:
                number = Decimal(text.strip())
            except InvalidOperation:
                raise Wrong("It must be a number, with a point before decimals.") from None
            return int(number) if number == number.to_integral_value() else float(number)
        case "boolean":
            if text.strip() not in ("true", "false"):
                raise Wrong("It must be true or false.")
            return text.strip() == "true"
        case _:
            try:
                return json.loads(text)
            except ValueError as error:
                raise Wrong(f"It must be JSON: {error}.") from None


def _fault(schema: Mapping[str, Json], value: Json) -> str:
    """Return what a plain value lacks by the commonest keywords, "" for nothing."""
    if isinstance(value, str):
        least, most, pattern = schema.get("minLength"), schema.get("maxLength"), schema.get("pattern")
        if least is not None and len(value) < least:
            return "It must not be empty." if least == 1 else f"It must have at least {least} characters."
        if most is not None and len(value) > most:
            return f"It has {len(value)} characters; {most} are allowed."
        if pattern and not _fits(pattern, value):
            return f"It must look like {pattern}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _out_of_bounds(schema, value)
    return ""


def _out_of_bounds(schema: Mapping[str, Json], value: float) -> str:
    checks = (
        ("minimum", "at least", operator.ge), ("maximum", "at most", operator.le),
        ("exclusiveMinimum", "more than", operator.gt), ("exclusiveMaximum", "less than", operator.lt),
    )  # fmt: skip
    for keyword, words, holds in checks:
        if keyword in schema and not holds(value, schema[keyword]):
            return f"It must be {words} {schema[keyword]}."
    return ""


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # a pattern that only the engine understands


def collected(fields: Sequence[FormField], texts: Mapping[str, str], before: Mapping[str, Json]) -> dict[str, Json]:
    """Return the arguments as typed; what is empty and was absent stays absent. Raises Wrong."""
    found: dict[str, Json] = {}
    for field in fields:
        text = texts.get(field.name, "")
        if text == written(before.get(field.name)):
            if field.name in before:
                found[field.name] = before[field.name]
            continue
        value = typed(field, text)
        if value is not None or (field.nullable and field.name in before):
            found[field.name] = value
    return found


def fault_at(message: str, fields: Sequence[FormField]) -> tuple[str, str]:
    """Return the field and the words of what the engine said of an edit; no field where it names none."""
    words = message.removeprefix("Not accepted: ")
    name, colon, rest = words.partition(": ")
    head = re.split(r"[.\[]", name, maxsplit=1)[0]
    return (head, rest) if colon and any(field.name == head for field in fields) else ("", words)
