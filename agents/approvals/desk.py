"""Where people decide: approvals, actions in doubt, questions. What is refused is refused, said so, and recorded.

A decision is bound to the digest of tool, arguments, schema, policy and version. Whether a request is still open
is checked inside the transaction that would commit the decision, so two people can never both decide.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from agents.approvals.closed import why_closed
from agents.engine.receipt import Receipt, answered, id_of
from agents.loop.charter import Charter
from agents.loop.judging import Judge, Judgement, decided
from agents.loop.runner import Runner
from agents.loop.state import Call, CallState
from agents.own_json import dump
from agents.people import Person
from storage.errors import NotFound, Refused
from storage.events.approvals import (
    ApprovalDecided,
    ApprovalWithdrawn,
    Choice,
    DecisionRefused,
    RefusalCause,
)
from storage.events.calls import CallDecided, DoubtResolved, DoubtVerdict, Ruling
from storage.events.envelope import ENGINE, Draft
from storage.events.runs import WaitEnd, WaitEnded
from storage.ids import now_us
from storage.ledger import Ledger
from storage.preconditions import NotOpen, approval_open, doubt_open, wait_open, withdrawable
from storage.queries import Queries
from storage.queries import decisions as ask
from storage.records import ApprovalRecord

Json = Any
GRACE_US = 5_000_000
"""How long a routine decision can be withdrawn (DESIGN §8.1)."""

_LOOKS = 3
"""How often a request is looked at that others decide and take back meanwhile."""

LoadRun = Callable[[str], Awaitable[Runner]]
"""Returns a runner of the run, loaded from the ledger, for looking only."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was accepted; until `effective_at` (UTC microseconds) it can be withdrawn."""

    approval: str
    choice: str
    effective_at: int
    signed: bool


