"""Exact money: the smallest unit of a currency, micro-units, and rounding that is said out loud."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from storage.errors import BadInput

MICRO = 1_000_000
# ISO 4217: currencies whose smallest unit is not a hundredth.
_NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals(currency: str) -> int:
    """How many decimals the currency's smallest unit has (ISO 4217); 2 for one that is not known."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def minor_unit(currency: str) -> Decimal:
    """The currency's smallest unit, such as 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-decimals(currency))


def to_minor(amount: Fraction, currency: str) -> Fraction:
    """Round to the currency's smallest unit, halves away from zero as commercial rounding does."""
    scale = 10 ** decimals(currency)
    whole = (abs(amount) * scale * 2 + 1) // 2
    return Fraction(whole if amount >= 0 else -whole, scale)


def rounded(amount: Fraction, places: int = 6) -> Decimal:
    """A decimal for showing an exact amount, at most `places` after the point, without trailing zeros."""
    scale = 10**places
    whole = (abs(amount) * scale * 2 + 1) // 2
    digits = f"{whole:0{places + 1}d}"
    head, tail = digits[:-places], digits[-places:].rstrip("0")
    sign = "-" if amount < 0 and whole else ""
    return Decimal(f"{sign}{head}.{tail.ljust(2, '0')}")


def to_micro(amount: Decimal | Fraction) -> int:
    """Micro-units of an amount; BadInput when it has more than six decimals (nothing is cut off)."""
    micro = Fraction(amount) * MICRO
    if micro.denominator != 1:
        raise BadInput(f"{amount} has more than six decimals and cannot be kept exactly in micro-units.")
    return micro.numerator


def kept(amount: Decimal | Fraction) -> Decimal:
    """The amount as the ERP keeps it, to the nearest micro-unit: a third of an hour has more decimals."""
    return rounded(Fraction(amount))


def from_micro(micro: int) -> Decimal:
    """The amount of some micro-units, exactly."""
    return rounded(Fraction(micro, MICRO))
