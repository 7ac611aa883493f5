"""A case is worked live once, whoever asks for it how often; odd rows and texts stop neither it nor the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.engine.protocol import Misformed, read
from agents.loop.world import Crew
from agents.tools.foreign_json import parse_foreign
from agents.tools.tool import CallContext, ToolFailed, Writer
from agents.tools.toolbox import Toolbox
from storage.errors import BadInput, Refused
from storage.events.calls import DoubtVerdict
from storage.events.cases import Mode
from storage.queries import decisions, work
from tests.agents.workbench import TOOLS, Bench, bench, call, finish, job_text, known_person, make_files, says

PLAYBOOK = job_text(
    plan="""\
plan:
  format: 1
  steps:
    - {id: set, call: change, with: {id: "${case.account}", balance: 500}}
    - {id: done, finish: {outcome: {result: changed}}}
""",
    model="model: {route: playbook}\n",
)
REVERSIBLE = job_text(tools=TOOLS.replace("      before: SELECT", "      reversible: true\n      before: SELECT"))
GRACE_US = 60_000_000


def rows(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


async def test_two_pilots_at_once_work_a_case_once(tmp_path: Path) -> None:
    async with bench(tmp_path, job=PLAYBOOK) as b:
        cases = rows(tmp_path / "c.jsonl", *(json.dumps({"id": f"c{n}", "account": "A1"}) for n in range(5)))
        me, job = await b.engine.person(), str(tmp_path / "keeper.yaml")
        start = b.engine.pilots.start
        both = await asyncio.gather(*(start(job, cases, mode=Mode.LIVE, person=me) for _ in range(2)))
        for pilot in both:
            await b.engine.pilots.finished(pilot)
        with b.engine.queries.view() as view:
            assert sum(run.writes for run in work.runs(view.connection)) == 5


@dataclass
class Mute(Writer):
    """Sends, and never hears whether it arrived."""

    sent: list[str]

    async def write(self, args: Mapping[str, Any], context: CallContext) -> Any:
        self.sent.append(context.key)
        raise ToolFailed("No answer.", category="timeout", did_nothing=False)


def deaf(b: Bench) -> list[str]:
    """Put a mute writer in the place of each of the bench's; return what is sent."""
    build, sent = b.engine.crews.crew, list[str]()

    def crew(agent: str, version: str, mode: Mode, model: str) -> Crew:
        whole = build(agent, version, mode, model)
        box = whole.toolbox
        mute = dict.fromkeys(box.writers, Mute(sent))
        return Crew(whole.charter, whole.model, Toolbox(box.mode, box.readers, mute, box.previewers))

    b.engine.crews.crew = crew  # type: ignore[method-assign]
    return sent


async def test_a_write_in_doubt_of_a_stopped_run_is_not_sent_again(tmp_path: Path) -> None:
    cases = rows(tmp_path / "c.jsonl", json.dumps({"id": "c1", "account": "A1"}))
    async with bench(tmp_path, job=PLAYBOOK) as b:
        sent = deaf(b)
        await b.work(cases)
        ann = await known_person(b.engine, ("ann",))
        with b.engine.queries.view() as view:
            doubt = decisions.doubts(view.connection)[0]
        await b.engine.stop(doubt.run, ann)
        assert b.progress(await b.work(cases)).skipped == 1
        with pytest.raises(Refused, match="has ended"):
            await b.engine.desk.resolve(doubt.run, doubt.call, ann, DoubtVerdict.TRY_AGAIN)
        await b.engine.desk.resolve(doubt.run, doubt.call, ann, DoubtVerdict.DID_NOT)
        assert len(sent) == 1


async def _one_asked(b: Bench) -> tuple[str, str]:
    run = await b.one()
    return run, b.asked()[0].approval


async def test_a_decision_on_a_run_that_was_stopped_is_not_taken_back(tmp_path: Path) -> None:
    model = [says(call("change", {"id": "A1", "balance": 5000})), says(finish())]
    async with bench(tmp_path, model, job=REVERSIBLE, grace_us=GRACE_US) as b:
        run, approval = await _one_asked(b)
        ann = await known_person(b.engine, ("ann",))
        await b.engine.desk.reject(approval, ann, "no")
        await b.engine.stop(run, ann)
        with pytest.raises(Refused):
            await b.engine.desk.withdraw(approval, ann)
        assert not b.asked()


