"""Says a rule, and a call, in plain words.

A rule's sentence is made from its condition; what cannot be put in words is shown as written, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.policy.places import places
from agents.policy.rules import Rule, RuleText
from agents.policy.syntax import Call, Items, Literal, Name, Node, Operator, Select, conjuncts, parse, path_of
from agents.tools.tool import ToolSpec

Json = Any
_LONGEST_VALUE = 200
_SAID = {
    "==": "is",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    "in": "is one of",
}
_NOT_SAID = {
    "==": "is not",
    "!=": "is",
    ">": "is at most",
    ">=": "is less than",
    "<": "is at least",
    "<=": "is more than",
    "in": "is none of",
}
_FLIPPED = {"==": "==", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_VARIABLES = {
    "tool": "the tool",
    "effect": "the effect",
    "stage": "the agent's stage",
    "mode": "the mode",
    "destination": "the destination",
    "tier": "the tier",
    "hour": "the hour",
}


class _Unsayable(Exception):
    """This part has no plain words."""


def rule_sentence(rule: Rule | RuleText) -> str:
    """Return a rule in words: "Deny an action of pay when its amount is more than 10.00."."""
    text = rule.text if isinstance(rule, Rule) else rule
    who = " or ".join(text.approvers) or "a person"
    start = {"deny": "Deny", "ask": f"Ask {who} about", "allow": "Allow"}[text.effect]
    return f"{start} {_condition(text.when)}."


def describe_call(spec: ToolSpec, args: Mapping[str, Json]) -> str:
    """Return what a call will do, from the tool's own sentence, or tool and arguments where it has none.

    Values are shown as they are, shortened where they are long; a missing one is shown as "(none)".
    """
    if spec.sentence is None:
        said = ", ".join(f"{name}: {_shown(value)}" for name, value in args.items())
        return f"{spec.name} ({said})" if said else spec.name
    return re.sub(r"\{([\w.\[\]]+)\}", lambda place: _argument(args, place[1]), spec.sentence)


def _argument(args: Mapping[str, Json], path: str) -> str:
    found = [_shown(place.value) for place in places(args, path)]
    return ", ".join(found) if found else "(none)"


def _shown(value: Json) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _condition(text: str) -> str:
    tree = parse(text)
    as_written = f"an action when {' '.join(text.split())}"
    if tree is None:
        return as_written
    if tree == Literal(True, "true"):
        return "every action"
    try:
        return _said(tree)
    except _Unsayable:
        return as_written


def _said(tree: Node) -> str:
    """Return the whole condition; the tool that it names, if any, comes first."""
    parts = conjuncts(tree)
    tools = [part for part in parts if _tools_of(part)]
    rest = [part for part in parts if part not in tools[:1]]
    subject = f"an action of {' or '.join(_tools_of(tools[0]))}" if tools else "an action"
    said: list[str] = []
    for part in rest:
        effect = _effects_of(part)
        said.append(f"it {effect}" if effect else _clause(part))
    return f"{subject} when {' and '.join(said)}" if said else subject


def _tools_of(node: Node) -> list[str]:
    match node:
        case Operator("==", (Name("tool"), Literal(str(one)))) | Operator("==", (Literal(str(one)), Name("tool"))):
            return [one]
        case Operator("in", (Name("tool"), Items(items))) if items and all(_is_text(item) for item in items):
            return [str(item.value) for item in items if isinstance(item, Literal)]
        case _:
            return []


def _effects_of(node: Node) -> str | None:
    """Return "reads", "writes" … for a comparison of `effect`."""
    words = {"read": "only reads", "write": "writes", "irreversible": "cannot be taken back"}
    match node:
        case Operator("==", (Name("effect"), Literal(str(one)))):
            return words.get(one)
        case Operator("!=", (Name("effect"), Literal("read"))):
            return "changes something"
        case _:
            return None


def _clause(node: Node, *, negated: bool = False) -> str:
    match node:
        case Operator("!", (inner,)):
            return _clause(inner, negated=not negated)
        case Operator("&&" | "||" as sign, (left, right)):
            word = "and" if (sign == "&&") is not negated else "or"
            return f"({_clause(left, negated=negated)} {word} {_clause(right, negated=negated)})"
        case Operator(">" | "!=" | "==" as sign, (Call("size", (Name("unproven"),), None), Literal(0))):
            return _unproven((sign == "==") is not negated)
        case Operator("in", (Literal(str(word)), Name("labels"))):
            return f"it {'does not carry' if negated else 'carries'} data labelled {word}"
        case Operator("in", (Literal(str(word)), Name("unproven"))):
            return f"its {_words(word)} is {'proven' if negated else 'not proven'}"
        case Operator(sign, (left, right)) if sign in _SAID:
            return _comparison(sign, left, right, negated)
        case Call("has", (inner,), None):
            return f"{_named(inner)} is {'not ' if negated else ''}given"
        case Call("startsWith" | "endsWith" | "contains" as how, (word,), of) if of is not None:
            verb = {"startsWith": "begin with", "endsWith": "end with", "contains": "contain"}[how]
            said = f"does not {verb}" if negated else verb.replace(" ", "s ", 1) if " " in verb else f"{verb}s"
            return f"{_named(of)} {said} {_value(word)}"
        case Name("reversible"):
            return f"it {'cannot' if negated else 'can'} be taken back"
        case Name() | Select():
            return f"{_named(node)} is {'no' if negated else 'yes'}"
        case _:
            raise _Unsayable


def _unproven(all_proven: bool) -> str:
    return "every argument that matters is proven" if all_proven else "an argument that matters is not proven"


def _comparison(sign: str, left: Node, right: Node, negated: bool) -> str:
    if isinstance(left, Literal) and sign in _FLIPPED:
        sign, left, right = _FLIPPED[sign], right, left
    verb = (_NOT_SAID if negated else _SAID)[sign]
    return f"{_named(left)} {verb} {_value(right)}"


def _named(node: Node) -> str:
    """Return the words for what is compared."""
    match node:
        case Call("money" | "folded" | "day", (inner,), None):
            return _named(inner)
        case Call("size", (inner,), None) | Call("size", (), Select() | Name() as inner):
            return f"the number of {_named(inner).removeprefix('its ').removeprefix('the ')}"
        case Call("days_between", (one, other), None):
            return f"the number of days from {_named(one)} to {_named(other)}"
    path = path_of(node)
    if path is None:
        raise _Unsayable
    match path:
        case (variable,) if variable in _VARIABLES:
            return _VARIABLES[variable]
        case ("args", *fields) if fields:
            return f"its {_words('.'.join(fields))}"
        case ("case" | "job" | "run" as owner, *fields) if fields:
            return f"the {owner}'s {_words('.'.join(fields))}"
        case _:
            raise _Unsayable


def _value(node: Node) -> str:
    match node:
        case Call("money", (Literal(value),), None) if not isinstance(value, bool | None):
            return _money(str(value))
        case Call("folded" | "day", (inner,), None):
            return _value(inner)
        case Literal(bool(answer)):
            return "yes" if answer else "no"
        case Literal(str(word)):
            return f'"{word}"' if word else "empty"
        case Literal(int() | float() as number):
            return f"{number:,}"
        case Items(items):
            return ", ".join(_value(item) for item in items)
        case _:
            return _named(node)


def _money(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}" if Decimal(text) == round(Decimal(text), 2) else f"{Decimal(text):,}"
    except ArithmeticError:
        raise _Unsayable from None


def _words(path: str) -> str:
    return path.replace(".", " ").replace("_", " ")


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)
