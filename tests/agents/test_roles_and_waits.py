"""Roles act (A decides, C is asked first, R performs, I learns of it), waits are durable, decisions are signed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage.anchors import AnchorKey
from storage.credentials import Credentials
from storage.errors import NotFound
from storage.events.approvals import ApprovalDecided
from storage.events.envelope import Draft
from storage.events.runs import Informed, WaitEnd, WaitEnded, WaitStarted
from storage.people import create_signer
from storage.verification.report import FindingKind
from storage.verify import Verification, verify
from tests.agents.crash.shop import KEY, PLAN, Shop, build_shop
from tests.storage import sqlite_shell
from tests.storage.keyring_in_memory import KeyringInMemory

ASK = """\
policy:
  format: 1
  rules:
    - {id: always, effect: ask, because: A person looks at it., when: 'tool == "pay"'}
"""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = build_shop(tmp_path / "shop")
    yield shop
    await shop.close()


# -- roles ----------------------------------------------------------------------------------------------------


async def test_c_is_asked_first_then_a_decides_and_i_learns_of_it(shop: Shop) -> None:
    shop.write(ASK, "raci:\n  pay: {R: agent, A: boss, C: [carla, curt], I: [ines]}\n")
    await shop.open()
    await shop.begin(500)
    for name, answer in (("carla", "The parcel is back."), ("curt", "He never pays late.")):
        (wait,) = shop.waits()
        assert wait.to == name
        assert "Pay 500 for order o1" in shop.text(wait.question)
        assert shop.requests() == []
        await shop.restart()
        await shop.rest()
        assert shop.waits() == [wait]
        await shop.engine.desk.reply(wait.wait, await shop.person(name), answer)
        await shop.rest()
    request = shop.request()
    assert request.approvers == ("boss",)
    card = json.loads(shop.text(request.card))
    assert [said["answer"] for said in card["consulted"]] == ["The parcel is back.", "He never pays late."]
    await shop.engine.desk.approve(request.approval, await shop.person("boss"), now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 500)]
    assert [event.to for event in shop.events(Informed)] == ["ines"]
    assert len(shop.events(WaitStarted)) == 2


async def test_whoever_is_asked_and_never_answers_does_not_hold_it_up_for_ever(shop: Shop) -> None:
    shop.write(ASK, "raci:\n  pay: {R: agent, A: boss, C: [carla]}\n")
    await shop.open()
    await shop.begin(500)
    await shop.rest(after_days=2, after_seconds=1)
    assert shop.waits() == []
    assert [event.end for event in shop.events(WaitEnded)] == [WaitEnd.EXPIRED]
    assert "Nobody answered in time" in shop.text(shop.request().card)


async def test_a_step_of_a_person_is_handed_to_them_and_the_run_goes_on_with_their_answer(shop: Shop) -> None:
    plan = """\
plan:
  format: 1
  steps:
    - {id: pay, call: pay, with: {order_id: "${case.id}", amount: "${case.amount}"}}
    - {id: tell, call: note, with: {order_id: "${case.id}", text: "${steps.pay.answer}"}}
    - {id: end, finish: {outcome: {result: paid}}}
