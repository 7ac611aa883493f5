"""Reads what the inbox shows from the store; runs in a worker thread, on a connection that only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from console import words
from console.models.inbox_card import Card, Ending, Handoff, Precedents, Step, arguments_of, warnings_of
from console.models.inbox_evidence import weighed
from console.models.inbox_risk import Risk, in_order, risk
from storage.events import calls, runs
from storage.events.approvals import ApprovalRequested
from storage.events.envelope import Event
from storage.queries import View, decisions, inbox, work, workspace
from storage.queries.inbox import Closed, OpenItem

Json = Any
DAY_US = 86_400_000_000
PRECEDENT_DAYS = 90
SHOWN_STEPS = 5
_RESULTS = 6
ERASED = "(erased)"
BUILT_IN = {
    "no-match": "No rule of the policy covers this, so a person decides.",
    "unproven-arguments": "An argument that matters is proven by nothing.",
}
_DOUBT = {
    "crash": "The program ended after the call was sent and before its answer came.",
    "timeout": "The call was sent and no answer came in time.",
    "failed": "The call was sent and its answer does not say whether it was done.",
}


class Reading:
    """A moment of the store with its payloads."""

    def __init__(self, view: View) -> None:
        self.connection, self.seq = view.connection, view.seq

    def text(self, ref: str) -> str | None:
        """Return a payload as text, None if it was erased."""
        from storage.errors import NotFound
        from storage.pieces import read_piece

        try:
            return read_piece(self.connection, ref).content.decode("utf-8", "replace")
        except NotFound:
            return None


class Listed(NamedTuple):
    """The inbox as it stands: what needs this person and what waits for others, each the most urgent first."""

    mine: Sequence[OpenItem]
    others: Sequence[OpenItem]
    decided: int
    seq: int


def listed(view: Reading, you: str, since: int, seen: frozenset[str] = frozenset()) -> Listed:
    """Return what is open.

    Args:
        since: decisions are counted from here (UTC microseconds).
        seen: handoffs that this person has looked at and set aside.
    """
    me = inbox.roles_of(view.connection, you)
    mine: list[OpenItem] = []
    others: list[OpenItem] = []
    for item in inbox.open_items(view.connection):
        needs = may(item.for_, me) and item.id not in seen and (item.kind != "wait" or item.about == "reply")
        (mine if needs else others).append(item)
    return Listed(in_order(mine), in_order(others), inbox.decided_since(view.connection, since), view.seq)


def may(for_: Sequence[str], me: Sequence[str]) -> bool:
    """Return whether somebody of these names may decide; an empty list admits everybody."""
    return not for_ or any(name in for_ for name in me)


class Headline(NamedTuple):
    """What a row says beside what its item says: its sentence, and whether something in it is unproven."""

    title: str
    unproven: bool = False


def headlines(view: Reading, items: Sequence[OpenItem | Closed]) -> dict[str, Headline]:
    """Return the headline of each item by its id."""
    return {item.id: headline(view, item) for item in items}


def headline(view: Reading, item: OpenItem | Closed) -> Headline:
    """Return what a row says, made from the call and never by the model."""
    content = _json(view, item.content)
    case = item.external_id or item.case_id
    match item.kind:
        case "approval":
            if not isinstance(content, dict):
                return Headline(f"{words.in_words(item.tool)} (the card was erased)")
            return Headline(str(content["sentence"]), not all(o.get("proven") for o in content.get("origins", ())))
        case "doubt":
            return Headline(f"Did this happen? {_sentence(view, item.run, item.call, item.tool)}")
        case "handoff":
            return Headline(f"Decide {case} yourself")
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
        card = _json(view, asked.body.card)
        if isinstance(card, dict):
            return str(card["sentence"])
    values = _arguments(view, run, call)
    record = work.run(view.connection, run)
    return _described(_tool(view, record.agent, record.version, tool), tool, values)


def _described(declared: Mapping[str, Json] | None, tool: str, values: Mapping[str, Json]) -> str:
    from agents.policy.sentences import describe_call
    from agents.tools.tool import ToolSpec

    template = (declared or {}).get("sentence")
    return describe_call(ToolSpec(tool, "", {}, sentence=template), values)


def _arguments(view: Reading, run: str, call: str) -> Mapping[str, Json]:
    decided = inbox.latest(view.connection, run, "call.decided", call)
    values = _json(view, decided.body.args) if decided and isinstance(decided.body, calls.CallDecided) else None
    return values if isinstance(values, dict) else {}


# -- a card ---------------------------------------------------------------------------------------------------------


def read_card(view: Reading, kind: str, id_: str, you: str, now: int) -> Card | None:
    """Return what is shown of one item, open or ended; None if there is no such thing."""
    item = inbox.open_item(view.connection, kind, id_)
    if item is not None:
        return _card(view, item, you, now)
    ended = inbox.decided(view.connection, id_=id_, limit=1) if kind in ("approval", "doubt") else []
    if not ended:
        return None
    closed = ended[0]
    record = work.run(view.connection, closed.run)
    due: int | None = None
    for_: tuple[str, ...] = ()
    asked = closed.at
    if kind == "approval":
        request = decisions.approval(view.connection, id_)
        due, for_, asked = request.expires_at, request.approvers, request.requested_at
    item = OpenItem(
        kind, id_, closed.run, closed.call, closed.tool, closed.about, closed.tier, closed.irreversible, due, asked,
        for_, closed.content, closed.agent, closed.version, closed.stage, record.mode, closed.case_id,
        closed.external_id, closed.seq,
    )  # fmt: skip
    note = view.text(closed.note) if closed.note else None
    ending = Ending(closed.choice, closed.person, closed.at, closed.effective_at, closed.signed, note)
    return replace(_card(view, item, you, now), ending=ending)


def _card(view: Reading, item: OpenItem, you: str, now: int) -> Card:
    record = work.run(view.connection, item.run)
    titles = _plan_titles(view, item.run)
    events = inbox.last_steps(view.connection, item.run)
    steps = run_so_far(events, titles)
    base = Card(
        item.kind, item.id, item.run, item.call, item.tool, "", risk_of_item(item), headline(view, item).title,
        item.agent, item.version, item.stage, item.mode, item.tier, item.external_id or item.case_id, item.case_id,
        item.due, item.since, item.for_, may(item.for_, inbox.roles_of(view.connection, you)),
        steps=steps[-SHOWN_STEPS:], more_steps=max(0, record.calls - min(len(steps), SHOWN_STEPS)),
        worked_us=sum(getattr(event.body, "duration_us", 0) for event in events), cost=record.cost,
        cost_partial=bool(record.cost_partial), rule=item.about if item.kind == "approval" else "",
        you=_called(view, you),
    )  # fmt: skip
    match item.kind:
        case "approval":
            return _approval(view, item, base, now)
        case "doubt":
            return _doubt(view, item, base)
        case "handoff":
            return replace(base, handoff=_handoff(view, item, steps), cause=item.about)
        case _:
            return replace(base, question=(view.text(item.content) if item.content else "") or "",
                           waits_for=item.about)  # fmt: skip


def _called(view: Reading, person: str) -> str:
    record = workspace.person(view.connection, person)
    return record.name if record is not None and record.name else words.in_words(person)


def risk_of_item(item: OpenItem) -> Risk:
    """Return the risk of an item, open or ended."""
    return risk(item.kind, item.tier, irreversible=item.irreversible, rule=item.about)


def _approval(view: Reading, item: OpenItem, base: Card, now: int) -> Card:
    content = _json(view, item.content)
    declared = _tool(view, item.agent, item.version, item.tool)
    request = decisions.approval(view.connection, item.id)
    base = replace(base, binding=request.binding, schema=(declared or {}).get("parameters"),
                   reversible=request.reversible, precedents=_precedents(view, item, now))  # fmt: skip
    if not isinstance(content, dict):
        return replace(base, because="The card was erased: what was asked for cannot be shown.", may=False)
    values, origins = content.get("arguments") or {}, content.get("origins") or []
    from console.models.inbox_values import changes

    before, after = content.get("before"), content.get("after")
    shows = bool(content.get("can_show_change", before is not None or after is not None))
    return replace(
        base, values=values, arguments=arguments_of(values, origins), warnings=warnings_of(origins),
        can_show_change=shows, changes=changes(before, after) if shows else (), undo=content.get("undo") or "",
        because=content.get("because") or BUILT_IN.get(item.about, ""),
        evidence=weighed(content.get("evidence") or [], values, origins),
        consulted=[(str(c.get("person", "")), str(c.get("answer", ""))) for c in content.get("consulted") or []],
        recommendation=str(content.get("recommendation") or ""),
    )  # fmt: skip


def _doubt(view: Reading, item: OpenItem, base: Card) -> Card:
    values = _arguments(view, item.run, item.call)
    declared = _tool(view, item.agent, item.version, item.tool) or {}
    decided = inbox.latest(view.connection, item.run, "call.decided", item.call)
    found = getattr(decided.body, "origins", None) if decided else None
    origins = [{"path": o.path, "proven": o.proven, "source": o.source} for o in found or ()]
    return replace(
        base, values=values, arguments=arguments_of(values, origins), cause=_DOUBT.get(item.about, item.about),
        reversible=bool(declared.get("reversible")), undo=declared.get("undo") or "",
        evidence=weighed(_results(view, item.run), values, origins),
    )  # fmt: skip


def _results(view: Reading, run: str) -> list[dict[str, Json]]:
    """Return the last results of a run, as a card has them."""
    tools: dict[str, str] = {}
    found = []
    for event in inbox.last_steps(view.connection, run):
        match event.body:
            case calls.ToolStarted(call=call, tool=tool):
                tools[call] = tool
            case calls.ToolFinished(call=call, result=ref) if call in tools:
                found.append({"call": call, "tool": tools[call], "status": "ok", "result": _json(view, ref)})
            case _:
                pass
    return found[-_RESULTS:]


def _handoff(view: Reading, item: OpenItem, steps: Sequence[Step]) -> Handoff:
    content = _json(view, item.content)
    if not isinstance(content, dict):
        return Handoff("The text of this handoff was erased.", (), (), "", ())
    evidence = [(str(e.get("text", "")), str(e.get("source") or "")) for e in content.get("evidence") or []
                if isinstance(e, dict)]  # fmt: skip
    options = [(str(o.get("label", "")), o.get("outcome")) for o in content.get("options") or [] if isinstance(o, dict)]
    done = [step.title for step in steps if step.state == "ok"]
    return Handoff(str(content.get("summary", "")), evidence, options, str(content.get("recommendation", "")), done)


def _precedents(view: Reading, item: OpenItem, now: int) -> Precedents:
    found = inbox.precedents(view.connection, item.agent, item.about, now - PRECEDENT_DAYS * DAY_US)
    first = min((one.first_at for one in found), default=now)
    return Precedents({one.choice: one.times for one in found}, max(1, -(-(now - first) // DAY_US)))


def _tool(view: Reading, agent: str, version: str, tool: str) -> Mapping[str, Json] | None:
    from storage.errors import NotFound

    try:
        tools = _json(view, workspace.version(view.connection, agent, version).tools)
    except NotFound:
        return None
    found = tools if isinstance(tools, list) else []
    return next((one for one in found if isinstance(one, dict) and one.get("name") == tool), None)


# -- the run so far -------------------------------------------------------------------------------------------------


def _plan_titles(view: Reading, run: str) -> dict[str, str]:
    event = inbox.latest(view.connection, run, "plan.set")
    plan = _json(view, event.body.plan) if event is not None and isinstance(event.body, runs.PlanSet) else None
    steps = plan.get("steps", []) if isinstance(plan, dict) else plan if isinstance(plan, list) else []
    return {str(s["id"]): str(s.get("title") or s["id"]) for s in steps if isinstance(s, dict) and "id" in s}


def run_so_far(events: Sequence[Event], titles: Mapping[str, str]) -> list[Step]:
    """Return what a run did, one step a call, and what it waits for last."""
    steps: dict[str, Step] = {}
    for event in events:
        match event.body:
            case calls.ToolStarted(call=call, tool=tool):
                steps[call] = Step(titles.get(call) or words.in_words(tool), event.ts, "run")
            case calls.ToolFinished(call=call) | calls.ToolRecorded(call=call) if call in steps:
                steps[call] = steps[call]._replace(at=event.ts, state="ok")
            case calls.ToolFailed(call=call) if call in steps:
                steps[call] = steps[call]._replace(at=event.ts, state="failed")
            case ApprovalRequested(call=call):
                steps[f"{call}?"] = Step("Asked a person", event.ts, "wait")
            case calls.DoubtRaised(call=call):
                steps.pop(call, None)
                steps[f"{call}?"] = Step("In doubt", event.ts, "doubt")
            case runs.WaitStarted(call=call):
                steps[f"{call}?"] = Step("Waits", event.ts, "wait")
            case runs.RunHandedOff():
                steps["/"] = Step("Handed over", event.ts, "wait")
            case _:
                pass
    return list(steps.values())


def _json(view: Reading, ref: str | None) -> Json:
    from agents.own_json import load

    text = view.text(ref) if ref else None
    if text is None:
        return None
    try:
        return load(text.encode())
    except ValueError:
        return None
