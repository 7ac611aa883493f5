"""The format of a playbook file: steps that call, branch, repeat, classify, wait, finish or escalate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from agents.job.strict import Many, Strict, nearest
from agents.job.yaml_text import At

Json = Any
StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]

RESERVED = frozenset({"plan", "case", "steps", "status", "cause"})
MAX_STEPS = 500
MAX_REPEATS = 1_000


def _or_short(schema: dict[str, Json]) -> None:
    """Say in the JSON Schema that a text is enough: escalate, continue, or `retry 2`."""
    full = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"type": "string", "pattern": "^(escalate|continue|retry [0-5])$"}, full]


class Otherwise(Strict):
    """What happens instead when a step fails or comes back empty.

    Attributes:
        retry: how often the call is proposed again first (failures only).
        then: escalate with the cause (the default), or continue without the result.
        steps: steps to take instead, after which the plan goes on.
    """

    model_config = ConfigDict(json_schema_extra=_or_short)

    retry: int = Field(0, ge=0, le=5)
    then: Literal["escalate", "continue"] = "escalate"
    steps: Many[Step] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """`escalate`, `continue` and `retry 2` are short for the mapping."""
        if value in ("escalate", "continue"):
            return {"then": value}
        if isinstance(value, str) and value.startswith("retry ") and value[6:].isdecimal():
            return {"retry": int(value[6:])}
        if isinstance(value, str):
            raise ValueError(f"`{value}` is not possible here; use escalate, continue, `retry 2`, or steps: [...]")
        return value


class _Base(Strict):
    id: StepId
    title: str = ""

    @field_validator("id")
    @classmethod
    def _free(cls, value: str) -> str:
        if value in RESERVED:
            raise ValueError(f"`{value}` has a meaning of its own; choose another id")
        return value


class CallStep(_Base):
    """Call a tool."""

    call: str
    arguments: dict[str, Json] = Field(default_factory=dict, alias="with")
    on_failure: Otherwise = Field(default_factory=lambda: Otherwise())
    on_empty: Otherwise = Field(default_factory=lambda: Otherwise())


class ClassifyStep(_Base):
    """Call a tool that looks up similar past cases, then go one of two ways by its confidence.

    Attributes:
        at_least: confidence in permille from which the answer counts as sure; without it, the tool says so
            itself (`confident`, from a threshold set on past cases held out).
    """

    classify: str
    arguments: dict[str, Json] = Field(default_factory=dict, alias="with")
    at_least: int | None = Field(None, ge=0, le=1000)
    sure: Many[Step]
    unsure: Many[Step]
    on_failure: Otherwise = Field(default_factory=lambda: Otherwise())
    on_empty: Otherwise = Field(default_factory=lambda: Otherwise())


class Arm(Strict):
    """One way of a branch: `when` and `then`, or `else` (the last one)."""

    when: str | None = None
    then: Many[Step] | None = None
    otherwise: Many[Step] | None = Field(None, alias="else")

    @model_validator(mode="after")
    def _one_form(self) -> Arm:
        if (self.when is None) != (self.then is None) or (self.when is None) == (self.otherwise is None):
            raise ValueError("an arm has `when` and `then`, or only `else`")
        return self

    @property
    def steps(self) -> tuple[Step, ...]:
        return (self.then if self.then is not None else self.otherwise) or ()


class BranchStep(_Base):
    """Go the first way whose condition is true; where none is and there is no `else`, go on."""

    branch: Annotated[Many[Arm], Field(min_length=1)]

    @field_validator("branch")
    @classmethod
    def _else_last(cls, value: tuple[Arm, ...]) -> tuple[Arm, ...]:
        if any(arm.when is None for arm in value[:-1]):
            raise ValueError("`else` must be the last arm")
        return value


class ForEachStep(_Base):
    """Do the steps once for each element of a list; a longer list than `at_most` is handed to a person."""

    for_each: str
    name: StepId = Field("item", alias="as")
    at_most: int = Field(100, ge=1, le=MAX_REPEATS)
    do: Annotated[Many[Step], Field(min_length=1)]


class Wait(Strict):
    """What a run waits for: a person's reply, a change of a record, or a time.

    Attributes:
        until: a time (RFC 3339), or a length of time from now (ISO 8601, `P3D`); for a reply or a change it
            is the deadline, after which the step counts as failed.
        watch: the read that is repeated until its result changes: `{tool, with}`.
    """

    what: Literal["reply", "change", "until"] = Field(alias="for")
    question: str | None = None
    to: str | None = None
    until: str | None = None
    watch: Watch | None = None

    @model_validator(mode="after")
    def _complete(self) -> Wait:
        needed = {"reply": self.question, "change": self.watch, "until": self.until}[self.what]
        if needed is None:
            raise ValueError(f"waiting for a {self.what} needs `{_NEEDS[self.what]}`")
        return self


_NEEDS = {"reply": "question", "change": "watch", "until": "until"}


class Watch(Strict):
    """A read that is repeated until its result changes."""

    tool: str
    arguments: dict[str, Json] = Field(default_factory=dict, alias="with")


class WaitStep(_Base):
    """Put the run to rest until something happens."""

    wait: Wait
    on_failure: Otherwise = Field(default_factory=lambda: Otherwise())


class Finish(Strict):
    """The outcome, as the job's outcome schema wants it."""

    outcome: dict[str, Json]


