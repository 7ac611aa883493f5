"""The functions that expressions have beside CEL's own: money, sum, day, days_between, folded.

Pure Python on plain values; `environment.py` binds them to CEL, one overload per type. A ValueError raised
here becomes an error value of the expression, which callers must handle.
"""

from __future__ import annotations

import math
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MICRO = 1_000_000
_INT64 = 2**63


def money(value: str | int | float) -> int:
    """Return an amount in integer micro-units, exactly: `money("12.50")` is 12500000.

    A string is a plain decimal with a point ("1234.5", no thousands separator, no sign of a currency); a
    float is read as the decimal that it prints as.

    Raises:
        ValueError: not a decimal, more than six decimal places, or beyond 64 bits.
    """
    if isinstance(value, bool):
        raise ValueError("money() cannot read a yes/no value")
    try:
        amount = Decimal(value.strip() if isinstance(value, str) else repr(value))
    except InvalidOperation:
        raise ValueError(f"money() cannot read '{value}' as a decimal amount such as 1234.50") from None
    if not amount.is_finite() or abs(amount) >= _INT64:
        raise ValueError(f"money() cannot hold '{value}'")
    micro = amount * MICRO
    if micro != int(micro) or abs(micro) >= _INT64:
        raise ValueError(f"money() holds six decimal places and 64 bits: '{value}' does not fit")
    return int(micro)


def total(values: list[Any]) -> int | float:
    """Return the sum of whole numbers, or of decimal numbers; never of a mixture.

    Raises:
        ValueError: an element is not a number, or whole and decimal numbers are mixed.
    """
    if all(type(value) is int for value in values):
        result: int = sum(values)
        if abs(result) >= _INT64:
            raise ValueError("sum() does not fit into 64 bits")
        return result
    if all(type(value) is float for value in values):
        return math.fsum(values)
    raise ValueError("sum() adds whole numbers or decimal numbers, not a mixture and nothing else")


def day(text: str) -> datetime:
    """Return midnight (UTC) of the calendar day that an ISO 8601 text names, as it is written there.

    Raises:
        ValueError: the text does not begin with a date such as 2026-01-31.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"day() cannot read '{text}' as a date such as 2026-01-31") from None
    return day_of(moment)


def day_of(moment: datetime) -> datetime:
    """Return midnight (UTC) of the calendar day of a timestamp."""
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def days_between(earlier: str, later: str) -> int:
    """Return the whole calendar days from one ISO date to another; negative where the second is earlier."""
    return (day(later) - day(earlier)).days


def days_between_times(earlier: datetime, later: datetime) -> int:
    """Return the whole calendar days from one timestamp to another."""
    return (day_of(later) - day_of(earlier)).days


def folded(text: str) -> str:
    """Return text for comparing names: no case, no accents, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.split())
