"""The handoff of a playbook that cannot go on: what happened, what is known so far, what a person can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.models.model import CallResult, ResultStatus
from agents.playbook.templates import as_text, to_json

Json = Any
_SHOWN = 300


class Cause(NamedTuple):
    """Why the usual way ended.

    Attributes:
        kind: failed | refused | rejected | answered | empty | expression | ended.
        text: one sentence.
    """

    kind: str
    text: str


def cause_of(result: CallResult) -> Cause:
    """The cause in a result that is not a success."""
    content = result.content if isinstance(result.content, Mapping) else {"error": as_text(result.content)}
    error = as_text(content.get("error")).rstrip(".") or "no reason was given"
    tool = result.call.tool
    match result.status:
        case ResultStatus.REFUSED:
            rule = as_text(content.get("rule"))
            return Cause("refused", f"{tool} was refused{f' by the rule {rule}' if rule else ''}: {error}.")
        case ResultStatus.REJECTED:
            reason = as_text(content.get("reason")).rstrip(".") or error
            return Cause("rejected", f"A person rejected {tool}: {reason}.")
        case ResultStatus.ANSWERED:
            answer = as_text(content.get("answer")).strip() or "nothing"
            return Cause("answered", f"Asked about {tool}, a person replied: {answer}")
        case _:
            category = as_text(content.get("category"))
            return Cause("failed", f"{tool} failed{f' ({category})' if category else ''}: {error}.")


def is_empty(content: Json) -> bool:
    """Nothing came back: null, an empty text, list or object, or an object whose members are all empty."""
    match content:
        case None | "":
            return True
        case list():
            return not content
        case dict():
            return all(is_empty(member) for member in content.values())
        case _:
            return False


def handoff(cause: Cause, title: str, history: Sequence[tuple[str, str, Json]]) -> dict[str, Json]:
    """The arguments of `escalate` for a run that cannot go on."""
    options, recommendation = _ADVICE[cause.kind]
    return {
        "summary": f"{title}: {cause.text}" if title else cause.text,
        "evidence": [_line(*entry) for entry in history] or ["Nothing was done before this."],
        "options": list(options),
        "recommendation": recommendation,
    }


def _line(step: str, status: str, content: Json) -> str:
    text = as_text(content) if isinstance(content, str) else to_json(content).decode()
    return f"{step} ({status}): {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"


BY_HAND = "Work the case by hand"
_AGAIN = "Run the case again"
_ADVICE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "failed": ((_AGAIN, BY_HAND), "See whether the system behind the tool works, then run the case again."),
    "empty": ((BY_HAND, _AGAIN), "Look for it by hand: nothing was found where it should be."),
    "refused": (
        (BY_HAND, "Change the policy and run the case again"),
        "Decide whether the rule is right here.",
    ),
    "rejected": ((BY_HAND, "Close the case without the action"), "Follow the reason that was given."),
    "answered": ((BY_HAND, _AGAIN), "Act on the reply: a playbook cannot read it."),
    "expression": (
        (BY_HAND, "Correct the playbook and run the case again"),
        "Look at the value that is named.",
    ),
    "ended": ((BY_HAND, "Add a finish or an escalate step to the playbook"), "Complete the playbook."),
}
