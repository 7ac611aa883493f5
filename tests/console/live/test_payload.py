"""A payload's lines: the same whatever the pages, with the path of each; and what differs between two values."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.models.diff import Change, changes
from console.models.payload import LONGEST, Line, Shape, is_json, shape

_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | _TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_TEXT, inner, max_size=5), max_leaves=30,
)  # fmt: skip
_DOCUMENTS = st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=6) | st.lists(_VALUES, min_size=1, max_size=6)


def _lines(content: bytes, page: int, *, json_: bool = True) -> list[Line]:
    found: list[Line] = []
    at = Shape(json=json_)
    while at.offset < len(content):
        piece = content[at.offset : at.offset + page]
        lines, after = shape(piece, at, last=at.offset + len(piece) >= len(content))
        assert after.offset > at.offset
        found += lines
        at = after
    return found


@given(_DOCUMENTS, st.integers(160, 400))
def test_pages_of_any_size_give_the_same_lines(value: Any, page: int) -> None:
    content = json.dumps(value, ensure_ascii=False).encode()
    assert _lines(content, page) == _lines(content, 1 << 20)


@given(_DOCUMENTS)
def test_nothing_is_lost(value: Any) -> None:
    content = json.dumps(value, ensure_ascii=False).encode()
    assert json.loads("".join(line.text for line in _lines(content, 1 << 20))) == value


def test_each_line_knows_its_path() -> None:
    value = {"content": {"lines": [{"no": 1, "note": "x" * 40}, {"no": 2, "note": "y" * 40}]}, "a b": 1}
    lines = _lines(json.dumps(value).encode(), 1 << 20)
    assert {line.path for line in lines if "y" in line.text} == {"$.content.lines[1].note"}
    assert next(line.path for line in lines if "a b" in line.text) == '$["a b"]'


def test_small_objects_stand_on_one_line() -> None:
    assert '{ "no": 1, "ok": true }' in _lines(b'[{"no":1,"ok":true},{"no":2}]', 1 << 20)[1].text


def test_very_long_lines_are_cut_and_say_so() -> None:
    line = _lines(json.dumps(["x" * 5_000]).encode(), 1 << 20)[1]
    assert (len(line.text), line.more) == (LONGEST, 5_004 - LONGEST)


def test_a_text_longer_than_a_page_is_passed_over() -> None:
    lines = _lines(json.dumps({"a": "x" * 5_000, "b": 1}).encode(), 1_000)
    assert any('"b": 1' in line.text for line in lines[-2:])


def test_plain_text_keeps_its_lines() -> None:
    assert not is_json("Dear Anne,\n")
    content = "Dear Anne,\nthe invoice is posted.\nÅse\n".encode()
    assert [line.text for line in _lines(content, 32, json_=False)] == ["Dear Anne,", "the invoice is posted.", "Åse"]


@given(_DOCUMENTS)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert changes(value, value) == []


def test_changes_name_their_place() -> None:
    before = {"a": 1, "b": [{"c": "x"}, 2], "gone": None}
    after = {"a": 1, "b": [{"c": "y"}], "new": True}
    assert changes(before, after) == [
        Change("b[0].c", "x", "y"),
        Change("b[1]", "2", None),
        Change("gone", "null", None),
        Change("new", None, "true"),
    ]
