"""JSON that we write: canonical bytes (sorted keys), every digit of Decimals and big integers kept."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

Json = Any
_DECODER = json.JSONDecoder(parse_float=Decimal)


def dump(value: Json) -> bytes:
    """Return canonical JSON bytes. Raises TypeError for a value that is no JSON."""
    try:
        return orjson.dumps(value, default=_exact, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # an integer beyond 64 bits
        return _slow(value).encode()


def load(content: bytes) -> Json:
    """Return the value of JSON that `dump` wrote: fractions are Decimal, integers exact."""
    return _DECODER.decode(content.decode())


def _exact(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(_plain(value).encode())
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _plain(number: Decimal) -> str:
    text = str(number)
    return text.replace("E", "e") if "E" in text else text


def _slow(value: Json) -> str:
    match value:
        case Decimal():
            return _plain(value)
        case dict():
            members = (
                f"{json.dumps(str(key), ensure_ascii=False)}:{_slow(value[key])}" for key in sorted(value, key=str)
            )
            return "{" + ",".join(members) + "}"
        case list() | tuple():
            return "[" + ",".join(_slow(item) for item in value) + "]"
        case str() | bool() | int() | None:
            return json.dumps(value, ensure_ascii=False)
        case _:
            raise TypeError(f"{type(value).__name__} is no JSON value")
