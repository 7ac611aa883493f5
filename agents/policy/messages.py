"""Turns JSON Schemas into protobuf messages, so that CEL's checker refuses a mistyped field, even inside
lists.

The messages exist only for checking: expressions are evaluated on plain maps, because a message reads a
missing amount as 0.
"""

from __future__ import annotations

import re
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, struct_pb2

from agents.policy.schemas import JsonSchema, Shape, shape

_PACKAGE = "t"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_DEEPEST = 16
_RESERVED = {"true", "false", "null", "in"}
_Field = descriptor_pb2.FieldDescriptorProto
_SCALAR = {
    "string": _Field.TYPE_STRING,
    "integer": _Field.TYPE_INT64,
    "number": _Field.TYPE_DOUBLE,
    "boolean": _Field.TYPE_BOOL,
}
_STRUCT = {"any": "Value", "object": "Struct", "array": "ListValue"}


class Messages:
    """Collects the messages of several schemas into one pool.

    Attributes:
        paths: message name -> where it stands, such as `case.lines[]`.
        fields: message name -> the names of its fields.
    """

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self.fields: dict[str, list[str]] = {}
        self._file = descriptor_pb2.FileDescriptorProto(name="declared.proto", package=_PACKAGE, syntax="proto2")
        self._file.dependency.append(struct_pb2.DESCRIPTOR.name)
        self._by_schema: dict[int, str] = {}
        self._kept: list[Any] = []

    def add(self, variable: str, schema: JsonSchema) -> str:
        """Add one variable's schema and return its CEL type, such as `t.Case_1` or `list(t.Steps_2)`."""
        return self._cel_type(schema, schema, variable)

    def pool(self) -> descriptor_pool.DescriptorPool:
        """Return a pool with all messages that were added."""
        pool = descriptor_pool.DescriptorPool()
        struct = descriptor_pb2.FileDescriptorProto()
        struct_pb2.DESCRIPTOR.CopyToProto(struct)
        pool.Add(struct)
        pool.Add(self._file)
        return pool

    def _cel_type(self, schema: JsonSchema, root: JsonSchema, path: str) -> str:
        known = shape(schema, root)
        match known.type:
            case "string":
                return "string"
            case "integer":
                return "int"
            case "number":
                return "double"
            case "boolean":
                return "bool"
            case "array":
                return f"list({self._cel_type(known.items, root, path + '[]')})" if known.items else "list(dyn)"
            case "object" if known.extra is not None and not known.properties:
                return f"map(string, {self._cel_type(known.extra, root, path + '.*')})"
            case "object" if not _is_open(known):
                return self._message(schema, known, root, path)
            case "object":
                return "map(string, dyn)"
            case _:
                return "dyn"

    def _message(self, schema: JsonSchema, known: Shape, root: JsonSchema, path: str) -> str:
        """Return the message of a schema, building it once: a `$ref` to its own parent ends here."""
        reference = schema.get("$ref")
        key = hash((id(root), reference)) if reference else id(schema)
        if key in self._by_schema:
            return self._by_schema[key]
        self._kept.append(schema)  # an id is the schema's own only while the schema lives
        stem = re.sub(r"\W", "", path.split(".")[-1]).capitalize() or "Message"
        message = self._file.message_type.add(name=f"{stem}_{len(self._file.message_type)}")
        message.options.deprecated_legacy_json_field_conflicts = True
        name = f"{_PACKAGE}.{message.name}"
        self._by_schema[key] = name
        self.paths[name] = path
        self.fields[name] = [field for field in known.properties if usable(field)]
        for number, field in enumerate(self.fields[name], start=1):
            self._field(message, number, field, known.properties[field], root, f"{path}.{field}")
        return name

    def _field(
        self,
        message: descriptor_pb2.DescriptorProto,
        number: int,
        name: str,
        schema: JsonSchema,
        root: JsonSchema,
        path: str,
    ) -> None:
        known = shape(schema, root)
        # The JSON name is never used; giving one avoids a clash of orderId with order_id.
        field = message.field.add(
            name=name, number=_number(number), json_name=f"j{number}", label=_Field.LABEL_OPTIONAL
        )
        if known.type == "array" and known.items is not None and shape(known.items, root).type != "array":
            field.label = _Field.LABEL_REPEATED
            self._type(field, shape(known.items, root), known.items, root, path + "[]")
        elif known.type == "object" and known.extra is not None and not known.properties:
            field.label = _Field.LABEL_REPEATED
            self._map(message, field, known.extra, root, path + ".*")
        else:
            self._type(field, known, schema, root, path)

    def _type(self, field: _Field, known: Shape, schema: JsonSchema, root: JsonSchema, path: str) -> None:
        if known.type in _SCALAR:
            field.type = _SCALAR[known.type]
            return
        field.type = _Field.TYPE_MESSAGE
        if known.type == "object" and not _is_open(known) and path.count(".") < _DEEPEST:
            field.type_name = "." + self._message(schema, known, root, path)
        else:
            field.type_name = f".google.protobuf.{_STRUCT[known.type]}"

    def _map(
        self,
        message: descriptor_pb2.DescriptorProto,
        field: _Field,
        values: JsonSchema,
        root: JsonSchema,
        path: str,
    ) -> None:
        # The compiler of protobuf names a map's entry after its field, in camel case.
        camel = "".join(part[:1].upper() + part[1:] for part in field.name.split("_"))
        entry = message.nested_type.add(name=f"{camel}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_STRING)
        value = entry.field.add(name="value", number=2, label=_Field.LABEL_OPTIONAL)
        self._type(value, shape(values, root), values, root, path)
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{message.name}.{entry.name}"


def usable(name: str) -> bool:
    """Return whether a member of this name can be written after a dot in an expression."""
    return bool(_NAME.match(name)) and name not in _RESERVED


def _is_open(known: Shape) -> bool:
    """Return whether nothing can be checked: no declared member at all, or undeclared ones are allowed."""
    return not known.properties and known.open


def _number(position: int) -> int:
    """Return a field number, stepping over the range that protobuf reserves (19000-19999)."""
    return position if position < 19_000 else position + 1_000
