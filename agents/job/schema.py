"""The part of JSON Schema that describes cases and outcomes, and the check of values against it.

Three extension keys carry meaning: `x-kind` says what a value is (amount, iban, email, `id:invoice`, …) and
`x-source` where it comes from (a system of record, a form, free text); provenance reads both. `x-labels` says what
a field holds (pii, …): policy sees it as `labels`, and models.yaml says where such data may go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator

from agents.job.strict import Many, Strict, nearest
from agents.job.yaml_text import At

Json = Any
TypeName = Literal["string", "integer", "number", "boolean", "array", "object", "null"]
Number = int | Decimal


class Schema(Strict):
    """One value's description; what is not said is not restricted, except that objects are closed."""

    type: TypeName | None = None
    title: str = ""
    description: str = ""
    properties: dict[str, Schema] = Field(default_factory=dict)
    required: Many[str] = ()
    additional_properties: bool = Field(False, alias="additionalProperties")
    items: Schema | None = None
    enum: Many[str | int | bool | None] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    min_length: int | None = Field(None, alias="minLength", ge=0)
    max_length: int | None = Field(None, alias="maxLength", ge=0)
    min_items: int | None = Field(None, alias="minItems", ge=0)
    max_items: int | None = Field(None, alias="maxItems", ge=0)
    pattern: str | None = None
    format: Literal["date", "date-time", "email", "uri"] | None = None
    kind: str | None = Field(None, alias="x-kind")
    source: str | None = Field(None, alias="x-source")
    labels: Many[str] = Field((), alias="x-labels")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"this pattern is not a regular expression: {error}") from error
        return value


class Fault(NamedTuple):
    """What is wrong with a value: where, why, and the nearest thing that would be right."""

    at: At
    why: str
    near: str | None = None


def as_json_schema(schema: Schema) -> dict[str, Json]:
    """The schema as plain JSON Schema, closed objects said so."""
    plain: dict[str, Json] = schema.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    return _closed(plain)


def _closed(node: dict[str, Json]) -> dict[str, Json]:
    result = {key: list(value) if isinstance(value, tuple) else value for key, value in node.items()}
    if "properties" in node:
        result["properties"] = {name: _closed(child) for name, child in node["properties"].items()}
    if "items" in node:
        result["items"] = _closed(node["items"])
    if node.get("type") == "object" and "additionalProperties" not in node:
        result["additionalProperties"] = False
    return result


def check(schema: Schema, value: Json, at: At = (), *, partial: bool = False) -> list[Fault]:
    """Compare a value with a schema; an empty list means that it fits.

    Args:
        partial: required members may be missing (an outcome of which only some fields were recorded).
    """
    if schema.type is not None and not _has_type(schema.type, value):
        return [Fault(at, f"{_ARTICLE[schema.type]} is expected, not {_shown(value)}")]
    faults = _plain_faults(schema, value, at)
    if isinstance(value, dict):
        faults += _member_faults(schema, value, at, partial)
    elif isinstance(value, list):
        if schema.min_items is not None and len(value) < schema.min_items:
            faults.append(Fault(at, f"at least {schema.min_items} elements are expected, not {len(value)}"))
        if schema.max_items is not None and len(value) > schema.max_items:
            faults.append(Fault(at, f"at most {schema.max_items} elements are allowed, not {len(value)}"))
        if schema.items is not None:
            for index, element in enumerate(value):
                faults += check(schema.items, element, (*at, index), partial=partial)
    return faults


def _member_faults(schema: Schema, value: Mapping[str, Json], at: At, partial: bool) -> list[Fault]:
    faults = [
        Fault((*at, name), "this is required and missing", nearest(name, value))
        for name in schema.required
        if name not in value and not partial
    ]
    for name, member in value.items():
        described = schema.properties.get(name)
        if described is not None:
            faults += check(described, member, (*at, name), partial=partial)
        elif not schema.additional_properties and schema.type == "object":
            faults.append(Fault((*at, name), "this field is not known", nearest(name, schema.properties)))
    return faults


def _plain_faults(schema: Schema, value: Json, at: At) -> list[Fault]:
    faults: list[Fault] = []
    if schema.enum is not None and not any(_same(value, option) for option in schema.enum):
        near = nearest(str(value), [str(option) for option in schema.enum])
        faults.append(Fault(at, f"{_shown(value)} is not one of the {len(schema.enum)} possible values", near))
    if isinstance(value, str):
        faults += [Fault(at, why) for why in _text_faults(schema, value)]
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        if schema.minimum is not None and value < schema.minimum:
            faults.append(Fault(at, f"{value} is below the minimum of {schema.minimum}"))
        if schema.maximum is not None and value > schema.maximum:
            faults.append(Fault(at, f"{value} is above the maximum of {schema.maximum}"))
    return faults


def _text_faults(schema: Schema, value: str) -> list[str]:
    faults: list[str] = []
    if schema.min_length is not None and len(value) < schema.min_length:
        faults.append("this is empty" if not value else f"{len(value)} characters, at least {schema.min_length}")
    if schema.max_length is not None and len(value) > schema.max_length:
        faults.append(f"{len(value):,} characters, at most {schema.max_length:,}")
    if schema.pattern is not None and not re.search(schema.pattern, value):
        faults.append(f"{_shown(value)} does not follow the pattern {schema.pattern}")
    if schema.format is not None and not _has_format(schema.format, value):
        faults.append(f"{_shown(value)} is not a valid {schema.format}")
    return faults


_ARTICLE: Mapping[str, str] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "nothing",
}


def _has_type(name: TypeName, value: Json) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None


def _has_format(name: str, value: str) -> bool:
    try:
        match name:
            case "date":
                date.fromisoformat(value)
                return len(value) == 10
            case "date-time":
                return datetime.fromisoformat(value).tzinfo is not None
            case "email":
                return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) is not None
            case _:
                return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S", value) is not None
    except ValueError:
        return False


def _same(left: Json, right: Json) -> bool:
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _shown(value: Json) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            text = str(value)
            return f"`{text[:40]}…`" if len(text) > 40 else f"`{text}`"
