"""The plan as cards: what a step shows, where a fault points, and what a new step of each kind begins with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from console.models.job_form_draft import Draft, Fault

Json = Any
ICONS: Mapping[str, str] = {
    "call": "wrench", "classify": "search-check", "branch": "git-branch", "for_each": "refresh-cw", "wait": "hourglass",
    "finish": "flag", "escalate": "handshake",
}  # fmt: skip
MEANINGS: Mapping[str, str] = {
    "call": "tool", "classify": "retr", "branch": "run", "for_each": "run", "wait": "wait", "finish": "ok",
    "escalate": "wait",
}  # fmt: skip


class Roles(NamedTuple):
    """Who does what in a step, as the job says; "" where it says nothing."""

    performs: str
    decides: str
    consulted: str
    informed: str


def roles_of(job: Mapping[str, Json], step: str) -> Roles | None:
    """Return the roles of a step, None where the job names none."""
    raci = job.get("raci")
    held = raci.get(step) if isinstance(raci, Mapping) else None
    if not isinstance(held, Mapping):
        return None
    named = [held.get(key) for key in "RACI"]
    return Roles(*(", ".join(map(str, each)) if isinstance(each, list) else str(each or "") for each in named))


def signature(cards: Sequence[Mapping[str, Json]]) -> list[object]:
    """Return what must be alike for the cards of two plans to be the same widgets."""
    return [
        (tuple(card["at"]), card["depth"], card["lane"], card["kind"], card["first"], card["last"],
         tuple(text["label"] for text in card["texts"]))
        for card in cards
    ]  # fmt: skip


def faults_of(draft: Draft, part: str, at: Sequence[str | int], inner: Sequence[Sequence[str | int]]) -> list[Fault]:
    """Return the faults of a step itself: those at it that belong to none of the places inside (its texts, steps)."""
    skip = [tuple(each) for each in inner]
    return [
        fault for fault in draft.faults_at(part, at) if not any(fault.at[: len(each)] == each for each in skip)
    ]  # fmt: skip


def token_range(text: str, fault: Fault) -> tuple[int, int] | None:
    """Return where the wrong word of an expression stands in its text (start, end), None where it is not told."""
    if fault.token is None:
        return None
    line, column = fault.token
    start = text.find(line)
    if start < 0:
        return None
    start += min(column - 1, max(0, len(line) - 1))
    word = re.match(r"\w+|.", text[start:])
    return (start, start + (word.end() if word else 1))


def new_step(kind: str, taken: Sequence[str], tool: str) -> dict[str, Json]:
    """Return a step of a kind to begin with; its id is free."""
    number = 1
    while (name := f"{kind}_{number}") in taken:
        number += 1
    bodies: Mapping[str, Mapping[str, Json]] = {
        "call": {"call": tool or "tool", "with": {}, "on_failure": "escalate"},
        "classify": {"classify": tool or "tool", "with": {"text": "${case.text}"},
                     "sure": [], "unsure": []},
        "branch": {"branch": [{"when": "true", "then": [_escalation(f"{name}_yes")]}]},
        "for_each": {"for_each": "[]", "do": [_escalation(f"{name}_each")]},
        "wait": {"wait": {"for": "until", "until": "P1D"}},
        "finish": {"finish": {"outcome": {}}},
        "escalate": {"escalate": _escalation(name)["escalate"]},
    }  # fmt: skip
    title = {"call": "Call a tool", "classify": "Look at similar cases", "branch": "Decide which way", "for_each":
             "For each", "wait": "Wait", "finish": "Finish", "escalate": "Hand over"}[kind]  # fmt: skip
    return {"id": name, "title": title, **bodies[kind]}


def _escalation(name: str) -> dict[str, Json]:
    return {"id": name, "escalate": {"summary": "A person must look at this.", "recommendation": "Look at the case."}}
