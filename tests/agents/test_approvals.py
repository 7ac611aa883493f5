"""What a person may rely on at the desk: what they approve is what runs, once, or it is refused, said and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from agents.approvals.desk import DecisionRefusedError
from agents.people import Person
from storage.events.approvals import (
    ApprovalDecided,
    ApprovalSuperseded,
    ApprovalWithdrawn,
    Choice,
    DecisionRefused,
    RefusalCause,
)
from storage.events.calls import CallDecided, ToolStarted
from storage.records import ApprovalRecord
from tests.agents.crash.shop import Shop, build_shop
from tests.storage import sqlite_shell

GRACE_S = 5
Act = Callable[[Shop, ApprovalRecord, Person], Awaitable[object]]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = build_shop(tmp_path / "shop")
    await shop.open()
    yield shop
    await shop.close()


async def asked(shop: Shop, amount: int = 500) -> tuple[ApprovalRecord, Person]:
    """One refund that the lead must decide, and the lead."""
    await shop.begin(amount)
    return shop.request(), await shop.person("lead")


async def refused(attempt: Awaitable[object], cause: RefusalCause, shop: Shop) -> None:
    """The attempt is refused for this cause, says that nothing was done, and stands in the ledger."""
    before = len(shop.events(DecisionRefused))
    with pytest.raises(DecisionRefusedError) as error:
        await attempt
    assert error.value.cause is cause
    assert "Not accepted" in str(error.value)
    assert [event.cause for event in shop.events(DecisionRefused)][before:] == [cause]


def decisions(shop: Shop) -> list[Choice]:
    return [event.choice for event in shop.events(ApprovalDecided)]


def starts(shop: Shop, tool: str = "pay") -> int:
    return sum(event.tool == tool for event in shop.events(ToolStarted))


# -- the four answers -----------------------------------------------------------------------------------------


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


# -- twice, late, by the wrong person -------------------------------------------------------------------------

APPROVE: Act = lambda shop, request, who: shop.engine.desk.approve(request.approval, who)  # noqa: E731
REJECT: Act = lambda shop, request, who: shop.engine.desk.reject(request.approval, who, "no")  # noqa: E731
RESPOND: Act = lambda shop, request, who: shop.engine.desk.respond(request.approval, who, "hm")  # noqa: E731
EDIT: Act = lambda shop, request, who: shop.engine.desk.edit(  # noqa: E731
    request.approval, who, {"order_id": "o1", "amount": 300}
)
ACTS = [APPROVE, REJECT, RESPOND, EDIT]
EACH = pytest.mark.parametrize("act", ACTS, ids=["approve", "reject", "respond", "edit"])


@EACH
@pytest.mark.parametrize("other", ACTS, ids=["approve", "reject", "respond", "edit"])
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


# -- what changes after the request ---------------------------------------------------------------------------


def changed_policy(shop: Shop, request: ApprovalRecord) -> None:
    _charter(shop).policy_digest = "B" * 43


def changed_schema(shop: Shop, request: ApprovalRecord) -> None:
    _charter(shop).spec_digests["pay"] = "B" * 43


def changed_version(shop: Shop, request: ApprovalRecord) -> None:
    _charter(shop).version = "B" * 43


def changed_byte(shop: Shop, request: ApprovalRecord) -> None:
    """One byte of the arguments, in the store itself, with the plain sqlite3 shell: 500 becomes 900."""
    judged = next(event for event in shop.events(CallDecided) if event.binding == request.binding)
    content = shop.engine.payloads.read(judged.args)
    other = content.replace(b"500", b"900")
    assert other != content
    sqlite_shell.run(shop.store, f"UPDATE blob SET codec = 0, bytes = X'{other.hex()}' WHERE {_is(judged.args)}")


def _is(ref: str) -> str:
    from storage.blobs import to_address

    return f"address = X'{to_address(ref).hex()}'"


def _charter(shop: Shop):  # type: ignore[no-untyped-def]
    run = shop.run()
    return shop.engine.crews.charter(run.agent, run.version)


CHANGES = pytest.mark.parametrize("change", [changed_policy, changed_schema, changed_version, changed_byte])


@CHANGES
async def test_what_changed_after_the_approval_does_not_run(
    shop: Shop, change: Callable[[Shop, ApprovalRecord], None]
) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.approve(request.approval, lead)
    await shop.rest()
    change(shop, request)
    await shop.rest(after_seconds=GRACE_S)
    assert shop.paid() == []
    assert starts(shop) == 0
    assert [event.cause for event in shop.events(DecisionRefused)] == [RefusalCause.BINDING_CHANGED]
    assert [event.approval for event in shop.events(ApprovalSuperseded)] == [request.approval]
    assert shop.run().state == "handed_off"
    assert "does not hold for this call any more" in shop.handoff()


@CHANGES
async def test_what_changed_before_the_approval_does_not_run_either(
    shop: Shop, change: Callable[[Shop, ApprovalRecord], None]
) -> None:
    request, lead = await asked(shop)
    change(shop, request)
    if change is changed_byte:  # seen where the arguments are read to be acted upon
        await shop.engine.desk.approve(request.approval, lead, now=True)
        await shop.rest()
        assert [event.cause for event in shop.events(DecisionRefused)] == [RefusalCause.BINDING_CHANGED]
    else:
        attempt = shop.engine.desk.approve(request.approval, lead)
        await refused(attempt, RefusalCause.BINDING_CHANGED, shop)
    assert shop.paid() == []
    assert starts(shop) == 0


async def test_a_byte_changed_while_the_engine_was_down_is_seen_too(shop: Shop) -> None:
    request, lead = await asked(shop)
    await shop.engine.desk.approve(request.approval, lead)
    changed_byte(shop, request)
    await shop.close()
    shop.clock.forward(seconds=GRACE_S)
    await shop.open()
    await shop.rest()
    assert shop.paid() == []
    assert [event.cause for event in shop.events(DecisionRefused)] == [RefusalCause.BINDING_CHANGED]


# -- taking back ----------------------------------------------------------------------------------------------


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
