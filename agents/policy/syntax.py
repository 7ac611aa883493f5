"""Reads a CEL expression into a small tree, for what CEL's library does not tell: which tools a rule names,
which variables it mentions, and how to say it in words.

It reads the grammar of the CEL specification (github.com/google/cel-spec, langdef) without messages'
literals; `parse` returns None for what it does not read, and every caller then takes the careful way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number, bool or null; `text` is as written."""

    value: str | int | float | bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`of.field`."""

    of: Node
    field: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, a method (`of` is its target) or a macro."""

    function: str
    args: tuple[Node, ...]
    of: Node | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """`! -` with one operand, `?:` with three, `[]` an index, every other with two."""

    sign: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list literal, or a map literal flattened to key, value, key, value."""

    items: tuple[Node, ...]


Node = Literal | Name | Select | Call | Operator | Items

_TOKEN = re.compile(
    r"""\s*(?://[^\n]*\n\s*)*(?:
        (?P<string>[rRbB]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<number>0x[0-9a-fA-F]+u?|\d+\.\d+(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+u?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}])
    )""",
    re.VERBOSE | re.DOTALL,
)
_BINDING = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "in": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
_DEEPEST = 200


class _Unreadable(Exception):
    """The text is not in the part of the grammar that is read here."""


def parse(text: str) -> Node | None:
    """Return the tree of an expression, or None where it cannot be read."""
    try:
        reader = _Reader(list(_tokens(text)))
        node = reader.ternary()
        return node if reader.kind() == "end" else None
    except _Unreadable:
        return None


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything in it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly inside a node."""
    match node:
        case Select(of):
            return (of,)
        case Call(_, args, of):
            return (of, *args) if of is not None else args
        case Operator(_, operands):
            return operands
        case Items(items):
            return items
        case Literal() | Name():
            return ()


def names(node: Node) -> set[str]:
    """Return every name that stands in the expression, macros' own variables too."""
    return {inner.name for inner in walk(node) if isinstance(inner, Name)}


def conjuncts(node: Node) -> list[Node]:
    """Return the parts that must all hold: the operands of the outermost `&&`."""
    if isinstance(node, Operator) and node.sign == "&&":
        return [part for operand in node.operands for part in conjuncts(operand)]
    return [node]


def path_of(node: Node) -> tuple[str, ...] | None:
    """Return ("case", "order_id") for `case.order_id`, None for anything else."""
    match node:
        case Name(name):
            return (name,)
        case Select(of, field):
            above = path_of(of)
            return (*above, field) if above else None
        case _:
            return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise _Unreadable
        at = found.end()
        kind = str(found.lastgroup)
        yield kind, found[kind]
    yield "end", ""


class _Reader:
    """Precedence climbing over a list of tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def kind(self) -> str:
        return self._tokens[self._at][0]

    def text(self) -> str:
        kind, text = self._tokens[self._at]
        return text if kind in ("sign", "name") else ""

    def next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def take(self, text: str) -> bool:
        if self.text() != text:
            return False
        self.next()
        return True

    def need(self, text: str) -> None:
        if not self.take(text):
            raise _Unreadable

    def ternary(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Unreadable
        node = self.binary(1)
        if self.take("?"):
            then = self.binary(1)
            self.need(":")
            node = Operator("?:", (node, then, self.ternary()))
        self._depth -= 1
        return node

    def binary(self, least: int) -> Node:
        left = self.unary()
        while (binding := _BINDING.get(self.text(), 0)) >= least:
            sign = self.next()[1]
            left = Operator(sign, (left, self.binary(binding + 1)))
        return left

    def unary(self) -> Node:
        signs = []
        while self.text() in ("!", "-"):
            signs.append(self.next()[1])
        node = self.member()
        for sign in reversed(signs):
            node = Operator(sign, (node,))
        return node

    def member(self) -> Node:
        node = self.primary()
        while True:
            if self.take("."):
                kind, field = self.next()
                if kind != "name":
                    raise _Unreadable
                node = Call(field, self.arguments(")"), node) if self.take("(") else Select(node, field)
            elif self.take("["):
                node = Operator("[]", (node, self.ternary()))
                self.need("]")
            else:
                return node

    def primary(self) -> Node:
        kind, text = self.next()
        match kind, text:
            case "string", _:
                return Literal(_string(text), text)
            case "number", _:
                return Literal(_number(text), text)
            case "name", "true" | "false":
                return Literal(text == "true", text)
            case "name", "null":
                return Literal(None, text)
            case "name", _:
                return Call(text, self.arguments(")")) if self.take("(") else Name(text)
            case "sign", "(":
                node = self.ternary()
                self.need(")")
                return node
            case "sign", "[":
                return Items(self.arguments("]"))
            case "sign", "{":
                return Items(self.arguments("}"))
            case _:
                raise _Unreadable

    def arguments(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.take(end):
            found.append(self.ternary())
            if not self.take(",") and not self.take(":") and self.text() != end:
                raise _Unreadable
        return tuple(found)


def _string(text: str) -> str:
    """Return what a plain string literal says; raw, bytes and exotic escapes are left unread."""
    if text[0] not in "\"'" or text[:3] in ('"""', "'''"):
        raise _Unreadable
    inner = text[1:-1]
    if "\\" not in inner:
        return inner
    try:
        quoted = inner.replace("\\'", "'")
        return str(json.loads('"' + re.sub(r'(?<!\\)"', r"\"", quoted) + '"'))
    except ValueError:
        raise _Unreadable from None


def _number(text: str) -> int | float:
    whole = text.rstrip("u")
    if whole.startswith("0x"):
        return int(whole, 16)
    return int(whole) if whole.isdigit() else float(whole)
