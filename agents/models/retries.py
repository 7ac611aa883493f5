"""How long to wait before asking a model again, or whether to give up; pure, the clock is passed in."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from agents.models.model import ModelFailed


@dataclass(frozen=True, slots=True)
class Retries:
    """The bounds of asking again.

    Attributes:
        attempts: requests in all, the first included.
        total_s: seconds in all, waits and requests together.
        first_wait_s, longest_wait_s: the wait doubles from the first to the longest.
    """

    attempts: int = 4
    total_s: float = 600.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as it is passed in: a test gives its own and never waits.

    Attributes:
        sleep: waits for seconds.
        monotonic: seconds, for durations.
        wall: seconds since 1970 in UTC, for dates that a provider sends.
        jitter: a number from 0 to 1, so that many runs do not return at one moment.
    """

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random


def wait_before_next(
    failure: ModelFailed, retries: Retries, attempt: int, elapsed_s: float, jitter: float
) -> float | None:
    """Seconds to wait after this failed attempt (counted from 1), or None to give up.

    A provider's own wait is honoured in full or not at all: asking earlier would only be refused again.
    Otherwise half of the doubled wait is fixed and half is chance ("equal jitter": M. Brooker, Exponential
    Backoff and Jitter).
    """
    if not failure.transient or attempt >= retries.attempts:
        return None
    if failure.retry_after_s is not None:
        wait = failure.retry_after_s
    else:
        doubled = min(retries.longest_wait_s, retries.first_wait_s * 2.0 ** (attempt - 1))
        wait = doubled / 2 + doubled / 2 * jitter
    return wait if elapsed_s + wait < retries.total_s else None


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """A Retry-After header (RFC 9110, 10.2.3: seconds or a date) as seconds from now; None if unreadable."""
    if header is None:
        return None
    text = header.strip()
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # An HTTP date is always GMT; the old asctime form does not say so.
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)
