"""Events of approvals: requested, decided, withdrawn, expired, superseded, and every refused attempt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storage.events.body import Body, Digest, Ref, ref_field


class Choice(StrEnum):
    """What a person can decide."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    RESPOND = "respond"


class RefusalCause(StrEnum):
    """Why a decision was not accepted."""

    ALREADY_DECIDED = "already_decided"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    BINDING_CHANGED = "binding_changed"
    NOT_APPROVER = "not_approver"
    OWN_VERSION = "own_version"
    BAD_EDIT = "bad_edit"
    DENIED_BY_POLICY = "denied_by_policy"
    RUN_ENDED = "run_ended"
    TOO_LATE = "too_late"
    BAD_SIGNATURE = "bad_signature"


@dataclass(frozen=True, slots=True)
class ApprovalRequested(Body):
    """An action waits for a person.

    Attributes:
        binding: what may be approved, exactly (see CallDecided).
        card: what the person is shown (sentence, arguments with origins, before and after, evidence).
        expires_at: UTC microseconds.
    """

    kind: ClassVar[str] = "approval.requested"
    approval: str
    call: str
    tool: str
    effect: str
    rule: str
    binding: Digest
    approvers: tuple[str, ...]
    expires_at: int
    reversible: bool
    tier: int
    card: Ref = ref_field()


@dataclass(frozen=True, slots=True)
class ApprovalDecided(Body):
    """A person decided. Signed. Single use: it is spent by the one `tool started` that follows.

    Attributes:
        args: the supervisor's own arguments (edit).
        note: the reason (reject) or the answer (respond), which the agent reads.
        effective_at: until then (UTC microseconds) it can be withdrawn.
    """

    kind: ClassVar[str] = "approval.decided"
    approval: str
    call: str
    choice: Choice
    binding: Digest
    effective_at: int
    args: Ref | None = ref_field(default=None)
    note: Ref | None = ref_field(default=None)


@dataclass(frozen=True, slots=True)
class ApprovalWithdrawn(Body):
    """The person took the decision back in time; the request is open again."""

    kind: ClassVar[str] = "approval.withdrawn"
    approval: str
    call: str


@dataclass(frozen=True, slots=True)
class ApprovalExpired(Body):
    """Nobody decided in time; the call counts as rejected."""

    kind: ClassVar[str] = "approval.expired"
    approval: str
    call: str


@dataclass(frozen=True, slots=True)
class ApprovalSuperseded(Body):
    """The request no longer stands: its call was edited, its run ended, or what it was bound to changed."""

    kind: ClassVar[str] = "approval.superseded"
    approval: str
    call: str


@dataclass(frozen=True, slots=True)
class DecisionRefused(Body):
    """Somebody tried to decide and was refused."""

    kind: ClassVar[str] = "decision.refused"
    approval: str
    choice: str
    cause: RefusalCause
