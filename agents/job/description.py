"""The job description as a whole: read from YAML, validated, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from agents.job.schema import Schema
from agents.job.sections import (
    CaseSource,
    Confidence,
    Criterion,
    EscalationRule,
    Limits,
    ModelRoute,
    Name,
    PersonId,
    ProcessMap,
    Roles,
    Scope,
    Text,
    ToolEntry,
    Waiting,
)
from agents.job.strict import Many, Strict, bad, meant, validated
from agents.job.yaml_text import At, Document, parse_yaml, read_yaml
from agents.playbook.format import (
    MAX_STEPS,
    CallStep,
    ClassifyStep,
    Playbook,
    Step,
    WaitStep,
    every_step,
    places,
)

Json = Any


class Job(Strict):
    """What an agent is for: scope, plan, tools, who answers for it, measures of success, limits."""

    format: Literal[1]
    name: Name
    title: str = ""
    purpose: Text
    scope: Scope = Scope()
    accountable: Many[PersonId] = ()
    tier: Annotated[int, Field(ge=1, le=4, description="Harm if it is wrong: 1 the least, 4 the gravest.")] = 3
    process: ProcessMap = ProcessMap()
    case: Schema
    cases: CaseSource = CaseSource()
    outcome: Schema
    tools: Many[ToolEntry] = ()
    criteria: Many[Criterion] = ()
    escalation: Many[EscalationRule] = ()
    limits: Limits = Limits()
    raci: dict[str, Roles] = Field(default_factory=dict)
    policy: str | dict[str, Json]
    plan: str | Playbook
    model: ModelRoute = ModelRoute()
    confidence: Confidence | None = None
    wait: Waiting = Waiting()


def read_job(path: Path) -> tuple[Job, Document]:
    """Read a job description; BadInput names each wrong field with its line."""
    return job_of(read_yaml(path))


def parse_job(text: str | bytes, name: str = "job") -> Job:
    """Parse a job description from text; BadInput names each wrong field with its line."""
    return job_of(parse_yaml(text, name))[0]


def job_of(document: Document) -> tuple[Job, Document]:
    """Validate a parsed document as a job description."""
    job = validated(Job, document)
    faults = list(_faults(job))
    if faults:
        raise bad(document, faults)
    return job, document


def parse_playbook(text: str | bytes, name: str = "playbook") -> Playbook:
    """Parse a playbook from text; BadInput names each wrong field with its line."""
    return playbook_of(parse_yaml(text, name))


def read_playbook(path: Path) -> tuple[Playbook, Document]:
    """Read a playbook file; BadInput names each wrong field with its line."""
    document = read_yaml(path)
    return playbook_of(document), document


def playbook_of(document: Document) -> Playbook:
    """Validate a parsed document as a playbook."""
    playbook = validated(Playbook, document)
    faults = list(_step_faults(playbook, ("steps",)))
    if faults:
        raise bad(document, faults)
    return playbook


def _faults(job: Job) -> Iterator[tuple[At, str]]:
    """What single fields cannot know: references between the sections."""
    yield from _repeated("tools", [tool.name for tool in job.tools])
    yield from _repeated("criteria", [criterion.id for criterion in job.criteria])
    yield from _repeated("escalation", [rule.id for rule in job.escalation])
    for section in ("case", "outcome"):
        schema: Schema = getattr(job, section)
        if schema.type != "object":
            yield (section,), "the schema must be of `type: object`."
        for name in schema.required:
            if name not in schema.properties:
                yield (section, "required"), f"`{name}` is not a property. {meant(name, schema.properties)}"
    for section, schema, mapped in (
        ("fields", job.case, job.cases.fields),
        ("outcome", job.outcome, job.cases.outcome),
    ):
        for name in mapped:
            if name not in schema.properties:
                yield (
                    ("cases", section, name),
                    f"`{name}` is not a field there. {meant(name, schema.properties)}",
                )
    folder = job.cases.folder
    if folder is not None and folder.field not in job.case.properties:
        yield ("cases", "folder", "field"), f"the case has no field `{folder.field}`."
    if job.confidence is not None and job.confidence.field not in job.outcome.properties:
        near = meant(job.confidence.field, job.outcome.properties)
        yield ("confidence", "field"), f"the outcome has no field `{job.confidence.field}`. {near}"
    if isinstance(job.plan, Playbook):
        yield from _step_faults(job.plan, ("plan", "steps"))
        yield from plan_faults(job, job.plan, ("plan", "steps"))
        yield from raci_faults(job, job.plan)


def raci_faults(job: Job, playbook: Playbook) -> Iterator[tuple[At, str]]:
    """Steps of the RACI table that the plan does not have."""
    ids = [step.id for step in every_step(playbook.steps)]
    for step in job.raci:
        if step not in ids:
            yield ("raci", step), f"the plan has no step `{step}`. {meant(step, ids)}"


def plan_faults(job: Job, playbook: Playbook, at: At) -> Iterator[tuple[At, str]]:
    """Tools that the plan calls and the job does not have; `at` is where the steps stand in their file."""
    names = [tool.name for tool in job.tools]
    for place, step in places(playbook.steps, at):
        for key, tool in _called(step):
            if tool not in names:
                yield (*place, *key), f"the job has no tool `{tool}`. {meant(tool, names)}"


def _step_faults(playbook: Playbook, at: At) -> Iterator[tuple[At, str]]:
    seen: set[str] = set()
    for place, step in places(playbook.steps, at):
        if step.id in seen:
            yield (
                (*place, "id"),
                f"another step has the id `{step.id}`; ids are unique in the whole playbook.",
            )
        seen.add(step.id)
    if len(seen) > MAX_STEPS:
        yield at, f"{len(seen)} steps; a playbook has at most {MAX_STEPS}."


def _called(step: Step) -> Iterator[tuple[At, str]]:
    match step:
        case CallStep():
            yield ("call",), step.call
        case ClassifyStep():
            yield ("classify",), step.classify
        case WaitStep() if step.wait.watch is not None:
            yield ("wait", "watch", "tool"), step.wait.watch.tool
        case _:
            return


def _repeated(section: str, names: list[str]) -> Iterator[tuple[At, str]]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (section, index), f"`{name}` is there a second time."
