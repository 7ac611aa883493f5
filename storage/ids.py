"""Ids and times: minted by whoever makes a thing, never by the database."""

from __future__ import annotations

import os
import random
import time

_PREFIX_SEPARATOR = "-"
_ALPHABET = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_chance = random.Random()  # a call of the system for each id took a tenth of a step
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_chance.seed)


def new_id(prefix: str) -> str:
    """Return a new id such as `run-06c9k3v2jq1r0x4m`: 48 bits of milliseconds, then 32 random bits.

    Written in base 32 with the digits 0-9a-v. Ids sort roughly by time; order is never taken from them (it is
    `seq`), and nobody relies on their being hard to guess.
    """
    number = (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 32 | _chance.getrandbits(32)
    pairs = _PAIRS
    return (
        f"{prefix}{_PREFIX_SEPARATOR}{pairs[number >> 70]}{pairs[number >> 60 & 1023]}{pairs[number >> 50 & 1023]}"
        f"{pairs[number >> 40 & 1023]}{pairs[number >> 30 & 1023]}{pairs[number >> 20 & 1023]}"
        f"{pairs[number >> 10 & 1023]}{pairs[number & 1023]}"
    )


def now_us() -> int:
    """Return the wall clock as UTC microseconds since 1970."""
    return time.time_ns() // 1_000
