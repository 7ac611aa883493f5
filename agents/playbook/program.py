"""A playbook made ready to run: every expression in it compiled and type-checked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.job.yaml_text import At
from agents.playbook.format import (
    BranchStep,
    CallStep,
    ClassifyStep,
    EscalateStep,
    FinishStep,
    ForEachStep,
    Playbook,
    Step,
    WaitStep,
    every_step,
)
from agents.playbook.seam import Compiled, Compiler, Variables
from agents.playbook.templates import Place, split
from storage.errors import BadInput

Json = Any
Scope = tuple[str, ...]
"""The names of the loops around a step, outermost first."""


@dataclass(frozen=True, slots=True)
class Program:
    """A playbook and its compiled expressions, by the scope and the text of each.

    Attributes:
        handed: ids of steps that a person performs (RACI): there an answer is the step's result.
    """

    playbook: Playbook
    conditions: Mapping[tuple[Scope, str], Compiled]
    values: Mapping[tuple[Scope, str], Compiled]
    handed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Use:
    """One text of a playbook that holds expressions: where it stands and in which scope.

    Attributes:
        condition: the whole text is an expression that must be true or false.
        bare: the whole text is an expression (a condition or a list), not a template.
    """

    at: At
    text: str
    scope: Scope
    condition: bool = False
    bare: bool = False


def build_program(
    playbook: Playbook,
    compiler: Compiler,
    case_schema: Mapping[str, Json] | None = None,
    handed: frozenset[str] = frozenset(),
) -> Program:
    """Compile a playbook; BadInput names the first step that is wrong."""
    program, faults = checked_program(playbook, compiler, case_schema, handed)
    if faults:
        at, why = faults[0]
        raise BadInput(f"The playbook{f' {playbook.name}' if playbook.name else ''}, {_dotted(at)}: {why}")
    return program


def checked_program(
    playbook: Playbook,
    compiler: Compiler,
    case_schema: Mapping[str, Json] | None = None,
    handed: frozenset[str] = frozenset(),
) -> tuple[Program, list[tuple[At, str]]]:
    """Compile a playbook and list every fault (place in the file, sentence)."""
    faults: list[tuple[At, str]] = []
    conditions: dict[tuple[Scope, str], Compiled] = {}
    values: dict[tuple[Scope, str], Compiled] = {}
    for use in _uses(playbook.steps, ("steps",), ()):
        variables = variables_of(playbook, case_schema, use.scope)
        try:
            for text in _expressions(use):
                table = conditions if use.condition else values
                if (use.scope, text) not in table:
                    table[use.scope, text] = compiler(text, variables, condition=use.condition)
        except BadInput as error:
            faults.append((use.at, str(error)))
    return Program(playbook, conditions, values, handed), faults


def variables_of(playbook: Playbook | None, case_schema: Mapping[str, Json] | None, scope: Scope = ()) -> Variables:
    """The variables of a playbook's expressions: `case`, `steps`, `status`, `cause`, loops' names.

    `steps` and `status` know the ids of the steps, so that a mistyped id is refused when the job is saved.
    """
    ids = [step.id for step in every_step(playbook.steps)] if playbook else []
    steps: Mapping[str, Json] | None = None
    status: Mapping[str, Json] | None = None
    if ids:
        steps = {"type": "object", "properties": {name: {} for name in ids}, "additionalProperties": False}
        status = {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ids},
            "additionalProperties": False,
        }
    return {
        "case": case_schema,
        "steps": steps,
        "status": status,
        "cause": {"type": "string"},
        **dict.fromkeys(scope),
    }


def _expressions(use: Use) -> Iterator[str]:
    if use.bare:
        yield use.text
        return
    for piece in split(use.text):
        if isinstance(piece, Place):
            yield piece.expression


def _uses(steps: Sequence[Step], at: At, scope: Scope) -> Iterator[Use]:
    for index, step in enumerate(steps):
        yield from _uses_of(step, (*at, index), scope)


def _uses_of(step: Step, at: At, scope: Scope) -> Iterator[Use]:
    match step:
        case CallStep() | ClassifyStep():
            yield from _texts(step.arguments, (*at, "with"), scope)
            yield from _uses(step.on_failure.steps, (*at, "on_failure", "steps"), scope)
            yield from _uses(step.on_empty.steps, (*at, "on_empty", "steps"), scope)
            if isinstance(step, ClassifyStep):
                yield from _uses(step.sure, (*at, "sure"), scope)
                yield from _uses(step.unsure, (*at, "unsure"), scope)
        case BranchStep():
            for index, arm in enumerate(step.branch):
                inside = (*at, "branch", index)
                if arm.when is not None:
                    yield Use((*inside, "when"), arm.when, scope, condition=True, bare=True)
                yield from _uses(arm.steps, (*inside, "then" if arm.when is not None else "else"), scope)
        case ForEachStep():
            yield Use((*at, "for_each"), step.for_each, scope, bare=True)
            yield from _uses(step.do, (*at, "do"), (*scope, step.name))
        case WaitStep():
            yield from _texts(step.wait.model_dump(by_alias=True), (*at, "wait"), scope)
            yield from _uses(step.on_failure.steps, (*at, "on_failure", "steps"), scope)
        case FinishStep():
            yield from _texts(step.finish.outcome, (*at, "finish", "outcome"), scope)
        case EscalateStep():
            yield from _texts(step.escalate.model_dump(), (*at, "escalate"), scope)


def _texts(value: Json, at: At, scope: Scope) -> Iterator[Use]:
    match value:
        case str():
            yield Use(at, value, scope)
        case dict():
            for key, member in value.items():
                yield from _texts(member, (*at, key), scope)
        case list() | tuple():
            for index, element in enumerate(value):
                yield from _texts(element, (*at, index), scope)


def _dotted(at: At) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at).lstrip(".")
