"""What a run needs from outside itself, passed in: the clock, the kill file, the settings, who listens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from agents.loop.charter import Charter
from agents.loop.days import DayBook
from agents.models.model import Model
from agents.tools.toolbox import Toolbox
from storage.ids import now_us
from storage.kill_file import KillFile
from storage.ledger import Ledger

ROUTINE_GRACE_US = 5_000_000
APPROVAL_LIFETIME_US = 7 * 24 * 3600 * 1_000_000


def _silent(run: str, text: str) -> None:
    return None


async def _no_kill() -> None:
    return None


@dataclass(frozen=True, slots=True)
class World:
    """The surroundings of runs.

    Attributes:
        ledger: where events go.
        kill_file: the file beside the store that stops everything even when the engine hangs.
        clock: UTC microseconds.
        zone: the business time zone.
        days: what each agent has taken today.
        on_chunk: hears streamed text (run, text); never stored as events.
        take_in_kill: turns the kill file into an event, if there is one.
        approval_lifetime_us: how long a request stays open.
    """

    ledger: Ledger
    kill_file: KillFile
    zone: ZoneInfo
    days: DayBook
    clock: Callable[[], int] = now_us
    on_chunk: Callable[[str, str], None] = field(default=_silent)
    take_in_kill: Callable[[], Awaitable[object]] = field(default=_no_kill)
    approval_lifetime_us: int = APPROVAL_LIFETIME_US


@dataclass(frozen=True, slots=True)
class Crew:
    """What works a run: the charter of its version, its model, and the toolbox of its mode."""

    charter: Charter
    model: Model
    toolbox: Toolbox
