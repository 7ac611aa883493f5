"""Both sample pilots from end to end, and what a pilot does when something is not as it should be."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agents.models.model import Prompt, Reply
from agents.pilots.samples.workspace import SampleWorkspace, make_workspace
from storage.errors import NotFound
from storage.events.cases import Mode
from storage.events.runs import LimitReached, RunHandedOff
from storage.queries import work
from tests.agents.workbench import Bench, bench, call, finish, job_text, says


async def start(b: Bench, sample: SampleWorkspace, kind: str, mode: Mode, **more: Any) -> str:
    job, cases = (
        (sample.triage_job, sample.triage_cases) if kind == "triage" else (sample.invoice_job, sample.invoice_cases)
    )
    me = await b.engine.person()
    pilot = await b.engine.pilots.start(str(job), cases, mode=mode, person=me, **more)
    await b.engine.pilots.finished(pilot)
    return pilot


def shorten(path: Path, lines: int) -> None:
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[:1] + rows[1:][:: max(1, len(rows) // lines)][:lines]), encoding="utf-8")


def small_triage(folder: Path) -> SampleWorkspace:
    """The sample with fewer past cases, so that calibrating takes no time."""
    sample = make_workspace(folder, 3)
    shorten(sample.triage_job.parent / "past.csv", 400)
    shorten(sample.triage_cases, 40)
    return sample


def stream(b: Bench, run: str) -> list[str]:
    """A run's events without what differs between any two runs: ids and durations."""
    return [repr(_plain(event.body)) for event in b.events(run)]


def _plain(body: Any) -> dict[str, Any]:
    fields = {field.name: getattr(body, field.name) for field in dataclasses.fields(body)}
    for name in ("case", "pilot", "duration_us", "key", "approval", "expires_at", "card", "binding", "hour", "wait"):
        fields.pop(name, None)
    return {"kind": body.kind, **fields}


async def test_two_shadow_pilots_with_one_seed_are_equal_event_by_event(tmp_path: Path) -> None:
    sample = small_triage(tmp_path / "w")
    async with bench(sample.folder, files=False) as b:
        first = await start(b, sample, "triage", Mode.SHADOW, seed=11, concurrency=7)
        second = await start(b, sample, "triage", Mode.SHADOW, seed=11, concurrency=1)
        with b.engine.queries.view() as view:
            again = {run.case_id: run.run for run in work.runs(view.connection, pilot=second, limit=1000)}
            before = {run.case_id: run.run for run in work.runs(view.connection, pilot=first, limit=1000)}
        assert len(again) == len(before) == 40
        for case, run in before.items():
            assert stream(b, run) == stream(b, again[case])
        one, other = b.engine.pilots.report(first), b.engine.pilots.report(second)
        assert one.n == other.n == 40
        assert one.failed == one.unfinished == 0
        assert one.agreement == other.agreement


async def test_invoices_are_booked_once_or_handed_off_as_they_must(tmp_path: Path) -> None:
    sample = make_workspace(tmp_path / "w", 4242)
    async with bench(sample.folder, files=False) as b:
        await invoices_end_as_they_must(b, sample)


async def invoices_end_as_they_must(b: Bench, sample: SampleWorkspace) -> None:
    pilot = await start(b, sample, "invoices", Mode.LIVE)
    await b.approve_all()
    truth = {row["case"]: row for row in map(json.loads, sample.invoice_truth.read_text().splitlines())}
    rows = b.rows(pilot)
    assert len(rows) == len(truth)
    expected = {"post": "finished", "escalate": "handed_off"}
    wrong = [(r.external_id, r.state, truth[r.external_id or ""]) for r in rows
             if r.state != expected[truth[r.external_id or ""]["must"]]]  # fmt: skip
    assert wrong == []
    with closing(sqlite3.connect(sample.erp)) as erp:
        booked = erp.execute("SELECT key, count(*) FROM booking WHERE key LIKE 'run-%' GROUP BY 1").fetchall()
    assert {key.split("/")[0] for key, _ in booked} == {r.run for r in rows if r.state == "finished"}
    assert {times for _, times in booked} == {1}


