"""Limits: what a run may consume, reserved before each call, so that the overshoot is at most one call."""

from __future__ import annotations

from dataclasses import dataclass

from agents.loop.state import RunState


@dataclass(frozen=True, slots=True)
class RunLimits:
    """The most that one run may take; None means no limit.

    Attributes:
        turns: replies of the model.
        tokens: in and out together.
        cost_micros: millionths of US dollars; calls of unknown price are not counted, and said to be so.
        seconds: from the start, without the time spent waiting for people.
        writes: calls that change something.
    """

    turns: int = 50
    tokens: int | None = None
    cost_micros: int | None = None
    seconds: int | None = 600
    writes: int = 10


@dataclass(frozen=True, slots=True)
class DayLimits:
    """The most that an agent may take in one business day, over all its runs; None means no limit."""

    runs: int | None = None
    tokens: int | None = None
    cost_micros: int | None = None
    writes: int | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """The next call would go over this limit."""

    limit: str
    allowed: int
    used: int


def before_model(state: RunState, limits: RunLimits, active_us: int) -> Breach | None:
    """Return what forbids one more model call; `active_us` is how long the run has worked."""
    checks = (
        ("turns", limits.turns, state.used.turns),
        ("tokens", limits.tokens, state.used.tokens),
        ("cost_micros", limits.cost_micros, state.used.cost),
        ("seconds", limits.seconds, active_us // 1_000_000),
    )
    for name, allowed, used in checks:
        if allowed is not None and used >= allowed:
            return Breach(name, allowed, used)
    return None


def before_calls(state: RunState, limits: RunLimits, writes: int, active_us: int) -> Breach | None:
    """Return what forbids the next calls, `writes` of which change something."""
    if limits.seconds is not None and active_us // 1_000_000 >= limits.seconds:
        return Breach("seconds", limits.seconds, active_us // 1_000_000)
    return before_writes(state, limits, writes)


def before_writes(state: RunState, limits: RunLimits, wanted: int) -> Breach | None:
    """Return what forbids `wanted` more writes."""
    if wanted == 0:
        return None
    if state.used.writes + wanted > limits.writes:
        return Breach("writes", limits.writes, state.used.writes)
    return None
