"""The methods: a closed table, parameters that are checked, commands that happen once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.engine.operations.document import FILE, as_markdown
from agents.engine.operations.names import METHODS
from agents.engine.operations.operation import Asked, BadParams, CommandParams, UnknownMethod, checked, plain
from agents.engine.operations.service import Operations
from agents.engine.operations.stores import backup
from agents.engine.operations.table import TABLE
from agents.engine.receipt import Receipt, derived_id
from storage.errors import BadInput, NotFound, Refused
from storage.events.approvals import ApprovalDecided
from storage.events.safety import KillOrdered, KillScope
from storage.events.workspace import CommandFinished
from storage.queries import decisions
from tests.agents.engine.shop import Json, engine, shop, started


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


async def asked(operations: Operations, folder: Path) -> str:
    """Work a case up to its approval request, and return that."""
    await operations.perform("people.add", {"person": "ann", "name": "Ann"})
    pilot = (await operations.perform("pilot.start", started(folder)))["pilot"]
    await operations._engine.pilots.finished(pilot)
    return str((await operations.perform("approvals.list"))["approvals"][0]["approval"])


def finished(operations: Operations) -> list[str]:
    return [e.command_id or "" for e in operations._engine.ledger.events() if isinstance(e.body, CommandFinished)]


def test_the_names_that_are_known_early_are_those_of_the_table() -> None:
    assert sorted(TABLE) == list(METHODS)


def test_every_command_takes_a_command_id_and_every_method_says_what_it_does() -> None:
    for operation in TABLE.values():
        assert ("command_id" in operation.params.model_fields) == operation.command, operation.name
        assert operation.says.endswith(".")
        assert operation.returns


def test_the_documentation_is_current() -> None:
    assert FILE.read_text("utf-8") == as_markdown(), "run `python -m agents.engine.operations.document`"


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("run.show", {}, "run"),
        ("runs.list", {"limit": 0}, "limit"),
        ("runs.list", {"limt": 1}, "limt"),
        ("runs.list", {"mode": "alive"}, "mode"),
        ("approval.reject", {"approval": "a", "reason": ""}, "reason"),
        ("kill.order", {"scope": "agent"}, ""),
        ("payload.read", {"ref": "../../etc/passwd"}, "ref"),
        ("people.add", {"person": "a b", "name": "x"}, "person"),
        ("days.list", {"from": "yesterday", "to": "2026-01-01"}, "from"),
    ],
)
async def test_bad_parameters_are_named(store: Path, method: str, params: Json, field: str) -> None:
    async with engine(store) as operations:
        with pytest.raises(BadParams) as caught:
            await operations.perform(method, params)
        assert caught.value.field == field
        assert field in caught.value.message


@pytest.mark.parametrize("path", ["/tmp/a\0b", "/tmp/" + "n" * 300, "/tmp/" + "folder/" * 700])
@pytest.mark.parametrize(
    ("method", "field", "more"),
    [
        ("store.backup", "path", {}),
        ("store.backup", "key_file", {"path": "/tmp/copy"}),
        ("pilot.start", "job", {"cases": "cases.jsonl"}),
        ("pilot.start", "cases", {"job": "keeper"}),
        ("job.check", "path", {}),
        ("policy.check", "path", {}),
        ("policy.check", "job", {"path": "/tmp/policy.yaml"}),
    ],
)
async def test_a_path_that_no_system_takes_is_a_bad_parameter(
    store: Path, method: str, field: str, more: Json, path: str
) -> None:
    async with engine(store) as operations:
        with pytest.raises(BadParams, match="a path") as caught:
            await operations.perform(method, {**more, field: path})
        assert caught.value.field == field


async def test_an_unknown_method_gets_the_nearest_name(store: Path) -> None:
    async with engine(store) as operations:
        with pytest.raises(UnknownMethod, match=r"run\.show"):
            await operations.perform("run.shw")


async def test_every_method_that_only_reads_answers_on_a_fresh_store(store: Path) -> None:
    async with engine(store) as operations:
        asked_for: dict[str, Json] = {
            "store.info": {},
            "store.verify": {"tables": True},
            "runs.list": {"state": "open"},
            "approvals.list": {"state": None},
            "doubts.list": {},
            "waits.list": {},
            "handoffs.list": {},
            "kill.state": {},
            "people.list": {},
            "agents.list": {},
            "versions.list": {},
            "pilots.list": {},
            "days.list": {"from": "2026-01-01", "to": "2026-12-31"},
            "job.check": {"path": str(store.parent / "keeper.yaml")},
        }
        for name, params in asked_for.items():
            assert isinstance(await operations.perform(name, params), dict)


async def test_a_run_is_shown_step_by_step_with_its_contents_by_reference(store: Path) -> None:
    async with engine(store) as operations:
        approval = await asked(operations, store.parent)
        shown = await operations.perform("approval.show", {"approval": approval})
        run = shown["approval"]["run"]
        page = await operations.perform("run.show", {"run": run, "limit": 2})
        rest = await operations.perform("run.show", {"run": run, "after_seq": page["next_seq"]})
        steps = page["steps"] + rest["steps"]
        assert steps[0]["kind"] == "run.started"
        assert steps[-1]["kind"] == "approval.requested"
        assert steps[-1]["words"] == "change waits for a person (ann)."
        ref = steps[-1]["refs"]["card"]
        piece = await operations.perform("payload.read", {"ref": ref})
        assert piece["next"] == piece["size"]
        assert "Set the balance of" in piece["text"]


async def test_a_payload_is_read_in_pieces_that_never_cut_a_character(store: Path) -> None:
    async with engine(store) as operations:
        content = "€x" * 5_000
        await operations.perform("people.add", {"person": "bob", "name": content[:200]})
        ref = (await operations.perform("people.list"))["people"][-1]["name_ref"]
        text, at, size = "", 0, 1
        while at < size:
            piece = await operations.perform("payload.read", {"ref": ref, "offset": at, "limit": 7})
            text, at, size = text + piece["text"], piece["next"], piece["size"]
        assert text == content[:200]


async def test_the_same_command_in_flight_thrice_happens_once(store: Path) -> None:
    async with engine(store) as operations:
        params = {"person": "ann", "name": "Ann", "command_id": "c-1"}
        answers = await asyncio.gather(*(operations.perform("people.add", params) for _ in range(3)))
        assert answers == [{"person": "ann"}] * 3
        assert finished(operations) == ["c-1"]


async def test_a_command_sent_again_after_a_restart_gets_the_first_answer(store: Path) -> None:
    command = {"command_id": "c-7", "person": "ann"}
    async with engine(store) as operations:
        approval = await asked(operations, store.parent)
        first = await operations.perform("approval.approve", {"approval": approval, **command})
        kinds = [type(event.body) for event in operations._engine.ledger.events()]
        assert kinds[kinds.index(ApprovalDecided) + 1] is CommandFinished  # one commit
    async with engine(store) as operations:
        assert await operations.perform("approval.approve", {"approval": approval, **command}) == first
        with pytest.raises(Refused, match="already decided"):
            await operations.perform("approval.approve", {"approval": approval, "person": "ann", "command_id": "c-8"})
        with pytest.raises(Refused, match="already decided"):  # a refusal is no answer to be kept
            await operations.perform("approval.approve", {"approval": approval, "person": "ann", "command_id": "c-8"})


async def test_one_command_id_is_for_one_method(store: Path) -> None:
    async with engine(store) as operations:
        await operations.perform("people.add", {"person": "ann", "name": "Ann", "command_id": "c-1"})
        with pytest.raises(BadParams, match=r"people\.add"):
            await operations.perform("store.rebuild", {"command_id": "c-1"})


async def test_a_kill_whose_answer_was_lost_is_not_ordered_again(store: Path) -> None:
    async with engine(store) as operations:
        mine = operations._engine
        await mine.kills.order(KillScope.ALL, None, await mine.person(), "", derived_id("kill", "c-1"))
        answer = await operations.perform("kill.order", {"scope": "all", "command_id": "c-1"})
        assert answer["contained"]
        assert sum(isinstance(event.body, KillOrdered) for event in mine.ledger.events()) == 1
        lifted = await operations.perform("kill.lift", {"kill": answer["kill"], "reason": "Over."})
        assert lifted == {"kill": answer["kill"]}


async def test_a_pilot_whose_answer_was_lost_is_not_begun_again(store: Path) -> None:
    async with engine(store) as operations:
        mine = operations._engine
        given = started(store.parent)
        from storage.events.cases import Mode

        pilot = await mine.pilots.start(
            given["job"],
            Path(given["cases"]),
            mode=Mode.LIVE,
            person=await mine.person(),
            pilot=derived_id("pilot", "c-1"),
        )
        assert await operations.perform("pilot.start", {**given, "command_id": "c-1"}) == {"pilot": pilot}
        await mine.pilots.finished(pilot)
        assert len((await operations.perform("pilots.list"))["pilots"]) == 1
        assert len((await operations.perform("runs.list"))["runs"]) == 1


async def test_what_a_person_tells_a_run_is_committed_with_its_answer(store: Path) -> None:
    async with engine(store) as operations:
        await asked(operations, store.parent)
        run = (await operations.perform("runs.list"))["runs"][0]["run"]
        for number, (method, params) in enumerate(
            [
                ("run.pause", {}),
                ("run.resume", {}),
                ("run.say", {"text": "Hurry."}),
                ("run.take_over", {"reason": "Mine."}),
            ]
        ):
            given = {"run": run, "command_id": f"t-{number}", **params}
            assert await operations.perform(method, given) == {"run": run}
            assert await operations.perform(method, given) == {"run": run}
        await operations._engine.scheduler.idle()
        [handed] = (await operations.perform("handoffs.list"))["handoffs"]
        assert "Mine." in handed["summary"]
        assert finished(operations) == ["t-0", "t-1", "t-2", "t-3"]
        with pytest.raises(Refused, match="over"):
            await operations.perform("run.stop", {"run": run})


async def test_a_backup_never_replaces_a_file_and_wants_a_whole_path(store: Path) -> None:
    async with engine(store) as operations:
        target = str(store.parent / "copy.db")
        made = await operations.perform("store.backup", {"path": target, "command_id": "b-1"})
        assert await operations.perform("store.backup", {"path": target, "command_id": "b-1"}) == made
        with pytest.raises(Refused):
            await operations.perform("store.backup", {"path": target})
        with pytest.raises(BadInput, match="whole path"):
            await operations.perform("store.backup", {"path": "copy.db"})


async def test_a_backup_that_a_crash_cut_short_of_its_answer_is_answered_again(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORDS", "correct horse")
    target, key_file = store.parent / "copy.db", store.parent / "key.json"
    params = {"path": str(target), "key_file": str(key_file), "passphrase_env": "WORDS", "command_id": "b-1"}
    async with engine(store, key_for=lambda name, create: b"k" * 32) as operations:
        around = Asked(operations._engine, checked(TABLE["store.backup"], params))
        receipt = Receipt("b-1", "store.backup", "", operations._engine.ledger.payloads)
        made = plain(await backup(Asked(around.engine, around.params, receipt)))  # its answer is never committed
        assert await operations.perform("store.backup", params) == made
        with pytest.raises(Refused, match="already"):
            await operations.perform("store.backup", {**params, "command_id": "b-2"})


async def test_nobody_acts_as_somebody_unknown(store: Path) -> None:
    async with engine(store) as operations:
        approval = await asked(operations, store.parent)
        with pytest.raises(NotFound, match="nobody-here"):
            await operations.perform("approval.approve", {"approval": approval, "person": "nobody-here"})
        with operations._engine.queries.view() as view:
            assert decisions.approval(view.connection, approval).state == "requested"


def test_a_command_names_its_person_except_where_a_person_is_made_known() -> None:
    commands = [operation for operation in TABLE.values() if operation.command and operation.name != "people.add"]
    assert all(issubclass(operation.params, CommandParams) for operation in commands)
