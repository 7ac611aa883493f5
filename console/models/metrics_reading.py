"""What the Metrics room asks the store, in one short view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from console.models.metrics import Measured, Window, last_days
from console.words import zone as zone_of
from storage.queries import View, agents, days, setting
from storage.queries.metrics import cycle_times, decision_times, decisions_by_rule, finished_cases


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at: one agent or all (None), live or shadow work, how many days up to today."""

    agent: str | None = None
    mode: str = "live"
    days: int = 14


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer: the days, those before them, and the agents that there are."""

    choice: Choice
    zone: tzinfo
    window: Window
    now: Measured
    before: Measured
    agents: tuple[str, ...]
    modes: frozenset[str]


def read(view: View, choice: Choice, moment: int) -> Shown:
    """Return the figures of a choice.

    Args:
        moment: now, in UTC microseconds.
    """
    connection = view.connection
    zone = zone_of(str(setting(connection, "time_zone") or "UTC"))
    window = last_days(moment, zone, choice.days)
    named = tuple(record.agent for record in agents(connection))
    modes = frozenset(
        record.mode for record in days(connection, window.before.first.isoformat(), window.last.isoformat())
    )
    return Shown(
        choice, zone, window, _measured(view, choice, window, zone), _measured(view, choice, window.before, zone),
        named, modes,
    )  # fmt: skip


def _measured(view: View, choice: Choice, window: Window, zone: tzinfo) -> Measured:
    since, until = window.bounds(zone)
    of = (view.connection, since, until, choice.mode, choice.agent)
    records = days(
        view.connection, window.first.isoformat(), window.last.isoformat(), agent=choice.agent, mode=choice.mode
    )
    return Measured(
        tuple(records), finished_cases(*of), cycle_times(*of), decision_times(*of), tuple(decisions_by_rule(*of))
    )
