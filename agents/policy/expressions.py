"""Compiles and evaluates CEL, the one expression language of rules, criteria, branches, measures and alerts.

An expression is type-checked when it is saved and evaluated on plain maps. An error is a value: every caller
must match it, and it never means "allow".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.policy.declarations import Declarations, OneOf, Schema
from agents.policy.faults import ExpressionError, explained, listed, nearest, tidy_value
from agents.policy.schemas import shape
from agents.policy.syntax import Items, Literal, Node, Operator, parse, path_of, walk

if TYPE_CHECKING:
    from cel_expr_python import cel

    from agents.policy.environment import Environment

Json = Any
LONGEST = 10_000
_FAILURES = (RuntimeError, ValueError, TypeError, OverflowError, RecursionError)
"""CEL raises RuntimeError for its iteration budget and for text it cannot hold; a value that is no JSON raises one of
the others on its way in. None of them may pass as "did not match"."""


@dataclass(frozen=True, slots=True)
class EvaluationError:
    """An expression has no value: a missing member, unlike types, too long a loop. It must mean deny or
    escalate.

    Attributes:
        reason: what went wrong, in words.
        text: the expression.
    """

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Bindings:
    """The variables' values of one decision, shared by its expressions. Never kept for the next decision."""

    activation: cel.Activation


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; reusable, in the thread that compiled it.

    Attributes:
        text: as written.
        result: the type of its value as CEL names it (BOOL, INT, STRING, DYN …).
        tree: its syntax, None where only CEL can read it.
    """

    text: str
    result: str
    tree: Node | None
    _program: cel.Expression
    _environment: Environment

    def evaluate(self, bindings: Mapping[str, Json] | Bindings) -> Json | EvaluationError:
        """Return the value as plain Python (times as datetime), or the error. Never raises.

        A mapping is prepared by the declarations' schemas; for several, `bind` once and pass that.
        """
        try:
            bound = bindings if isinstance(bindings, Bindings) else bind(bindings, self._environment)
            value = self._program.eval(bound.activation)
            if value.type().name() == "ERROR":
                return EvaluationError(tidy_value(str(value.value())), self.text)
            return value.plain_value()
        except _FAILURES as error:
            return EvaluationError(tidy_value(str(error)), self.text)

    def holds(self, bindings: Mapping[str, Json] | Bindings) -> bool | EvaluationError:
        """Return whether a condition is true; a value that is not true or false is an error."""
        if isinstance(bindings, Bindings):  # the common case first: an error's plain value is a text, never a bool
            try:
                plain = self._program.eval(bindings.activation).plain_value()
            except _FAILURES as failure:
                return EvaluationError(tidy_value(str(failure)), self.text)
            if plain is True or plain is False:
                return bool(plain)
        match self.evaluate(bindings):
            case bool(answer):
                return answer
            case EvaluationError() as error:
                return error
            case other:
                return EvaluationError(f"The answer is {type(other).__name__}, not true or false.", self.text)


def bind(
    bindings: Mapping[str, Json], environment: Environment, prepared: Mapping[str, Json] | None = None
) -> Bindings:
    """Return values prepared for the expressions of one environment, for one decision.

    `prepared` holds values that were made ready by a narrower schema.
    """
    return Bindings(environment.bind(bindings, prepared))


def compile_expression(text: str, declarations: Declarations) -> Expression:
    """Check an expression and return it.

    Raises:
        ExpressionError: it cannot be read, mentions what is not declared, or mixes types.
    """
    return compile_in(text, declarations.environment)


def compile_condition(text: str, declarations: Declarations) -> Expression:
    """Check an expression that must be true or false, and return it. Raises ExpressionError."""
    expression = compile_expression(text, declarations)
    require_condition(text, expression.result)
    return expression


def compile_in(text: str, environment: Environment) -> Expression:
    """Check an expression in an environment and return it. Raises ExpressionError."""
    result = check_in(text, environment)
    try:
        program = environment.build(text)
    except RuntimeError as error:
        raise _explained(error, text, environment) from None
    return Expression(text, result, parse(text), program, environment)


def check_in(text: str, environment: Environment) -> str:
    """Type-check only, and return the name of the result's type. Raises ExpressionError."""
    if not text.strip() or "\0" in text:
        raise ExpressionError(text, "The expression is empty.", hint='Write a condition, such as tool == "send".')
    if len(text) > LONGEST:
        raise ExpressionError(text[:60] + " …", f"The expression is longer than {LONGEST} characters.")
    try:
        result = environment.check(text)
    except (RuntimeError, UnicodeEncodeError) as error:
        raise _explained(error, text, environment) from None
    _check_choices(text, environment)
    return result


def require_condition(text: str, result: str) -> None:
    """Refuse an expression whose value cannot be true or false. Raises ExpressionError."""
    if result not in ("BOOL", "DYN", "google.protobuf.Value"):
        raise ExpressionError(
            text,
            f"A condition must be true or false; this gives {result.lower()}.",
            hint="Compare it with something, such as == or >.",
        )


def _explained(error: Exception, text: str, environment: Environment) -> ExpressionError:
    from agents.policy.environment import FUNCTIONS

    messages = environment.messages
    return explained(str(error), text, environment.variables, FUNCTIONS, messages.paths, messages.fields)


def _check_choices(text: str, environment: Environment) -> None:
    """Refuse a comparison with a word that the value can never be: it would silently never match."""
    tree = parse(text)
    for node in walk(tree) if tree is not None else ():
        if not isinstance(node, Operator) or node.sign not in ("==", "!=", "in"):
            continue
        left, right = node.operands
        for asked, given in ((left, right), (right, left)):
            values = _choices(asked, environment)
            written = given.items if isinstance(given, Items) and node.sign == "in" else (given,)
            for item in written if values else ():
                if isinstance(item, Literal) and isinstance(item.value, str) and item.value not in values:
                    raise _no_choice(text, item, values)


def _no_choice(text: str, item: Literal, values: tuple[str, ...]) -> ExpressionError:
    before = text[: text.find(item.text)]
    close = nearest(str(item.value), values)
    hint = f'Did you mean "{close}"?' if close else f"It can be {listed(values)}."
    return ExpressionError(
        text,
        f'This can never be "{item.value}".',
        line=before.count("\n") + 1,
        column=len(before) - (before.rfind("\n") + 1) + 1,
        hint=hint,
    )


def _choices(node: Node, environment: Environment) -> tuple[str, ...]:
    path = path_of(node)
    kind = environment.variables.get(path[0]) if path else None
    match kind:
        case OneOf(values) if path and len(path) == 1:
            return values
        case Schema(schema) if path:
            known = shape(schema, schema)
            for field in path[1:]:
                known = shape(known.properties.get(field, {}), schema)
            return known.enum
        case _:
            return ()