@pytest.mark.prove
@pytest.mark.parametrize("seed", [9101, 9102, 9103])
async def test_every_invoice_with_every_fault_ends_as_it_must(tmp_path: Path, seed: int) -> None:
    sample = make_workspace(tmp_path / "w", seed, all_faults=True)
    async with bench(sample.folder, files=False) as b:
        await invoices_end_as_they_must(b, sample)


@pytest.mark.prove
async def test_triage_agrees_with_people_on_all_sample_cases(tmp_path: Path) -> None:
    sample = make_workspace(tmp_path / "w", 1)
    async with bench(sample.folder, files=False) as b:
        report = b.engine.pilots.report(await start(b, sample, "triage", Mode.SHADOW))
        with sample.triage_cases.open(encoding="utf-8", newline="") as file:
            assert report.n == sum(1 for _ in csv.DictReader(file))
        assert report.agreement.estimate >= 0.86
        assert report.at_threshold is None or report.at_threshold.precision >= 0.97
        assert report.decided.estimate >= 0.97
        assert report.coverage.estimate >= 0.70


# -- not as it should be --------------------------------------------------------------------------------------------

GOOD = {"id": "g", "account": "A1"}


async def test_broken_rows_are_reported_and_the_others_run(tmp_path: Path) -> None:
    async with bench(tmp_path / "w") as b:
        path = tmp_path / "w/mixed.jsonl"
        lines = [
            json.dumps(GOOD),
            '{"id": "b1", "account": ""}',
            "{not json",
            '{"id": "b2"}',
            '{"id":"h","account":"A2"}',
        ]
        path.write_text("\n".join(lines) + "\n")
        pilot = await b.work(path)
        state = b.progress(pilot)
        assert (state.states, state.refused, state.total) == ({"finished": 2}, 3, 5)
        with b.engine.queries.view() as view:
            refused = work.refused_rows(view.connection, pilot)
        assert [row.row for row in refused] == [2, 3, 4]
        assert all(json.loads(b.text(row.reason))["why"] for row in refused)


async def test_a_limit_takes_the_first_rows(tmp_path: Path) -> None:
    async with bench(tmp_path / "w") as b:
        cases = [{"id": f"c{n}", "account": "A1"} for n in range(9)]
        pilot = await b.pilot(cases, Mode.SHADOW, limit=4)
        assert [row.external_id for row in b.rows(pilot)] == ["c0", "c1", "c2", "c3"]


async def test_a_case_that_was_worked_live_is_not_worked_live_again(tmp_path: Path) -> None:
    script = [says(call("change", {"id": "A1", "balance": 7}, "set")), says(finish())]
    async with bench(tmp_path / "w", script) as b:
        first = await b.pilot([GOOD])
        second = await b.pilot([GOOD, {"id": "new", "account": "A2"}])
        assert b.progress(first).states == {"finished": 1}
        assert (b.progress(second).states, b.progress(second).skipped) == ({"finished": 1}, 1)
        shadow = await b.pilot([GOOD], Mode.SHADOW)
        assert b.progress(shadow).states == {"finished": 1}


async def test_a_cancelled_pilot_feeds_no_more_and_ends(tmp_path: Path) -> None:
    async with bench(tmp_path / "w", [says(call("change", {"id": "A1", "balance": 5000})), says(finish())]) as b:
        cases = [{"id": f"c{n}", "account": "A1"} for n in range(300)]
        path = tmp_path / "w/many.jsonl"
        path.write_text("".join(json.dumps(case) + "\n" for case in cases))
        me = await b.engine.person()
        pilot = await b.engine.pilots.start(str(tmp_path / "w/keeper.yaml"), path, mode=Mode.LIVE, person=me)
        await b.engine.pilots.cancel(pilot)
        state = await b.engine.pilots.finished(pilot)
        assert state.cancelled
        assert sum(state.states.values()) < 300
        with pytest.raises(NotFound):
            await b.engine.pilots.cancel(pilot)