class FinishStep(_Base):
    """End the run with an outcome."""

    finish: Finish


class Escalate(Strict):
    """A handoff to a person. Each text may hold `${...}`; a list may be one `${...}` that gives a list."""

    summary: str
    evidence: str | Many[Json] = ()
    options: str | Many[Json] = ()
    recommendation: str


class EscalateStep(_Base):
    """End the run by handing the case to a person."""

    escalate: Escalate


_KINDS = {
    "call": "call step",
    "classify": "classify step",
    "branch": "branch step",
    "for_each": "repeat step",
    "wait": "wait step",
    "finish": "finish step",
    "escalate": "escalate step",
}


def _which(value: Any) -> str | None:
    if isinstance(value, _Base):
        return next(tag for key, tag in _KINDS.items() if hasattr(value, key))
    if not isinstance(value, dict):
        return None
    for key, tag in _KINDS.items():
        if key in value:
            return tag
    alike = (nearest(str(key), _KINDS) for key in value if key != "id")
    return next((_KINDS[key] for key in alike if key is not None), None)


Step = Annotated[
    Annotated[CallStep, Tag("call step")]
    | Annotated[ClassifyStep, Tag("classify step")]
    | Annotated[BranchStep, Tag("branch step")]
    | Annotated[ForEachStep, Tag("repeat step")]
    | Annotated[WaitStep, Tag("wait step")]
    | Annotated[FinishStep, Tag("finish step")]
    | Annotated[EscalateStep, Tag("escalate step")],
    Discriminator(
        _which,
        custom_error_type="step_kind",
        custom_error_message="a step needs one of: call, classify, branch, for_each, wait, finish, escalate",
    ),
]


class Playbook(Strict):
    """A plan of steps, followed in order."""

    format: Literal[1]
    name: str = ""
    description: str = ""
    steps: Annotated[Many[Step], Field(min_length=1)]


def every_step(steps: Sequence[Step]) -> Iterator[Step]:
    """All steps of a playbook, outer before inner, in the order of the file."""
    for _, step in places(steps, ()):
        yield step


def places(steps: Sequence[Step], at: At) -> Iterator[tuple[At, Step]]:
    """All steps with where each stands in the file, outer before inner; `at` is the place of the list."""
    for index, step in enumerate(steps):
        place = (*at, index)
        yield place, step
        for key, inner in _inside(step):
            yield from places(inner, (*place, *key))


def _inside(step: Step) -> Iterator[tuple[At, tuple[Step, ...]]]:
    match step:
        case ClassifyStep():
            yield ("sure",), step.sure
            yield ("unsure",), step.unsure
        case BranchStep():
            for index, arm in enumerate(step.branch):
                yield ("branch", index, "then" if arm.when is not None else "else"), arm.steps
        case ForEachStep():
            yield ("do",), step.do
        case _:
            pass
    if isinstance(step, CallStep | ClassifyStep | WaitStep):
        yield ("on_failure", "steps"), step.on_failure.steps
    if isinstance(step, CallStep | ClassifyStep):
        yield ("on_empty", "steps"), step.on_empty.steps
