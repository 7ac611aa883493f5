"""What changes after a request was made, or after it was approved, does not run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.blobs import to_address
from storage.events.approvals import (
    ApprovalSuperseded,
    DecisionRefused,
    RefusalCause,
)
from storage.events.calls import CallDecided
from storage.records import ApprovalRecord
from tests.agents.approvals.deciding import GRACE_S, asked, refused, starts
from tests.agents.crash.shop import Shop
from tests.storage import sqlite_shell


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
