"""What a tool is: its declaration, its reader or writer, and what comes back.

The declaration (`ToolSpec`) is data and always present. The executor is separate: a `Reader` can be built in
every mode, a `Writer` only with a `LivePermit`, which only the live toolbox can issue. So outside live there is
nothing to call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from storage.errors import CentaurError

Json = Any


class Effect(StrEnum):
    """What a call does to the world outside."""

    READ = "read"
    WRITE = "write"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class Sink:
    """An argument that says where something goes or how much: it must be proven by authority.

    Attributes:
        path: the argument's path, dots between members, `[]` for "each element" (`lines[].amount`).
        kind: amount | currency | iban | email | url | phone | password | text, or `id:<what>` such as
            `id:invoice`, so that "13 June" never proves file 13.
    """

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model, the policy and the supervisor see it.

    Attributes:
        name: unique in the job.
        description: one or two sentences for the model and for the approval card.
        parameters: JSON Schema of the arguments (an object, `additionalProperties: false` is enforced).
        effect: read, write or irreversible; what is not declared is irreversible.
        sinks: arguments that need proof.
        authority: result fields that carry authority: path -> kind, for one record that the case names.
        requested_by: the case must ask for this kind of action: a CEL expression over `case`, or None where the
            whole job is that request.
        trusted_read: a read that needs no rule.
        reversible: the action can be taken back; `undo` says how in plain words.
        sentence: what will happen, with {argument} places, in plain words.
        shadow_result: what a write answers outside live (JSON object, `{argument}` places allowed in strings).
        retrieval: shown as a retrieval in the trace.
        timeout_s: seconds before the call counts as failed (a write: as in doubt).
        retries: how often a failed read is tried again.
    """

    name: str
    description: str
    parameters: Mapping[str, Json]
    effect: Effect = Effect.IRREVERSIBLE
    sinks: tuple[Sink, ...] = ()
    authority: Mapping[str, str] = field(default_factory=dict)
    requested_by: str | None = None
    trusted_read: bool = False
    reversible: bool = False
    undo: str | None = None
    sentence: str | None = None
    shadow_result: Mapping[str, Json] | None = None
    retrieval: bool = False
    timeout_s: float = 30.0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class CallContext:
    """What an executor may know beside its arguments.

    Attributes:
        run, call: ids.
        key: idempotency key, the same for every attempt of this call; systems that honour one are given it.
        seed: makes anything random repeatable.
    """

    run: str
    call: str
    key: str
    seed: int = 0


class ToolFailed(CentaurError):
    """A tool could not do what was asked.

    Attributes:
        category: bad_arguments | not_found | conflict | unreachable | timeout | refused | internal
        did_nothing: certain that nothing changed outside. A write that cannot say so is in doubt.
        transient: trying a read again may help.
    """

    def __init__(
        self,
        message: str,
        *,
        category: str = "internal",
        did_nothing: bool = True,
        transient: bool = False,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.category = category
        self.did_nothing = did_nothing
        self.transient = transient


class LivePermit:
    """Proof that a writer is being built for a live run. Only `agents.tools.toolbox` creates one."""

    __slots__ = ()


class Reader(Protocol):
    """Executes a tool that changes nothing outside."""

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        """Return a JSON value or raise ToolFailed."""
        ...


class Writer(ABC):
    """Executes a tool that changes something outside. Cannot be built without a permit."""

    def __init__(self, permit: LivePermit) -> None:
        if not isinstance(permit, LivePermit):
            raise TypeError("a writer is built only for live runs")

    @abstractmethod
    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        """Perform the action once and return its JSON result, or raise ToolFailed."""


class Previewer(Protocol):
    """Shows what a write would change, reading only: (before, after) as JSON values."""

    async def preview(self, args: Mapping[str, Json]) -> tuple[Json, Json]:
        """Return the record before and after; raise ToolFailed where that cannot be shown."""
        ...


class ToolSource(Protocol):
    """One configured tool of a job: its declaration and how to build its executors."""

    @property
    def spec(self) -> ToolSpec: ...

    def reader(self) -> Reader | None:
        """The executor of a read tool; None for a write tool."""
        ...

    def writer(self, permit: LivePermit) -> Writer | None:
        """The executor of a write tool, built for a live run only; None for a read tool."""
        ...

    def previewer(self) -> Previewer | None:
        """How a write can be previewed, or None."""
        ...
