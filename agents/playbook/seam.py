"""What playbooks and jobs need from the expression language: compile once, evaluate, errors as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

Json = Any
Variables = Mapping[str, Mapping[str, Json] | None]
"""The variables of an expression: name -> JSON Schema, or None where nothing is known of its inside."""


class Evaluated(NamedTuple):
    """The value of an expression, or why there is none."""

    value: Json
    error: str | None = None


class Compiled(Protocol):
    """An expression that was type-checked."""

    def evaluate(self, bindings: Mapping[str, Json]) -> Evaluated:
        """Evaluate with values as they came (nulls, Decimals and big integers included); never raises."""
        ...


class Compiler(Protocol):
    """Type-checks an expression; raises BadInput that says what is wrong and suggests the nearest name."""

    def __call__(self, text: str, variables: Variables, *, condition: bool = False) -> Compiled: ...
