"""What a step can see while a playbook runs, and how its texts are filled from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.playbook.program import Program, Scope
from agents.playbook.seam import Evaluated
from agents.playbook.templates import Place, as_text, split

Json = Any

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[[0-9]{1,6}\])*")
_PART = re.compile(r"[A-Za-z_]\w*|[0-9]+")


class NotWorkedOut(Exception):
    """An expression of a step has no value; the interpreter hands the case over with this as the cause."""


@dataclass(slots=True)
class Frame:
    """The values around a step.

    Attributes:
        prefix: what stands before the ids of the steps here: `` or `outer[1].`.
        names: the loops' elements by name, outermost first.
        steps: step id -> what its call came back with.
        status: step id -> ok, recorded, failed, refused, rejected or answered.
        cause: why another way is being taken, empty on the usual way.
    """

    program: Program
    case: Mapping[str, Json]
    prefix: str = ""
    names: dict[str, Json] = field(default_factory=dict)
    steps: dict[str, Json] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    cause: str = ""

    def inside(self, step: str, number: int, name: str, element: Json) -> Frame:
        """The frame of one repeat of a loop: it sees what is around it, and its results stay inside."""
        names = {**self.names, name: element}
        prefix = f"{self.prefix}{step}[{number}]."
        return Frame(self.program, self.case, prefix, names, dict(self.steps), dict(self.status), self.cause)

    def holds(self, text: str) -> bool:
        """Whether a condition is true; NotWorkedOut where it is neither true nor false."""
        found = self.program.conditions[self._scope(), text].evaluate(self._bindings())
        if found.error is not None:
            raise NotWorkedOut(f"the condition `{text}` could not be decided: {found.error}")
        if not isinstance(found.value, bool):
            raise NotWorkedOut(f"the condition `{text}` gave {as_text(found.value)}, neither true nor false")
        return found.value

    def value(self, text: str) -> Json:
        """The value of an expression; NotWorkedOut where there is none."""
        found = self._evaluated(text)
        if found.error is not None:
            raise NotWorkedOut(f"`{text}` has no value: {found.error}")
        return found.value

    def filled(self, value: Json, *, forgiving: bool = False) -> Json:
        """Fill the places in every text of a JSON value.

        A text that is one place keeps the type of its value. A list inside a list is spread out, so that
        evidence can be one place among others.

        Args:
            forgiving: a place without a value says so in the text, instead of raising NotWorkedOut.
        """
        match value:
            case str():
                return self._text(value, forgiving)
            case dict():
                return {key: self.filled(member, forgiving=forgiving) for key, member in value.items()}
            case list() | tuple():
                elements: list[Json] = []
                for element in value:
                    made = self.filled(element, forgiving=forgiving)
                    elements.extend(made) if isinstance(element, str) and isinstance(made, list) else elements.append(
                        made
                    )
                return elements
            case _:
                return value

    def _text(self, template: str, forgiving: bool) -> Json:
        pieces = split(template)
        if len(pieces) == 1 and isinstance(pieces[0], Place):
            return self._place(pieces[0], forgiving)
        return "".join(as_text(self._place(p, forgiving)) if isinstance(p, Place) else p for p in pieces)

    def _place(self, place: Place, forgiving: bool) -> Json:
        try:
            return self.value(place.expression)
        except NotWorkedOut as error:
            if not forgiving:
                raise
            return f"(not known: {error})"

    def _evaluated(self, text: str) -> Evaluated:
        if _PATH.fullmatch(text) and text not in ("true", "false", "null"):
            return _looked_up(text, self._bindings())
        return self.program.values[self._scope(), text].evaluate(self._bindings())

    def _scope(self) -> Scope:
        return tuple(self.names)

    def _bindings(self) -> dict[str, Json]:
        return {
            "case": self.case,
            "steps": self.steps,
            "status": self.status,
            "cause": self.cause,
            **self.names,
        }


def _looked_up(path: str, bindings: Mapping[str, Json]) -> Evaluated:
    """Follow a plain path in the values as they came, so that no digit of a long number is lost."""
    value: Json = bindings
    for part in _PART.findall(path):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return Evaluated(None, f"there is no `{part}` in it")
    return Evaluated(value)
