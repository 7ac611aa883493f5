"""Loads a job with everything it refers to, type-checked: what an agent version is made from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.job.description import Job, plan_faults, raci_faults, read_job, read_playbook
from agents.job.raci import performed_by_people
from agents.job.schema import as_json_schema
from agents.job.strict import bad, meant
from agents.job.yaml_text import At, Document
from agents.playbook.format import Playbook
from agents.playbook.program import Program, checked_program, variables_of
from agents.playbook.seam import Compiled, Compiler, Variables
from storage.errors import BadInput

Json = Any


@dataclass(frozen=True, slots=True)
class LoadedJob:
    """A job ready to be worked.

    Attributes:
        path: the job's file; relative paths in it start from its folder.
        program: the plan, compiled.
        criteria, escalation: compiled conditions by id.
        policy: the policy's file, or None where the policy is written in the job.
    """

    job: Job
    path: Path
    playbook: Playbook
    program: Program
    criteria: Mapping[str, Compiled]
    escalation: Mapping[str, Compiled]
    policy: Path | None


def load_job(path: Path, compiler: Compiler, kinds: Collection[str] | None = None) -> LoadedJob:
    """Read a job, its playbook and its expressions; BadInput names every fault of a file with its line.

    Args:
        kinds: the known kinds of tools; None leaves them unchecked.
    """
    job, document = read_job(path)
    if kinds is not None:
        faults = list(_kind_faults(job, kinds))
        if faults:
            raise bad(document, faults)
    playbook, source, at = _plan_of(job, path, document)
    handed = performed_by_people(job)
    case_schema = as_json_schema(job.case)
    program, wrong = checked_program(playbook, compiler, case_schema, handed)
    faults = [((*at, *place[1:]), why) for place, why in wrong]
    if source is not document:
        faults += list(plan_faults(job, playbook, at))
    if faults:
        raise bad(source, faults)
    criteria, escalation, faults = _conditions(job, playbook, compiler)
    faults += list(raci_faults(job, playbook))
    if faults:
        raise bad(document, faults)
    policy = resolved(path, job.policy, document, ("policy",)) if isinstance(job.policy, str) else None
    return LoadedJob(job, path, playbook, program, criteria, escalation, policy)


def resolved(job_path: Path, name: str, document: Document, at: At) -> Path:
    """The file that a job refers to, relative to the job's folder; BadInput where there is none."""
    found = job_path.parent / name
    if not found.is_file():
        siblings = sorted(str(p.relative_to(job_path.parent)) for p in job_path.parent.rglob("*.yaml"))[:100]
        raise bad(document, [(at, f"there is no file {name} beside the job. {meant(name, siblings)}")])
    return found


def finished_variables(job: Job, playbook: Playbook) -> Variables:
    """The variables of success criteria and escalation rules."""
    inside = variables_of(playbook, as_json_schema(job.case))
    kept = {name: inside[name] for name in ("case", "steps", "status")}
    return {**kept, "outcome": as_json_schema(job.outcome)}


def _plan_of(job: Job, path: Path, document: Document) -> tuple[Playbook, Document, At]:
    if isinstance(job.plan, Playbook):
        return job.plan, document, ("plan", "steps")
    playbook, source = read_playbook(resolved(path, job.plan, document, ("plan",)))
    return playbook, source, ("steps",)


def _conditions(
    job: Job, playbook: Playbook, compiler: Compiler
) -> tuple[dict[str, Compiled], dict[str, Compiled], list[tuple[At, str]]]:
    variables = finished_variables(job, playbook)
    criteria: dict[str, Compiled] = {}
    escalation: dict[str, Compiled] = {}
    faults: list[tuple[At, str]] = []
    for index, criterion in enumerate(job.criteria):
        try:
            criteria[criterion.id] = compiler(criterion.holds, variables, condition=True)
        except BadInput as error:
            faults.append((("criteria", index, "holds"), str(error)))
    for index, rule in enumerate(job.escalation):
        try:
            escalation[rule.id] = compiler(rule.when, variables, condition=True)
        except BadInput as error:
            faults.append((("escalation", index, "when"), str(error)))
    return criteria, escalation, faults


def _kind_faults(job: Job, kinds: Collection[str]) -> Iterator[tuple[At, str]]:
    for index, tool in enumerate(job.tools):
        if tool.kind not in kinds:
            yield (
                ("tools", index, "kind"),
                f"no tool of the kind `{tool.kind}` is known. {meant(tool.kind, kinds)}",
            )
