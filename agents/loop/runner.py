"""Works one run: performs what the pure core names, and appends what happened. Log, then act.

Events are gathered until the next effect outside and committed together just before it, so a step costs two
commits: one before the effect, one that carries its result together with what follows from it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, assert_never

from agents.approvals.card import card
from agents.job.raci import acts_for, consultation_text, handover_text, informed_of
from agents.loop.batch import Batch
from agents.loop.charter import Charter
from agents.loop.handoff import from_cause
from agents.loop.judging import KILLED, Judge, Judgement, Situation, decided
from agents.loop.limits import Breach
from agents.loop.next_step import (
    AskModel,
    Decide,
    Ended,
    EndWait,
    Execute,
    Expire,
    Finish,
    HandOff,
    NextStep,
    RaiseDoubt,
    ReachLimit,
    Record,
    RequestApproval,
    Steer,
    Suspend,
    next_step,
)
from agents.loop.performing import BindingChanged, Performer
from agents.loop.recording import Recorder
from agents.loop.state import Call, CallState, RunState, fold
from agents.loop.steering import Steering
from agents.loop.transcript import Transcript
from agents.loop.watching import Watching
from agents.loop.world import Crew, World
from agents.models.model import CallResult, ModelFailed, Prompt, Reply, Turn
from agents.own_json import dump, load
from agents.policy.sentences import describe_call
from agents.tools.control import CONTROL_TOOLS, read_control
from agents.tools.control import Finish as FinishCall
from agents.tools.foreign_json import parse_foreign
from agents.tools.tool import Reader, ToolFailed
from storage.errors import BadInput
from storage.events.approvals import (
    ApprovalExpired,
    ApprovalRequested,
    ApprovalSuperseded,
    DecisionRefused,
    RefusalCause,
)
from storage.events.body import Ref
from storage.events.calls import CallDecided, DoubtCause, DoubtRaised, Ruling
from storage.events.cases import Mode
from storage.events.envelope import ENGINE
from storage.events.envelope import agent as agent_actor
from storage.events.runs import (
    ErrorCategory,
    HandoffCause,
    Informed,
    LimitReached,
    ModelFinished,
    ModelStarted,
    ProposedCallRef,
    RunFinished,
    RunHandedOff,
    RunStopped,
    StopCause,
    WaitEnd,
    WaitEnded,
    WaitFor,
    WaitStarted,
)
from storage.events.runs import ModelFailed as ModelFailedEvent
from storage.events.safety import KillAcknowledged, KillScope
from storage.ids import new_id
from storage.preconditions import Killed, NotOpen

Json = Any


class Runner:
    """Works one run until it ends or nothing can be done.

    Attributes:
        run: its id.
        refreshed: set when events of this run were appended by somebody else (a decision, a message); the
            state is then folded anew.
    """

    def __init__(self, run: str, world: World, crew: Crew) -> None:
        self.run = run
        self.refreshed = False
        self._world, self._crew = world, crew
        self._charter = crew.charter
        self._judge = Judge(crew.charter)
        self._performer = Performer(world, crew)
        self._steering = Steering(crew.charter, world.ledger.payloads, Watching(crew.toolbox.readers, run))
        self._recorder = Recorder(crew)
        self._batch: Batch
        self._transcript: Transcript
        self._case: Mapping[str, Json] = {}
        self._kill: str | None = None
        self._interruptible: asyncio.Task[Any] | None = None

    @property
    def state(self) -> RunState:
        """Return the present state."""
        return self._batch.state

    @property
    def charter(self) -> Charter:
        """Return the charter of the run's version."""
        return self._charter

    @property
    def readers(self) -> Mapping[str, Reader]:
        """Return what the run can read with."""
        return self._crew.toolbox.readers

    @property
    def writing(self) -> tuple[str, ...]:
        """Return the calls that were sent and have not ended."""
        return tuple(self._performer.writing)

    def load(self, case: Ref) -> None:
        """Fold the run's events from the ledger; `case` is the address of the case's content."""
        events = self._world.ledger.run_events(self.run)
        state = fold(self.run, [(event.body, event.ts) for event in events])
        self._batch = Batch(self._world.ledger, state, agent_actor(state.agent, state.version))
        content = self._world.ledger.payloads.read(case)
        self._case = load(content)
        self._transcript = Transcript(
            self._world.ledger.payloads, self._charter.instructions.encode() + content
        )
        self._transcript.extend(state)
        self.refreshed = False

    def kill(self, kill: str) -> tuple[str, ...]:
        """Stop the run as soon as what was sent has ended; return the calls that were already sent."""
        self._kill = kill
        if self._interruptible is not None:
            self._interruptible.cancel()
        return self.writing

    async def work(self) -> int | None:
        """Go on until the run ends or rests; return when it wakes by itself (UTC microseconds), if it does."""
        while True:
            if self.refreshed:
                await self._refold()
            if self._kill is not None and self.state.end is None:
                await self._stop_killed(self._kill)
            step = next_step(self.state, self._charter.limits, self._world.clock())
            match step:
                case Ended():
                    await self._batch.commit()
                    return None
                case Suspend(until):
                    await self._batch.commit()
                    if not self.refreshed and self._kill is None:
                        return until
                case _:
                    await self._take(step)

    async def _take(self, step: NextStep) -> None:
        batch = self._batch
        match step:
            case AskModel(attempt):
                await self._ask(attempt)
            case Decide(call):
                self._decide(call)
            case RequestApproval(call):
                await self._request(call)
            case Execute(calls):
                await self._execute(calls)
            case Record(call):
                await self._recorder.record(batch, call, self._arguments(call))
            case RaiseDoubt(call):
                cause = DoubtCause.CRASH if call.state is CallState.STARTED else DoubtCause.FAILED
                batch.add(DoubtRaised(call.id, call.tool, cause), ENGINE)
            case Steer(call):
                await self._steering.perform(batch, call, self._case, self._turns_so_far())
            case Expire(call):
                batch.add(ApprovalExpired(call.approval or "", call.id), ENGINE)
            case EndWait(wait):
                self._end_wait(wait)
            case Finish(call_id):
                self._finish(call_id)
            case HandOff(cause):
                self._hand_off(cause)
            case ReachLimit(breach):
                self._reach(breach)
            case Ended() | Suspend():
                return
            case _:
                assert_never(step)

    # -- the model --------------------------------------------------------------------------------------------

    async def _ask(self, attempt: int) -> None:
        batch = self._batch
        closing = batch.state
        batch.add(ModelStarted(closing.used.turns + 1, self._transcript.digest, attempt=attempt))
        self._transcript.extend(batch.state)
        if self._crew.model.remote:
            await batch.commit()
        began = time.perf_counter_ns()
        try:
            reply = await self._interruptibly(self._crew.model.reply(self._prompt(), self._chunk))
        except ModelFailed as failure:
            batch.add(self._failed(failure))
            return
        except asyncio.CancelledError:
            if self._kill is None:
                raise
            return
        batch.add(self._answered(reply, (time.perf_counter_ns() - began) // 1_000))

    def _prompt(self) -> Prompt:
        said = tuple(self._transcript.text(ref) for ref in self.state.said_first)
        tools = (*self._charter.specs.values(), *self._charter.control)
        return Prompt(
            self.run,
            self._charter.instructions,
            self._case,
            tools,
            tuple(self._transcript.turns),
            said,
            self.state.seed,
        )

    def _chunk(self, text: str) -> None:
        self._world.on_chunk(self.run, text)

    def _answered(self, reply: Reply, took: int) -> ModelFinished:
        batch = self._batch
        known = {call.id for past in batch.state.past for call in past.calls}
        calls = []
        for call in reply.calls:
            id_ = call.id
            while id_ in known:
                id_ += "'"
            known.add(id_)
            calls.append(ProposedCallRef(id_, call.tool, batch.keep(call.arguments)))
        usage = reply.usage
        return ModelFinished(
            batch.state.used.turns + 1, usage.tokens_in, usage.tokens_out, took, tuple(calls) or None,
            batch.keep(reply.text) if reply.text else None, usage.cost_micros, reply.model or self._crew.model.name,
        )  # fmt: skip

    def _failed(self, failure: ModelFailed) -> ModelFailedEvent:
        try:
            category = ErrorCategory(failure.category)
        except ValueError:
            category = ErrorCategory.INTERNAL
        usage = failure.usage
        return ModelFailedEvent(
            self.state.used.turns + 1, category, self._batch.keep(str(failure)), usage.tokens_in, usage.tokens_out,
            usage.cost_micros,
        )  # fmt: skip

    async def _interruptibly(self, work: Any) -> Any:
        """Await something without effect outside, so that a kill can end it."""
        if not self._crew.model.remote:
            return await work
        task = asyncio.ensure_future(work)
        self._interruptible = task
        try:
            return await task
        finally:
            self._interruptible = None

    # -- judging and asking -----------------------------------------------------------------------------------

    def situation(self) -> Situation:
        turns = self._turns_so_far()
        return Situation(
            self.state, self._case, turns, turns[-1].results if self.state.calls else (), self._world.clock(),
            self._world.zone,
        )  # fmt: skip

    def _turns_so_far(self) -> list[Turn]:
        """Return the closed turns and the present one as far as it has come."""
        turns = list(self._transcript.turns)
        if self.state.calls:
            results = tuple(self._transcript.result(call) for call in self.state.calls)
            turns.append(Turn(Reply("", tuple(r.call for r in results)), tuple(_ended(self.state, results))))
        return turns

    def _arguments(self, call: Call) -> dict[str, Json]:
        try:
            value = parse_foreign(self._world.ledger.payloads.read(call.args or call.arguments))
        except BadInput:
            return {}
        return dict(value) if isinstance(value, dict) else {}

    def _decide(self, call: Call) -> None:
        if self.state.mode is Mode.LIVE and self._people_first(call):
            return
        situation = self.situation()
        arguments = self._world.ledger.payloads.read(call.arguments)
        judgement = self._judge.judge(call, arguments, situation)
        self._note(call, judgement, situation)

    def _note(self, call: Call, judgement: Judgement, situation: Situation) -> None:
        args = self._batch.keep(judgement.args)
        message = None if judgement.refused is None else self._batch.keep(judgement.refused)
        if judgement.ruling is Ruling.ASK and self.state.mode is not Mode.LIVE and self._is_read(call):
            message = self._batch.keep("Outside live nobody is asked, so this was not read.")
        self._batch.add(decided(self._charter, call, judgement, situation, args, message), ENGINE)

    def _is_read(self, call: Call) -> bool:
        return call.tool in self._crew.toolbox.readers

    def _people_first(self, call: Call) -> bool:
        """Let people act whom the job names for this step: someone else performs it, or is asked before."""
        roles = acts_for(self._charter.job, call.id)
        spec = self._charter.specs.get(call.tool)
        if spec is None:
            return False
        sentence = describe_call(spec, self._arguments(call))
        if roles.performer is not None:
            self._wait_for(
                call, roles.performer, handover_text(self._charter.job, call.id, call.tool, sentence), False
            )
            return True
        unasked = [person for person in roles.consulted if person not in call.consulted]
        if unasked:
            self._wait_for(call, unasked[0], consultation_text(self._charter.job, call.id, sentence), True)
            return True
        return False

    def _wait_for(self, call: Call, person: str, question: str, consult: bool) -> None:
        from agents.tools.control import deadline

        until = deadline(self._charter.job.wait.reply, self._world.clock())
        self._batch.add(
            WaitStarted(
                new_id("wait"), call.id, WaitFor.REPLY, until, person, self._batch.keep(question),
                consult=consult or None,
            )
        )  # fmt: skip

    async def _request(self, call: Call) -> None:
        spec = self._charter.specs[call.tool]
        situation = self.situation()
        values = self._arguments(call)
        judgement = self._judge.judge(call, dump(values), situation, edited=call.edited)
        change = await self._change(call, values)
        decision = judgement.decision
        approvers = decision.approvers if decision and decision.approvers else ()
        approvers = approvers or acts_for(self._charter.job, call.id).approvers
        shown = card(
            self._charter, spec, judgement, situation.turns, change=change,
            recommendation=self._transcript.text(self.state.text), consulted=self._consulted(call),
        )  # fmt: skip
        self._batch.add(
            ApprovalRequested(
                new_id("ap"), call.id, call.tool, call.effect, call.rule, call.binding, tuple(approvers),
                self._world.clock() + self._world.approval_lifetime_us, spec.reversible, self.state.tier,
                self._batch.keep(dump(shown)),
            ),
            ENGINE,
        )  # fmt: skip

    def _consulted(self, call: Call) -> list[dict[str, str]]:
        answers = (
            [self._transcript.text(ref) for ref in self.state.said[-len(call.consulted) :]]
            if call.consulted
            else []
        )
        return [
            {"person": person, "answer": answer}
            for person, answer in zip(call.consulted, answers, strict=False)
        ]

    async def _change(self, call: Call, values: Mapping[str, Json]) -> tuple[Json, Json] | None:
        previewer = self._crew.toolbox.previewers.get(call.tool)
        if previewer is None:
            return None
        try:
            return await previewer.preview(values)
        except ToolFailed:
            return None

    # -- performing -------------------------------------------------------------------------------------------

    async def _execute(self, calls: tuple[Call, ...]) -> None:
        mark = self._batch.mark()
        try:
            ready = await self._performer.start(self._batch, calls)
        except Killed as killed:
            self._batch.back_to(mark)
            await self._killed(killed, calls)
            return
        except BindingChanged as changed:
            self._batch.back_to(mark)
            self._refuse_changed(changed.call, str(changed))
            return
        except NotOpen as closed:  # withdrawn or spent in the meantime
            self._batch.back_to(mark)
            await self._refold()
            for call in calls:
                present = self.state.call(call.id)
                if present is not None and present.state is CallState.APPROVED:
                    self._refuse_changed(present, str(closed))
            return
        await self._performer.perform(self._batch, ready)

    def _refuse_changed(self, call: Call, why: str) -> None:
        """What was approved is not what would run: nothing runs, and the approval is void."""
        batch = self._batch
        batch.add(DecisionRefused(call.approval or "", "approve", RefusalCause.BINDING_CHANGED), ENGINE)
        if call.approval is not None:
            batch.add(ApprovalSuperseded(call.approval, call.id), ENGINE)
        self._deny(call, "binding-changed", f"The approval does not hold for this call any more. {why}")

    def _deny(self, call: Call, rule: str, why: str) -> None:
        batch = self._batch
        batch.add(
            CallDecided(
                call.id, call.tool, call.effect or "irreversible", Ruling.DENY, rule, call.binding,
                self._charter.policy_digest, 0, call.args or call.arguments, message=batch.keep(why),
            ),
            ENGINE,
        )  # fmt: skip

    async def _killed(self, killed: Killed, calls: tuple[Call, ...]) -> None:
        if killed.scope is not KillScope.TOOL:
            await self._stop_killed(killed.kill)
            return
        for call in calls:
            self._deny(call, KILLED, "A person stopped this tool for now.")

    async def _stop_killed(self, kill: str) -> None:
        self._kill = None
        self._batch.add(RunStopped(StopCause.KILL), ENGINE)
        self._batch.add(KillAcknowledged(kill), ENGINE)
        await self._batch.commit()

    async def _refold(self) -> None:
        """Take in what others appended to this run, in the ledger's order."""
        await self._batch.commit()
        self.refreshed = False
        events = self._world.ledger.run_events(self.run)
        self._batch.state = fold(self.run, [(event.body, event.ts) for event in events])

    # -- ends and waits ---------------------------------------------------------------------------------------

    def _end_wait(self, wait_id: str) -> None:
        wait = next(wait for wait in self.state.waits if wait.wait == wait_id)
        end = WaitEnd.TIME if wait.waits_for is WaitFor.UNTIL else WaitEnd.EXPIRED
        words = "The time has come." if end is WaitEnd.TIME else "Nobody answered in time."
        self._batch.add(WaitEnded(wait_id, wait.call, end, self._batch.keep(words)), ENGINE)

    def _finish(self, call_id: str) -> None:
        call = self.state.call(call_id)
        assert call is not None
        wanted = read_control(
            "finish", self._world.ledger.payloads.read(call.arguments), self._charter.job.outcome
        )
        assert isinstance(wanted, FinishCall)
        outcome = dump(wanted.outcome)
        self._inform("The case is finished.", outcome)
        self._batch.add(RunFinished(self._batch.keep(outcome)))

    def _hand_off(self, cause: HandoffCause) -> None:
        state = self.state
        detail = ""
        if cause is HandoffCause.LIMIT:
            detail = f"The limit is `{state.limit}`."
        elif cause is HandoffCause.MODEL_FAILED:
            detail = self._transcript.text(state.model_failed)
        proposed = self._proposed_outcome() if cause is HandoffCause.CRITERION else None
        handoff = dump(from_cause(cause, detail, self._turns_so_far(), proposed))
        self._inform("The case was handed to a person.", handoff)
        to = self._charter.job.accountable[0] if self._charter.job.accountable else None
        self._batch.add(RunHandedOff(cause, self._batch.keep(handoff), to), ENGINE)

    def _proposed_outcome(self) -> Json:
        for call in reversed(self.state.calls):
            if call.tool == "finish":
                return self._arguments(call).get("outcome")
        return None

    def _inform(self, words: str, content: bytes) -> None:
        """Send the summary of the run to whoever is to be informed of its steps (RACI)."""
        taken = [call.id for past in self.state.past for call in past.calls if call.tool not in CONTROL_TOOLS]
        for person in informed_of(self._charter.job, tuple(taken)):
            summary = self._batch.keep(dump({"text": words, "content": load(content)}))
            self._batch.add(Informed(person, "run", summary), ENGINE)

    def _reach(self, breach: Breach) -> None:
        self._batch.add(LimitReached(breach.limit, breach.allowed, breach.used), ENGINE)


def _ended(state: RunState, results: tuple[CallResult, ...]) -> list[CallResult]:
    """Return the results of calls that have ended, and those that stand, so that authority is spent once."""
    return [
        result for call, result in zip(state.calls, results, strict=True)
        if call.state is not CallState.PROPOSED
    ]  # fmt: skip
