"""What a row of the inbox says: one sentence made from the call, never by the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from console import words
from console.models.inbox_reading import Reading, json_of
from storage.events.approvals import ApprovalRequested
from storage.events.calls import CallDecided
from storage.queries import inbox, work, workspace
from storage.queries.inbox import Closed, OpenItem

Json = Any


class Headline(NamedTuple):
    """What a row says beside what its item says: its sentence, and whether something in it is unproven."""

    title: str
    unproven: bool = False


def headlines(view: Reading, items: Sequence[OpenItem | Closed]) -> dict[str, Headline]:
    """Return the headline of each item by its id."""
    return {item.id: headline(view, item) for item in items}


def headline(view: Reading, item: OpenItem | Closed) -> Headline:
    """Return what a row says, made from the call and never by the model."""
    content = json_of(view, item.content)
    case = item.external_id or item.case_id
    match item.kind:
        case "approval":
            if not isinstance(content, dict):
                return Headline(f"{words.in_words(item.tool)} (the card was erased)")
            return Headline(str(content["sentence"]), not all(o.get("proven") for o in content.get("origins", ())))
        case "doubt":
            return Headline(f"Did this happen? {_sentence(view, item.run, item.call, item.tool)}")
        case "handoff":
            return Headline(f"{case} was handed over" if isinstance(item, Closed) else f"Decide {case} yourself")
        case _:
            return Headline(_waits(view, item))


HANDED = {
    "escalation_rule": "a rule sends it to a person",
    "criterion": "the outcome failed its criteria",
    "limit": "the run reached a limit",
    "model_failed": "the model gave no usable answer",
    "tool_failed": "a tool failed",
    "nothing_to_do": "the agent did nothing more",
    "taken_over": "a person took it over",
    "error": "the run met a defect",
    "role": "a person does this step",
    "escalated": "the agent asks for a person",
}


def _waits(view: Reading, item: OpenItem | Closed) -> str:
    who = ", ".join(getattr(item, "for_", ())) or "somebody"
    if item.about == "reply":
        text = view.text(item.content) if item.content else None
        return " ".join(text.split()) if text else f"The run waits for an answer of {who}"
    return "The run waits for a change" if item.about == "change" else "The run waits for a time"


def _sentence(view: Reading, run: str, call: str, tool: str) -> str:
    """Return what a call does: from its request if there was one, else from tool and arguments."""
    asked = inbox.latest(view.connection, run, "approval.requested", call)
    if asked is not None and isinstance(asked.body, ApprovalRequested):
        card = json_of(view, asked.body.card)
        if isinstance(card, dict):
            return str(card["sentence"])
    values = call_arguments(view, run, call)
    record = work.run(view.connection, run)
    return _described(declared_tool(view, record.agent, record.version, tool), tool, values)


def _described(declared: Mapping[str, Json] | None, tool: str, values: Mapping[str, Json]) -> str:
    from agents.policy.sentences import describe_call
    from agents.tools.tool import ToolSpec

    template = (declared or {}).get("sentence")
    return describe_call(ToolSpec(tool, "", {}, sentence=template), values)


def call_arguments(view: Reading, run: str, call: str) -> Mapping[str, Json]:
    """Return what a call was made with, as policy saw it."""
    decided = inbox.latest(view.connection, run, "call.decided", call)
    values = json_of(view, decided.body.args) if decided and isinstance(decided.body, CallDecided) else None
    return values if isinstance(values, dict) else {}


def declared_tool(view: Reading, agent: str, version: str, tool: str) -> Mapping[str, Json] | None:
    """Return what a version says of a tool, None where it is not known."""
    from storage.errors import NotFound

    try:
        tools = json_of(view, workspace.version(view.connection, agent, version).tools)
    except NotFound:
        return None
    found = tools if isinstance(tools, list) else []
    return next((one for one in found if isinstance(one, dict) and one.get("name") == tool), None)
