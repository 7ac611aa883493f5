"""Ids and times: minted by whoever makes a thing, never by the database."""

from __future__ import annotations

import base64
import os
import time

_PREFIX_SEPARATOR = "-"


def new_id(prefix: str) -> str:
    """Return a new id such as `run-06c9k3v2jq1r0x4m`: 48 bits of milliseconds, then 32 random bits.

    Ids sort roughly by time; order is never taken from them (it is `seq`).
    """
    stamp = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    text = base64.b32hexencode(stamp + os.urandom(4)).decode("ascii").lower()
    return f"{prefix}{_PREFIX_SEPARATOR}{text}"


def now_us() -> int:
    """Return the wall clock as UTC microseconds since 1970."""
    return time.time_ns() // 1_000
