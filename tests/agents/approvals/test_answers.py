"""The four answers: what a person approves is what runs, once; what they say reaches the agent."""

from __future__ import annotations

import pytest

from storage.events.approvals import (
    ApprovalDecided,
    RefusalCause,
)
from storage.events.calls import CallDecided
from tests.agents.approvals.deciding import GRACE_S, asked, refused, starts
from tests.agents.crash.shop import Shop


async def test_what_was_approved_is_paid_once_after_the_grace(shop: Shop) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.approve(request.approval, lead, binding=request.binding)
    await shop.rest()
    assert shop.paid() == []
    await shop.rest(after_seconds=GRACE_S)
    assert shop.paid() == [("o1", 500)]
    assert shop.run().state == "finished"
    (spent,) = shop.requests(None)
    assert spent.state == "spent"
    await refused(shop.engine.desk.approve(request.approval, lead), RefusalCause.ALREADY_DECIDED, shop)
    assert starts(shop) == 1


async def test_a_rejection_reaches_the_agent_with_its_reason(shop: Shop) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.reject(request.approval, lead, "The parcel came back damaged.", now=True)
    await shop.rest()
    assert shop.paid() == []
    (note,) = shop.sql("SELECT text FROM note")
    assert "The parcel came back damaged." in note[0]
    assert shop.run().state == "handed_off"
    assert "The parcel came back damaged." in shop.handoff()


async def test_an_answer_reaches_the_agent_in_place_of_a_decision(shop: Shop) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.respond(request.approval, lead, "Ask the customer for the receipt.", now=True)
    await shop.rest()
    assert shop.paid() == []
    assert shop.run().state == "handed_off"
    assert "Ask the customer for the receipt." in shop.handoff()


async def test_an_edit_that_policy_allows_is_what_runs(shop: Shop) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.edit(request.approval, lead, {"order_id": "o1", "amount": 450}, now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 450)]
    (decided,) = shop.events(ApprovalDecided)
    ran = shop.events(CallDecided)[-1]
    assert decided.binding == ran.binding != request.binding
    assert ran.by == request.approval


async def test_an_edit_that_another_must_allow_is_asked_of_them(shop: Shop) -> None:
    request, lead = await asked(shop)
    boss = await shop.person("boss")
    await shop.engine.desk.edit(request.approval, lead, {"order_id": "o1", "amount": 50_000}, now=True)
    await shop.rest()
    assert shop.paid() == []
    again = shop.request()
    assert again.approvers == ("boss",)
    assert again.rule == "very-large"
    await refused(shop.engine.desk.approve(again.approval, lead), RefusalCause.NOT_APPROVER, shop)
    await refused(shop.engine.desk.approve(request.approval, boss), RefusalCause.ALREADY_DECIDED, shop)
    await shop.engine.desk.approve(again.approval, boss, now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 50_000)]


async def test_an_edit_waiting_for_another_cannot_be_withdrawn_from_under_them(shop: Shop) -> None:
    request, lead = await asked(shop)
    boss = await shop.person("boss")
    await shop.engine.desk.edit(request.approval, lead, {"order_id": "o1", "amount": 50_000})
    await shop.rest()
    await refused(shop.engine.desk.withdraw(request.approval, lead), RefusalCause.TOO_LATE, shop)
    await shop.engine.desk.approve(shop.request().approval, boss, now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 50_000)]
    assert shop.requests() == []


async def test_an_edit_that_policy_denies_changes_nothing(shop: Shop) -> None:
    request, lead = await asked(shop)
    too_much = {"order_id": "o1", "amount": 200_000}
    await refused(shop.engine.desk.edit(request.approval, lead, too_much), RefusalCause.DENIED_BY_POLICY, shop)
    await shop.engine.desk.approve(request.approval, lead, now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 500)]


@pytest.mark.parametrize(
    "arguments",
    [{"order_id": "o1"}, {"order_id": "o1", "amount": "500"}, {"order_id": "o1", "amount": 1, "to": "x"}, {}],
)
async def test_an_edit_that_does_not_fit_the_schema_changes_nothing(shop: Shop, arguments: dict[str, object]) -> None:
    request, lead = await asked(shop)
    await refused(shop.engine.desk.edit(request.approval, lead, arguments), RefusalCause.BAD_EDIT, shop)
    assert shop.request().approval == request.approval
