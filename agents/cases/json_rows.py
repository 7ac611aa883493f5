"""Reads cases from JSON lines and from JSON arrays, one at a time; numbers keep their digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from agents.cases.rows import RawRow
from agents.cases.whole_text import HALF, WholeText
from agents.tools.foreign_json import parse_foreign
from storage.errors import BadInput

Json = Any


def read_json_lines(path: Path, limit: int) -> Iterator[RawRow]:
    """One object a line; a first line `{"format": 1}` is a header. A line above `limit` bytes is reported."""
    with path.open("rb") as stream:
        number = 0
        first = True
        while line := stream.readline(limit):
            too_long = len(line) == limit and not line.endswith(b"\n") and _skip_rest(stream, limit)
            line = line.removeprefix(b"\xef\xbb\xbf") if first else line
            if not line.strip():
                continue
            number += 1
            row = RawRow(number, {}, f"it is longer than {limit:,} bytes") if too_long else _line(number, line)
            if first and row.broken is None and set(row.values) == {"format"}:
                _known_format(row.values["format"], path)
                number = 0
            else:
                yield row
            first = False


def read_json_array(path: Path) -> Iterator[RawRow]:
    """The elements of an array, or of `cases` in `{"format": 1, "cases": [...]}`, read as a stream."""
    with path.open("rb") as stream:
        mark = _first_byte(stream)
        prefix = "item" if mark == b"[" else "cases.item"
        if mark == b"{":
            _known_format(_format_of(stream), path)
            stream.seek(0)
        elif mark != b"[":
            raise BadInput(f"{path.name} holds neither a JSON array nor an object.")
        number = 0
        try:
            for value in ijson.items(WholeText(stream), prefix, map_type=_Members):
                number += 1
                yield _whole(number, value)
        except (ijson.JSONError, ValueError, ArithmeticError) as error:  # no JSON, no text, no readable number
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            yield RawRow(number + 1, {}, f"from here on the file is not valid JSON ({reason})")


def _line(number: int, line: bytes) -> RawRow:
    try:
        return _value(number, parse_foreign(line))
    except BadInput as error:
        return RawRow(number, {}, error.message.rstrip("."))


def _value(number: int, value: Json) -> RawRow:
    if not isinstance(value, dict):
        return RawRow(number, {}, "an object with the fields of a case is expected")
    return RawRow(number, value)


class _Members(dict[str, Json]):
    """An object as it is read; the last key that was given twice is kept."""

    twice: str | None = None

    def __setitem__(self, name: str, value: Json) -> None:
        if name in self:
            self.twice = name
        super().__setitem__(name, value)


def _whole(number: int, value: Json) -> RawRow:
    try:
        return _value(number, _plain(value))
    except BadInput as error:
        return RawRow(number, {}, error.message)


def _plain(value: Json) -> Json:
    """Return the value of plain parts; BadInput where it is not whole, or not sure."""
    match value:
        case str() if HALF in value:
            raise BadInput("it holds half a character (a lone surrogate), which no text may")
        case _Members(twice=str(name)):
            raise BadInput(f"it has the key `{name}` twice in one object")
        case dict():
            return {_plain(name): _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value


def _skip_rest(stream: BinaryIO, limit: int) -> bool:
    """Pass over the rest of a long line; False where the line just fits and nothing follows."""
    skipped = False
    while rest := stream.readline(limit):
        skipped = True
        if rest.endswith(b"\n"):
            break
    return skipped


def _first_byte(stream: BinaryIO) -> bytes:
    start = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    stream.seek(0)
    return start[:1]


def _format_of(stream: BinaryIO) -> Json:
    try:
        return next(iter(ijson.items(stream, "format")), None)
    except (ijson.JSONError, UnicodeDecodeError):
        return None


def _known_format(value: Json, path: Path) -> None:
    if value != 1:
        raise BadInput(
            f"{path.name} does not say `format: 1`, but {value}.",
            hint='A case file of this version has "format": 1; another table goes in as CSV or JSON lines.',
        )
