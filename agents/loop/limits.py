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
        seconds: of model and tool calls, without what lies between them (people, a crash, a queue).
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


def before_model(state: RunState, limits: RunLimits) -> Breach | None:
    """Return what forbids one more model call."""
    checks = (
        ("turns", limits.turns, state.used.turns),
        ("tokens", limits.tokens, state.used.tokens),
        ("cost_micros", limits.cost_micros, state.used.cost),
        ("seconds", limits.seconds, state.worked_us // 1_000_000),
    )
    for name, allowed, used in checks:
        if allowed is not None and used >= allowed:
            return Breach(name, allowed, used)
    return None


def before_calls(state: RunState, limits: RunLimits, writes: int) -> Breach | None:
    """Return what forbids the next calls, `writes` of which change something."""
    if limits.seconds is not None and state.worked_us // 1_000_000 >= limits.seconds:
        return Breach("seconds", limits.seconds, state.worked_us // 1_000_000)
    if writes and state.used.writes + writes > limits.writes:
        return Breach("writes", limits.writes, state.used.writes)
    return None
