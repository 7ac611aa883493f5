"""Reads what waits for a person, and draws it: the soonest to expire first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agents.cli.brief import in_brief, shortened
from agents.cli.glossary import BUILT_IN
from agents.cli.reading import Reading, reading
from agents.cli.trace_parts import Origin
from agents.cli.words import count, duration, moment
from storage.events.envelope import person
from storage.ids import now_us
from storage.queries import decisions, work
from storage.records import ApprovalRecord

Json = Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request for approval in brief. `state` is requested, decided, spent, expired or superseded."""

    approval: str
    run: str
    agent: str
    case: str
    tool: str
    effect: str
    sentence: str
    rule: str
    because: str
    approvers: list[str]
    reversible: bool
    unproven: list[str]
    state: str
    choice: str | None
    person: str | None
    signed: bool | None
    requested_at: int
    expires_at: int
    recommendation: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """An action of which nobody knows whether it happened."""

    run: str
    call: str
    tool: str
    cause: str
    raised_at: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a run waits for: someone's reply, a change, a time."""

    wait: str
    run: str
    waits_for: str
    to: str | None
    until: int | None
    question: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The document of `approvals list --json`."""

    approvals: list[Request]
    doubts: list[Doubt]
    waits: list[Question]


@dataclass(frozen=True, slots=True)
class Card:
    """The document of `approvals show --json`: the approval card, the agent's recommendation last."""

    approval: str
    run: str
    agent: str
    case: str
    state: str
    choice: str | None
    person: str | None
    note: str | None
    sentence: str
    tool: str
    effect: str
    arguments: dict[str, Json]
    origins: list[Origin]
    before: Json
    after: Json
    reversible: bool
    undo: str | None
    rule: str
    because: str
    approvers: list[str]
    expires_at: int
    binding: str
    evidence: list[Json]
    consulted: list[Json]
    recommendation: str


def read_waiting(path: Path, *, every: bool) -> Waiting:
    """Return what waits for a person."""
    with reading(path) as store:
        found: list[ApprovalRecord] = []
        before: int | None = None
        while page := decisions.approvals(
            store.connection, state=None if every else "requested", before_seq=before, limit=500
        ):
            found += page
            before = page[-1].seq
        requests = [_request(store, record) for record in found]
        doubts = [
            Doubt(d.run, d.call, d.tool, d.cause, d.raised_at) for d in decisions.doubts(store.connection, limit=-1)
        ]
        waits = [
            Question(w.wait, w.run, w.waits_for, w.to, w.until, store.text(w.question))
            for w in decisions.waits(store.connection)
        ]
    return Waiting(sorted(requests, key=lambda request: request.expires_at), doubts, waits)


def _request(store: Reading, record: ApprovalRecord) -> Request:
    card = _card(store, record)
    run = work.run(store.connection, record.run)
    return Request(
        record.approval, record.run, run.agent, _case(store, run.case_id), record.tool, record.effect,
        card["sentence"], record.rule, card.get("because") or BUILT_IN.get(record.rule, ""),
        list(record.approvers), record.reversible,
        [o["path"] for o in card.get("origins", []) if not o["proven"]], record.state, record.choice,
        _person(record), record.signed, record.requested_at, record.expires_at,
        str(card.get("recommendation") or ""),
    )  # fmt: skip


def _card(store: Reading, record: ApprovalRecord) -> Mapping[str, Json]:
    """Return the card; one that was erased still says which call it was of."""
    card = store.value(record.card)
    return card if isinstance(card, dict) else {"sentence": f"{record.tool} (the card was erased)"}


def _case(store: Reading, case: str) -> str:
    return work.case(store.connection, case).external_id or case


def _person(record: ApprovalRecord) -> str | None:
    return None if record.person is None else record.person.removeprefix(person(""))


