"""Answers whether a case asks for a kind of action, by the condition that each tool declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.policy.declarations import Declarations, Kind, Schema
from agents.policy.expressions import Expression, compile_condition
from agents.tools.tool import ToolSpec

Json = Any


class Requests:
    """The `requested_by` conditions of a job's tools, checked once."""

    def __init__(self, tools: Mapping[str, ToolSpec], case_schema: Mapping[str, Json] | None) -> None:
        """Check every condition against the case's schema.

        Raises:
            ExpressionError: a condition is wrong.
        """
        declarations = Declarations({"case": Schema(case_schema) if case_schema else Kind.MAP})
        self._conditions: dict[str, Expression] = {
            name: compile_condition(spec.requested_by, declarations)
            for name, spec in tools.items()
            if spec.requested_by is not None
        }

    def asked(self, tool: str, case: Mapping[str, Json]) -> bool:
        """Return whether the case asks for what the tool does.

        A tool without a condition is what the whole job is for; a condition that cannot be evaluated says no.
        """
        condition = self._conditions.get(tool)
        return condition is None or condition.holds({"case": case}) is True
