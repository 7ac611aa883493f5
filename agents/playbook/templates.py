"""Texts with places: `Invoice ${case.number}` holds the CEL expression `case.number`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from storage.errors import BadInput

Json = Any


@dataclass(frozen=True, slots=True)
class Place:
    """The text of one expression inside a template."""

    expression: str


def split(text: str) -> tuple[str | Place, ...]:
    """Cut a template into literal texts and places (`$${` is a literal `${`); BadInput where one is open."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[str | Place]:
    position, literal = 0, ""
    while (start := text.find("${", position)) >= 0:
        if start > position and text[start - 1] == "$":
            literal += text[position : start - 1] + "${"
            position = start + 2
            continue
        literal += text[position:start]
        end = _closing(text, start + 2)
        if literal:
            yield literal
        literal = ""
        yield Place(text[start + 2 : end].strip())
        position = end + 1
    literal += text[position:]
    if literal:
        yield literal


def _closing(text: str, start: int) -> int:
    """The position of the brace that closes a place; braces inside CEL maps and quoted texts do not count."""
    depth, quote, position = 0, "", start
    while position < len(text):
        char = text[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}":
            if depth == 0:
                return position
            depth -= 1
        position += 1
    raise BadInput(f"`{text[:60]}` has a `${{` that is never closed.", hint="Close it with `}`, or write `$${`.")


def as_text(value: Json) -> str:
    """A value inside a text: numbers in full, lists joined by commas, nothing as nothing."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case int() | float():
            return str(value)
        case list() | tuple():
            return ", ".join(as_text(element) for element in value)
        case _:
            return to_json(value).decode()


def to_json(value: Json) -> bytes:
    """JSON bytes; a Decimal becomes a string in full, so that no digit is lost on the way."""
    return orjson.dumps(_exact(value))


def _exact(value: Json) -> Json:
    """Decimals and integers beyond 64 bits as strings (orjson refuses both)."""
    match value:
        case Decimal():
            return format(value, "f")
        case bool() | None | str():
            return value
        case int():
            return value if -(2**63) <= value < 2**64 else str(value)
        case dict():
            return {str(key): _exact(member) for key, member in value.items()}
        case list() | tuple():
            return [_exact(element) for element in value]
        case _:
            return value
