"""What the quick look calls valid is valid for jsonschema too; for schemas as tools have them it finds all of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.tools.foreign_json import parse_foreign
from agents.tools.surely_valid import surely_valid

Json = Any
small = st.integers(0, 3)
words = st.sampled_from(["", "a", "ab", "abc\n", "ä"])
scalars = st.none() | st.booleans() | st.integers(-3, 4) | st.sampled_from([0.5, 1.0, 2.5]) | words
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object", "text"])
keywords: dict[str, st.SearchStrategy[Json]] = {
    "minLength": small, "maxLength": small, "minItems": small, "maxItems": small, "minimum": small | st.just(0.5),
    "maximum": small, "exclusiveMinimum": small, "exclusiveMaximum": small, "pattern": st.sampled_from(["^a$", "b"]),
    "enum": st.lists(scalars, max_size=3), "required": st.lists(st.sampled_from("abc"), max_size=2),
    "title": words, "x-kind": words, "const": scalars, "not": st.just({"type": "string"}), "uniqueItems": st.just(True),
}  # fmt: skip
schemas = st.recursive(
    st.fixed_dictionaries({}, optional={"type": names, **keywords}) | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": names | st.lists(names, max_size=2), **keywords, "items": inner, "additionalProperties": inner,
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        },
    ),
    max_leaves=6,
)  # fmt: skip


@given(schemas, values)
def test_what_is_surely_valid_is_valid(schema: Json, value: Json) -> None:
    read = parse_foreign(json.dumps(value))
    if isinstance(schema, dict) and surely_valid(schema)(read):
        assert jsonschema.Draft202012Validator(schema).is_valid(read)


TYPICAL = {
    "type": "object",
    "required": ["path"],
    "additionalProperties": False,
    "properties": {
        "path": {"type": "string", "minLength": 1, "pattern": "^/"},
        "amount": {"type": "number", "minimum": 0},
        "lines": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        "mode": {"type": "string", "enum": ["a", "b"], "description": "How."},
    },
}


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"path": "/a", "amount": Decimal("1.5"), "lines": [1, 2], "mode": "b"}, True),
        ({"path": "/a", "amount": 0}, True),
        ({"amount": 0}, False),
        ({"path": "a"}, False),
        ({"path": "/a", "more": 1}, False),
        ({"path": "/a", "amount": True}, False),
        ({"path": "/a", "amount": -1}, False),
        ({"path": "/a", "lines": [1, 2, 3]}, False),
        ({"path": "/a", "lines": ["1"]}, False),
        ({"path": "/a", "mode": "c"}, False),
        ([], False),
    ],
)
def test_a_tools_schema_is_understood(value: Json, valid: bool) -> None:
    assert surely_valid(TYPICAL)(value) is valid
    assert jsonschema.Draft202012Validator(TYPICAL).is_valid(value) is valid
