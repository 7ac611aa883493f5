"""Reads JSON that somebody else wrote: fractions become Decimal, integers keep every digit."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from storage.errors import BadInput

Json = Any
_MAY_BE_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def parse_foreign(content: bytes | str) -> Json:
    """Parse JSON text; BadInput where it is malformed, repeats a key, nests too deep or holds NaN."""
    try:
        text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
        if text.startswith("\ufeff"):
            raise BadInput("This is not valid JSON: it begins with a byte order mark.")
        value = _DECODER.decode(text)
        if _MAY_BE_HALF.search(text) and not is_text(value):
            raise BadInput("This JSON holds half a character (a lone surrogate), which no text may.")
        return value
    except json.JSONDecodeError as error:
        raise BadInput(f"This is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"This is not valid JSON: byte {error.start} is not UTF-8.") from None
    except RecursionError:
        raise BadInput("This JSON is nested too deep.") from None
    except ArithmeticError:
        raise BadInput("This JSON holds a number whose exponent is too large to be read.") from None
    except ValueError as error:  # an integer of thousands of digits
        raise BadInput(f"This JSON holds a number that cannot be read: {error}.") from None


def is_text(value: Json) -> bool:
    """Return whether every text in a JSON value can be written: none holds half a character (a lone surrogate)."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> NoReturn:
    raise BadInput(f"This is not valid JSON: {name} is not a number.")


def _no_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput(f"This JSON has the key `{twice}` twice in one object.")
    return members


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
