"""A plan as cards that a person reads and changes: one a step, with its place in the file and the texts in it.

Made from the plain value of the file, so that a plan with faults is shown as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agents.job.yaml_text import At

Json = Any
KINDS = ("call", "classify", "branch", "for_each", "wait", "finish", "escalate")


@dataclass(frozen=True, slots=True)
class CardText:
    """One text of a step.

    Attributes:
        label: how the card names it.
        at: where it stands in the file.
        text: as written.
        language: `cel` (the whole text is an expression), `template` (it may hold `${…}`), `plain`.
    """

    label: str
    at: At
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Card:
    """One step.

    Attributes:
        at: where the step stands in the file; its parent list is `at[:-1]`.
        depth: how deep it stands inside other steps; 0 is the plan itself.
        lane: on which way of the step around it: "when …", "otherwise", "sure", "on failure" …; "" at depth 0.
        kind: one of `KINDS`, or "" for a step that has none of them.
        tool: the tool that it calls, or "".
        texts: its expressions and words.
        on_failure, on_empty: as they would be said, "" where nothing is said.
        first, last: whether it is the first or last of its list.
    """

    at: At
    depth: int
    lane: str
    id: str
    title: str
    kind: str
    tool: str
    texts: tuple[CardText, ...] = ()
    on_failure: str = ""
    on_empty: str = ""
    first: bool = False
    last: bool = False
    loop: str = field(default="")


def cards(steps: Json, at: At, depth: int = 0, lane: str = "") -> Iterator[Card]:
    """Yield the cards of a list of steps and of the steps inside them, in the order of the file."""
    if not isinstance(steps, list):
        return
    for index, step in enumerate(steps):
        if isinstance(step, dict):
            place = (*at, index)
            yield _card(step, place, depth, lane, index == 0, index == len(steps) - 1)
            for name, inner, inner_at in _inside(step, place):
                yield from cards(inner, inner_at, depth + 1, name)


def _card(step: dict[str, Json], at: At, depth: int, lane: str, first: bool, last: bool) -> Card:
    kind = next((kind for kind in KINDS if kind in step), "")
    id_ = _text(step.get("id"))
    return Card(
        at, depth, lane, id_, _text(step.get("title")) or id_.replace("_", " ").capitalize(), kind, _tool(step, kind),
        tuple(_texts(step, kind, at)), _otherwise(step.get("on_failure")), _otherwise(step.get("on_empty")), first,
        last, _text(step.get("as")) if kind == "for_each" else "",
    )  # fmt: skip


def _tool(step: dict[str, Json], kind: str) -> str:
    if kind in ("call", "classify"):
        return _text(step.get(kind))
    wait = step.get("wait")
    watch = wait.get("watch") if isinstance(wait, dict) else None
    return _text(watch.get("tool")) if isinstance(watch, dict) else ""


def _texts(step: dict[str, Json], kind: str, at: At) -> Iterator[CardText]:
    match kind:
        case "call" | "classify":
            yield from _leaves(step.get("with"), (*at, "with"))
            if "at_least" in step:
                yield CardText("at least, ‰", (*at, "at_least"), _text(step["at_least"]), "plain")
        case "branch" if isinstance(step["branch"], list):
            for index, arm in enumerate(step["branch"]):
                if isinstance(arm, dict) and "when" in arm:
                    yield CardText("when", (*at, "branch", index, "when"), _text(arm["when"]), "cel")
        case "for_each":
            yield CardText("for each", (*at, "for_each"), _text(step["for_each"]), "cel")
        case "wait":
            yield from _leaves(step["wait"], (*at, "wait"))
        case "finish" if isinstance(step["finish"], dict):
            yield from _leaves(step["finish"].get("outcome"), (*at, "finish", "outcome"))
        case "escalate":
            yield from _leaves(step["escalate"], (*at, "escalate"))


def _leaves(value: Json, at: At, label: str = "") -> Iterator[CardText]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _leaves(member, (*at, key), f"{label}.{key}" if label else str(key))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _leaves(element, (*at, index), f"{label} {index + 1}")
    elif value is not None:
        text = _text(value)
        yield CardText(label, at, text, "template" if "${" in text else "plain")


def _inside(step: dict[str, Json], at: At) -> Iterator[tuple[str, Json, At]]:
    yield "sure", step.get("sure"), (*at, "sure")
    yield "unsure", step.get("unsure"), (*at, "unsure")
    arms = step["branch"] if isinstance(step.get("branch"), list) else []
    for index, arm in enumerate(arms):
        if isinstance(arm, dict):
            number = f" {index + 1}" if len(arms) > 2 else ""
            yield f"when{number}", arm.get("then"), (*at, "branch", index, "then")
            yield "otherwise", arm.get("else"), (*at, "branch", index, "else")
    yield "each time", step.get("do"), (*at, "do")
    for key, name in (("on_failure", "on failure"), ("on_empty", "on empty")):
        instead = step.get(key)
        if isinstance(instead, dict):
            yield name, instead.get("steps"), (*at, key, "steps")


def _otherwise(value: Json) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    said = [f"retry {value['retry']}"] if value.get("retry") else []
    steps = value.get("steps")
    if steps:
        said.append(f"{len(steps)} other steps" if len(steps) > 1 else "another step")
    else:
        said.append(_text(value.get("then")) or "escalate")
    return ", then ".join(said)


def _text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
