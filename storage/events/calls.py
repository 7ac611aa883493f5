"""Events of one tool call: decided, started, finished, failed, recorded, in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storage.events.body import Body, Digest, Ref, ref_field
from storage.events.runs import ErrorCategory


class Ruling(StrEnum):
    """What policy said."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


class Verdict(StrEnum):
    """What one rule said of a call."""

    MATCHED = "matched"
    NOT = "not"
    ERROR = "error"


class DoubtCause(StrEnum):
    """Why nobody knows whether an action happened."""

    CRASH = "crash"
    TIMEOUT = "timeout"
    FAILED = "failed"


class DoubtVerdict(StrEnum):
    """What a person found out."""

    HAPPENED = "happened"
    DID_NOT = "did_not"
    TRY_AGAIN = "try_again"


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule and what it said."""

    rule: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ArgumentOrigin:
    """Where a sink argument's authority comes from; `source` is None when it is unproven.

    `sink` is its kind, empty where the whole call is meant.
    """

    path: str
    sink: str = ""
    source: str | None = None

    @property
    def proven(self) -> bool:
        """Whether some authority proves it."""
        return self.source is not None


@dataclass(frozen=True, slots=True)
class CallDecided(Body):
    """Policy judged a call. Together with the run's case and version (job, policy) this is the rules' whole input.

    Attributes:
        args: the normalised arguments, or the proposed text where it could not be read.
        binding: digest of tool, arguments, schema, policy and version, where an approval is bound to it: the call is
            asked about, or an edit made it.
        rule: the deciding rule, or a built-in one (`no-match`, `malformed-arguments`, `unknown-tool`, …).
        verdicts: of every other rule of the version's policy that matched or failed; those not named did not match.
            The deciding rule matched, or failed where `rule` is `rule-error:<id>`.
        hour, labels, counts: the rest of the input (counts in the order of `agents.policy` run facts).
        message: why a call was refused before or by policy, as the model is told.
        by: the approval whose edit made this call.
    """

    kind: ClassVar[str] = "call.decided"
    call: str
    tool: str
    effect: str
    ruling: Ruling
    rule: str
    hour: int
    args: Ref = ref_field()
    binding: Digest = ""
    counts: tuple[int, ...] = ()
    verdicts: tuple[RuleVerdict, ...] | None = None
    origins: tuple[ArgumentOrigin, ...] | None = None
    labels: tuple[str, ...] | None = None
    message: Ref | None = ref_field(default=None)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ToolStarted(Body):
    """The call is about to be performed. Committed before anything happens outside.

    Its idempotence key is the run's id and the call's: `RUN/CALL`.
    """

    kind: ClassVar[str] = "tool.started"
    call: str
    tool: str
    effect: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class ToolFinished(Body):
    """The call was performed and came back."""

    kind: ClassVar[str] = "tool.finished"
    call: str
    duration_us: int
    result: Ref = ref_field()


@dataclass(frozen=True, slots=True)
class ToolFailed(Body):
    """The call was tried and failed; `did_nothing` is certain, otherwise a write is in doubt."""

    kind: ClassVar[str] = "tool.failed"
    call: str
    category: ErrorCategory
    did_nothing: bool
    duration_us: int
    attempt: int = 1
    will_retry: bool = False
    message: Ref = ref_field(default="")


@dataclass(frozen=True, slots=True)
class ToolRecorded(Body):
    """Outside live: what the call would have done. Nothing was performed."""

    kind: ClassVar[str] = "tool.recorded"
    call: str
    result: Ref = ref_field()
    before: Ref | None = ref_field(default=None)
    after: Ref | None = ref_field(default=None)


@dataclass(frozen=True, slots=True)
class DoubtRaised(Body):
    """A write was started and nobody knows whether it happened. It waits for a person."""

    kind: ClassVar[str] = "doubt.raised"
    call: str
    tool: str
    cause: DoubtCause


@dataclass(frozen=True, slots=True)
class DoubtResolved(Body):
    """A person said whether it happened. Signed."""

    kind: ClassVar[str] = "doubt.resolved"
    call: str
    verdict: DoubtVerdict
    result: Ref | None = ref_field(default=None)
    reason: Ref | None = ref_field(default=None)