async def test_a_paused_run_stays_paused_while_people_decide(tmp_path: Path) -> None:
    model = [says(call("change", {"id": "A1", "balance": 5000})), says(finish())]
    async with bench(tmp_path, model, job=REVERSIBLE, grace_us=GRACE_US) as b:
        run, approval = await _one_asked(b)
        ann = await known_person(b.engine, ("ann",))
        await b.engine.pause(run, ann)
        await b.engine.desk.approve(approval, ann)
        await b.engine.desk.withdraw(approval, ann)
        await b.engine.desk.approve(approval, ann, now=True)
        await b.engine.scheduler.idle()
        assert b.run_state(run) == "paused"


@pytest.mark.parametrize(
    "row",
    ['{"id": "x\\ud800", "account": "A1"}', '{"id": "x", "account": "A\\ud800"}', '{"id": "x", "account\\ud800": 1}',
     '{"id": "x", "account": "A1", "n": 1e99999999999999999999}'],
)  # fmt: skip
async def test_a_row_that_cannot_be_kept_is_reported_and_the_pilot_ends(tmp_path: Path, row: str) -> None:
    async with bench(tmp_path, job=PLAYBOOK) as b:
        cases = rows(tmp_path / "cases.jsonl", json.dumps({"id": "ok", "account": "A2"}), row)
        async with asyncio.timeout(10):
            pilot = await b.work(cases)
        assert b.progress(pilot).refused == 1
        assert b.progress(pilot).states == {"finished": 1}


async def test_a_number_that_nobody_can_read_ends_the_file_not_the_engine(tmp_path: Path) -> None:
    async with bench(tmp_path, job=PLAYBOOK) as b:
        cases = rows(tmp_path / "cases.json", '[{"id": "x", "account": "A1", "n": 1e99999999999999999999}]')
        async with asyncio.timeout(10):
            pilot = await b.work(cases)
        assert b.progress(pilot).refused == 1


@pytest.mark.parametrize("text", [b'"\\ud800"', b'{"\\uDFFF": 1}', b'"\xed\xa0\x80"', b"1e99999999999999999999"])
def test_what_cannot_be_kept_is_no_json(text: bytes) -> None:
    with pytest.raises(BadInput):
        parse_foreign(text)


def test_a_whole_pair_of_surrogates_is_a_character() -> None:
    assert parse_foreign(b'"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize(
    "line", [b'{"jsonrpc":"2.0","id":"\\ud800","method":"x"}', b'{"jsonrpc":"2.0","id":1,"method":"\xed\xa0\x80"}']
)
def test_a_request_that_could_not_be_answered_is_refused(line: bytes) -> None:
    assert isinstance(read(line).items[0], Misformed)


async def test_what_ann_had_to_allow_nobody_else_has_sent_again(tmp_path: Path) -> None:
    async with bench(tmp_path, [says(call("change", {"id": "A1", "balance": 5000})), says(finish())]) as b:
        sent = deaf(b)
        run, approval = await _one_asked(b)
        ann, eve = await known_person(b.engine, ("ann",)), await known_person(b.engine, ("eve",))
        await b.engine.desk.approve(approval, ann)
        await b.engine.scheduler.idle()
        with b.engine.queries.view() as view:
            doubt = decisions.doubts(view.connection)[0]
        with pytest.raises(Refused, match="eve may not"):
            await b.engine.desk.resolve(run, doubt.call, eve, DoubtVerdict.TRY_AGAIN)
        await b.engine.desk.resolve(run, doubt.call, ann, DoubtVerdict.TRY_AGAIN)
        await b.engine.scheduler.idle()
        assert len(sent) == 2


@pytest.mark.parametrize(
    "note",
    ['{"kill": "k", "scope": "agent", "target": {"a": 1}, "person": "x"}', '{"kill": 5, "scope": "all", "person": "x"}',
     '{"kill": "\\ud800", "scope": "all", "person": "x"}', "[" * 100_000, "null"],
)  # fmt: skip
async def test_a_kill_file_that_makes_no_sense_stops_everything_but_the_engine(tmp_path: Path, note: str) -> None:
    make_files(tmp_path, job_text())
    (tmp_path / "centaur.db.kill").write_text(note)
    async with bench(tmp_path) as b:
        assert [kill.scope for kill in b.engine.kills.standing()] == ["all"]
