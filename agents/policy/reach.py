"""Finds out which tools a rule concerns, and whether it can be evaluated for each of them.

A rule is checked against the tools that its outermost conditions name (`tool == "send" && …`,
`tool in ["send", "pay"] && …`), otherwise against all. It must be right for at least one of them: a field of
`args` must exist in at least one of their schemas. For a tool that lacks the field the rule must not need it:
its error would deny every call of that tool. So `has(args.amount) && …` or `tool == "pay" && …` comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.policy.declarations import Declarations
from agents.policy.expressions import EvaluationError, Expression, check_in
from agents.policy.faults import ExpressionError, listed
from agents.policy.syntax import Items, Name, Node, Operator, Select, conjuncts, walk
from agents.policy.syntax import Literal as Written
from agents.tools.tool import ToolSpec


def check_reach(when: Expression, tools: Mapping[str, ToolSpec], declared: Mapping[str, Declarations]) -> None:
    """Check a condition for the tools that it concerns.

    Args:
        declared: by tool, the variables with `args` as that tool's arguments.

    Raises:
        ExpressionError: it is wrong for every tool (the error that got furthest is given), or it would fail
            for some tools whenever they are called.
    """
    limited = named_tools(when.tree)
    errors: dict[str, ExpressionError] = {}
    concerned = [name for name in tools if limited is None or name in limited]
    for name in concerned:
        try:
            check_in(when.text, declared[name].environment)
        except ExpressionError as error:
            errors[name] = error
    if concerned and len(errors) == len(concerned):
        raise max(errors.values(), key=lambda e: (e.line, e.column, "Did you mean" in (e.hint or "")))
    failing = [name for name in errors if _fails(when, tools[name])]
    if failing:
        raise ExpressionError(
            when.text,
            f"This would deny every call of {listed(failing)}: their arguments lack what it compares.",
            line=errors[failing[0]].line,
            column=errors[failing[0]].column,
            hint='Begin with `has(args.…) && …` or `tool == "…" && …`.',
        )


def named_tools(tree: Node | None) -> frozenset[str] | None:
    """Return the tools that a condition is limited to by its outermost `tool == "…"`; None for any tool."""
    for part in conjuncts(tree) if tree is not None else ():
        match part:
            case Operator("==", (Name("tool"), Written(str(one)))):
                return frozenset({one})
            case Operator("==", (Written(str(one)), Name("tool"))):
                return frozenset({one})
            case Operator("in", (Name("tool"), Items(items))) if all(isinstance(i, Written) for i in items):
                return frozenset(str(item.value) for item in items if isinstance(item, Written))
            case _:
                continue
    return None


def _fails(when: Expression, spec: ToolSpec) -> bool:
    """Return whether a condition surely fails for want of an argument that the tool does not have.

    It is tried on a call without arguments of which nothing else is known; where something else is missing
    first, nothing is sure and the rule is left to its run time.
    """
    known: dict[str, Any] = {
        "tool": spec.name,
        "effect": spec.effect.value,
        "reversible": spec.reversible,
        "args": {},
    }
    match when.holds(known):
        case EvaluationError(reason):
            declared = spec.parameters.get("properties", {})
            nodes = walk(when.tree) if when.tree is not None else ()
            wanted = {node.field for node in nodes if isinstance(node, Select) and node.of == Name("args")}
            return any(f'"{field}" is missing' in reason for field in wanted - set(declared))
        case _:
            return False
