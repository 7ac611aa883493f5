"""Methods that erase for good."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.engine.operations.operation import Asked, CommandParams, Json, Operation
from storage.events.body import Ref

_REASON = "Why; kept in the ledger for good, so it names nobody."
_AGAIN = "With an id the effect and its answer are one commit."
_RETURNS = "{case, erased, shared, runs, copies: [{path, made_at, there}]}; the copies hold it still"


class EraseCase(CommandParams):
    """case.erase"""

    case: str = Field(min_length=1, description="The case's id or the beginning of it.")
    reason: str = Field(min_length=1, max_length=2_000, description=_REASON)


class ErasePayload(CommandParams):
    """payload.erase"""

    ref: Ref = Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$", description="The payload's address.")
    reason: str = Field(min_length=1, max_length=2_000, description=_REASON)


async def case(asked: Asked[EraseCase]) -> Json:
    from agents.engine.erasing import erase_case

    return await erase_case(
        asked.engine, asked.params.case, asked.params.reason, await asked.who(), asked.receipt
    )  # fmt: skip


async def payload(asked: Asked[ErasePayload]) -> Json:
    from agents.engine.erasing import erase_payload

    return await erase_payload(
        asked.engine, asked.params.ref, asked.params.reason, await asked.who(), asked.receipt
    )  # fmt: skip


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "case.erase",
        EraseCase,
        case,
        "Erases a case for good: what it says, its id elsewhere, its outcome, and what its runs wrote of it.",
        _RETURNS,
        command=True,
        again=_AGAIN,
    ),
    Operation(
        "payload.erase",
        ErasePayload,
        payload,
        "Erases one payload for good.",
        _RETURNS,
        command=True,
        again=_AGAIN,
    ),
)
