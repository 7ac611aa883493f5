"""The expression language of playbooks, criteria and escalation rules: CEL, with the job's own types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.playbook.seam import Compiled, Evaluated, Variables
from agents.policy.declarations import Declarations, Kind, Schema, VarType
from agents.policy.expressions import EvaluationError, Expression, compile_condition, compile_expression

Json = Any


@dataclass(frozen=True, slots=True)
class CelExpression:
    """A compiled expression whose errors are values."""

    expression: Expression

    def evaluate(self, bindings: Mapping[str, Json]) -> Evaluated:
        """The value as plain JSON, or why there is none."""
        found = self.expression.evaluate(bindings)
        if isinstance(found, EvaluationError):
            return Evaluated(None, found.reason)
        return Evaluated(found)


class CelCompiler:
    """Compiles against typed variables; each set of variables is described to CEL once.

    Compile and evaluate in one thread: CEL binds its values to the thread that made them.
    """

    def __init__(self) -> None:
        self._known: list[tuple[Variables, Declarations]] = []

    def __call__(self, text: str, variables: Variables, *, condition: bool = False) -> Compiled:
        """Check and compile; ExpressionError (a BadInput) says what is wrong with the text."""
        declarations = self._declarations(variables)
        made = compile_condition(text, declarations) if condition else compile_expression(text, declarations)
        return CelExpression(made)

    def _declarations(self, variables: Variables) -> Declarations:
        for known, declarations in self._known:
            if known == variables:
                return declarations
        made = Declarations({name: _typed(schema) for name, schema in variables.items()})
        self._known.append((dict(variables), made))
        return made


def _typed(schema: Mapping[str, Json] | None) -> VarType:
    return Kind.ANY if schema is None else Schema(schema)
