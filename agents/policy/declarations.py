"""Says which variables an expression may use and of what type each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.policy.environment import Environment


class Kind(StrEnum):
    """A variable without a schema. `MAP` and `ANY` are not checked inside: prefer a `Schema`."""

    STRING = "string"
    INT = "int"
    DOUBLE = "double"
    BOOL = "bool"
    STRINGS = "list<string>"
    MAP = "map"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A string with a closed set of values: comparing it with another one is an error when saved."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A variable described by a JSON Schema: its members and their types are checked when saved."""

    schema: Mapping[str, Any]


VarType = Kind | OneOf | Schema


@dataclass(frozen=True)
class Declarations:
    """The variables of one place where expressions are written.

    Not slotted: the compiled environment is built once, on first use, and kept here.

    Attributes:
        variables: name -> type.
    """

    variables: Mapping[str, VarType]

    @cached_property
    def environment(self) -> Environment:
        """The CEL environments made from these variables. CEL is imported here, not before."""
        from agents.policy.environment import Environment

        return Environment(self.variables)
