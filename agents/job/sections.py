"""The sections of a job description, each with the fields that a supervisor fills in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from agents.job.strict import Many, Strict

Json = Any
PersonId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$", max_length=80)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
ToolName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1)]


class Scope(Strict):
    """What belongs to the job and what does not, in plain words."""

    inside: Many[Text] = Field((), alias="in")
    outside: Many[Text] = Field((), alias="out")


class Material(Strict):
    """Something that goes into the process or comes out of it; `system` is where it is kept."""

    name: Text
    description: str = ""
    system: str | None = None


class System(Strict):
    """A system that the work touches."""

    name: Text
    description: str = ""
    access: Literal["read", "write"] = "read"


class EdgeCase(Strict):
    """Something unusual, and what is done then."""

    when: Text
    then: Text


class ProcessMap(Strict):
    """The work as it is: what goes in, what comes out, where it happens, what is unusual."""

    inputs: Many[Material] = ()
    outputs: Many[Material] = ()
    systems: Many[System] = ()
    edge_cases: Many[EdgeCase] = ()


class SinkEntry(Strict):
    """An argument of a tool that says where something goes or how much, and its kind."""

    path: Text
    kind: Text


class ToolLimits(Strict):
    """What a tool may take: seconds of one call, repeats of a failed read, calls of one run."""

    seconds: int | None = Field(None, ge=1, le=3600)
    retries: int | None = Field(None, ge=0, le=10)
    calls: int | None = Field(None, ge=1)


class ToolEntry(Strict):
    """One tool of the job: a kind of the registry, configured; what is said here replaces the kind's own.

    Attributes:
        kind: which implementation; the registry of kinds is open.
        config: what that kind needs (paths are relative to the workspace).
    """

    name: ToolName
    kind: Name
    config: dict[str, Json] = Field(default_factory=dict)
    description: str | None = None
    sinks: Many[SinkEntry] | None = None
    requested_by: str | None = None
    sentence: str | None = None
    shadow_result: dict[str, Json] | None = None
    trusted_read: bool | None = None
    limits: ToolLimits = ToolLimits()


class Criterion(Strict):
    """A condition that every finished case must meet, and how it is measured over many.

    Attributes:
        holds: CEL over `case`, `outcome`, `steps` and `status`.
        measure: in words, what is counted.
        target_permille: share of cases that must meet it, in permille.
    """

    id: Name
    holds: Text
    measure: Text
    target_permille: int = Field(1000, ge=0, le=1000)


class EscalationRule(Strict):
    """When a case goes to a person although the agent would finish it.

    Attributes:
        when: CEL over `case`, `outcome`, `steps` and `status`, looked at when the agent proposes to finish;
            an expression without a value counts as true.
    """

    id: Name
    when: Text
    to: PersonId
    because: Text


class RunLimits(Strict):
    """The most that one run may take; a cost is in millionths of US dollars."""

    turns: int = Field(50, ge=1)
    tokens: int | None = Field(None, ge=1)
    cost_micros: int | None = Field(None, ge=0)
    seconds: int = Field(600, ge=1)
    writes: int = Field(10, ge=0)


class DayLimits(Strict):
    """The most that the agent may take in one business day, over all its runs."""

    runs: int | None = Field(None, ge=1)
    tokens: int | None = Field(None, ge=1)
    cost_micros: int | None = Field(None, ge=0)
    writes: int | None = Field(None, ge=0)


class Limits(Strict):
    """Reserved before each call, so the overshoot is at most one call."""

    run: RunLimits = RunLimits()
    day: DayLimits = DayLimits()


class Roles(Strict):
    """Who does what in one step of the plan.

    Attributes:
        performer: R, `agent` or a person's id.
        approver: A, the person who decides where the step needs an approval; None: an accountable person.
        consulted: C, asked before the step; the run waits for each reply.
        informed: I, get the summary at the end.
    """

    performer: PersonId = Field("agent", alias="R")
    approver: PersonId | None = Field(None, alias="A")
    consulted: Many[PersonId] = Field((), alias="C")
    informed: Many[PersonId] = Field((), alias="I")

    @model_validator(mode="after")
    def _people_decide(self) -> Roles:
        if "agent" in (self.approver, *self.consulted, *self.informed):
            raise ValueError("only R can be the agent; A, C and I are people")
        return self


class ModelRoute(Strict):
    """Which model works the cases: `playbook`, or a route of the workspace's settings."""

    route: Text = "playbook"
    labels: Many[Text] = Field((), description="What the cases hold (pii, …): for rules, and for where it may go.")
    seed: int = Field(0, ge=0)


class Confidence(Strict):
    """The outcome field that says how sure the agent is, in permille, and from where it counts as sure."""

    field: Text
    threshold_permille: int | None = Field(None, ge=0, le=1000)


class Waiting(Strict):
    """How long the agent waits for people and for changes: ISO 8601 durations such as P3D."""

    reply: str = "P7D"
    change: str = "P7D"
    poll_seconds: int = Field(300, ge=1)


class Folder(Strict):
    """Cases that are files: each one matching `glob` is a case, its path goes into the field `field`."""

    glob: Text
    field: Text = "file"
    max_bytes: int = Field(10 << 20, ge=1)


class CaseSource(Strict):
    """How a case file is read into the case schema and the human outcome.

    Attributes:
        id: the column (or key) with the external id; without one, the row number serves.
        fields: case field -> column, where the names differ.
        outcome: outcome field -> column with what people decided.
        ignore: columns that are neither; `*` ignores every other column.
    """

    id: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    outcome: dict[str, str] = Field(default_factory=dict)
    ignore: Many[str] = ()
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    encoding: str | None = None
    folder: Folder | None = None
    max_bytes: int = Field(1 << 20, ge=1)
