"""From a pilot's rows to its shadow report: what the agent came to, beside what people decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agents.job.description import Job
from agents.loop.charter import Charter
from agents.own_json import load
from agents.pilots.shadow import Cost, ShadowCase, ShadowReport, Status, Window, compare
from agents.playbook.giving_up import BY_HAND
from agents.tools.similar_cases import SimilarCasesTool
from storage.errors import NotFound
from storage.events.body import Ref
from storage.records import PilotRecord, PilotRow

Json = Any
Read = Callable[[Ref], bytes]
_STATUS = {"finished": Status.FINISHED, "handed_off": Status.HANDED_OFF, "failed": Status.FAILED}


def compared_field(job: Job) -> str:
    """Return the outcome field in which people and agent are compared: the first that case files bring."""
    brought = list(job.cases.outcome)
    return brought[0] if brought else next(iter(job.outcome.properties), "")


def shadow_report(
    charter: Charter, pilot: PilotRecord, rows: Iterable[PilotRow], read: Read, *, refused: int = 0, field: str = ""
) -> ShadowReport:
    """Compare a pilot's runs with people's outcomes on one field (the job's own if none is named)."""
    field = field or compared_field(charter.job)
    confidence = charter.job.confidence.field if charter.job.confidence else None
    listed = list(rows)
    cases = [_case(row, field, confidence, read) for row in listed]
    ends = [row.ended_at for row in listed if row.ended_at is not None]
    cost = Cost(sum(r.cost for r in listed), "USD", any(r.cost_partial for r in listed))
    notes = [f"{refused} rows of the case file could not be used and are not counted."] if refused else []
    return compare(
        cases, title=charter.job.title or charter.job.name, outcome_field=field, threshold_permille=threshold(charter),
        window=Window(pilot.started_at, max(ends, default=pilot.started_at)), cost=cost, notes=notes,
    )  # fmt: skip


def threshold(charter: Charter) -> int | None:
    """Return the confidence from which the agent decides alone: the job's own, or the calibrated one."""
    if charter.job.confidence is None:
        return None
    if charter.job.confidence.threshold_permille is not None:
        return charter.job.confidence.threshold_permille
    for source in charter.sources.values():
        tool = getattr(source, "source", source)
        if isinstance(tool, SimilarCasesTool):
            return tool.threshold.permille
    return None


def _case(row: PilotRow, field: str, confidence: str | None, read: Read) -> ShadowCase:
    outcome = _payload(row.outcome, read)
    human = _payload(row.human_outcome, read)
    proposed = outcome.get(field)
    if outcome == {} and row.handoff is not None:
        proposed = _leaning(_payload(row.handoff, read), field)
    sure = outcome.get(confidence) if confidence else None
    return ShadowCase(
        id=row.external_id or row.case_id, proposed=_text(proposed), human=_text(human.get(field)),
        status=_STATUS.get(row.state or "", Status.UNFINISHED),
        confidence_permille=sure if isinstance(sure, int) else None, text=_words(_payload(row.content, read)),
        run=row.run or "",
    )  # fmt: skip


def _leaning(handoff: Mapping[str, Json], field: str) -> Json:
    """Return what the agent leaned to: the first option that it offered; working it by hand leans nowhere."""
    options = handoff.get("options") or []
    if not options:
        return None
    outcome = options[0].get("outcome")
    if isinstance(outcome, dict):
        return outcome.get(field)
    label = options[0].get("label")
    return None if label == BY_HAND else label


def _payload(ref: Ref | None, read: Read) -> dict[str, Json]:
    if ref is None:
        return {}
    try:
        value = load(read(ref))
    except NotFound:
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _words(case: Mapping[str, Json]) -> str:
    return " · ".join(str(value) for value in case.values() if isinstance(value, str | int))
