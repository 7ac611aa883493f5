"""Reads a JSON Schema as far as types go: what a value may be, and which members it has.

Only what expressions and provenance need is read: `type`, `properties`, `items`, `additionalProperties`,
`enum`, `const`, local `$ref`, and the usual unions (`anyOf`, `oneOf`, `allOf`, a list of types). Null is
dropped: an absent and a null member are the same thing to a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Json = Any
JsonSchema = Mapping[str, Json]

ANY = "any"
_SCALARS = {"string", "integer", "number", "boolean"}
_DEPTH = 32


class Shape(NamedTuple):
    """What a schema says about one value.

    Attributes:
        type: object | array | string | integer | number | boolean | any.
        properties: member name -> its schema (objects).
        items: the schema of every element (arrays), None where it is not declared.
        extra: the schema of undeclared members; None where there are none or nothing is said.
        open: undeclared members are possible and nothing is known of them.
        enum: the strings it may be, empty where it is not an enumeration of strings.
    """

    type: str
    properties: Mapping[str, JsonSchema] = {}
    items: JsonSchema | None = None
    extra: JsonSchema | None = None
    open: bool = False
    enum: tuple[str, ...] = ()


_UNKNOWN = Shape(ANY)


def shape(schema: Json, root: JsonSchema) -> Shape:
    """Return the shape of `schema`; `root` is the document that its local `$ref`s point into.

    What cannot be understood (a remote reference, a union of unlike things) is `any`, never an error: the
    schema itself is validated where it is loaded.
    """
    return _shape(schema, root, _DEPTH)


def _shape(schema: Json, root: JsonSchema, depth: int) -> Shape:
    if not isinstance(schema, Mapping) or depth == 0:
        return _UNKNOWN
    if "$ref" in schema:
        return _shape(_pointed(schema["$ref"], root), root, depth - 1)
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), Sequence):
            rest = {key: value for key, value in schema.items() if key != word}
            options = [
                _shape({**rest, **o} if isinstance(o, Mapping) else o, root, depth - 1)
                for o in schema[word]
                if not _is_null(o)
            ]
            return _union(options)
    if isinstance(schema.get("allOf"), Sequence):
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        return _all([_shape(part, root, depth - 1) for part in [rest, *schema["allOf"]]])
    return _plain(schema, root, depth)


def _plain(schema: JsonSchema, root: JsonSchema, depth: int) -> Shape:
    kind = schema.get("type")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        kinds = [one for one in kind if one != "null"]
        if len(kinds) != 1:
            return _union([_plain({**schema, "type": one}, root, depth) for one in kinds])
        kind = kinds[0]
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    values = [value for value in values if value is not None] if isinstance(values, Sequence) else []
    if kind is None:
        kind = _guessed(schema, values)
    strings = tuple(value for value in values if isinstance(value, str))
    match kind:
        case "object":
            extra = schema.get("additionalProperties")
            properties = schema.get("properties")
            named = properties if isinstance(properties, Mapping) else {}
            is_open = extra is True or (extra is None and not named)
            return Shape("object", named, None, extra if isinstance(extra, Mapping) else None, is_open)
        case "array":
            items = schema.get("items")
            return Shape("array", items=items if isinstance(items, Mapping) else None)
        case "string":
            return Shape("string", enum=strings if len(strings) == len(values) else ())
        case "integer" | "number" | "boolean":
            return Shape(kind)
        case _:
            return _UNKNOWN


def _guessed(schema: JsonSchema, values: Sequence[Json]) -> str | None:
    """Return the type that a schema without `type` implies."""
    if "properties" in schema or isinstance(schema.get("additionalProperties"), Mapping):
        return "object"
    if "items" in schema:
        return "array"
    if values and all(isinstance(value, str) for value in values):
        return "string"
    return None


def _union(options: Sequence[Shape]) -> Shape:
    if not options:
        return _UNKNOWN
    first, kinds = options[0], {option.type for option in options}
    if kinds == {"integer", "number"}:
        return Shape("number")
    if len(kinds) > 1 or first.type == ANY:
        return _UNKNOWN
    if first.type == "object":
        return _all(options)
    if first.type == "array":
        items = [option.items for option in options if option.items is not None]
        if len(items) != len(options):
            return Shape("array")
        return Shape("array", items=items[0] if len(items) == 1 else {"anyOf": items})
    every = all(option.enum for option in options)
    return Shape(first.type, enum=tuple(dict.fromkeys(v for o in options for v in o.enum)) if every else ())


def _all(parts: Sequence[Shape]) -> Shape:
    """Return one shape with the members of all: a rule may speak of any of them."""
    known = [part for part in parts if part.type != ANY]
    if not known:
        return _UNKNOWN
    if any(part.type != "object" for part in known):
        return known[0] if len({part.type for part in known}) == 1 else _UNKNOWN
    properties: dict[str, JsonSchema] = {}
    for part in known:
        for name, schema in part.properties.items():
            same = name not in properties or properties[name] == schema
            properties[name] = schema if same else {"anyOf": [properties[name], schema]}
    extra = next((part.extra for part in known if part.extra is not None), None)
    return Shape("object", properties, None, extra, any(part.open for part in known))


def _is_null(schema: Json) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("const", "") is None)


def _pointed(reference: Json, root: JsonSchema) -> Json:
    """Return what a local reference such as `#/$defs/Line` points at, or None."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    found: Json = root
    for part in reference[1:].split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found
