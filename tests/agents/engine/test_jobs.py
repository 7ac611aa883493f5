"""Jobs as they are written: looked at, changed with their comments, saved, tried, published; case files previewed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.engine.operations.service import Operations
from storage.errors import BadInput, NotFound, Refused
from tests.agents.engine.shop import Json, cases, engine, shop


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
async def shop_engine(store: Path) -> AsyncIterator[Operations]:
    async with engine(store) as operations:
        yield operations


def job(store: Path) -> str:
    return str(store.parent / "keeper.yaml")


async def looked(operations: Operations, store: Path, **texts: Json) -> Json:
    return await operations.perform("job.look", {"job": job(store), **texts})


async def test_a_job_without_faults_says_what_it_is(shop_engine: Operations, store: Path) -> None:
    found = await looked(shop_engine, store)
    assert found["ok"]
    assert found["faults"] == []
    assert [card["id"] for card in found["plan"]["cards"]] == ["find", "set", "done"]
    assert found["plan"]["part"] == "job"
    assert {tool["name"] for tool in found["tools"]} >= {"look_up", "change"}
    assert found["version"]


async def test_each_fault_has_its_field_and_line(shop_engine: Operations, store: Path) -> None:
    text = Path(job(store)).read_text("utf-8")
    wrong = await looked(shop_engine, store, text=f"{text}limit: {{run: {{turns: 3}}}}\n")
    assert not wrong["ok"]
    assert [(fault["path"], fault["line"]) for fault in wrong["faults"]] == [("limit", len(text.splitlines()) + 1)]
    assert "`limits`" in wrong["faults"][0]["why"]


async def test_an_expression_is_pointed_into(shop_engine: Operations, store: Path) -> None:
    text = Path(job(store)).read_text("utf-8").replace("${case.account}", "${case.acount}")
    found = await looked(shop_engine, store, text=text)
    fault = found["faults"][0]
    assert fault["at"] == ["plan", "steps", 0, "with", "id"]
    assert fault["token"] == {"text": "case.acount", "column": 6}
    assert "`account`" in fault["why"]


async def test_broken_yaml_has_line_and_column(shop_engine: Operations, store: Path) -> None:
    fault = (await looked(shop_engine, store, text="format: 1\nname: [keeper\npurpose: x\n"))["faults"][0]
    assert fault["at"] == []
    assert fault["line"] == 3
    assert fault["column"] is not None


async def test_a_job_that_names_files_far_away_writes_none_there(shop_engine: Operations, store: Path) -> None:
    text = Path(job(store)).read_text("utf-8")
    head, _, _ = text.partition("plan:")
    far = f"{head}plan: ../../../../../../../../far.yaml\n"
    found = await looked(shop_engine, store, text=far, plan="format: 1\nsteps: []\n")
    assert not found["ok"]
    assert not (store.parent.parent / "far.yaml").exists()


async def test_an_edit_leaves_comments_and_order(shop_engine: Operations) -> None:
    text = "# a job\nformat: 1 # first\n\n# the limits\nlimits: {run: {turns: 6}} # few\nname: x\n"
    edits = [
        {"at": ["limits", "run", "turns"], "value": 9},
        {"at": ["scope", "in"], "value": ["one"]},
        {"at": ["name"], "do": "set", "value": "y"},
    ]
    found = (await shop_engine.perform("job.edit", {"text": text, "edits": edits}))["text"]
    assert found.startswith("# a job\nformat: 1 # first\n\n# the limits\nlimits: {run: {turns: 9}} # few\nname: y\n")
    assert "scope:\n  in:\n    - one\n" in found


async def test_saving_needs_the_digest_of_what_is_replaced(shop_engine: Operations, store: Path) -> None:
    part = (await shop_engine.perform("job.read", {"job": job(store)}))["parts"]["job"]
    text = part["text"] + "# mine\n"
    params = {"job": job(store), "text": text, "digest": part["digest"]}
    saved = await shop_engine.perform("job.save", params)
    assert Path(job(store)).read_text("utf-8") == text
    with pytest.raises(Refused, match="changed outside"):
        await shop_engine.perform("job.save", {**params, "text": "format: 1\n"})
    assert (await shop_engine.perform("job.save", {**params, "digest": saved["digest"]}))["digest"] == saved["digest"]


async def test_what_is_no_yaml_is_not_saved(shop_engine: Operations, store: Path) -> None:
    part = (await shop_engine.perform("job.read", {"job": job(store)}))["parts"]["job"]
    with pytest.raises(BadInput, match="line 2"):
        await shop_engine.perform("job.save", {"job": job(store), "text": "a: [", "digest": part["digest"]})
    assert Path(job(store)).read_text("utf-8") == part["text"]


async def test_trying_writes_nothing_anywhere(shop_engine: Operations, store: Path) -> None:
    head = shop_engine._engine.ledger.head
    bank = (store.parent / "bank.sqlite").read_bytes()
    found = await shop_engine.perform("job.try", {"job": job(store), "case": {"account": "A1"}, "mode": "shadow"})
    assert found["state"] == "finished"
    assert any(step["kind"] == "tool.recorded" for step in found["steps"])
    assert shop_engine._engine.ledger.head == head
    assert (store.parent / "bank.sqlite").read_bytes() == bank


@pytest.mark.parametrize(("case", "mode", "said"), [({"acount": "A1"}, "rehearsal", "does not fit"),
                                                    ({"account": "A1"}, "live", "not tried in live")])  # fmt: skip
async def test_a_trial_that_cannot_be_made_says_why(
    shop_engine: Operations, store: Path, case: Json, mode: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        await shop_engine.perform("job.try", {"job": job(store), "case": case, "mode": mode})


async def test_a_version_is_published_once_as_a_draft(shop_engine: Operations, store: Path) -> None:
    first = await shop_engine.perform("job.publish", {"job": job(store), "command_id": "one"})
    again = await shop_engine.perform("job.publish", {"job": job(store)})
    assert first["new"]
    assert not again["new"]
    assert first == await shop_engine.perform("job.publish", {"job": job(store), "command_id": "one"})
    shown = await shop_engine.perform("agents.overview")
    assert [(a["agent"], a["stage"], a["versions"]) for a in shown["agents"]] == [(first["agent"], "draft", 1)]
    text = await shop_engine.perform("version.show", {"agent": first["agent"], "version": first["version"]})
    assert text["texts"]["job"] == Path(job(store)).read_text("utf-8")
    assert {tool["name"] for tool in text["tools"]} >= {"look_up"}


async def test_an_agent_says_where_it_stands(shop_engine: Operations, store: Path) -> None:
    started = {"job": job(store), "cases": cases(store.parent, 3), "mode": "shadow"}
    pilot = (await shop_engine.perform("pilot.start", started))["pilot"]
    await shop_engine._engine.pilots.finished(pilot)
    Path(job(store)).write_text(Path(job(store)).read_text("utf-8").replace("turns: 12", "turns: 13"), "utf-8")
    agent = (await shop_engine.perform("job.publish", {"job": job(store)}))["agent"]
    page = await shop_engine.perform("agent.show", {"agent": agent})
    assert [entry["stage"] for entry in page["road"]] == ["shadow"]
    assert page["modes"]["shadow"]["started"] == 3
    assert [(p["pilot"], p["states"]) for p in page["pilots"]] == [(pilot, {"finished": 3})]
    assert [(v["number"], v["changes"]) for v in page["versions"]] == [
        (2, ["limits.run.turns"]),
        (1, ["First version"]),
    ]


async def test_columns_of_other_names_are_mapped_for_one_file(shop_engine: Operations, store: Path) -> None:
    file = store.parent / "other.csv"
    file.write_text("number;konto;note\n1;A1;x\n2;;y\n1;A2;z\n", "utf-8")
    params = {"job": job(store), "cases": str(file)}
    blind = await shop_engine.perform("cases.preview", params)
    assert blind["broken"] == 3
    mapping = {"id": "number", "fields": {"account": "konto"}, "ignore": ["*"]}
    found = await shop_engine.perform("cases.preview", {**params, "mapping": mapping})
    assert found["columns"] == ["number", "konto", "note"]
    assert found["rows"][0]["error"] is None
    assert found["rows"][0]["case"] == {"account": "A1"}
    assert "same id" in found["rows"][2]["error"]["why"]
    started = {**params, "mode": "shadow", "mapping": mapping}
    pilot = (await shop_engine.perform("pilot.start", started))["pilot"]
    state = await shop_engine._engine.pilots.finished(pilot)
    assert sum(state.states.values()) == found["counted"] - found["broken"]
    assert state.refused == found["broken"]


async def test_a_mapping_to_an_unknown_field_is_refused(shop_engine: Operations, store: Path) -> None:
    params = {"job": job(store), "cases": cases(store.parent), "mapping": {"fields": {"acount": "x"}}}
    with pytest.raises(BadInput, match="`account`"):
        await shop_engine.perform("cases.preview", params)


async def test_a_new_job_is_a_template_with_a_name_of_its_own(shop_engine: Operations, store: Path) -> None:
    made = await shop_engine.perform("job.new", {"template": "support-triage", "name": "card-support"})
    text = Path(made["path"]).read_text("utf-8")
    assert "name: card-support\ntitle: Card support\n" in text
    assert "# A case file has the question" in text
    assert (Path(made["path"]).parent / "support-triage.playbook.yaml").is_file()
    assert (await shop_engine.perform("job.look", {"job": "card-support"}))["ok"]
    with pytest.raises(Refused):
        await shop_engine.perform("job.new", {"template": "support-triage", "name": "card-support"})
    with pytest.raises(NotFound):
        await shop_engine.perform("job.new", {"template": "support-triag", "name": "other"})
