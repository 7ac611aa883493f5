"""Asks the model: the intent is committed before a remote one is asked, its answer becomes an event."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from agents.loop.folding import close_turn
from agents.loop.limits import Breach
from agents.loop.session import Session
from agents.models.model import ModelFailed, Prompt, Reply, Usage
from storage.events.runs import ErrorCategory, ModelFinished, ModelStarted, ProposedCallRef
from storage.events.runs import ModelFailed as ModelFailedEvent

_ID = re.compile(r"[A-Za-z0-9_.\-\[\]']{1,80}")
UNNAMED = "unknown_tool"
"""What a call is named whose tool does not exist: a model's own words are never part of an event."""


class Thinking:
    """Asks the model of one run."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asking: asyncio.Task[Any] | None = None
        self._interrupted = False

    def interrupt(self) -> None:
        """End the question that is under way; it has no effect outside but its cost."""
        if self._asking is not None:
            self._interrupted = True
            self._asking.cancel()

    async def ask(self, attempt: int) -> Breach | None:
        """Ask for the next reply (`attempt` counts from 1), or return the day's limit that forbids it."""
        world, charter, agent = self._session.world, self._session.charter, self._session.state.agent
        breach = await world.days.start_asking(agent, charter.day_limits)
        if breach is not None:
            return breach
        spent: Usage | None = None
        try:
            spent = await self._ask(attempt)
        finally:
            world.days.end_asking(agent, spent)
        return None

    async def _ask(self, attempt: int) -> Usage | None:
        batch, transcript = self._session.batch, self._session.transcript
        transcript.extend(close_turn(batch.state))
        batch.add(ModelStarted(batch.state.used.turns + 1, transcript.digest, attempt=attempt))
        if self._session.crew.model.remote:
            await batch.commit()
        began = time.perf_counter_ns()
        try:
            reply = await self._reply()
        except ModelFailed as failure:
            batch.add(self._failed(failure))
            return failure.usage
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._interrupted or task is None or task.uncancel() > 0:
                raise  # the run itself is to end
            return None
        batch.add(self._answered(reply, (time.perf_counter_ns() - began) // 1_000))
        return reply.usage

    async def _reply(self) -> Reply:
        model = self._session.crew.model
        if not model.remote:
            return await model.reply(self._prompt(), self._chunk)
        self._asking = asyncio.current_task()
        try:
            return await model.reply(self._prompt(), self._chunk)
        finally:
            self._asking = None

    def _prompt(self) -> Prompt:
        said = tuple(self._session.transcript.text(ref) for ref in self._session.state.said_first)
        return Prompt(
            self._session.run,
            self._session.charter.instructions,
            self._session.case,
            self._session.charter.offered,
            tuple(self._session.transcript.turns),
            said,
            self._session.state.seed,
        )

    def _chunk(self, text: str) -> None:
        self._session.world.on_chunk(self._session.run, text)

    def _answered(self, reply: Reply, took: int) -> ModelFinished:
        batch = self._session.batch
        tools = self._session.charter.offered_names
        known = {call.id for past in batch.state.past for call in past.calls}
        calls = []
        for number, call in enumerate(reply.calls, start=1):
            id_ = call.id if _ID.fullmatch(call.id) else f"call-{batch.state.used.turns + 1}-{number}"
            while id_ in known:
                id_ += "'"
            known.add(id_)
            named = call.tool if call.tool in tools else UNNAMED
            calls.append(ProposedCallRef(id_, named, batch.keep(call.arguments)))
        usage = reply.usage
        return ModelFinished(
            batch.state.used.turns + 1, usage.tokens_in, usage.tokens_out, took, tuple(calls) or None,
            batch.keep(reply.text) if reply.text else None, usage.cost_micros,
            reply.model or self._session.crew.model.name,
        )  # fmt: skip

    def _failed(self, failure: ModelFailed) -> ModelFailedEvent:
        try:
            category = ErrorCategory(failure.category)
        except ValueError:
            category = ErrorCategory.INTERNAL
        usage = failure.usage
        return ModelFailedEvent(
            self._session.state.used.turns + 1, category, self._session.batch.keep(str(failure)), usage.tokens_in,
            usage.tokens_out, usage.cost_micros,
        )  # fmt: skip
