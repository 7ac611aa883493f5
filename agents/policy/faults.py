"""Says in plain words what is wrong with an expression, and points under the token.

CEL reports `INVALID_ARGUMENT: ERROR: <input>:1:5: undefined field 'x' not found in struct 't.Case_1'`; a
person
needs: `case` has no field `x`; did you mean `y`?
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from storage.errors import BadInput

_REPORT = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*?)(?:\n \||\Z)", re.DOTALL)
_FIELD = re.compile(r"undefined field '([^']*)' not found in struct '([^']*)'")
_REFERENCE = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'", re.DOTALL)
_OPERAND = re.compile(r"expression of type '([^']*)' cannot be the operand of a select operation")
_MISSING = re.compile(r"(?:Key not found in map : |No value with name )\"([^\"]*)\"")
_OPERATORS = {
    "_||_": "||",
    "_&&_": "&&",
    "!_": "!",
    "_==_": "==",
    "_!=_": "!=",
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
    "_+_": "+",
    "_-_": "-",
    "_*_": "*",
    "_/_": "/",
    "_%_": "%",
    "-_": "-",
    "@in": "in",
    "_in_": "in",
    "_?_:_": "?:",
}
_WORDS = {
    "int": "a whole number",
    "double": "a decimal number",
    "string": "a text",
    "bool": "a yes/no value",
    "null_type": "null",
    "timestamp": "a time",
    "google.protobuf.Timestamp": "a time",
    "duration": "a duration",
    "dyn": "a value of any type",
    "uint": "an unsigned number",
}
_MIXED = "Decimal numbers have a point (2.0) and whole numbers none (2); `money(…)` compares amounts exactly."
_WHOLE = re.compile(r"(?<![\w.])(\d+)(?![\w.])")


class ExpressionError(BadInput):
    """An expression cannot be used as it is written.

    Attributes:
        text: the expression.
        line, column: of the token that is wrong, both from 1.
        reason: what is wrong, without the pointer.
    """

    def __init__(self, text: str, reason: str, *, line: int = 1, column: int = 1, hint: str | None = None) -> None:
        self.text, self.line, self.column, self.reason = text, line, column, reason
        lines = text.splitlines() or [""]
        shown = lines[min(line, len(lines)) - 1]
        super().__init__(f"{reason}\n  {shown}\n  {' ' * (column - 1)}^", hint=f"\n{hint}" if hint else None)


def explained(
    raw: str,
    text: str,
    variables: Iterable[str],
    functions: Iterable[str],
    paths: Mapping[str, str],
    fields: Mapping[str, list[str]],
) -> ExpressionError:
    """Return CEL's report `raw` on `text` as a person's error.

    Args:
        variables, functions: what could have been meant.
        paths, fields: of the generated messages, by name.
    """
    found = _REPORT.search(raw)
    if found is None:
        return ExpressionError(text, f"This is not an expression that can be used: {_tidy(raw, paths)}")
    line, column, report = int(found[1]), int(found[2]), found[3].strip()
    column = _token(text, line, column)
    reason, hint = _reason(report, list(variables), list(functions), paths, fields)
    if hint is _MIXED and (whole := _WHOLE.search((text.splitlines() or [""])[line - 1][column - 1 :])):
        hint = f"Write {whole[1]}.0 instead of {whole[1]}. {hint}"
    return ExpressionError(text, reason, line=line, column=column, hint=hint)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was most likely meant, or None."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)), None)


def listed(words: Iterable[str], most: int = 8) -> str:
    """Return words as a short list for a message."""
    known = sorted(words)
    shown = ", ".join(f"`{word}`" for word in known[:most])
    return f"{shown} and {len(known) - most} more" if len(known) > most else shown or "none"


def _reason(
    report: str,
    variables: list[str],
    functions: list[str],
    paths: Mapping[str, str],
    fields: Mapping[str, list[str]],
) -> tuple[str, str | None]:
    if found := _FIELD.search(report):
        owner = paths.get(found[2], found[2])
        return f"`{owner}` has no field `{found[1]}`.", _suggestion(found[1], fields.get(found[2], []), "fields")
    if (found := _REFERENCE.search(report)) and found[1] in functions:
        return f"`{found[1]}()` takes other arguments than these.", None
    if found := _REFERENCE.search(report):
        return f"Nothing is called `{found[1]}` here.", _suggestion(found[1], [*variables, *functions], "names")
    if found := _OVERLOAD.search(report):
        return _mismatch(found[1], _split(found[2]), paths)
    if found := _OPERAND.search(report):
        return f"{_kind(found[1], paths).capitalize()} has no fields.", None
    if report.startswith("Syntax error"):
        return f"The expression cannot be read: {_syntax(report)}", None
    return _tidy(report, paths)[:300], None


def _suggestion(word: str, words: list[str], what: str) -> str:
    close = nearest(word, words)
    return f"Did you mean `{close}`?" if close else f"The {what} are {listed(words)}."


def _mismatch(function: str, kinds: list[str], paths: Mapping[str, str]) -> tuple[str, str | None]:
    said = [_kind(kind, paths) for kind in kinds]
    if function == "_[_]":
        field = "Write `.name` instead of `['name']`." if kinds[0] in paths else None
        return f"{said[0].capitalize()} cannot be looked into with {said[-1]} in brackets.", field
    sign = _OPERATORS.get(function)
    what = f"`{sign}` cannot be used" if sign else f"`{function}()` cannot be called"
    reason = f"{what} with {' and '.join(said)}."
    if set(kinds) == {"int", "double"}:
        return reason, _MIXED
    if "null_type" in kinds:
        return reason, "Ask `has(…)` whether a member is there: empty members are left out."
    if sign and {"string"} < set(kinds) and set(kinds) & {"int", "double"}:
        return reason, "Put quotes around a text; compare an amount that is written as text with `money(…)`."
    return reason, None


def _kind(kind: str, paths: Mapping[str, str]) -> str:
    kind = kind.strip()
    if kind in paths:
        return f"`{paths[kind]}` (a group of fields)"
    if kind.startswith("list("):
        inner = kind[len("list(") : -1]
        return f"the list `{paths[inner]}`" if inner in paths else f"a list ({_kind(inner, paths)} each)"
    if kind.startswith("map("):
        return "a map"
    wrapped = re.match(r"wrapper\((.*)\)", kind)
    return _kind(wrapped[1], paths) if wrapped else _WORDS.get(kind, kind)


def _split(kinds: str) -> list[str]:
    """Split `list(int), string` at the commas that are not inside parentheses."""
    found, depth = [""], 0
    for character in kinds:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [kind.strip() for kind in found]


def _syntax(report: str) -> str:
    words = report.removeprefix("Syntax error: ").split(" expecting ")[0]
    words = re.sub(r"mismatched input '<EOF>'|no viable alternative at input '<EOF>'", "it ends too early", words)
    return re.sub(r"(mismatched|extraneous) input", "unexpected", words).rstrip(".") + "."


def _token(text: str, line: int, column: int) -> int:
    """Return the column of the word that is meant: CEL points at the dot before a field."""
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1]
    at = max(column, 1) - 1
    return at + 2 if shown[at : at + 1] == "." else at + 1


def _tidy(report: str, paths: Mapping[str, str]) -> str:
    tidied = re.sub(
        r"\b(INVALID_ARGUMENT|INTERNAL|UNKNOWN|NOT_FOUND|OUT_OF_RANGE|FAILED_PRECONDITION)\b:? ?", "", report
    )
    for name, path in paths.items():
        tidied = tidied.replace(f"'{name}'", f"`{path}`")
    return tidied.replace("[]", "").strip().rstrip(".") + "."


def tidy_value(report: str) -> str:
    """Return the text of an error value, such as `"vip" is missing.`, without CEL's own codes."""
    missing = _MISSING.search(report)
    return f'"{missing[1]}" is missing.' if missing else _tidy(report, {})
