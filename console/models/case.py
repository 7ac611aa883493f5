"""One case as a timeline: every event that tells of it becomes one entry, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from console import words
from console.models.case_words import Teller
from console.models.rows import Group
from console.models.runs import opening_words
from console.place import Place
from console.signs import STATE, Sign, sign
from storage.events.body import Ref
from storage.events.cases import OutcomeReceived
from storage.events.workspace import BlobErased
from storage.queries.case_page import History

ERASED_TOGETHER_US = 1_000_000
"""Erasures by one person within this time are one act."""


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("case", text)


class Document(NamedTuple):
    """A payload that can be opened; `gone`: it was erased."""

    name: str
    ref: Ref
    gone: bool = False


class Entry(NamedTuple):
    """One thing that happened.

    Attributes:
        key: the seq of its event; of a person's outcome, whose event is not looked up, the case's seq below zero.
        title: what happened, in one line.
        detail: the words that were said, the reason, the cause; "" for none.
        run: which of the case's runs it belongs to, from 1; 0 for none.
        mode: of that run.
        pill: a state at the right: (word, meaning, icon).
        facts: names and values for the detail.
        place: where Enter goes.
    """

    key: int
    at: int
    icon: str
    meaning: str
    title: str
    detail: str = ""
    run: int = 0
    mode: str = ""
    pill: tuple[str, str, str] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    documents: tuple[Document, ...] = ()
    place: Place | None = None


class Head(NamedTuple):
    """What stands above the timeline.

    Attributes:
        title: external id and first words.
        state: of the last run; None where none began.
        mode: "live" if any run was, else the last run's; "" without a run.
        erased: what the case said was erased.
        open_run: the run that still needs the case's content; "" for none.
    """

    case: str
    title: str
    agent: str
    state: Sign | None
    mode: str
    runs: int
    cost: tuple[int, bool]
    received: int
    erased: bool
    open_run: str


class Story(NamedTuple):
    """A case: its head and its timeline, the oldest first."""

    head: Head
    entries: tuple[Entry, ...]
    zone: str
    names: frozenset[str]


def story(told: History, you: str = "") -> Story:
    """Return a case's story. The order of `told.events` does not matter."""
    teller = Teller(told, you)
    entries = [
        *(entry_of(teller, event) for event in told.events if not isinstance(event.body, BlobErased)),
        *_erasures(teller, told),
        *_outcome(teller, told),
    ]
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.key))
    return Story(_head(told), tuple(ordered), told.zone, frozenset(run.run for run in told.runs))


def entry_of(teller: Teller, event: Any) -> Entry:
    """Return the entry of one event."""
    line = teller.line(event)
    run = teller.told_run(event.run)
    documents = tuple(Document(name, ref, ref in teller.history.gone) for name, ref in line.documents)
    number, mode = (0, "") if run is None else (teller.number(run.run), run.mode)
    place = line.place or (Place("live", "run", run.run) if run is not None else None)
    return Entry(
        event.seq, event.ts, line.icon, line.meaning, line.title, line.detail, number, mode, line.pill,
        teller.facts(event, line), documents, place,
    )  # fmt: skip


def _erasures(teller: Teller, told: History) -> Iterable[Entry]:
    found = sorted((event for event in told.events if isinstance(event.body, BlobErased)), key=lambda e: e.seq)
    acts: list[list[Any]] = []
    for event in found:
        last = acts[-1][-1] if acts else None
        if last is not None and last.actor == event.actor and event.ts - last.ts <= ERASED_TOGETHER_US:
            acts[-1].append(event)
        else:
            acts.append([event])
    for act in acts:
        first = act[0]
        assert isinstance(first.body, BlobErased)  # noqa: S101 - selected above
        who, why = teller.who(first.actor), teller.text(first.body.reason)
        title = said("{person} erased {texts}").format(
            person=who, texts=words.counted(len(act), said("text"), said("texts"))
        )
        facts = ((said("By"), who), (said("Signed"), said("yes") if first.signature else said("no")),
                 (said("Texts"), words.count(len(act))))  # fmt: skip
        documents = (Document(said("Reason"), first.body.reason),) if first.body.reason else ()
        yield Entry(act[-1].seq, act[-1].ts, "trash-2", "shadow", title, why, facts=facts, documents=documents)


def _outcome(teller: Teller, told: History) -> Iterable[Entry]:
    case = told.case
    if case.outcome is None or case.outcome_at is None:
        return
    if any(isinstance(event.body, OutcomeReceived) for event in told.events):
        return  # somebody decided it here: that event tells it
    facts = [(said("Decided by"), said("a person"))]
    if case.minutes is not None:
        facts.append((said("Took them"), f"{words.count(case.minutes)} min"))
    document = Document(said("Outcome"), case.outcome, case.outcome in told.gone)
    yield Entry(
        -case.seq, case.outcome_at, "user-check", "ok", said("A person's outcome"), teller.values(case.outcome),
        facts=tuple(facts), documents=(document,),
    )  # fmt: skip


def _head(told: History) -> Head:
    case, last = told.case, told.runs[-1] if told.runs else None
    erased = case.content in told.gone
    opening = "" if erased else opening_words(_text(told, case.content), case.external_id)
    external = case.external_id or (said("(id erased)") if case.external_ref in told.gone else "")
    title = " · ".join(part for part in (external, opening) if part) or words.shortened(case.case_id, 12)
    mode = "" if last is None else "live" if any(run.mode == "live" for run in told.runs) else last.mode
    return Head(
        case.case_id, title, words.in_words(case.agent), None if last is None else sign(STATE, last.state), mode,
        len(told.runs), (sum(run.cost for run in told.runs), any(run.cost_partial for run in told.runs)),
        case.received_at, erased, next((run.run for run in told.runs if run.ended_at is None), ""),
    )  # fmt: skip


def _text(told: History, ref: Ref) -> str:
    found = told.texts.get(ref)
    return "" if found is None or found.text is None else found.text


def by_day(entries: Sequence[Entry], zone: str, now: int) -> list[tuple[Group, list[Entry]]]:
    """Return the entries under their days in the business time zone."""
    return [
        (Group(_day(held[0].at, zone, now), len(held)), held)
        for held in (list(part) for _, part in groupby(entries, key=lambda entry: words.local(entry.at, zone).date()))
    ]


def _day(at: int, zone: str, now: int) -> str:
    days = (words.local(now, zone).date() - words.local(at, zone).date()).days
    named = {0: said("Today"), 1: said("Yesterday")}.get(days)
    day = words.day(at, zone, now)
    return f"{named}, {day}" if named else day


def spoken(entry: Entry) -> str:
    """Return what a screen reader says of an entry."""
    shadow = said("shadow") if entry.mode not in ("", "live") else ""
    return ". ".join(part for part in (entry.title, entry.detail, shadow) if part)
