"""What the Pilots room asks the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from agents.pilots.report_json import report_of
from agents.pilots.shadow import ShadowReport
from console import words
from console.models.pilots import PilotLine
from console.words import zone as zone_of
from storage.events.body import Ref
from storage.queries import View, pilots, setting
from storage.queries.pilot_runs import case_content, run_states, writes_of

Json = Any
_MOST = 500


class Listed(NamedTuple):
    """The newest pilots, and the business time zone."""

    lines: tuple[PilotLine, ...]
    zone: str


def listed(view: View) -> Listed:
    """Return the newest pilots with how their runs stand."""
    records = pilots(view.connection, limit=_MOST)
    states = run_states(view.connection, tuple(record.pilot for record in records)) if records else {}
    lines = []
    for record in records:
        of = dict(states[record.pilot])
        finished, handed = of.pop("finished", 0), of.pop("handed_off", 0)
        lines.append(
            PilotLine(record, words.in_words(record.agent), finished, handed, of.pop("failed", 0), sum(of.values()))
        )
    return Listed(tuple(lines), str(setting(view.connection, "time_zone") or "UTC"))


def about(view: View, pilot: str, report: Mapping[str, Json]) -> tuple[int, ShadowReport, tzinfo]:
    """Return how many writes a pilot's runs came to, its report read back, and the business time zone."""
    zone = zone_of(str(setting(view.connection, "time_zone") or "UTC"))
    return writes_of(view.connection, pilot), report_of(report), zone


def text_of(view: View, run: str) -> Ref | None:
    """Return where the content of the case is that a run worked."""
    found = case_content(view.connection, run)
    return None if found is None else found[2]