"""
    job = shop.job.read_text().split("policy:")[0].replace('status.pay != "ok"', 'status.pay != "answered"')
    shop.write(plan, "raci:\n  pay: {R: pat, A: lead}\n", job=job)
    await shop.open()
    await shop.begin(50)
    (wait,) = shop.waits()
    assert wait.to == "pat"
    await shop.restart()
    await shop.engine.desk.reply(wait.wait, await shop.person("pat"), "Paid in cash.")
    await shop.rest()
    assert shop.paid() == []  # the agent has not done it as well
    assert shop.sql("SELECT text FROM note") == [("Paid in cash.",)]
    assert shop.run().state == "finished"


# -- waits ----------------------------------------------------------------------------------------------------


def waiting(what: str) -> str:
    """A plan that waits before it pays."""
    step = "    - id: hold\n      wait: {" + what + "}\n"
    return PLAN.replace("    - id: pay\n", step + "    - id: pay\n")


async def test_a_reply_wakes_the_run_once_even_after_a_restart(shop: Shop) -> None:
    shop.write(waiting("for: reply, to: carla, question: Is it back?"))
    await shop.open()
    await shop.begin(50)
    await shop.restart()
    (wait,) = shop.waits()
    carla = await shop.person("carla")
    await shop.engine.desk.reply(wait.wait, carla, "Yes.")
    await shop.rest()
    assert shop.paid() == [("o1", 50)]
    with pytest.raises(NotFound, match="No run waits"):
        await shop.engine.desk.reply(wait.wait, carla, "No!")
    assert len(shop.events(WaitEnded)) == 1


async def test_a_reply_that_never_comes_is_a_failed_step(shop: Shop) -> None:
    shop.write(waiting("for: reply, to: carla, question: Is it back?, until: PT4H"))
    await shop.open()
    await shop.begin(50)
    await shop.rest(after_seconds=4 * 3600 - 60)
    assert len(shop.waits()) == 1
    await shop.rest(after_seconds=120)
    assert shop.waits() == []
    assert shop.paid() == []
    assert shop.run().state == "handed_off"


async def test_a_time_is_waited_for_and_not_a_second_less(shop: Shop) -> None:
    shop.write(waiting("for: until, until: P3D"))
    await shop.open()
    await shop.begin(50)
    await shop.rest(after_days=2)
    await shop.restart()
    await shop.rest()
    assert shop.paid() == []
    await shop.rest(after_days=1, after_seconds=1)
    assert shop.paid() == [("o1", 50)]
    assert shop.run().state == "finished"


async def test_a_change_is_noticed_as_often_as_the_job_says_and_after_a_restart(shop: Shop) -> None:
    shop.write(waiting('for: change, watch: {tool: look_up, with: {order_id: "${case.id}"}}'))
    await shop.open()
    await shop.begin(50)
    assert await shop.engine.waits.look() == 0
    shop.sql("UPDATE orders SET state = 'back' WHERE id = 'o1'")
    assert await shop.engine.waits.look() == 0  # looked at less than a minute ago
    shop.clock.forward(seconds=61)
    await shop.restart()
    assert await shop.engine.waits.look() == 1
    await shop.rest()
    assert shop.paid() == [("o1", 50)]


async def test_a_change_that_never_comes_ends_at_its_deadline(shop: Shop) -> None:
    shop.write(waiting('for: change, watch: {tool: look_up, with: {order_id: "${case.id}"}}'))
    await shop.open()
    await shop.begin(50)
    await shop.rest(after_days=3, after_seconds=1)
    assert shop.run().state == "handed_off"
    assert shop.paid() == []


# -- signatures -----------------------------------------------------------------------------------------------


async def decided_by_key(shop: Shop) -> None:
    """A refund that the lead approved with a key from a keyring."""
    signer = create_signer("lead", Credentials(KeyringInMemory(), {}))
    assert signer is not None
    shop.keys["lead"] = signer
    await shop.open()
    await shop.begin(500)
    lead = await shop.person("lead")
    done = await shop.engine.desk.approve(shop.request().approval, lead, now=True)
    assert done.signed
    await shop.rest()
    assert shop.paid() == [("o1", 500)]


def verified(shop: Shop) -> Verification:
    return verify(shop.store, AnchorKey(KEY), shop.folder / "heads")


def seq_of_decision(shop: Shop) -> int:
    return next(event.seq for event in shop.engine.ledger.events() if isinstance(event.body, ApprovalDecided))


async def test_a_signed_decision_can_be_checked_by_anybody(shop: Shop) -> None:
    await decided_by_key(shop)
    await shop.close()
    assert verified(shop).findings == ()


async def test_a_decision_signed_with_another_key_is_found(shop: Shop) -> None:
    await decided_by_key(shop)
    event = next(e for e in shop.engine.ledger.events() if isinstance(e.body, ApprovalDecided))
    lead = await shop.engine.person("lead")
    forger = create_signer("forger", Credentials(KeyringInMemory(), {}))
    forged = replace(lead, signer=forger).sign(Draft(event.body, lead.actor, event.run))
    (stored,) = await shop.engine.ledger.append([forged])
    await shop.close()
    found = verified(shop).first
    assert found is not None
    assert (found.kind, found.seq) == (FindingKind.SIGNATURE, stored.seq)


async def test_a_signature_changed_in_the_store_is_found(shop: Shop) -> None:
    await decided_by_key(shop)
    seq = seq_of_decision(shop)
    body = next(e for e in shop.engine.ledger.events() if e.seq == seq).signature
    assert body is not None
    await shop.close()
    other = ("B" if body[0] == "A" else "A") + body[1:]
    sqlite_shell.tamper(
        shop.store,
        f"UPDATE event SET body = CAST(replace(CAST(body AS TEXT), '{body}', '{other}') AS BLOB) WHERE seq = {seq}",
    )
    found = verified(shop).first
    assert found is not None
    assert found.seq == seq


async def test_a_person_without_a_key_decides_unsigned_and_verify_says_so(shop: Shop) -> None:
    await shop.open()
    await shop.begin(500)
    done = await shop.engine.desk.approve(shop.request().approval, await shop.person("lead"), now=True)
    assert not done.signed
    await shop.rest()
    await shop.close()
    said = verified(shop)
    assert said.ok
    assert any("lead" in note and "without a signature" in note for note in said.notes)
