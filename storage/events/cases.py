"""Events about cases and the pilots that run many of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storage.events.body import Body, Digest, Ref, ref_field


class Mode(StrEnum):
    """How a run meets the world. Only live can act."""

    LIVE = "live"
    SHADOW = "shadow"
    REPLAY = "replay"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class CaseReceived(Body):
    """One unit of work arrived. `external` is the id it has where it came from."""

    kind: ClassVar[str] = "case.received"
    case: str
    agent: str
    content: Ref = ref_field()
    external: Ref | None = ref_field(default=None)
    pilot: str | None = None


@dataclass(frozen=True, slots=True)
class CaseRefused(Body):
    """A row of a case file could not be used; the others went on."""

    kind: ClassVar[str] = "case.refused"
    pilot: str
    row: int
    reason: Ref = ref_field()


@dataclass(frozen=True, slots=True)
class OutcomeReceived(Body):
    """What a person decided on the case; `minutes` is how long it took them, where known.

    One who decides here is its actor, signs it, and may say why (`note`); one from a case file is the engine's word.
    """

    kind: ClassVar[str] = "outcome.received"
    case: str
    outcome: Ref = ref_field()
    minutes: int | None = None
    note: Ref | None = ref_field(default=None)


@dataclass(frozen=True, slots=True)
class PilotStarted(Body):
    """A job is run over the cases of a file."""

    kind: ClassVar[str] = "pilot.started"
    pilot: str
    agent: str
    version: Digest
    mode: Mode
    seed: int
    source: Ref = ref_field()


@dataclass(frozen=True, slots=True)
class PilotFinished(Body):
    """Every case of the pilot has a run that ended or waits."""

    kind: ClassVar[str] = "pilot.finished"
    pilot: str
    cases: int
    refused: int
    cancelled: bool = False