def read_card(path: Path, approval: str) -> Card:
    """Return a request's whole card. Raises NotFound, BadInput."""
    with reading(path) as store:
        record = decisions.approval(store.connection, approval)
        card, run = _card(store, record), work.run(store.connection, record.run)
        return Card(
            record.approval, record.run, run.agent, _case(store, run.case_id), record.state, record.choice,
            _person(record), store.text(record.note), card["sentence"], record.tool, record.effect,
            dict(card.get("arguments", {})), [_origin(o) for o in card.get("origins", [])], card.get("before"),
            card.get("after"), record.reversible, card.get("undo"), record.rule,
            card.get("because") or BUILT_IN.get(record.rule, ""), list(record.approvers), record.expires_at,
            record.binding, list(card.get("evidence", [])), list(card.get("consulted", [])),
            str(card.get("recommendation") or ""),
        )  # fmt: skip


def _origin(o: Mapping[str, Json]) -> Origin:
    return Origin(o["path"], o["kind"], o.get("value"), o["proven"], o.get("source"), o.get("seen_in"))


def waiting_view(found: Waiting) -> RenderableType:
    """Return what waits, for printing."""
    if not (found.approvals or found.doubts or found.waits):
        return Text("Nothing waits for a person.", "green")
    parts: list[RenderableType] = []
    for request in found.approvals:
        parts += [_request_view(request), Text()]
    for doubt in found.doubts:
        parts += [_doubt_view(doubt), Text()]
    for question in found.waits:
        parts += [_question_view(question), Text()]
    open_ = sum(request.state == "requested" for request in found.approvals)
    parts.append(
        Text(
            f"{count(open_, 'request')}, {count(len(found.doubts), 'action')} in doubt, "
            f"{count(len(found.waits), 'question')}. A whole card: centaur approvals show ID",
            "dim",
        )
    )
    return Group(*parts)


def _block(heading: Text, lines: list[tuple[str, Text | str]]) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in lines:
        table.add_row(name, text)
    return Group(heading, table)


def _request_view(request: Request) -> RenderableType:
    now = now_us()
    left = request.expires_at - now
    style = "yellow" if request.state == "requested" else "dim"
    heading = Text.assemble(
        (request.approval, f"bold {style}"), "  ", (request.agent, "bold"), f"  {request.case}",
        ("" if request.state == "requested" else f"  {request.choice or request.state}", "dim"),
    )  # fmt: skip
    lines: list[tuple[str, Text | str]] = [
        ("Will", Text(request.sentence, "bold")),
        ("Can be undone", "yes" if request.reversible else Text("no", "bold red")),
        ("Asked because", Text.assemble(request.because or "no rule allows it", (f" ({request.rule})", "dim"))),
    ]
    if request.unproven:
        lines.append(("Not proven", Text(", ".join(request.unproven), "yellow")))
    if request.recommendation:
        lines.append(("The agent says", Text(shortened(request.recommendation, 300), "italic")))
    if request.state == "requested":
        who = " or ".join(request.approvers) or "anyone"
        lines.append(("Decided by", f"{who}, within {duration(left)}"))
        approve = f"centaur approvals approve {request.approval}"
        lines.append(("Approve", Text(approve, "cyan")))
    elif request.person:
        lines.append(("Decided by", f"{request.person}, {'signed' if request.signed else 'not signed'}"))
    return _block(heading, lines)


def _doubt_view(doubt: Doubt) -> RenderableType:
    heading = Text.assemble(("In doubt", "bold red"), f"  {doubt.run}  {doubt.call} ({doubt.tool})")
    settle = f"centaur approvals resolve {doubt.run} {doubt.call} happened|did-not|try-again"
    return _block(
        heading,
        [
            ("Why", f"It was started and never reported back ({doubt.cause}), {moment(doubt.raised_at)}."),
            ("Find out", Text(settle, "cyan")),
        ],
    )


def _question_view(question: Question) -> RenderableType:
    heading = Text.assemble(("Waits", "bold yellow"), f"  {question.run}")
    what = {"reply": "a reply", "change": "a change", "until": "a time"}.get(question.waits_for, question.waits_for)
    lines: list[tuple[str, Text | str]] = [("For", f"{what}{f' from {question.to}' if question.to else ''}")]
    if question.question:
        lines.append(("Question", Text(in_brief(question.question, 600))))
    if question.until:
        lines.append(("Until", moment(question.until)))
    if question.waits_for != "until":
        lines.append(("Answer", Text(f"centaur approvals reply {question.wait} --text '…'", "cyan")))
    return _block(heading, lines)
