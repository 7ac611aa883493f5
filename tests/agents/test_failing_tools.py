"""Each tool of both pilots fails once in every run: each case ends right or with a person, and none is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agents.engine.engine import Engine, Surroundings
from agents.job.description import read_job
from agents.loop.world import Crew
from agents.pilots.samples.workspace import SampleWorkspace, make_workspace
from agents.tools.invoices.booking import booking_of_key
from agents.tools.invoices.erp import reading
from agents.tools.tool import CallContext, Reader, ToolFailed, Writer
from agents.tools.toolbox import Toolbox
from storage.events.calls import DoubtVerdict
from storage.events.cases import Mode
from storage.queries import decisions, work
from storage.records import DoubtRecord
from tests.agents.crash import books

Json = Any
TRANSIENT = ToolFailed("The line is busy.", category="unreachable", transient=True)
PERMANENT = ToolFailed("The system says no.", category="internal")
CONFLICT = ToolFailed("Somebody else changed it.", category="conflict")
NO_ANSWER = ToolFailed("No answer.", category="timeout", did_nothing=False)
DEFECT = ZeroDivisionError("A defect of the tool.")
Failure = ToolFailed | ZeroDivisionError


@dataclass
class Fault:
    """One tool fails at its first call of each run; `after` says that it does its work first."""

    tool: str
    failure: Failure
    after: bool = False
    failed: set[str] = field(default_factory=set)

    def strikes(self, run: str) -> bool:
        first = run not in self.failed
        self.failed.add(run)
        return first


@dataclass
class FailingReader:
    reader: Reader
    fault: Fault

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        if self.fault.strikes(context.run):
            raise self.fault.failure
        return await self.reader.read(args, context)


class FailingWriter(Writer):
    def __init__(self, writer: Writer, fault: Fault) -> None:
        self._writer, self._fault = writer, fault

    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        strikes = self._fault.strikes(context.run)
        if strikes and not self._fault.after:
            raise self._fault.failure
        value = await self._writer.write(args, context)
        if strikes:
            raise self._fault.failure
        return value


def engine_with(workspace: SampleWorkspace, fault: Fault) -> Engine:
    """An engine in which one tool fails."""
    engine = Engine(
        workspace.store,
        Surroundings(heads=workspace.folder / "heads", cache=workspace.folder / "cache", grace_us=0),
    )
    build = engine.crews.crew

    def crew(agent: str, version: str, mode: Mode, model: str) -> Crew:
        whole = build(agent, version, mode, model)
        box = whole.toolbox
        readers = {n: FailingReader(r, fault) if n == fault.tool else r for n, r in box.readers.items()}
        writers = {n: FailingWriter(w, fault) if n == fault.tool else w for n, w in box.writers.items()}
        return Crew(whole.charter, whole.model, Toolbox(box.mode, readers, writers, box.previewers))

    engine.crews.crew = crew  # type: ignore[method-assign]
    return engine


def looked(workspace: SampleWorkspace, doubt: DoubtRecord) -> tuple[DoubtVerdict, Json]:
    """What a person finds in the ERP about a write in doubt."""
    key = f"{doubt.run}/{doubt.call}"
    with reading(workspace.erp) as erp:
        booking = booking_of_key(erp, key)
        parked = erp.execute("SELECT 1 FROM parked WHERE key = ?", (key,)).fetchone()
    if booking is None and parked is None:
        return DoubtVerdict.DID_NOT, None
    return DoubtVerdict.HAPPENED, booking or {"parked": True}


async def worked(workspace: SampleWorkspace, engine: Engine) -> int:
    """Work all invoices, decide everything that waits for a person; return how many writes were in doubt."""
    await engine.start()
    await engine.add_person("lead", "Lea", ("finance-lead",))
    lead = await engine.person("lead")
    pilot = await engine.pilots.start(str(workspace.invoice_job), workspace.invoice_cases, mode=Mode.LIVE, person=lead)
    await engine.pilots.finished(pilot)
    doubts = 0
    while True:
        await engine.scheduler.idle()
        with engine.queries.view() as view:
            requests = decisions.approvals(view.connection, state="requested")
            unknown = decisions.doubts(view.connection)
            left = work.open_runs(view.connection)
        if not left:
            return doubts
        assert requests or unknown, "runs are open and wait for nobody"
        doubts += len(unknown)
        for request in requests:
            await engine.desk.approve(request.approval, lead, now=True)
        for doubt in unknown:
            verdict, result = looked(workspace, doubt)
            await engine.desk.resolve(doubt.run, doubt.call, lead, verdict, "Looked.", result)


READS = ["read_einvoice", "find_purchase_order", "match_invoice"]
WRITES = ["book_invoice", "park_invoice"]
FAULTS = [
    *((tool, failure, False) for tool in READS for failure in (TRANSIENT, PERMANENT)),
    *((tool, CONFLICT, False) for tool in WRITES),
    *((tool, NO_ANSWER, after) for tool in WRITES for after in (False, True)),
    *(pytest.param(tool, DEFECT, False, marks=pytest.mark.prove) for tool in READS),
    *(pytest.param(tool, DEFECT, after, marks=pytest.mark.prove) for tool in WRITES for after in (False, True)),
    *(pytest.param(tool, TRANSIENT, False, marks=pytest.mark.prove) for tool in WRITES),
]


def _name(value: object) -> str:
    return "defect" if value is DEFECT else str(getattr(value, "category", value))


def handoffs(engine: Engine) -> list[Json]:
    """What each case was handed over with."""
    with engine.queries.view() as view:
        runs = work.runs(view.connection, limit=100)
    return [json.loads(engine.payloads.read(run.handoff)) for run in runs if run.handoff is not None]


@pytest.mark.parametrize(("tool", "failure", "after"), FAULTS, ids=_name)
async def test_an_invoice_whose_tool_fails_ends_right_or_with_a_person(
    tmp_path: Path, tool: str, failure: Failure, after: bool
) -> None:
    workspace = make_workspace(tmp_path / "workspace", 9)
    fault = Fault(tool, failure, after)
    engine = engine_with(workspace, fault)
    try:
        doubts = await worked(workspace, engine)
        with engine.queries.view() as view:
            runs = work.runs(view.connection, limit=100)
            states = {work.case(view.connection, run.case_id).external_id: run.state for run in runs}
        given = handoffs(engine)
    finally:
        await engine.close()
    truth = {(row := json.loads(line))["case"]: row for line in workspace.invoice_truth.read_text().splitlines()}
    companies = {
        (row := json.loads(line))["id"]: row["company"] for line in workspace.invoice_cases.read_text().splitlines()
    }
    booked = Counter(booking.company for booking in books.bookings(workspace))
    assert fault.failed, "the fault never struck"
    assert states.keys() == truth.keys()
    assert len(runs) == len(truth)
    assert (doubts > 0) == (failure is NO_ANSWER or (failure is DEFECT and tool in WRITES))
    assert len(given) == list(states.values()).count("handed_off")
    assert all(handoff["summary"] and handoff["options"] for handoff in given)
    assert set(booked.values()) <= {1}
    for case, state in states.items():
        must = truth[case]["must"]
        assert state == ("finished" if booked[companies[case]] else "handed_off"), (case, state)
        if must == "escalate":
            assert state == "handed_off", case
    if tool in READS and failure is not DEFECT:  # read once more, so nothing is different from a day without a fault
        posted = {case for case, row in truth.items() if row["must"] == "post"}
        assert {case for case, state in states.items() if state == "finished"} == posted


@pytest.mark.parametrize("failure", [TRANSIENT, PERMANENT, pytest.param(DEFECT, marks=pytest.mark.prove)], ids=_name)
async def test_a_question_whose_look_up_fails_is_decided_or_handed_over(tmp_path: Path, failure: Failure) -> None:
    workspace = make_workspace(tmp_path / "workspace", 9)
    shorten(workspace.triage_job.parent / "past.csv", 25)
    shorten(workspace.triage_cases, 40)
    (tool,) = tools_of(workspace.triage_job)
    fault = Fault(tool, failure)
    engine = engine_with(workspace, fault)
    try:
        await engine.start()
        who = await engine.person()
        job, cases = str(workspace.triage_job), workspace.triage_cases
        pilot = await engine.pilots.start(job, cases, mode=Mode.SHADOW, person=who)
        state = await engine.pilots.finished(pilot)
    finally:
        await engine.close()
    assert fault.failed
    assert state.total == sum(state.states.values()) > 5
    assert set(state.states) <= {"finished", "handed_off"}


def shorten(path: Path, every: int) -> None:
    """Keep the heading and each so-manieth row."""
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + "".join(lines[1::every]))


def tools_of(job: Path) -> list[str]:
    """The names of the tools of a job."""
    return [tool.name for tool in read_job(job)[0].tools]
