"""Erasing takes what is personal and nothing else; the ledger stays whole, and says who erased it and why."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agents.engine.operations.service import Operations
from agents.own_json import load
from storage.blobs import to_address
from storage.errors import Erased, NotFound, Refused
from storage.events.workspace import BlobErased
from storage.queries import work
from storage.rebuild import differences
from tests.agents.engine.shop import Json, engine, shop

SECRET = "anna.berg@example.org"


async def worked(operations: Operations, folder: Path, *rows: dict[str, Json], mode: str = "shadow") -> list[str]:
    """Work these cases; return their ids in order."""
    file = folder / "cases.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = {"job": str(folder / "keeper.yaml"), "cases": str(file), "mode": mode}
    pilot = (await operations.perform("pilot.start", asked))["pilot"]
    await operations._engine.pilots.finished(pilot)
    with operations._engine.queries.view() as view:
        return [row.case_id for row in work.pilot_rows(view.connection, pilot)]


def holding(store: Path, words: str) -> list[str]:
    """The payloads and table rows that hold these words."""
    from storage.blobs import unpack

    with closing(sqlite3.connect(store)) as db:
        blobs = [unpack(codec, content) for codec, content in db.execute("SELECT codec, bytes FROM blob")]
        names = [row[0] or "" for row in db.execute("SELECT external_id FROM case_")]
    found = [b.decode("utf-8", "replace") for b in blobs] + names
    return [each for each in found if words in each]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


async def test_a_case_is_erased_and_the_others_stay_whole(store: Path) -> None:
    async with engine(store) as operations:
        one, two = await worked(
            operations, store.parent, {"id": SECRET, "account": "A1"}, {"id": "other", "account": "A2"}
        )
        await operations.perform("store.backup", {"path": str(store.parent / "copy.db")})
        before = holding(store, "A2")
        assert holding(store, SECRET)
        assert len(holding(store, "A1")) > 1
        done = await operations.perform("case.erase", {"case": one, "reason": "Asked by the customer."})
        assert (done["case"], len(done["runs"])) == (one, 1)
        assert done["erased"] > 2
        assert done["shared"] > 0
        assert [(copy["path"], copy["there"]) for copy in done["copies"]] == [(str(store.parent / "copy.db"), True)]
        assert holding(store, SECRET) == []
        assert [each for each in holding(store, '"A1"') if "accounts" not in each] == []
        assert holding(store, "A2") == before
        verified = await operations.perform("store.verify", {"tables": True})
        assert verified["ok"], verified
        for case in (one, two):  # what is left can still be read
            with operations._engine.queries.view() as view:
                run = work.case(view.connection, case).run
            assert (await operations.perform("run.show", {"run": run}))["steps"]
        erased = [event for event in operations._engine.ledger.events() if isinstance(event.body, BlobErased)]
        assert len(erased) == done["erased"]
        assert all(event.actor.startswith("person:") for event in erased)
    assert differences(store) == []


async def test_erasing_twice_and_sending_it_again(store: Path) -> None:
    async with engine(store) as operations:
        (one,) = await worked(operations, store.parent, {"id": "x", "account": "A1"})
        params = {"case": one, "reason": "Asked.", "command_id": "c1"}
        first = await operations.perform("case.erase", params)
        assert await operations.perform("case.erase", params) == first
        with pytest.raises(NotFound, match="left to erase"):
            await operations.perform("case.erase", {"case": one, "reason": "Again."})
        with pytest.raises(NotFound):
            await operations.perform("case.erase", {"case": "case-zzz", "reason": "Whose?"})


async def test_a_case_that_is_still_worked_is_not_erased(store: Path) -> None:
    async with engine(store) as operations:
        (one,) = await worked(operations, store.parent, {"id": "x", "account": "A1"}, mode="live")
        with pytest.raises(Refused, match="still needs it"):
            await operations.perform("case.erase", {"case": one, "reason": "Asked."})
        assert holding(store, '"A1"')


async def test_one_payload_is_erased_unless_a_version_needs_it(store: Path) -> None:
    async with engine(store) as operations:
        (one,) = await worked(operations, store.parent, {"id": "x", "account": "A1"})
        with operations._engine.queries.view() as view:
            content = work.case(view.connection, one).content
            (job,) = view.connection.execute("SELECT job FROM version").fetchone()
        done = await operations.perform("payload.erase", {"ref": content, "reason": "Asked."})
        assert done["erased"] == 1
        with pytest.raises(Erased):
            await operations.perform("payload.read", {"ref": content})
        with pytest.raises(Erased):
            await operations.perform("payload.erase", {"ref": content, "reason": "Again."})
        with pytest.raises(NotFound, match="no payload"):
            await operations.perform("payload.erase", {"ref": "A" * 43, "reason": "What?"})
        with pytest.raises(Refused, match="version"):
            await operations.perform("payload.erase", {"ref": job, "reason": "Mine."})
        assert load(operations._engine.ledger.payloads.read(job))
        assert len(to_address(content)) == 32


async def test_erasing_removes_indexes_of_past_cases(store: Path) -> None:
    async with engine(store) as operations:
        (one,) = await worked(operations, store.parent, {"id": "x", "account": "A1"})
        index = operations._engine.surroundings.cache / "similar-0.sqlite"
        index.parent.mkdir(parents=True, exist_ok=True)
        index.write_bytes(b"")
        await operations.perform("case.erase", {"case": one, "reason": "Asked."})
        assert not index.exists()
