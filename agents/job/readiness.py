"""What a job description still lacks before its agent may leave draft."""

from __future__ import annotations

from typing import NamedTuple

from agents.job.description import Job


class Missing(NamedTuple):
    """One thing that is missing: the field, why it is needed, and what to write."""

    field: str
    why: str
    hint: str


def readiness(job: Job) -> list[Missing]:
    """List what is missing; an empty list means that the agent may leave draft."""
    missing: list[Missing] = []
    if not job.accountable:
        missing.append(
            Missing("accountable", "Nobody is accountable for this agent.", "Name a person: accountable: [ann].")
        )
    if not job.criteria:
        missing.append(
            Missing(
                "criteria",
                "Success cannot be measured: there is no criterion.",
                "Write one: an id, a condition over the outcome (`holds`), what is counted (`measure`).",
            )
        )
    if not job.escalation:
        missing.append(
            Missing(
                "escalation",
                "Nothing says when a case goes to a person.",
                "Write a rule: an id, a condition (`when`), the person (`to`), the reason (`because`).",
            )
        )
    return missing
