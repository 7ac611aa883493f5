"""Reads a person's YAML strictly: no duplicate key, no surprise type, no bomb; values know their lines.

Plain scalars follow the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema), so `no` and `on`
stay words. Numbers with a fraction become Decimal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from storage.errors import BadInput

Json = Any
At = tuple[str | int, ...]
"""A place in a document: keys and positions from the top."""

MAX_BYTES = 1 << 20
MAX_VALUES = 50_000
MAX_DEPTH = 40

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: Mapping[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadYaml(BadInput):
    """A text is not the YAML that is read here.

    Attributes:
        name: of the file.
        line, column: where, both from 1; None where that is not known.
        why: what is wrong, without the place.
    """

    def __init__(
        self, name: str, why: str, line: int | None = None, column: int | None = None, *, hint: str | None = None
    ) -> None:
        super().__init__(f"{f'{name}, line {line}' if line else name}: {why}", hint=hint)
        self.name, self.why, self.line, self.column = name, why, line, column


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its value, and the line on which each value begins (counted from 1)."""

    name: str
    value: Json
    lines: Mapping[At, int]

    def line(self, at: At) -> int | None:
        """The line of a place, or of the nearest place around it that exists."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at)


def read_yaml(path: Path) -> Document:
    """Read a YAML file; BadInput says what is wrong with it and where."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadInput(
                f"{path.name} is {size:,} bytes; a description of this kind has at most {MAX_BYTES:,}.",
                hint="Put case data and documents in files of their own.",
            )
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error
    return parse_yaml(content, path.name)


def parse_yaml(content: bytes | str, name: str = "text") -> Document:
    """Parse YAML text; BadInput says what is wrong with it and on which line."""
    text = _decoded(content, name) if isinstance(content, bytes) else content
    if len(text) > MAX_BYTES:
        raise BadInput(f"{name} is too long: {len(text):,} characters, at most {MAX_BYTES:,}.")
    builder = _Builder(name)
    try:
        return builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise BadYaml(
            name, f"this is not valid YAML: {error.problem or error.context}.",
            *((mark.line + 1, mark.column + 1) if mark is not None else ()),
            hint="Check the indentation, and quote texts that hold ': ' or begin with a special character.",
        ) from error  # fmt: skip
    except yaml.YAMLError as error:
        raise BadInput(f"{name} is not valid YAML: {str(error).splitlines()[0]}.") from error


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{name}, line {line}: this is not UTF-8 text.", hint="Save the file as UTF-8.") from error


@dataclass(slots=True)
class _Builder:
    """Turns parser events into a value; counts what it makes, so that aliases cannot multiply."""

    name: str
    lines: dict[At, int] = field(default_factory=dict)
    anchors: dict[str, tuple[Json, int]] = field(default_factory=dict)
    made: int = 0

    def document(self, events: Iterator[Any]) -> Document:
        value: Json = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._bad(event, "a second document begins here; one file holds one description")
                value = self._node(next(events), events, ())
        return Document(self.name, value, self.lines)

    def _node(self, event: Any, events: Iterator[Any], at: At) -> Json:
        if len(at) > MAX_DEPTH:
            raise self._bad(event, f"values are nested deeper than {MAX_DEPTH} levels")
        self.lines[at] = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self.made
        self._count(event, 1)
        if event.tag not in (None, "!") and not event.tag.startswith("tag:yaml.org,2002:str"):
            raise self._bad(event, f"the tag {event.tag} is not used here")
        if isinstance(event, yaml.ScalarEvent):
            value: Json = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(events, at)
        else:
            value = self._mapping(events, at)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.made - before)
        return value

    def _sequence(self, events: Iterator[Any], at: At) -> list[Json]:
        items: list[Json] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, events, (*at, len(items))))
        return items

    def _mapping(self, events: Iterator[Any], at: At) -> dict[str, Json]:
        members: dict[str, Json] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self._bad(event, "a key must be a plain word")
            key = event.value
            if key in members:
                raise self._bad(event, f"the key `{key}` is here a second time")
            if key == "<<" and event.implicit[0]:
                raise self._bad(event, "merging with `<<` is not used here; write the values out")
            line = _line_of(event)
            members[key] = self._node(next(events), events, (*at, key))
            self.lines[(*at, key)] = line
        return members

    def _alias(self, event: Any) -> Json:
        if event.anchor not in self.anchors:
            raise self._bad(event, f"the alias *{event.anchor} has no anchor before it")
        value, size = self.anchors[event.anchor]
        self._count(event, size)
        return value

    def _count(self, event: Any, values: int) -> None:
        self.made += values
        if self.made > MAX_VALUES:
            raise self._bad(event, f"there are more than {MAX_VALUES:,} values (aliases count every time)")

    def _bad(self, event: Any, why: str) -> BadYaml:
        return BadYaml(self.name, f"{why}.", event.start_mark.line + 1, event.start_mark.column + 1)


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Json:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text.lower() in _WORDS and text in (text.lower(), text.upper(), text.capitalize()):
        return _WORDS[text.lower()]
    if len(text) <= 100 and _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= 100 and _FRACTION.fullmatch(text):
        return Decimal(text)
    return text
