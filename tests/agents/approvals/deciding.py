"""What every test of the desk needs: a request, the ways to answer it, and what came of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from agents.approvals.desk import DecisionRefusedError
from agents.people import Person
from storage.events.approvals import ApprovalDecided, Choice, DecisionRefused, RefusalCause
from storage.events.calls import ToolStarted
from storage.records import ApprovalRecord
from tests.agents.crash.shop import Shop

GRACE_S = 5
PAYS_LESS = {"order_id": "o1", "amount": 300}
Act = Callable[[Shop, ApprovalRecord, Person], Awaitable[object]]

APPROVE: Act = lambda shop, request, who: shop.engine.desk.approve(request.approval, who)  # noqa: E731
REJECT: Act = lambda shop, request, who: shop.engine.desk.reject(request.approval, who, "no")  # noqa: E731
RESPOND: Act = lambda shop, request, who: shop.engine.desk.respond(request.approval, who, "hm")  # noqa: E731
EDIT: Act = lambda shop, request, who: shop.engine.desk.edit(  # noqa: E731
    request.approval, who, PAYS_LESS
)
ACTS = [APPROVE, REJECT, RESPOND, EDIT]
NAMES = ["approve", "reject", "respond", "edit"]
EACH = pytest.mark.parametrize("act", ACTS, ids=NAMES)


async def asked(shop: Shop, amount: int = 500) -> tuple[ApprovalRecord, Person]:
    """One refund that the lead must decide, and the lead."""
    await shop.begin(amount)
    return shop.request(), await shop.person("lead")


async def refused(attempt: Awaitable[object], cause: RefusalCause, shop: Shop) -> DecisionRefusedError:
    """The attempt is refused for this cause, says that nothing was done, and stands in the ledger."""
    before = len(shop.events(DecisionRefused))
    with pytest.raises(DecisionRefusedError) as error:
        await attempt
    assert error.value.cause is cause
    assert "Not accepted" in str(error.value)
    assert [event.cause for event in shop.events(DecisionRefused)][before:] == [cause]
    return error.value


def decisions(shop: Shop) -> list[Choice]:
    return [event.choice for event in shop.events(ApprovalDecided)]


def starts(shop: Shop, tool: str = "pay") -> int:
    return sum(event.tool == tool for event in shop.events(ToolStarted))
