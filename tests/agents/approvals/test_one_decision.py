"""Only whoever may decide decides, in time and once; what comes after is refused, said and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agents.approvals.desk import DecisionRefusedError, Desk
from agents.loop.runner import Runner
from storage.events.approvals import (
    Choice,
    DecisionRefused,
    RefusalCause,
)
from storage.records import ApprovalRecord
from tests.agents.approvals.deciding import ACTS, EACH, GRACE_S, NAMES, PAYS_LESS, Act, asked, decisions, refused
from tests.agents.crash.shop import Shop


@EACH
@pytest.mark.parametrize("other", ACTS, ids=NAMES)
async def test_of_two_decisions_at_once_exactly_one_holds(shop: Shop, act: Act, other: Act) -> None:
    request, lead = await asked(shop)
    ends = await asyncio.gather(act(shop, request, lead), other(shop, request, lead), return_exceptions=True)
    late = [end for end in ends if isinstance(end, BaseException)]
    assert len(late) == 1
    assert isinstance(late[0], DecisionRefusedError)
    assert late[0].cause is RefusalCause.ALREADY_DECIDED
    assert len(decisions(shop)) == len(shop.events(DecisionRefused)) == 1
    await shop.rest(after_seconds=GRACE_S)
    assert len(shop.paid()) == (decisions(shop)[0] in (Choice.APPROVE, Choice.EDIT))


def _overtaken(shop: Shop, first: Callable[[ApprovalRecord], Awaitable[object]]) -> tuple[Desk, ApprovalRecord]:
    """A desk at which `first` happens each time after a request is found open and before its run is read."""
    request = shop.request()

    async def load(run: str) -> Runner:
        await first(request)
        return await shop.engine._look(run)

    engine = shop.engine
    return Desk(engine.ledger, engine.queries, load, engine.scheduler.wake, clock=shop.clock), request


@pytest.mark.parametrize("other", ACTS, ids=NAMES)
@pytest.mark.parametrize("edits", [False, True], ids=["approve", "edit"])
async def test_who_is_overtaken_hears_who_decided(shop: Shop, other: Act, edits: bool) -> None:
    _, lead = await asked(shop)
    dora = await shop.person("dora", "lead")
    desk, request = _overtaken(shop, lambda request: other(shop, request, dora))
    late = desk.edit(request.approval, lead, PAYS_LESS) if edits else desk.approve(request.approval, lead)
    error = await refused(late, RefusalCause.ALREADY_DECIDED, shop)
    assert "already decided by dora" in error.message
    assert len(decisions(shop)) == 1


@pytest.mark.parametrize("edits", [False, True], ids=["approve", "edit"])
async def test_superseded_is_said_where_the_run_ended_meanwhile(shop: Shop, edits: bool) -> None:
    _, lead = await asked(shop)

    async def stop(request: ApprovalRecord) -> None:
        await shop.engine.stop(request.run, lead, "A mistake.")
        await shop.rest()

    desk, request = _overtaken(shop, stop)
    late = desk.edit(request.approval, lead, PAYS_LESS) if edits else desk.approve(request.approval, lead)
    await refused(late, RefusalCause.SUPERSEDED, shop)


async def test_who_is_overtaken_by_what_is_taken_back_decides(shop: Shop) -> None:
    """The run was read while another's decision stood; when the request is looked at again, it is open."""
    _, lead = await asked(shop)
    dora = await shop.person("dora", "lead")
    engine, request = shop.engine, shop.request()
    looks = 0

    async def load(run: str) -> Runner:
        nonlocal looks
        looks += 1
        if looks > 1:
            return await engine._look(run)
        await engine.desk.approve(request.approval, dora)
        decided = await engine._look(run)
        await engine.desk.withdraw(request.approval, dora)
        return decided

    desk = Desk(engine.ledger, engine.queries, load, engine.scheduler.wake, clock=shop.clock)
    await desk.approve(request.approval, lead, now=True)
    await shop.rest()
    assert looks == 2
    assert shop.paid() == [("o1", 500)]


@EACH
async def test_who_is_not_an_approver_is_refused(shop: Shop, act: Act) -> None:
    request, _ = await asked(shop)
    stranger = await shop.person("stranger", "intern")
    await refused(act(shop, request, stranger), RefusalCause.NOT_APPROVER, shop)
    assert shop.request().refusals == 1


async def test_a_role_admits_as_a_name_does(shop: Shop) -> None:
    request, _ = await asked(shop)
    deputy = await shop.person("dora", "lead")
    await shop.engine.desk.approve(request.approval, deputy, now=True)
    await shop.rest()
    assert shop.paid() == [("o1", 500)]


@EACH
async def test_a_request_that_expired_is_not_decided(shop: Shop, act: Act) -> None:
    request, lead = await asked(shop)
    shop.clock.forward(days=8)
    await refused(act(shop, request, lead), RefusalCause.EXPIRED, shop)  # before anybody noticed
    await shop.rest(after_seconds=1)
    await refused(act(shop, request, lead), RefusalCause.EXPIRED, shop)  # and after
    assert shop.paid() == []
    assert shop.run().state == "handed_off"
    assert "Nobody decided in time" in shop.handoff()


@EACH
async def test_a_request_of_a_run_that_was_stopped_is_not_decided(shop: Shop, act: Act) -> None:
    request, lead = await asked(shop)
    await shop.engine.stop(request.run, lead, "A mistake.")
    await shop.rest()
    assert shop.requests() == []
    await refused(act(shop, request, lead), RefusalCause.SUPERSEDED, shop)
    assert shop.paid() == []


async def test_another_binding_than_the_request_has_is_refused(shop: Shop) -> None:
    request, lead = await asked(shop)
    seen = shop.engine.desk.approve(request.approval, lead, binding="A" * 43)
    await refused(seen, RefusalCause.BINDING_CHANGED, shop)
