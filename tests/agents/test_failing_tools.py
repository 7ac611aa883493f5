"""Each tool of both sample jobs fails once, in every way a tool can: each case still ends right, or with a person."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agents.job.sections import ToolEntry
from agents.pilots.samples.workspace import make_workspace
from agents.tools import registry
from agents.tools.tool import (
    CallContext,
    Effect,
    LivePermit,
    Previewer,
    Reader,
    ToolFailed,
    ToolSource,
    ToolSpec,
    Writer,
)
from storage.events.calls import DoubtRaised, DoubtVerdict
from storage.events.calls import ToolFailed as FailedEvent
from storage.events.cases import Mode
from storage.events.runs import RunHandedOff
from storage.queries import decisions
from tests.agents.test_pilots import small_triage, start
from tests.agents.workbench import Bench, bench

WAYS = {
    "said so": ToolFailed("It is closed today."),
    "transient": ToolFailed("Busy.", category="unreachable", transient=True),
    "in doubt": ToolFailed("The line broke.", did_nothing=False),
    "defect": ZeroDivisionError("a defect of the tool"),
}
EVERY_WAY = pytest.mark.parametrize(
    "way", [way if way == "in doubt" else pytest.param(way, marks=pytest.mark.prove) for way in WAYS]
)


class FailingOnce:
    """A tool whose first call fails."""

    def __init__(self, source: ToolSource, failure: Exception) -> None:
        self.source, self.failure, self.failed = source, failure, False

    @property
    def spec(self) -> ToolSpec:
        return self.source.spec

    def fail_once(self) -> None:
        if not self.failed:
            self.failed = True
            raise self.failure

    def reader(self) -> Reader | None:
        inner = self.source.reader()
        return None if inner is None else _Reads(self, inner)

    def writer(self, permit: LivePermit) -> Writer | None:
        inner = self.source.writer(permit)
        return None if inner is None else _Writes(permit, self, inner)

    def previewer(self) -> Previewer | None:
        return self.source.previewer()


class _Reads:
    def __init__(self, tool: FailingOnce, inner: Reader) -> None:
        self.tool, self.inner = tool, inner

    async def read(self, args: Mapping[str, Any], context: CallContext) -> Any:
        self.tool.fail_once()
        return await self.inner.read(args, context)


class _Writes(Writer):
    def __init__(self, permit: LivePermit, tool: FailingOnce, inner: Writer) -> None:
        super().__init__(permit)
        self.tool, self.inner = tool, inner

    async def write(self, args: Mapping[str, Any], context: CallContext) -> Any:
        self.tool.fail_once()
        return await self.inner.write(args, context)


def break_tool(monkeypatch: pytest.MonkeyPatch, kind: str, failure: Exception) -> list[FailingOnce]:
    """Have the tool of this kind fail once, as a plug-in that is broken would."""
    made: list[FailingOnce] = []
    build = registry.KINDS[kind]

    def broken(entry: ToolEntry, site: registry.Site) -> ToolSource:
        made.append(FailingOnce(build(entry, site), failure))
        return made[-1]

    monkeypatch.setattr(registry, "KINDS", {**registry.KINDS, kind: broken})
    return made


async def settle(b: Bench) -> int:
    """Approve all, and say of what is in doubt that it did not happen; return how many were in doubt."""
    await b.approve_all()
    with b.engine.queries.view() as view:
        doubts = decisions.doubts(view.connection)
    me = await b.engine.person()
    for doubt in doubts:
        await b.engine.desk.resolve(doubt.run, doubt.call, me, DoubtVerdict.DID_NOT)
    await b.engine.scheduler.idle()
    await b.approve_all()
    return len(doubts)


@EVERY_WAY
@pytest.mark.parametrize("kind", ["einvoice", "find_purchase_order", "match_invoice", "book_invoice", "park_invoice"])
async def test_a_tool_of_the_invoice_job_fails_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, way: str
) -> None:
    made = break_tool(monkeypatch, kind, WAYS[way])
    sample = make_workspace(tmp_path / "w", 77)
    async with bench(sample.folder, files=False) as b:
        pilot = await start(b, sample, "invoices", Mode.LIVE)
        doubts = await settle(b)
        rows = b.rows(pilot)
        failed = [row.run or "" for row in rows if b.bodies(row.run or "", FailedEvent)]
        assert any(tool.failed for tool in made)
        assert len(failed) == 1
        write = made[0].spec.effect is not Effect.READ
        assert doubts == int(write and way in ("in doubt", "defect"))
        assert len([run for run in failed if b.bodies(run, DoubtRaised)]) == doubts
        truth = {row["case"]: row["must"] for row in map(json.loads, sample.invoice_truth.read_text().splitlines())}
        for row in rows:
            must = truth[row.external_id or ""]
            assert row.state == "handed_off" or (row.state == "finished" and must == "post")
            if row.state == "handed_off":
                handoff = json.loads(b.text(b.bodies(row.run or "", RunHandedOff)[0].handoff))
                assert handoff["summary"]
                assert handoff["options"]
            if row.run not in failed:
                assert (row.state == "finished") == (must == "post")
        with closing(sqlite3.connect(sample.erp)) as erp:
            booked = [key.split("/")[0] for (key,) in erp.execute("SELECT key FROM booking WHERE key LIKE 'run-%'")]
        assert sorted(booked) == sorted(row.run or "" for row in rows if row.state == "finished")


@EVERY_WAY
async def test_the_tool_of_the_triage_job_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    made = break_tool(monkeypatch, "similar_cases", WAYS[way])
    sample = small_triage(tmp_path / "w")
    async with bench(sample.folder, files=False) as b:
        pilot = await start(b, sample, "triage", Mode.SHADOW)
        assert made[0].failed
        assert {row.state for row in b.rows(pilot)} <= {"finished", "handed_off"}
        assert len(b.rows(pilot)) == 40
