"""A logged run, gone through again: nothing differs with the same version, and the first difference is named."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.loop.charter import Charter
from agents.models.scripted import ScriptedModel
from agents.pilots.samples.workspace import make_workspace
from agents.replaying import Replayed, replay
from agents.versions import Preparation, compile_charter
from storage.events.cases import Mode
from storage.queries import work
from tests.agents.loop.test_state import replies, scripts, settle
from tests.agents.workbench import POLICY, Bench, bench, call, finish, job_text, make_files, says

UTC = ZoneInfo("UTC")


async def replayed(b: Bench, run: str, charter: Charter | None = None) -> Replayed:
    with b.engine.queries.view() as view:
        record = work.run(view.connection, run)
        case = work.case(view.connection, record.case_id)
    payloads = b.engine.ledger.payloads
    version = charter or b.engine.crews.charter(record.agent, record.version)
    return await replay(b.events(run), payloads.read(case.content), version, payloads, UTC)


def other_version(folder: Path, **sections: str) -> Charter:
    """The same job with other sections."""
    make_files(folder, job_text(**sections))
    return compile_charter(folder / "keeper.yaml", Preparation(folder / "cache"))


@given(script=scripts, mode=st.sampled_from(Mode))
def test_every_run_replays_without_a_difference(script: list[Any], mode: Mode) -> None:
    async def work_and_replay(folder: Path) -> None:
        async with bench(folder, ScriptedModel(replies(script))) as b:
            run = await b.one(mode)
            await settle(b, run)
            again = await replayed(b, run)
            assert again.divergence is None
            assert again.events == len(b.events(run))

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(work_and_replay(Path(folder) / "w"))


async def test_a_changed_policy_is_named_at_the_first_call_it_judges_otherwise(tmp_path: Path) -> None:
    script = [says(call("look_up", {"id": "A1"}), call("change", {"id": "A1", "balance": 5}, "set")), says(finish())]
    stricter = other_version(
        tmp_path / "other", policy=POLICY.replace("effect: allow, because: Small", "effect: deny, because: Small")
    )
    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        found = (await replayed(b, run, stricter)).divergence
        assert found is not None
        assert (found.step, found.expected, found.got) == ("set", "allow by little", "deny by little")


async def test_a_changed_criterion_is_named_at_the_outcome(tmp_path: Path) -> None:
    harder = """\
criteria:
  - {id: known, holds: 'outcome.result == "perfect"', measure: Perfect outcomes}
"""
    async with bench(tmp_path / "w", [says(finish(id_="end"))]) as b:
        run = await b.one()
        found = (await replayed(b, run, other_version(tmp_path / "other", criteria=harder))).divergence
        assert found is not None
        assert (found.step, found.expected, found.got) == ("end", "criteria: known met", "criteria: known not met")


async def test_a_changed_plan_is_named_at_its_turn(tmp_path: Path) -> None:
    route = "model: {route: playbook}\n"
    changed = """\
plan:
  format: 1
  steps:
    - {id: find, call: look_up, with: {id: A2}}
    - {id: done, finish: {outcome: {result: looked_up}}}
"""
    async with bench(tmp_path / "w", job=job_text(model=route)) as b:
        run = await b.one()
        assert (await replayed(b, run)).divergence is None
        found = (await replayed(b, run, other_version(tmp_path / "other", plan=changed, model=route))).divergence
        assert found is not None
        assert found.step == "turn 1"
        assert '{"id":"A1"}' in found.expected
        assert '{"id":"A2"}' in found.got


async def test_lower_limits_are_named(tmp_path: Path) -> None:
    script = [says(call("look_up", {"id": "A1"})), says(finish())]
    lower = other_version(tmp_path / "other", limits="limits: {run: {turns: 1}}\n")
    async with bench(tmp_path / "w", script) as b:
        found = (await replayed(b, await b.one(), lower)).divergence
        assert found is not None
        assert (found.step, found.got) == ("turn 2", "ReachLimit")


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.LIVE])
async def test_invoice_runs_replay(tmp_path: Path, mode: Mode) -> None:
    sample = make_workspace(tmp_path / "w", 5)
    async with bench(sample.folder, files=False) as b:
        me = await b.engine.person()
        pilot = await b.engine.pilots.start(str(sample.invoice_job), sample.invoice_cases, mode=mode, person=me)
        await b.engine.pilots.finished(pilot)
        await b.approve_all()
        for row in b.rows(pilot):
            assert (await replayed(b, row.run or "")).divergence is None
            assert json.loads(b.text(row.content))
