"""Events of the kill switch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storage.events.body import Body, Ref, ref_field


class KillScope(StrEnum):
    """What a kill stops."""

    ALL = "all"
    AGENT = "agent"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class KillOrdered(Body):
    """No call of the scope starts after this event."""

    kind: ClassVar[str] = "kill.ordered"
    kill: str
    scope: KillScope
    target: str | None = None
    reason: Ref | None = ref_field(default=None)


@dataclass(frozen=True, slots=True)
class KillAcknowledged(Body):
    """A run of the scope has stopped; `awaiting` calls were already sent and have not ended."""

    kind: ClassVar[str] = "kill.acknowledged"
    kill: str
    awaiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KillLifted(Body):
    """Work of the scope may begin again."""

    kind: ClassVar[str] = "kill.lifted"
    kill: str
    reason: Ref | None = ref_field(default=None)
