"""A decision can be taken back until it takes effect; requests and decisions outlive a restart."""

from __future__ import annotations

from storage.events.approvals import (
    ApprovalWithdrawn,
    Choice,
    RefusalCause,
)
from tests.agents.approvals.deciding import EACH, GRACE_S, Act, asked, decisions, refused
from tests.agents.crash.shop import Shop


@EACH
async def test_a_decision_can_be_taken_back_within_the_grace(shop: Shop, act: Act) -> None:
    request, lead = await asked(shop)
    await act(shop, request, lead)
    await shop.rest()
    await shop.engine.desk.withdraw(request.approval, lead)
    await shop.rest(after_seconds=GRACE_S + 1)
    assert shop.paid() == []
    assert shop.request().approval == request.approval
    assert len(shop.events(ApprovalWithdrawn)) == 1
    await shop.engine.desk.approve(request.approval, lead, now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 500)]


@EACH
async def test_a_decision_in_effect_cannot_be_taken_back(shop: Shop, act: Act) -> None:
    request, lead = await asked(shop)
    await act(shop, request, lead)
    shop.clock.forward(seconds=GRACE_S)
    await refused(shop.engine.desk.withdraw(request.approval, lead), RefusalCause.TOO_LATE, shop)


async def test_what_was_taken_back_still_expires_in_its_own_time(shop: Shop) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.approve(request.approval, lead)
    await shop.engine.desk.withdraw(request.approval, lead)
    await shop.rest(after_days=6)
    assert shop.request().approval == request.approval
    await shop.rest(after_days=2)
    assert shop.requests() == []
    assert shop.run().state == "handed_off"


# -- over a restart -------------------------------------------------------------------------------------------


@EACH
async def test_what_waits_for_a_person_is_there_after_a_restart(shop: Shop, act: Act) -> None:
    request, _ = await asked(shop)
    await shop.restart()
    await shop.rest()
    assert shop.request() == request
    await act(shop, request, await shop.engine.person("lead"))
    await shop.restart()  # within the grace: the decision stands, and takes effect when its time comes
    await shop.rest(after_seconds=GRACE_S)
    assert len(shop.paid()) == (decisions(shop)[0] in (Choice.APPROVE, Choice.EDIT))
    assert shop.run().ended_at is not None
