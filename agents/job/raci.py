"""Who acts in a step: R performs it, A decides it, C is asked before it, I learns of it afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.job.description import Job
from agents.job.sections import Roles
from agents.playbook.format import Playbook

AGENT = "agent"

_MINTED = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class StepRoles:
    """The people around one step.

    Attributes:
        step: the step's id in the plan (without loop numbers).
        performer: None where the agent performs it, else the person to whom it is handed over.
        approvers: who may decide an approval of this step; empty only where nobody is accountable.
        consulted: who is asked before the step; the run waits for each reply.
        informed: who gets the summary at the end.
    """

    step: str
    performer: str | None
    approvers: tuple[str, ...]
    consulted: tuple[str, ...]
    informed: tuple[str, ...]


def step_of(call_id: str) -> str:
    """The plan's step that a call belongs to: `outer[1].inner[2]` belongs to `inner`."""
    parts = [_MINTED.sub("", part) for part in call_id.split(".")]
    return parts[-2] if len(parts) > 1 and parts[-1] == "handoff" else parts[-1]


def acts_for(job: Job, call_id: str) -> StepRoles:
    """Who acts in the step of this call; without roles the agent performs, the accountable decide."""
    step = step_of(call_id)
    roles = job.raci.get(step, _NO_ROLES)
    approvers = (roles.approver,) if roles.approver else job.accountable
    performer = None if roles.performer == AGENT else roles.performer
    return StepRoles(step, performer, approvers, roles.consulted, roles.informed)


def performed_by_people(job: Job) -> frozenset[str]:
    """The ids of the steps that a person performs: there, an answer is the step's result."""
    return frozenset(step for step, roles in job.raci.items() if roles.performer != AGENT)


def informed_of(job: Job, steps_taken: tuple[str, ...]) -> tuple[str, ...]:
    """Who gets the summary of a run that made these calls (their ids), each person once."""
    people = [person for call in steps_taken for person in acts_for(job, call).informed]
    return tuple(dict.fromkeys(people))


def handover_text(job: Job, call_id: str, tool: str, sentence: str) -> str:
    """The question to the person who performs a step in the agent's place."""
    step = step_of(call_id)
    return f"{job.title or job.name}: the step `{step}` is yours. {sentence or tool} Reply when done."


def consultation_text(job: Job, call_id: str, sentence: str) -> str:
    """The question to a person who is asked before a step."""
    return f"{job.title or job.name}: before the step `{step_of(call_id)}` your view is asked. {sentence}"


def people_of(job: Job) -> tuple[str, ...]:
    """Every person that a job names, each once: all of them must exist before the job leaves draft."""
    named = [*job.accountable, *(rule.to for rule in job.escalation)]
    for roles in job.raci.values():
        named += [person for person in (roles.performer, roles.approver) if person and person != AGENT]
        named += [*roles.consulted, *roles.informed]
    return tuple(dict.fromkeys(named))


def plan_roles(job: Job, playbook: Playbook) -> dict[str, StepRoles]:
    """The roles of each top-level step, in the order of the plan: the table that a supervisor reads."""
    return {step.id: acts_for(job, step.id) for step in playbook.steps}


_NO_ROLES = Roles()
