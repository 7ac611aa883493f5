"""How times, durations, money and states are written for a reader."""

from __future__ import annotations

from datetime import UTC, datetime

_SECOND, _MINUTE, _HOUR, _DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
STATE_STYLES = {
    "finished": "green", "handed_off": "cyan", "failed": "red", "stopped": "red", "running": "blue",
    "waiting": "yellow", "asking": "yellow", "paused": "yellow", "doubt": "bold red",
}  # fmt: skip
_STATE_WORDS = {
    "finished": "finished", "handed_off": "handed off", "failed": "failed", "stopped": "stopped",
    "running": "running", "waiting": "waits", "asking": "waits for a person", "paused": "paused", "doubt": "in doubt",
}  # fmt: skip


def state_words(state: str) -> str:
    """Return a run's state in words."""
    return _STATE_WORDS.get(state, state)


def duration(us: int) -> str:
    """Return microseconds as a person would say them: `340 ms`, `2.4 s`, `3 min 5 s`, `2 d 4 h`."""
    if us < 0:
        return "0 ms"
    if us < _SECOND:
        return f"{us / 1000:.0f} ms" if us >= 9_950 else f"{us / 1000:.1f} ms"
    if us < _MINUTE:
        return f"{us / _SECOND:.1f} s"
    if us < _HOUR:
        return f"{us // _MINUTE} min {us % _MINUTE // _SECOND} s"
    if us < _DAY:
        return f"{us // _HOUR} h {us % _HOUR // _MINUTE} min"
    return f"{us // _DAY} d {us % _DAY // _HOUR} h"


def offset(us: int) -> str:
    """Return time since the run's start: `+0.012 s`, `+3:05`, `+2 d 4 h`."""
    if us < _MINUTE:
        return f"+{us / _SECOND:.3f} s"
    if us < _HOUR:
        return f"+{us // _MINUTE}:{us % _MINUTE // _SECOND:02} min"
    return f"+{duration(us)}"


def moment(us: int) -> str:
    """Return UTC microseconds as local time, `2026-11-22 18:13`."""
    return datetime.fromtimestamp(us / _SECOND, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def moment_exact(us: int) -> str:
    """Return UTC microseconds as local time with seconds and zone."""
    return datetime.fromtimestamp(us / _SECOND, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def cost(micro: int, *, partial: bool) -> str:
    """Return micro US dollars: `0.0042 USD`, with ≥ where a price is unknown."""
    whole, fraction = divmod(micro, 1_000_000)
    decimals = f"{fraction:06d}".rstrip("0").ljust(2, "0")
    return f"{'≥ ' if partial else ''}{whole:,}.{decimals} USD"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return `1 case`, `3 cases`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
