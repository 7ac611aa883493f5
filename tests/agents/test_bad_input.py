"""Bad input is answered with a sentence that says what and where; nothing is lost and nothing else stops."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.job.sections import ToolEntry
from agents.models.model import Model, Prompt, Reply
from agents.pilots.samples.workspace import make_workspace
from agents.tools import registry
from agents.tools.tool import ToolSource
from storage.errors import BadInput, NotFound
from storage.events.cases import Mode
from storage.events.runs import RunFailed, RunHandedOff
from storage.queries import work
from tests.agents.workbench import POLICY, Bench, bench, call, finish, job_text, says

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&lol3;</ID></Invoice>
"""


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ("format: 1\nname: [", ("keeper.yaml, line 3", "YAML")),
        (job_text().replace("purpose:", "purpos:"), ("purpos", "purpose")),
        (job_text().replace("kind: sql_query", "kind: sql_querry"), ("sql_querry", "sql_query")),
        (job_text().replace("call: look_up", "call: look_upp"), ("look_upp", "look_up")),
        (job_text(policy=POLICY.replace("args.balance < 0", "args.balanc < 0")), ("never-minus", "balanc")),
        (job_text(policy=POLICY.replace("args.balance < 0", 'args.balance < "x"')), ("never-minus",)),
        (job_text(policy="policy: nowhere.yaml\n"), ("nowhere.yaml",)),
        (job_text(plan="plan: nowhere.yaml\n"), ("nowhere.yaml",)),
        (job_text().replace("  - {name: list_notes,", "  - {name: finish,"), ("finish",)),
        (job_text(model="model: {route: nowhere}\n"), ("nowhere",)),
        (job_text().replace("accountable: [ann]\n", ""), ("accountable", "draft")),
    ],
)
async def test_a_job_that_cannot_be_used_is_refused_before_anything_begins(
    tmp_path: Path, job: str, words: tuple[str, ...]
) -> None:
    def models(route: str, labels: Sequence[str]) -> Model:
        raise NotFound(f"There is no model route `{route}`.")

    async with bench(tmp_path / "w", job=job, models=models if "nowhere}" in job else None) as b:
        with pytest.raises((BadInput, NotFound)) as caught:
            await b.pilot([{"id": "c", "account": "A1"}])
        message = f"{caught.value} {caught.value.hint or ''}"
        for word in words:
            assert word in message
        assert kinds(b) == {"store.created", "key.changed", "person.added"} | kinds(b) & {"setting.changed"}


def kinds(b: Bench) -> set[str]:
    return {event.body.kind for event in b.engine.ledger.events()}


async def test_a_case_file_that_is_none_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path / "w") as b:
        pilot = await b.work(tmp_path / "nowhere.csv")
        error = b.progress(pilot).error or ""
        assert "nowhere.csv" in error


async def test_a_bomb_among_the_invoices_is_handed_to_a_person_and_the_others_run(tmp_path: Path) -> None:
    sample = make_workspace(tmp_path / "w", 5)
    cases = [json.loads(line) for line in sample.invoice_cases.read_text().splitlines()]
    (sample.invoice_job.parent / "invoices" / cases[0]["file"]).write_text(BOMB)
    gone = sample.invoice_job.parent / "invoices" / cases[1]["file"]
    gone.unlink()
    async with bench(sample.folder, files=False) as b:
        me = await b.engine.person()
        pilot = await b.engine.pilots.start(str(sample.invoice_job), sample.invoice_cases, mode=Mode.LIVE, person=me)
        await b.engine.pilots.finished(pilot)
        rows = {row.external_id: row for row in b.rows(pilot)}
        assert len(rows) == len(cases)
        for case in cases[:2]:
            row = rows[case["id"]]
            assert row.state == "handed_off"
            handoff = json.loads(b.text(b.bodies(row.run or "", RunHandedOff)[0].handoff))
            assert case["file"] in handoff["summary"]
            assert handoff["evidence"]
        assert all(row.state != "failed" for row in rows.values())


async def test_a_large_case_file_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    """50 MB in 100 rows: the window holds 64 of them at most, and one is read at a time."""
    path = tmp_path / "large.jsonl"
    with path.open("w") as out:
        for number in range(100):
            row = {"id": f"c{number}", "account": "A1" if number % 10 else "A" * 5 * 10**6}
            out.write(json.dumps(row) + "\n")
    assert path.stat().st_size > 49 * 10**6
    async with bench(tmp_path / "w") as b:
        before = peak_kib()
        pilot = await b.work(path, Mode.SHADOW)
        state = b.progress(pilot)
        assert (state.states, state.refused) == ({"finished": 90}, 10)
        assert peak_kib() - before < 60_000
        with b.engine.queries.view() as view:
            reason = json.loads(b.text(work.refused_rows(view.connection, pilot)[0].reason))
        assert "bytes" in reason["why"]


def peak_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


async def test_a_tool_whose_file_is_gone_hands_the_case_over(tmp_path: Path) -> None:
    job = job_text(model="model: {route: playbook}\n")
    async with bench(tmp_path / "w", job=job) as b:
        for left in (tmp_path / "w").glob("bank.sqlite*"):
            left.unlink()
        run = await b.one()
        handoff = json.loads(b.text(b.bodies(run, RunHandedOff)[0].handoff))
        assert "bank.sqlite" in handoff["summary"]


async def test_a_version_whose_tools_changed_is_not_worked_any_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that waited while the program's tools changed fails with the reason; other tools do not take it over."""
    script = [says(call("change", {"id": "A1", "balance": 5000})), says(finish())]
    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        assert b.run_state(run) == "asking"
    build = registry.KINDS["sql_statement"]

    def newer(entry: ToolEntry, site: registry.Site) -> ToolSource:
        return build(entry.model_copy(update={"description": "Declared otherwise."}), site)

    changed = {name: newer if name == "sql_statement" else kind for name, kind in registry.KINDS.items()}
    monkeypatch.setattr(registry, "KINDS", changed)
    monkeypatch.setattr(registry, "declared", lambda spec, entry: dataclasses.replace(spec, name=entry.name))
    async with bench(tmp_path / "w", script) as b:
        await b.engine.scheduler.idle()
        await asyncio.gather(*b.engine._background)
        assert b.run_state(run) == "failed"
        assert "tools are not what they were" in b.text(b.bodies(run, RunFailed)[0].message)
        assert b.balance() == 100
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_defect_of_one_run_stops_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def script(prompt: Prompt) -> Reply:
        if prompt.case["account"] == "A2":
            raise ZeroDivisionError("a defect")
        return says(finish())

    async with bench(tmp_path / "w", script) as b:
        pilot = await b.pilot([{"id": f"c{n}", "account": f"A{n}"} for n in range(1, 5)])
        await asyncio.gather(*b.engine._background)
        states = {row.external_id: row.state for row in b.rows(pilot)}
        assert states == {"c1": "finished", "c2": "failed", "c3": "finished", "c4": "finished"}
