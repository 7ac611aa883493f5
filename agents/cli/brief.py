"""Long values in few words: what stands where the whole would hide the rest."""

from __future__ import annotations

import json
from typing import Any

Json = Any
_LONGEST_TEXT = 120
_ELLIPSIS = "…"


def shortened(text: str, most: int) -> str:
    """Return text on one line of at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + _ELLIPSIS


def in_brief(value: Json, most: int = 200) -> str:
    """Return a JSON value in plain words of at most `most` characters: scalars first, large parts counted."""
    if isinstance(value, dict):
        plain = [f"{_name(k)} {_inner(v)}" for k, v in value.items() if not isinstance(v, dict | list)]
        parts = [f"{_name(k)} {_inner(v)}" for k, v in value.items() if isinstance(v, dict | list) and v]
        return shortened(" · ".join((*plain, *parts)), most) if value else "–"
    if isinstance(value, list):
        return shortened(", ".join(_inner(item) for item in value), most) if value else "–"
    return shortened(_scalar(value), most)


def _name(key: str) -> str:
    return str(key).replace("_", " ")


def _inner(value: Json) -> str:
    match value:
        case dict():
            return f"({in_brief(value, 60)})" if len(value) <= 3 else f"({len(value)} fields)"
        case list():
            scalars = all(not isinstance(item, dict | list) for item in value)
            if scalars and len(value) <= 4:
                return ", ".join(_scalar(item) for item in value)
            return f"({len(value)})"
        case _:
            return _scalar(value)


def _scalar(value: Json) -> str:
    match value:
        case None:
            return "–"
        case True:
            return "yes"
        case False:
            return "no"
        case str():
            return shortened(value, _LONGEST_TEXT)
        case _:
            return str(value)


def in_full(value: Json) -> str:
    """Return a JSON value as indented text, every digit kept."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
