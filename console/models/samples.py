"""The sample agents as the first choice shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from console.words import count

Json = Any


@dataclass(frozen=True, slots=True)
class Template:
    """One sample agent.

    Attributes:
        name: as the engine knows it.
        icon, steps: icons of the agent and of the steps of its work; the last is where a person comes in.
        cases: "385 sample questions".
        asks: when it turns to a person.
    """

    name: str
    title: str
    area: str
    purpose: str
    icon: str
    steps: tuple[str, ...]
    cases: str
    asks: str


def templates(listed: Iterable[Mapping[str, Json]]) -> tuple[Template, ...]:
    """Return what `samples.list` answered."""
    return tuple(
        Template(
            each["template"], each["title"], each["area"], each["purpose"], each["icon"], tuple(each["steps"]),
            f"{count(each['cases'])} sample {each['unit']}", each["asks"],
        )
        for each in listed
    )  # fmt: skip
