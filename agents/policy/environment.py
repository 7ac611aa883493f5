"""Builds the two CEL environments of a set of variables: one to check expressions, one to evaluate them.

Checking sees generated messages (a typo is refused), evaluating sees plain maps (a missing member is an
error and not a zero). Importing this module imports CEL and protobuf (about 70 ms), so it is imported on
first use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cel_expr_python import cel

from agents.policy import functions
from agents.policy.declarations import Kind, OneOf, Schema, VarType
from agents.policy.messages import Messages
from agents.policy.preparing import Preparer

Json = Any
_T = cel.Type
_KINDS = {
    Kind.STRING: "string",
    Kind.INT: "int",
    Kind.DOUBLE: "double",
    Kind.BOOL: "bool",
    Kind.STRINGS: "list(string)",
    Kind.MAP: "map(string, dyn)",
    Kind.ANY: "dyn",
}
FUNCTIONS = ("money", "sum", "day", "days_between", "folded")


class Environment:
    """CEL for one set of variables. Use it in the thread that built it.

    Attributes:
        variables: name -> declared type.
        messages: where each generated message stands, for error texts.
    """

    def __init__(self, variables: Mapping[str, VarType]) -> None:
        self.variables = dict(variables)
        self.messages = Messages()
        self._preparers = {name: _preparer(kind) for name, kind in self.variables.items()}
        checked = {name: _type(self._checked(name, kind)) for name, kind in variables.items()}
        plain = {name: _type(_evaluated(kind)) for name, kind in variables.items()}
        self._checking = cel.NewEnv(self.messages.pool(), variables=checked, functions=_declared())
        self._evaluating = cel.NewEnv(variables=plain, functions=_bound())

    def check(self, text: str) -> str:
        """Return the name of the result's type (BOOL, INT, DYN …). Raises RuntimeError."""
        return str(self._checking.compile(text).return_type().name())

    def build(self, text: str) -> cel.Expression:
        """Return the expression that evaluates on plain maps. Raises RuntimeError with CEL's own text."""
        return self._evaluating.compile(text)

    def bind(self, bindings: Mapping[str, Json], prepared: Mapping[str, Json] | None = None) -> cel.Activation:
        """Return the variables' values, prepared by their schemas, for any number of expressions.

        Make one per decision: CEL keeps every value that was read through it.

        Args:
            prepared: values that were prepared by a narrower schema; they come before `bindings`.
        """
        ready = dict(prepared or {})
        for name, value in bindings.items():
            if value is None or name in ready:
                continue
            prepare = self._preparers.get(name, _undeclared)
            if prepare is not _undeclared:
                ready[name] = value if prepare is _as_it_is else prepare(value)
        return self._evaluating.Activation(ready)

    def _checked(self, name: str, kind: VarType) -> str:
        match kind:
            case Schema(schema):
                return self.messages.add(name, schema)
            case OneOf():
                return "string"
            case Kind():
                return _KINDS[kind]


def _type(signature: str) -> cel.Type:
    """Return CEL's type; its own parser of signatures knows no messages inside lists and maps."""
    if signature.startswith("list("):
        return _T.List(_type(signature[len("list(") : -1]))
    if signature.startswith("map("):
        return _T.Map(_T.STRING, _type(signature[len("map(string, ") : -1]))
    return _T(signature)


def _evaluated(kind: VarType) -> str:
    match kind:
        case Schema():
            return "dyn"
        case OneOf():
            return "string"
        case Kind():
            return _KINDS[kind]


def _preparer(kind: VarType) -> Callable[[Json], Json]:
    """Return what makes a variable's values ready; scalars are as they are."""
    match kind:
        case Schema(schema):
            return Preparer(schema, schema)
        case Kind.MAP | Kind.ANY:
            return Preparer({}, {})
        case Kind.STRINGS:
            return list
        case _:
            return _as_it_is


def _as_it_is(value: Json) -> Json:
    return value


def _undeclared(value: Json) -> Json:
    """Stand for a name that no expression can speak of."""
    return None


def _declared() -> list[cel.FunctionDecl]:
    """Return the functions as the checker sees them: sums keep their element's type."""
    sums = [
        cel.Overload("sum_list_int", _T.INT, [_T.List(_T.INT)]),
        cel.Overload("sum_list_double", _T.DOUBLE, [_T.List(_T.DOUBLE)]),
    ]
    return [*_scalars(), cel.FunctionDecl("sum", sums)]


def _bound() -> list[cel.FunctionDecl]:
    """Return the functions as they run: at run time a list is a list, so there is one `sum`."""
    sums = cel.Overload("sum_list", _T.DYN, [_T.List(_T.DYN)], impl=functions.total)
    return [*_scalars(), cel.FunctionDecl("sum", [sums])]


def _scalars() -> list[cel.FunctionDecl]:
    text, moment = _T.STRING, _T.TIMESTAMP
    return [
        cel.FunctionDecl(
            "money",
            [
                cel.Overload("money_string", _T.INT, [text], impl=functions.money),
                cel.Overload("money_int", _T.INT, [_T.INT], impl=functions.money),
                cel.Overload("money_double", _T.INT, [_T.DOUBLE], impl=functions.money),
            ],
        ),
        cel.FunctionDecl(
            "day",
            [
                cel.Overload("day_string", moment, [text], impl=functions.day),
                cel.Overload("day_timestamp", moment, [moment], impl=functions.day_of),
            ],
        ),
        cel.FunctionDecl(
            "days_between",
            [
                cel.Overload("days_between_strings", _T.INT, [text, text], impl=functions.days_between),
                cel.Overload("days_between_timestamps", _T.INT, [moment, moment], impl=functions.days_between_times),
            ],
        ),
        cel.FunctionDecl("folded", [cel.Overload("folded_string", text, [text], impl=functions.folded)]),
    ]
