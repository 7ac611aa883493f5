"""The agents of the left list, grouped by stage, and what one of them has done; made from the engine's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from console import words
from console.models.rows import Group

Json = Any
ROAD = ("draft", "shadow", "canary", "production")
_ORDER = ("production", "canary", "shadow", "draft", "retired")
_ICONS = (
    ("invoice", "receipt-text"), ("purchase_order", "receipt-text"), ("similar", "headset"), ("sql", "database"),
    ("file", "file-text"), ("mail", "mail"), ("calendar", "calendar-clock"),
)  # fmt: skip


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("agents", text)


class AgentRow(NamedTuple):
    """One agent of the list.

    Attributes:
        icon: by the kinds of its tools.
        line: the second line: what it did, or what its draft misses.
        number: its newest version as people count them ("v7"), "" before the first.
        problem: why its job description cannot be read, "".
    """

    agent: str
    title: str
    purpose: str
    stage: str
    icon: str
    line: str
    number: str
    version: str
    tier: int
    problem: str
    modes: Mapping[str, Mapping[str, Json]]


def agent_rows(answer: Mapping[str, Json]) -> list[AgentRow]:
    """Return the rows of an `agents.overview`."""
    return [_row(each) for each in answer["agents"]]


def _row(each: Mapping[str, Json]) -> AgentRow:
    return AgentRow(
        each["agent"], each["title"], " ".join(each["purpose"].split()), each["stage"], icon_of(each["kinds"]),
        _line(each), f"v{each['versions']}" if each["versions"] else "", each["version"], each["tier"],
        each["problem"], each["modes"],
    )  # fmt: skip


def icon_of(kinds: Sequence[str]) -> str:
    """Return the icon of an agent with tools of these kinds."""
    return next((icon for part, icon in _ICONS for kind in kinds if part in kind), "bot")


def _line(each: Mapping[str, Json]) -> str:
    if each["problem"]:
        return said("job description has faults")
    cases = sum(mode["started"] for name, mode in each["modes"].items() if name in ("live", "shadow"))
    if each["stage"] == "draft" and not cases:
        if each.get("missing"):
            return said("incomplete: {0}").format(each["missing"])
        return said("not tried yet") if each["versions"] else said("not published yet")
    live = each["modes"].get("live")
    if each["stage"] in ("canary", "production") and live:
        return said("{0}, live").format(words.counted(live["started"], said("run"), said("runs")))
    if live:  # a new version of an agent that was live begins as a draft; what was done is no shadow
        return said("{0} of earlier versions").format(words.counted(cases, said("run"), said("runs")))
    return said("{0} in shadow").format(words.counted(cases, said("run"), said("runs")))


def grouped(rows: Sequence[AgentRow], wanted: str = "") -> list[tuple[Group, list[AgentRow]]]:
    """Return the rows by stage, the furthest first, as far as they hold the wanted words."""
    needles = wanted.casefold().split()
    found = [row for row in rows if all(needle in f"{row.title} {row.agent}".casefold() for needle in needles)]
    groups = []
    for stage in _ORDER:
        held = [row for row in found if row.stage == stage]
        if held:
            groups.append((Group(words.sign(words.STAGE, stage).word, len(held)), held))
    return groups


class Station(NamedTuple):
    """One stop of the road.

    Attributes:
        state: "passed", "skipped" (behind, but never stopped at), "here" or "ahead".
        lines: what is said under it, at most two.
        until: how the way to the next stop is drawn: "done", "skipped", "under way" or "ahead".
    """

    stage: str
    state: str
    lines: tuple[str, str]
    until: str


def road(row: AgentRow, page: Mapping[str, Json], now: int) -> list[Station]:
    """Return the road with where the agent is and since when. What is ahead says what leads there, not evidence."""
    here = ROAD.index(row.stage) if row.stage in ROAD else len(ROAD)
    zone = page["time_zone"]
    since = {entry["stage"]: entry["ts"] for entry in page["road"]}
    versions = page["versions"]
    if versions:
        since.setdefault("draft", versions[-1]["published_at"])
    stations = []
    for index, stage in enumerate(ROAD):
        state = "passed" if index < here else "here" if index == here else "ahead"
        if state == "passed" and stage != "draft" and stage not in since and not page["modes"].get(stage):
            state = "skipped"
        skips = index + 1 < here and ROAD[index + 1] not in since and not page["modes"].get(ROAD[index + 1])
        until = (
            "skipped"
            if state == "skipped" or skips
            else "done"
            if index < here
            else "under way"
            if index == here and stage != "draft"
            else "ahead"
        )
        stations.append(Station(stage, state, _said_of(stage, state, since.get(stage), page, zone, now), until))
    return stations


def _said_of(
    stage: str, state: str, since: int | None, page: Mapping[str, Json], zone: str, now: int
) -> tuple[str, str]:
    modes = page["modes"]
    when = said("since {0}").format(words.day(since, zone, now)) if since is not None else ""
    match stage:
        case "draft":
            return said("Job description, plan, rules"), when or said("no version published")
        case "shadow":
            cases = modes.get("shadow", {}).get("started", 0)
            told = words.counted(cases, said("run"), said("runs"))
            if state == "skipped":
                return said("Beside people, nothing sent"), said("skipped: no shadow pilot came before")
            if state == "ahead":
                return said("Beside people, nothing sent"), said("begins with a shadow pilot")
            return said("Beside people, nothing sent"), f"{when}, {told}" if when else told
        case "canary":
            cases = modes.get("live", {}).get("started", 0)
            told = words.counted(cases, said("live run"), said("live runs"))
            if state == "ahead":
                return said("Some cases live, rules ask"), said("begins with a live pilot")
            return said("Some cases live, rules ask"), f"{when}, {told}" if when else told
        case _:
            if state == "ahead":
                return said("All cases live"), said("not offered by this version of Centaur")
            return said("All cases live"), when


class PilotRow(NamedTuple):
    """One pilot as the page shows it.

    Attributes:
        states: run state -> count.
        agreement: "0.957 [0.931, 0.975]" where a report says so, "" where none does (yet).
    """

    pilot: str
    mode: str
    number: str
    started_at: int
    ended_at: int | None
    cases: int
    refused: int
    cancelled: bool
    states: Mapping[str, int]
    agreement: str = ""
    compared: int = 0


def pilot_rows(page: Mapping[str, Json]) -> list[PilotRow]:
    """Return the pilots of an `agent.show`, newest first."""
    numbers = {each["version"]: f"v{each['number']}" for each in page["versions"]}
    return [
        PilotRow(
            each["pilot"], each["mode"], numbers.get(each["version"], ""), each["started_at"], each["ended_at"],
            each["cases"] if each["cases"] is not None else sum(each["states"].values()), each["refused"] or 0,
            each["cancelled"], each["states"],
        )
        for each in page["pilots"]
    ]  # fmt: skip


def agreed(row: PilotRow, report: Mapping[str, Json]) -> PilotRow:
    """Return the row with what its report says of agreement."""
    value = report.get("agreement") or {}
    try:
        estimate, low, high = (float(value[key]) for key in ("estimate", "low", "high"))
    except (KeyError, TypeError, ValueError):
        return row
    compared = int(report.get("compared", 0))
    if not compared or estimate != estimate:
        return row._replace(compared=compared)
    return row._replace(agreement=f"{words.figure(estimate)} {words.interval(low, high)}", compared=compared)


class PersonRow(NamedTuple):
    """Someone whom the job names, and what for."""

    person: str
    duties: str


def people(job: Mapping[str, Json]) -> list[PersonRow]:
    """Return whom a job's plain value names, the accountable first."""
    duties: dict[str, dict[str, None]] = {}

    def add(person: object, duty: str) -> None:
        if isinstance(person, str) and person and person != "agent":
            duties.setdefault(person, {}).setdefault(duty)

    for person in _list(job.get("accountable")):
        add(person, said("accountable"))
    raci = job.get("raci")
    for step, roles in raci.items() if isinstance(raci, dict) else ():
        if isinstance(roles, dict):
            add(roles.get("R"), said("performs {0}").format(step))
            add(roles.get("A"), said("decides"))
            for key, duty in (("C", said("consulted")), ("I", said("informed"))):
                for person in _list(roles.get(key)):
                    add(person, duty)
    for rule in _list(job.get("escalation")):
        if isinstance(rule, dict):
            add(rule.get("to"), said("escalations"))
    return [PersonRow(person, ", ".join(found)) for person, found in duties.items()]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
