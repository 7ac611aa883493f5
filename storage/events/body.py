"""What every event body shares: a frozen class a kind, read and written field by field.

Bodies hold only what is ours: ids, enums, integers, digests and our own words. Foreign text, arguments,
external ids and personal data are blobs (`Ref`), so they can be erased.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

Ref = str
"""The address of a blob: SHA-256(store salt ‖ bytes), base64url without padding (43 characters)."""

Digest = str
"""A SHA-256 of canonical content of ours, base64url without padding (43 characters)."""


class Body:
    """A kind of event. Subclasses are frozen slotted dataclasses with `kind` and `v` (the kind's version)."""

    __slots__ = ()
    kind: ClassVar[str]
    v: ClassVar[int] = 1


@functools.cache
def _fields(cls: type[Body]) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(typing.cast(Any, cls)))


def to_data(body: Body) -> dict[str, Any]:
    """Return the body as a JSON object; absent optional fields are left out."""
    return {name: value for name in _fields(type(body)) if (value := getattr(body, name)) is not None}


def from_data(cls: type[Body], data: dict[str, Any]) -> Body:
    """Return the body that `data` describes.

    Raises TypeError for a missing or unknown field, ValueError for a value that an enum does not know.
    """
    converters = _converters(cls)
    return cls(
        **{name: converters[name](value) if name in converters else value for name, value in data.items()}
    )


def references(body: Body) -> list[Ref]:
    """Return every blob address that the body names, in field order."""
    found: list[Ref] = []
    for name in _ref_fields(type(body)):
        value = getattr(body, name)
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, tuple):
            for item in value:
                found.extend([item] if isinstance(item, str) else _nested_refs(item))
    return found


def _nested_refs(item: Any) -> list[Ref]:
    refs = getattr(type(item), "refs", ())
    return [ref for name in refs if (ref := getattr(item, name)) is not None]


@functools.cache
def _ref_fields(cls: type[Body]) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(typing.cast(Any, cls)) if f.metadata.get("ref"))


def ref_field(**options: Any) -> Any:
    """Declare a dataclass field that holds blob addresses (a Ref, a tuple of them, or of parts with `refs`)."""
    return dataclasses.field(metadata={"ref": True}, **options)


Converter = Callable[[Any], Any]


@functools.cache
def _converters(cls: type[Any]) -> dict[str, Converter]:
    hints = get_type_hints(cls)
    found = {}
    for field in dataclasses.fields(cls):
        converter = _converter(hints[field.name])
        if converter is not None:
            found[field.name] = converter
    return found


def _converter(hint: Any) -> Converter | None:
    if get_origin(hint) in (types.UnionType, typing.Union):
        inner = [_converter(part) for part in get_args(hint) if part is not type(None)]
        return inner[0] if len(inner) == 1 else None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if get_origin(hint) is tuple:
        part = get_args(hint)[0]
        inside = _converter(part)
        return tuple if inside is None else lambda items: tuple(inside(item) for item in items)
    if dataclasses.is_dataclass(hint):
        return lambda data: hint(**_convert_nested(typing.cast(type[Any], hint), data))
    return None


def _convert_nested(cls: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    converters = _converters(cls)
    return {name: converters[name](value) if name in converters else value for name, value in data.items()}