async def test_a_pilot_goes_on_after_its_engine_stopped_and_works_each_case_once(tmp_path: Path) -> None:
    cases = [{"id": f"c{n}", "account": "A1"} for n in range(200)]
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases))
    async with bench(tmp_path / "w") as b:
        me = await b.engine.person()
        job = str(tmp_path / "w/keeper.yaml")
        pilot = await b.engine.pilots.start(job, path, mode=Mode.LIVE, person=me, concurrency=2)
        while not b.rows(pilot):
            await asyncio.sleep(0)
    async with bench(tmp_path / "w") as b:
        state = await b.engine.pilots.finished(pilot)
        await b.engine.scheduler.idle()
        assert sum(b.progress(pilot).states.values()) == 200
        assert len({row.external_id for row in b.rows(pilot)}) == 200
        assert state.error is None


# -- the day ----------------------------------------------------------------------------------------------------------


def day(limits: str) -> str:
    return job_text(limits=f"limits: {{run: {{turns: 12, writes: 3}}, day: {{{limits}}}}}\n")


def causes(b: Bench, pilot: str) -> list[str | None]:
    """The limit that each run of a pilot reached, in the order of the cases."""
    found = [b.bodies(row.run or "", LimitReached) for row in b.rows(pilot)]
    return [reached[0].limit if reached else None for reached in found]


async def test_no_more_runs_begin_in_a_day_than_the_job_allows(tmp_path: Path) -> None:
    cases = [{"id": f"c{n}", "account": "A1"} for n in range(5)]
    async with bench(tmp_path / "w", job=day("runs: 3")) as b:
        pilot = await b.pilot(cases)
        assert causes(b, pilot) == [None, None, None, "day.runs", "day.runs"]
        assert b.progress(pilot).states == {"finished": 3, "handed_off": 2}
        assert causes(b, await b.pilot([{"id": "d", "account": "A1"}], Mode.SHADOW)) == [None]
    async with bench(tmp_path / "w", job=day("runs: 3")) as b:
        assert causes(b, await b.pilot([{"id": "e", "account": "A1"}])) == ["day.runs"]
        b.clock.ahead_us = 24 * 3600 * 1_000_000
        assert causes(b, await b.pilot([{"id": "f", "account": "A1"}])) == [None]


async def test_runs_at_the_same_time_never_write_more_in_a_day_than_the_job_allows(tmp_path: Path) -> None:
    script = [says(call("change", {"id": "A1", "balance": 7})), says(finish())]
    cases = [{"id": f"c{n}", "account": "A1"} for n in range(20)]
    async with bench(tmp_path / "w", script, day("writes: 6")) as b:
        pilot = await b.pilot(cases, concurrency=16)
        assert b.progress(pilot).states == {"finished": 6, "handed_off": 14}
        assert causes(b, pilot).count("day.writes") == 14
    async with bench(tmp_path / "w", script, day("writes: 6")) as b:
        assert causes(b, await b.pilot([{"id": "later", "account": "A1"}])) == ["day.writes"]


class Slow:
    """A remote model whose calls overlap."""

    name, remote = "slow", True

    def __init__(self) -> None:
        self.calls = self.now = self.most = 0

    async def reply(self, prompt: Prompt, on_chunk: Any = None) -> Reply:
        self.calls, self.now = self.calls + 1, self.now + 1
        self.most = max(self.most, self.now)
        for _ in range(50):
            await asyncio.sleep(0)
        self.now -= 1
        return says(finish(), tokens=10, cost=1000)


@pytest.mark.parametrize(("limit", "calls"), [("tokens: 45", 5), ("cost_micros: 3000", 3), ("tokens: 1000", 12)])
async def test_a_days_tokens_and_money_are_overshot_by_one_call_at_most(tmp_path: Path, limit: str, calls: int) -> None:
    model = Slow()
    cases = [{"id": f"c{n}", "account": "A1"} for n in range(12)]
    async with bench(tmp_path / "w", model, day(limit)) as b:
        pilot = await b.pilot(cases, concurrency=8)
        assert model.calls == calls
        assert b.progress(pilot).states.get("finished") == calls
        assert all(row.handoff for row in b.rows(pilot) if row.state == "handed_off")
        assert model.most > 1
        for row in b.rows(pilot):
            assert b.bodies(row.run or "", RunHandedOff) or row.state == "finished"
