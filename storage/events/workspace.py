"""Events about the store itself, its people, its agents and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from storage.events.body import Body, Digest, Ref, ref_field


class Stage(StrEnum):
    """How far an agent has come."""

    DRAFT = "draft"
    SHADOW = "shadow"
    CANARY = "canary"
    PRODUCTION = "production"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class StoreCreated(Body):
    """The first event: which store this is. `salt` is the digest of the blob salt, not the salt."""

    kind: ClassVar[str] = "store.created"
    store: str
    salt: Digest
    app: str


@dataclass(frozen=True, slots=True)
class KeyChanged(Body):
    """From here on commit groups are anchored with another key (None: with none)."""

    kind: ClassVar[str] = "key.changed"
    key_id: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class PersonAdded(Body):
    """A person became known, or their key or roles changed; without a public key their decisions are
    unsigned."""

    kind: ClassVar[str] = "person.added"
    person: str
    name: Ref = ref_field()
    public_key: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingChanged(Body):
    """A setting of the store (the business time zone, for one) has a new value."""

    kind: ClassVar[str] = "setting.changed"
    name: str
    value: str | int


@dataclass(frozen=True, slots=True)
class VersionPublished(Body):
    """An agent has a new version: an immutable manifest of digests. Signed by its author.

    Attributes:
        version: digest of the manifest (all fields below but `agent`).
        job, plan, policy, tools: blobs that hold the texts and the tools' declarations.
        *_digest: digests of their canonical content.
    """

    kind: ClassVar[str] = "version.published"
    agent: str
    version: Digest
    job: Ref = ref_field()
    job_digest: Digest = ""
    tools: Ref = ref_field(default="")
    tools_digest: Digest = ""
    policy: Ref = ref_field(default="")
    policy_digest: Digest = ""
    model: str = ""
    plan: Ref | None = ref_field(default=None)
    plan_digest: Digest | None = None
    knowledge_digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class StageChanged(Body):
    """An agent's version entered a stage."""

    kind: ClassVar[str] = "stage.changed"
    agent: str
    version: Digest
    stage: Stage


@dataclass(frozen=True, slots=True)
class CommandFinished(Body):
    """A command had this result; sending it again (same command_id) returns the same."""

    kind: ClassVar[str] = "command.finished"
    method: str
    result: Ref = ref_field()


@dataclass(frozen=True, slots=True)
class BlobErased(Body):
    """A payload was erased for good; what was derived from it is cleared too."""

    kind: ClassVar[str] = "blob.erased"
    address: str
    reason: Ref | None = ref_field(default=None)


@dataclass(frozen=True, slots=True)
class BackupMade(Body):
    """A copy of the store exists, up to and including `last_seq`; it holds what is erased later."""

    kind: ClassVar[str] = "backup.made"
    last_seq: int
    path: Ref = ref_field()


@dataclass(frozen=True, slots=True)
class Restored(Body):
    """The store was replaced by a backup whose head was `last_seq`; the lost head is named where known."""

    kind: ClassVar[str] = "store.restored"
    last_seq: int
    lost_seq: int | None = None
    lost_hash: str | None = None
