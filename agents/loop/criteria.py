"""Holds a proposed outcome against the success criteria and the escalation rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.job.raci import step_of
from agents.loop.charter import Charter
from agents.models.model import Turn
from agents.tools.control import CONTROL_TOOLS
from storage.events.runs import CriterionResult

Json = Any


def bindings(case: Mapping[str, Json], turns: Sequence[Turn], outcome: Mapping[str, Json]) -> dict[str, Json]:
    """Return the variables of criteria and escalation rules: case, outcome, and each step's result and status."""
    steps: dict[str, Json] = {}
    status: dict[str, str] = {}
    for turn in turns:
        for result in turn.results:
            if result.call.tool not in CONTROL_TOOLS:
                step = step_of(result.call.id)
                steps[step], status[step] = result.content, result.status.value
    return {"case": case, "outcome": outcome, "steps": steps, "status": status}


def escalates(charter: Charter, values: Mapping[str, Json]) -> tuple[str, str, str] | None:
    """Return (rule, person, because) of the first escalation rule that holds; one without a value holds."""
    for rule in charter.job.escalation:
        answer = charter.loaded.escalation[rule.id].evaluate(values)
        if answer.error is not None:
            return rule.id, rule.to, f"{rule.because} (The rule could not be evaluated: {answer.error})"
        if answer.value is True:
            return rule.id, rule.to, rule.because
    return None


def check(charter: Charter, values: Mapping[str, Json]) -> tuple[CriterionResult, ...]:
    """Return each success criterion with its answer; one without a value is failed."""
    results = []
    for criterion in charter.job.criteria:
        answer = charter.loaded.criteria[criterion.id].evaluate(values)
        error = "has no value" if answer.error is not None else None
        results.append(CriterionResult(criterion.id, answer.value is True, error))
    return tuple(results)
