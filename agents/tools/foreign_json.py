"""Reads JSON that somebody else wrote: fractions become Decimal, integers keep every digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from storage.errors import BadInput

Json = Any


def parse_foreign(content: bytes | str) -> Json:
    """Parse JSON text; BadInput where it is malformed, repeats a key, nests too deep or holds NaN."""
    try:
        text = content if isinstance(content, str) else content.decode(json.detect_encoding(content), "surrogatepass")
        if text.startswith("\ufeff"):
            raise BadInput("This is not valid JSON: it begins with a byte order mark.")
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"This is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"This is not valid JSON: byte {error.start} is not UTF-8.") from None
    except RecursionError:
        raise BadInput("This JSON is nested too deep.") from None
    except ValueError as error:  # an integer of thousands of digits
        raise BadInput(f"This JSON holds a number that cannot be read: {error}.") from None


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
