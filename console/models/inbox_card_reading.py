"""Reads one thing of the inbox with everything a person is shown before deciding it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from console import words
from console.models.inbox_card import Card, Ending, Handoff, Precedents, Step, arguments_of, warnings_of
from console.models.inbox_evidence import weighed
from console.models.inbox_headline import call_arguments, declared_tool, headline
from console.models.inbox_reading import Reading, json_of, may
from console.models.inbox_risk import Risk, risk
from console.models.inbox_steps import plan_titles, run_so_far
from console.models.inbox_values import Leaf, changes, leaves
from storage.errors import BadInput, NotFound
from storage.events import calls
from storage.queries import decisions, inbox, work, workspace
from storage.queries.inbox import OpenItem

Json = Any
DAY_US = 86_400_000_000
PRECEDENT_DAYS = 90
SHOWN_STEPS = 5
_RESULTS = 6
BUILT_IN = {
    "no-match": "No rule of the policy covers this, so a person decides.",
    "unproven-arguments": "An argument that matters is proven by nothing.",
}
_DOUBT = {
    "crash": "The program ended after the call was sent and before its answer came.",
    "timeout": "The call was sent and no answer came in time.",
    "failed": "The call was sent and its answer does not say whether it was done.",
}


def read_card(view: Reading, kind: str, id_: str, you: str, now: int) -> Card | None:
    """Return what is shown of one item, open or ended; None if there is no such thing."""
    item = inbox.open_item(view.connection, kind, id_)
    if item is not None:
        return _card(view, item, you, now)
    ended = inbox.decided(view.connection, id_=id_, limit=1) if kind in ("approval", "doubt", "handoff") else []
    if not ended:
        return None
    closed = ended[0]
    record = work.run(view.connection, closed.run)
    due: int | None = None
    for_: tuple[str, ...] = ()
    asked = closed.at
    outcome: tuple[Leaf, ...] = ()
    minutes: int | None = None
    if kind == "handoff":
        asked = record.ended_at or asked
        case = work.case(view.connection, closed.case_id)
        outcome, minutes = tuple(leaves(json_of(view, case.outcome))), case.minutes
    if kind == "approval":
        request = decisions.approval(view.connection, id_)
        due, for_, asked = request.expires_at, request.approvers, request.requested_at
    item = OpenItem(
        kind, id_, closed.run, closed.call, closed.tool, closed.about, closed.tier, closed.irreversible, due, asked,
        for_, closed.content, closed.agent, closed.version, closed.stage, record.mode, closed.case_id,
        closed.external_id, closed.seq,
    )  # fmt: skip
    note = view.text(closed.note) if closed.note else None
    ending = Ending(
        closed.choice,
        _called(view, closed.person) if closed.person else None,
        closed.at,
        closed.effective_at,
        closed.signed,
        note,
        outcome,
        minutes,
    )
    return replace(_card(view, item, you, now), ending=ending, title=headline(view, closed).title)


def _card(view: Reading, item: OpenItem, you: str, now: int) -> Card:
    record = work.run(view.connection, item.run)
    titles = plan_titles(view, item.run)
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
            return replace(
                base, handoff=_handoff(view, item, steps), cause=item.about, schema=_outcome_schema(view, item)
            )
        case _:
            return replace(base, question=(view.text(item.content) if item.content else "") or "",
                           waits_for=item.about)  # fmt: skip


def _called(view: Reading, person: str) -> str:
    person = person.removeprefix("person:")
    record = workspace.person(view.connection, person)
    return record.name if record is not None and record.name else words.in_words(person)


def risk_of_item(item: OpenItem) -> Risk:
    """Return the risk of an item, open or ended."""
    return risk(item.kind, item.tier, irreversible=item.irreversible, rule=item.about)


def _approval(view: Reading, item: OpenItem, base: Card, now: int) -> Card:
    content = json_of(view, item.content)
    declared = declared_tool(view, item.agent, item.version, item.tool)
    request = decisions.approval(view.connection, item.id)
    base = replace(base, binding=request.binding, schema=(declared or {}).get("parameters"),
                   reversible=request.reversible, precedents=_precedents(view, item, now))  # fmt: skip
    if not isinstance(content, dict):
        return replace(base, because="The card was erased: what was asked for cannot be shown.", may=False)
    values, origins = content.get("arguments") or {}, content.get("origins") or []
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
    values = call_arguments(view, item.run, item.call)
    declared = declared_tool(view, item.agent, item.version, item.tool) or {}
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
                found.append({"call": call, "tool": tools[call], "status": "ok", "result": json_of(view, ref)})
            case _:
                pass
    return found[-_RESULTS:]


def _handoff(view: Reading, item: OpenItem, steps: Sequence[Step]) -> Handoff:
    content, case = json_of(view, item.content), work.case(view.connection, item.case_id)
    said = [leaf for leaf in leaves(json_of(view, case.content)) if leaf.value is not None]
    if not isinstance(content, dict):
        return Handoff("The text of this handoff was erased.", (), (), "", (), said)
    evidence = [(str(e.get("text", "")), str(e.get("source") or "")) for e in content.get("evidence") or []
                if isinstance(e, dict)]  # fmt: skip
    options = [(str(o.get("label", "")), o.get("outcome")) for o in content.get("options") or [] if isinstance(o, dict)]
    done = [step.title for step in steps if step.state == "ok"]
    return Handoff(
        str(content.get("summary", "")), evidence, options, str(content.get("recommendation", "")), done, said
    )


def _outcome_schema(view: Reading, item: OpenItem) -> Mapping[str, Json] | None:
    """Return the outcome schema of the job that worked the case, as it was written."""
    from agents.job.yaml_text import parse_yaml

    try:
        job = json_of(view, workspace.version(view.connection, item.agent, item.version).job)
        described = parse_yaml(job["text"], job["file"]).value if isinstance(job, dict) else None
    except (NotFound, BadInput):
        return None
    found = described.get("outcome") if isinstance(described, dict) else None
    return found if isinstance(found, dict) else None


def _precedents(view: Reading, item: OpenItem, now: int) -> Precedents:
    found = inbox.precedents(view.connection, item.agent, item.about, now - PRECEDENT_DAYS * DAY_US)
    first = min((one.first_at for one in found), default=now)
    return Precedents({one.choice: one.times for one in found}, max(1, -(-(now - first) // DAY_US)))
