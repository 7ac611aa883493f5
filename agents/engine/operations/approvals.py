"""Methods about requests that wait for a person's decision, and about cases where nobody knows or answers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.engine.operations.operation import Asked, CommandParams, Json, Operation, PageParams, Params, plain
from agents.own_json import load
from storage.errors import NotFound
from storage.events.calls import DoubtVerdict
from storage.queries import decisions

ID = "The request's id or the beginning of it."


class ListApprovals(PageParams):
    """approvals.list"""

    state: str | None = Field("requested", description="requested, decided, expired or superseded; null: all.")
    run: str | None = Field(None, description="Only those of this run.")


class OneApproval(Params):
    """approval.show"""

    approval: str = Field(min_length=1, description=ID)


class Decide(CommandParams):
    """A decision on a request."""

    approval: str = Field(min_length=1, description=ID)


class Effective(Decide):
    """A decision that takes effect."""

    now: bool = Field(False, description="At once, without the seconds in which it can be withdrawn.")


class Approve(Effective):
    """approval.approve"""

    binding: str | None = Field(None, description="What the person was shown; refused if it is not that any more.")


class Edit(Effective):
    """approval.edit"""

    arguments: dict[str, Any] = Field(description="The arguments instead of the proposed ones.")


class Reject(Effective):
    """approval.reject"""

    reason: str = Field(min_length=1, description="The agent reads it.")


class Reply(Effective):
    """approval.reply"""

    text: str = Field(min_length=1, description="The agent reads it.")


async def list_approvals(asked: Asked[ListApprovals]) -> Json:
    params = asked.params
    with asked.engine.queries.view() as view:
        found = decisions.approvals(
            view.connection, state=params.state, run=params.run, before_seq=params.before_seq, limit=params.limit
        )
    return {"seq": view.seq, "approvals": found}


async def show(asked: Asked[OneApproval]) -> Json:
    with asked.engine.queries.view() as view:
        record = decisions.approval(view.connection, asked.params.approval)
    read = asked.engine.ledger.payloads.read
    return {"seq": view.seq, "approval": record, "card": load(read(record.card)), "note": _text(read, record.note)}


def _text(read: Any, ref: str | None) -> str | None:
    try:
        return None if ref is None else read(ref).decode("utf-8", "replace")
    except NotFound:
        return None


async def approve(asked: Asked[Approve]) -> Json:
    p = asked.params
    return await asked.engine.desk.approve(
        p.approval, await asked.who(), binding=p.binding, now=p.now, receipt=asked.receipt
    )


async def edit(asked: Asked[Edit]) -> Json:
    p = asked.params
    return await asked.engine.desk.edit(p.approval, await asked.who(), p.arguments, now=p.now, receipt=asked.receipt)


async def reject(asked: Asked[Reject]) -> Json:
    p = asked.params
    return await asked.engine.desk.reject(p.approval, await asked.who(), p.reason, now=p.now, receipt=asked.receipt)


async def reply(asked: Asked[Reply]) -> Json:
    p = asked.params
    return await asked.engine.desk.respond(p.approval, await asked.who(), p.text, now=p.now, receipt=asked.receipt)


async def withdraw(asked: Asked[Decide]) -> Json:
    with asked.engine.queries.view() as view:
        approval = decisions.resolve_approval(view.connection, asked.params.approval)
    await asked.engine.desk.withdraw(approval, await asked.who(), asked.receipt)
    return {"approval": approval}


class ListDoubts(PageParams):
    """doubts.list"""

    open_only: bool = Field(True, description="Leave out what was resolved.")
    run: str | None = Field(None, description="Only those of this run.")


class Resolve(CommandParams):
    """doubt.resolve"""

    run: str = Field(min_length=1, description="The run's id or the beginning of it.")
    call: str = Field(min_length=1, description="The call in doubt.")
    verdict: DoubtVerdict = Field(description="happened, did_not or try_again.")
    note: str = Field("", description="How the person knows.")
    result: Any = Field(None, description="If it happened: what the tool would have answered.")


class ListWaits(Params):
    """waits.list"""

    run: str | None = Field(None, description="Only those of this run.")


class ReplyWait(CommandParams):
    """wait.reply"""

    wait: str = Field(min_length=1, description="The wait's id or the beginning of it.")
    text: str = Field(min_length=1, description="The agent reads it.")
    changed: bool = Field(False, description="Not an answer: what was waited for has changed.")


async def doubts(asked: Asked[ListDoubts]) -> Json:
    p = asked.params
    with asked.engine.queries.view() as view:
        found = decisions.doubts(
            view.connection, open_only=p.open_only, run=p.run, before_seq=p.before_seq, limit=p.limit
        )
    return {"seq": view.seq, "doubts": found}


async def resolve(asked: Asked[Resolve]) -> Json:
    p = asked.params
    run = asked.engine.run_record(p.run).run
    await asked.engine.desk.resolve(run, p.call, await asked.who(), p.verdict, p.note, p.result, asked.receipt)
    return {"run": run, "call": p.call, "verdict": p.verdict}


async def waits(asked: Asked[ListWaits]) -> Json:
    read = asked.engine.ledger.payloads.read
    with asked.engine.queries.view() as view:
        found = decisions.waits(view.connection, run=asked.params.run)
    return {"seq": view.seq, "waits": [plain(w) | {"question_text": _text(read, w.question)} for w in found]}


async def reply_wait(asked: Asked[ReplyWait]) -> Json:
    p = asked.params
    with asked.engine.queries.view() as view:
        run = next((w.run for w in decisions.waits(view.connection) if w.wait.startswith(p.wait)), None)
    wait = await asked.engine.desk.reply(p.wait, await asked.who(), p.text, changed=p.changed, receipt=asked.receipt)
    return {"wait": wait, "run": run}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "approvals.list",
        ListApprovals,
        list_approvals,
        "Lists approval requests.",
        "{seq, approvals: [ApprovalRecord]}",
    ),
    Operation(
        "approval.show",
        OneApproval,
        show,
        "Shows a request with its card.",
        "{seq, approval: ApprovalRecord, card, note}",
    ),
    Operation(
        "approval.approve", Approve, approve, "Allows the call exactly as it was shown.", "Decided", command=True
    ),
    Operation(
        "approval.edit",
        Edit,
        edit,
        "Replaces the arguments; schema and policy judge them again.",
        "Decided",
        command=True,
    ),
    Operation("approval.reject", Reject, reject, "Forbids the call.", "Decided", command=True),
    Operation(
        "approval.reply", Reply, reply, "Answers the agent instead of allowing or forbidding.", "Decided", command=True
    ),
    Operation(
        "approval.withdraw",
        Decide,
        withdraw,
        "Takes a decision back before it takes effect.",
        "{approval}",
        command=True,
    ),
    Operation(
        "doubts.list",
        ListDoubts,
        doubts,
        "Lists writes of which nobody knows whether they happened.",
        "{seq, doubts: [DoubtRecord]}",
    ),
    Operation(
        "doubt.resolve",
        Resolve,
        resolve,
        "Says what a person found out about a write in doubt.",
        "{run, call, verdict}",
        command=True,
    ),
    Operation(
        "waits.list", ListWaits, waits, "Lists what runs wait for.", "{seq, waits: [WaitRecord + question_text]}"
    ),
    Operation("wait.reply", ReplyWait, reply_wait, "Answers what a run waits for.", "{wait, run}", command=True),
)