class DecisionRefusedError(Refused):
    """A decision was not accepted; `cause` says why. It is recorded."""

    def __init__(self, cause: RefusalCause, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.cause = cause


class Desk:
    """Takes decisions of people and appends them, signed.

    Args:
        load: looks at a run without working it.
        wake: has a run worked again.
        grace_us: how long a routine (reversible) decision can be withdrawn.
    """

    def __init__(
        self, ledger: Ledger, queries: Queries, load: LoadRun, wake: Callable[[str], None],
        *, clock: Callable[[], int] = now_us, grace_us: int = GRACE_US,
    ) -> None:  # fmt: skip
        self._ledger, self._queries = ledger, queries
        self._load, self._wake, self._clock = load, wake, clock
        self.grace_us = grace_us

    async def approve(
        self, id_: str, who: Person, *, binding: str | None = None, now: bool = False,
        receipt: Receipt | None = None,
    ) -> Decided:  # fmt: skip
        """Allow the call exactly as it was shown; `binding` is what the person saw, where the client sends it."""
        request = await self._open(id_, who, Choice.APPROVE, binding)
        runner, call = await self._as_asked(request, who, Choice.APPROVE)
        if runner.charter.binding(call.tool, call.args or "") != request.binding:
            raise await self._refuse(
                request,
                who,
                Choice.APPROVE,
                RefusalCause.BINDING_CHANGED,
                "Tool, policy or version changed since.",
            )
        return await self._decide(request, who, Choice.APPROVE, now=now, receipt=receipt)

    async def reject(
        self, id_: str, who: Person, reason: str, *, now: bool = False, receipt: Receipt | None = None
    ) -> Decided:
        """Forbid the call; the agent reads the reason."""
        request = await self._open(id_, who, Choice.REJECT, None)
        return await self._decide(request, who, Choice.REJECT, note=reason, now=now, receipt=receipt)

    async def respond(
        self, id_: str, who: Person, answer: str, *, now: bool = False, receipt: Receipt | None = None
    ) -> Decided:
        """Answer the agent instead of allowing or forbidding."""
        request = await self._open(id_, who, Choice.RESPOND, None)
        return await self._decide(request, who, Choice.RESPOND, note=answer, now=now, receipt=receipt)

    async def edit(
        self,
        id_: str,
        who: Person,
        arguments: dict[str, Json],
        *,
        now: bool = False,
        receipt: Receipt | None = None,
    ) -> Decided:
        """Replace the arguments: a new call by the supervisor, checked by schema and decided by policy again."""
        request = await self._open(id_, who, Choice.EDIT, None)
        runner, call = await self._as_asked(request, who, Choice.EDIT)
        judge, situation = Judge(runner.charter), runner.situation()
        fault = judge.fault(call.tool, arguments)
        if fault is not None:
            raise await self._refuse(request, who, Choice.EDIT, RefusalCause.BAD_EDIT, fault)
        judgement = judge.judge(call, dump(arguments), situation, edited=True)
        if judgement.ruling is Ruling.DENY:
            why = judgement.refused or "Policy refuses it."
            raise await self._refuse(request, who, Choice.EDIT, RefusalCause.DENIED_BY_POLICY, why)
        event = decided(
            runner.charter, call, judgement, situation, self._ledger.payloads.ref(judgement.args), None,
            by=request.approval,
        )  # fmt: skip
        if judgement.ruling is Ruling.ASK and _admits(who, runner.charter, judgement, request):
            event = replace(event, ruling=Ruling.ALLOW)  # the edit itself meets an ask that this person may allow
        # An edit that another must allow leads to a request at once, so there is nothing left to take back.
        return await self._edited(request, who, event, judgement.args, now or event.ruling is Ruling.ASK, receipt)

    async def _edited(
        self, request: ApprovalRecord, who: Person, event: CallDecided, args: bytes, now: bool, receipt: Receipt | None
    ) -> Decided:
        ref = event.args
        effective = self._effective_at(request, now)
        decision = ApprovalDecided(request.approval, request.call, Choice.EDIT, event.binding, effective, args=ref)
        draft = who.sign(Draft(decision, who.actor, request.run, self._clock(), command_id=id_of(receipt)))
        done = Decided(request.approval, Choice.EDIT.value, effective, draft.signature is not None)
        drafts = [draft, Draft(event, ENGINE, request.run, self._clock())]
        await self._append(request, who, Choice.EDIT, *answered(drafts, {ref: args}, receipt, asdict(done), who.actor))
        return done

    async def withdraw(self, id_: str, who: Person, receipt: Receipt | None = None) -> None:
        """Take a decision back before it takes effect; the request is open again."""
        request = self._find(id_)
        if request.person != who.actor and not who.may_decide(request.approvers):
            why = f"{who.id} neither decided this nor may decide it."
            raise await self._refuse(request, who, "withdraw", RefusalCause.NOT_APPROVER, why)
        body = ApprovalWithdrawn(request.approval, request.call)
        draft = who.sign(Draft(body, who.actor, request.run, self._clock(), command_id=id_of(receipt)))
        drafts, blobs = answered([draft], {}, receipt, {"approval": request.approval}, who.actor)
        try:
            await self._ledger.append(drafts, blobs, condition=withdrawable(request.approval, self._clock()))
        except NotOpen as closed:
            raise await self._refuse(
                request, who, "withdraw", RefusalCause.TOO_LATE, f"It is {closed.state}."
            ) from None
        self._wake(request.run)

    async def resolve(
        self, run: str, call: str, who: Person, verdict: DoubtVerdict, note: str = "", result: Json = None,
        receipt: Receipt | None = None,
    ) -> None:  # fmt: skip
        """Say what a person found out about an action in doubt: it happened, it did not, or try again."""
        blobs: dict[str, bytes] = {}

        def keep(content: bytes) -> str:
            ref = self._ledger.payloads.ref(content)
            blobs[ref] = content
            return ref

        content = note.encode() or b"A person found that it did not happen."
        if verdict is DoubtVerdict.HAPPENED:
            content = dump(result if result is not None else {"confirmed_by": who.id, "note": note})
        body = DoubtResolved(call, verdict, keep(content), keep(note.encode()) if note else None)
        draft = who.sign(Draft(body, who.actor, run, self._clock(), command_id=id_of(receipt)))
        said = {"run": run, "call": call, "verdict": verdict.value}
        if verdict is DoubtVerdict.TRY_AGAIN:
            self._may_send_again(run, call, who)
        condition = doubt_open(run, call, again=verdict is DoubtVerdict.TRY_AGAIN)
        await self._ledger.append(*answered([draft], blobs, receipt, said, who.actor), condition=condition)
        self._wake(run)

    def _may_send_again(self, run: str, call: str, who: Person) -> None:
        """What somebody had to allow is sent once more only by somebody who may allow it."""
        with self._queries.view() as view:
            requests = [r for r in ask.approvals(view.connection, state=None, run=run) if r.call == call]
        for request in requests:
            if not who.may_decide(request.approvers):
                allowed = ", ".join(request.approvers)
                raise Refused(f"{who.id} may not have this sent again; {allowed} may.", hint="Nothing was done.")

    async def reply(
        self, wait: str, who: Person, text: str, *, changed: bool = False, receipt: Receipt | None = None
    ) -> str:
        """Answer what a run waits for; return the wait's whole id. Raises NotOpen if nobody waits any more."""
        with self._queries.view() as view:
            waits = [w for w in ask.waits(view.connection) if w.wait.startswith(wait)]
        if len(waits) != 1:
            raise NotFound(f"No run waits under {wait}." if not waits else f"{wait} is ambiguous.")
        open_wait = waits[0]
        if open_wait.to and not who.may_decide((open_wait.to,)):
            raise Refused(f"This is asked of {open_wait.to}, not of {who.id}.", hint="Reply as that person: --as NAME.")
        ref = self._ledger.payloads.ref(text.encode())
        end = WaitEnd.CHANGED if changed else WaitEnd.REPLIED
        body = WaitEnded(open_wait.wait, open_wait.call, end, ref)
        draft = who.sign(Draft(body, who.actor, open_wait.run, self._clock(), command_id=id_of(receipt)))
        said = {"wait": open_wait.wait, "run": open_wait.run}
        await self._ledger.append(
            *answered([draft], {ref: text.encode()}, receipt, said, who.actor),
            condition=wait_open(open_wait.wait),
        )
        self._wake(open_wait.run)
        return open_wait.wait

    # -- the common path --------------------------------------------------------------------------------------

    def _find(self, id_: str) -> ApprovalRecord:
        with self._queries.view() as view:
            return ask.approval(view.connection, id_)

    async def _open(self, id_: str, who: Person, choice: Choice, binding: str | None) -> ApprovalRecord:
        request = self._find(id_)
        if request.state != "requested":
            raise await self._refuse_closed(request, who, choice)
        if request.expires_at <= self._clock():
            raise await self._refuse(request, who, choice, RefusalCause.EXPIRED, "The request has expired.")
        if not who.may_decide(request.approvers):
            allowed = ", ".join(request.approvers)
            raise await self._refuse(
                request,
                who,
                choice,
                RefusalCause.NOT_APPROVER,
                f"{who.id} may not decide this; {allowed} may.",
            )
        if binding is not None and binding != request.binding:
            raise await self._refuse(
                request,
                who,
                choice,
                RefusalCause.BINDING_CHANGED,
                "This is not what the request is bound to.",
            )
        return request

    async def _as_asked(self, request: ApprovalRecord, who: Person, choice: Choice) -> tuple[Runner, Call]:
        """Load the run, and the call that the request is about as it was put before people.

        Another may have decided since the request was looked at, and the run be loaded as it is after that: then
        the request is looked at again, since only it knows what became of it. Where it is open after all, that
        decision was taken back meanwhile.
        """
        for _ in range(_LOOKS):
            runner = await self._load(request.run)
            call = runner.state.call(request.call)
            if call is not None and call.state is CallState.ASKED and call.binding == request.binding:
                return runner, call
            now = self._find(request.approval)
            if now.state != "requested":
                raise await self._refuse_closed(now, who, choice)
        raise await self._refuse(request, who, choice, RefusalCause.SUPERSEDED, "The call has changed since.")

    def _effective_at(self, request: ApprovalRecord, now: bool) -> int:
        routine = request.reversible and not now
        return self._clock() + (self.grace_us if routine else 0)

    async def _decide(
        self, request: ApprovalRecord, who: Person, choice: Choice, *, note: str | None = None, now: bool,
        receipt: Receipt | None,
    ) -> Decided:  # fmt: skip
        effective = self._effective_at(request, now)
        blobs = {} if note is None else {self._ledger.payloads.ref(note.encode()): note.encode()}
        body = ApprovalDecided(
            request.approval, request.call, choice, request.binding, effective, note=next(iter(blobs), None)
        )
        draft = who.sign(Draft(body, who.actor, request.run, self._clock(), command_id=id_of(receipt)))
        done = Decided(request.approval, choice.value, effective, draft.signature is not None)
        await self._append(request, who, choice, *answered([draft], blobs, receipt, asdict(done), who.actor))
        return done

    async def _append(
        self,
        request: ApprovalRecord,
        who: Person,
        choice: Choice,
        drafts: list[Draft],
        blobs: dict[str, bytes],
    ) -> None:
        try:
            await self._ledger.append(drafts, blobs, condition=approval_open(request.approval, request.binding))
        except NotOpen as closed:
            now = self._find(request.approval)._replace(state=closed.state)
            raise await self._refuse_closed(now, who, choice) from None
        self._wake(request.run)

    async def _refuse_closed(self, request: ApprovalRecord, who: Person, choice: Choice) -> DecisionRefusedError:
        """Refuse a decision on a request that is not open, by what it is now and who decided it."""
        cause, why = why_closed(request)
        return await self._refuse(request, who, choice, cause, why)

    async def _refuse(
        self, request: ApprovalRecord, who: Person, choice: str, cause: RefusalCause, why: str
    ) -> DecisionRefusedError:
        """Record the refused attempt and return the error to raise."""
        body = DecisionRefused(request.approval, str(choice), cause)
        await self._ledger.append([Draft(body, who.actor, request.run, self._clock())])
        return DecisionRefusedError(cause, f"Not accepted: {why}", hint="Look at the request again; nothing was done.")


def _admits(who: Person, charter: Charter, judgement: Judgement, request: ApprovalRecord) -> bool:
    """Return whether every rule that asks about an edited call admits this person."""
    asking = judgement.decision.asked_by if judgement.decision else ()
    lists = {rule.id: rule.text.approvers or request.approvers for rule in charter.policy.rules}
    return all(who.may_decide(lists.get(rule, request.approvers)) for rule in asking)
