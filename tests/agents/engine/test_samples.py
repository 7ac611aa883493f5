"""Putting a sample agent into a workspace."""

from __future__ import annotations

from pathlib import Path

from agents.account import local_name
from agents.engine.compose import Ground, working
from storage.credentials import Credentials, NoKeyring


def _ground(folder: Path) -> Ground:
    return Ground(folder / "centaur.db", Credentials(NoKeyring("There is none in this test."), {}), folder / "heads")


async def test_whoever_tries_a_sample_can_decide_in_it(tmp_path: Path) -> None:
    async with working(_ground(tmp_path), grace_us=0) as engine:
        me = {"person": local_name(), "name": "Ingrid Moen", "roles": ["night-shift"]}
        await engine.perform("people.add", me)
        made = await engine.perform("sample.add", {"template": "invoice-matching"})
        people = (await engine.perform("people.list"))["people"]
        checked = await engine.perform("job.check", {"path": made["job"]})
    assert [(each["name"], set(each["roles"])) for each in people] == [("Ingrid Moen", {"night-shift", "finance-lead"})]
    assert checked["missing"] == []


async def test_a_role_that_somebody_has_stays_theirs(tmp_path: Path) -> None:
    async with working(_ground(tmp_path), grace_us=0) as engine:
        other = {"person": "maria", "name": "Maria", "roles": ["finance-lead"]}
        await engine.perform("people.add", other)
        await engine.perform("sample.add", {"template": "invoice-matching"})
        await engine.perform("sample.add", {"template": "invoice-matching"})
        people = (await engine.perform("people.list"))["people"]
    assert {each["person"]: set(each["roles"]) for each in people} == {"maria": {"finance-lead"}, local_name(): set()}
