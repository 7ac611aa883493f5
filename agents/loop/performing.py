"""Performs allowed calls: the start is committed before anything happens, the end is noted as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from agents.loop.batch import Batch
from agents.loop.state import Call, CallState
from agents.loop.world import Crew, World
from agents.own_json import dump
from agents.tools.foreign_json import parse_foreign
from agents.tools.tool import CallContext, Effect, ToolFailed, ToolSpec
from storage.errors import CentaurError, Refused
from storage.events.calls import ToolFailed as FailedEvent
from storage.events.calls import ToolFinished, ToolStarted
from storage.events.runs import ErrorCategory
from storage.preconditions import Spending, may_go_on
from storage.requests import Condition

Json = Any


class BindingChanged(Refused):
    """What a person approved is not what would run now. `call` is refused."""

    def __init__(self, call: Call, why: str) -> None:
        super().__init__(why)
        self.call = call


class Performer:
    """Performs the calls of one run with the toolbox of its mode."""

    def __init__(self, world: World, crew: Crew) -> None:
        self._world = world
        self._crew = crew
        self.writing: set[str] = set()

    async def start(self, batch: Batch, calls: Sequence[Call]) -> list[tuple[Call, dict[str, Json]]]:
        """Commit that these calls start, and return them with their arguments.

        Raises Killed where a kill stands, BindingChanged where an approval is not for this.
        """
        ready = [(call, self._arguments(call)) for call in calls]
        for call in calls:
            batch.add(ToolStarted(call.id, call.tool, call.effect, call.attempt + 1))
        await batch.commit(self._condition(batch, calls))
        return ready

    def _arguments(self, call: Call) -> dict[str, Json]:
        if call.args is None:
            raise BindingChanged(call, "The call was never judged.")
        payloads = self._world.ledger.payloads
        if call.state is not CallState.APPROVED:
            return dict(parse_foreign(payloads.read(call.args)))
        charter = self._crew.charter
        if charter.binding(call.tool, call.args) != call.binding:
            raise BindingChanged(call, "The tool, the policy or the version changed after the approval.")
        try:
            return dict(parse_foreign(payloads.verified(call.args)))
        except CentaurError as error:
            raise BindingChanged(call, f"What was approved cannot be read as it was: {error}") from error

    def _condition(self, batch: Batch, calls: Sequence[Call]) -> Condition:
        agent, tools = batch.state.agent, tuple(call.tool for call in calls)
        spending = [
            Spending(call.approval, call.binding)
            for call in calls
            if call.state is CallState.APPROVED and call.approval is not None
        ]
        no_file = self._world.kill_file.absent(agent, tools)
        goes_on = may_go_on(batch.state.run, agent, tools, spending)

        def check(connection: Any) -> None:
            no_file(connection)
            goes_on(connection)

        return check

    async def perform(self, batch: Batch, ready: Sequence[tuple[Call, dict[str, Json]]]) -> None:
        """Perform started calls together; each end becomes an event as it comes."""
        if len(ready) == 1:
            await self._one(batch, *ready[0])
            return
        ends = (self._one_of_many(batch, call, args) for call, args in ready)
        # All of them end, whatever becomes of one: a call that was sent is never given up half-way.
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _one_of_many(self, batch: Batch, call: Call, args: dict[str, Json]) -> None:
        await self._one(batch, call, args)
        await batch.commit()

    async def _one(self, batch: Batch, call: Call, args: dict[str, Json]) -> None:
        spec = self._crew.charter.specs[call.tool]
        context = CallContext(batch.state.run, call.id, f"{batch.state.run}/{call.id}", batch.state.seed)
        began = time.perf_counter_ns()
        self.writing.add(call.id)
        try:
            async with asyncio.timeout(spec.timeout_s):
                value = await self._call(spec, args, context)
            result = batch.keep(dump(value))
        except ToolFailed as failure:
            self._failed(batch, call, spec, failure, _since(began))
        except TimeoutError:
            late = f"{spec.name} gave no answer within {spec.timeout_s:g} seconds."
            self._failed(batch, call, spec, ToolFailed(late, category="timeout", did_nothing=False), _since(began))
        except Exception as error:  # noqa: BLE001 - a tool's boundary: whatever it raised is recorded, never hidden
            what = f"{spec.name}: {type(error).__name__}: {error}"
            self._failed(batch, call, spec, ToolFailed(what, did_nothing=False), _since(began))
        else:
            batch.add(ToolFinished(call.id, _since(began), result))
        finally:
            self.writing.discard(call.id)

    async def _call(self, spec: ToolSpec, args: dict[str, Json], context: CallContext) -> Json:
        toolbox = self._crew.toolbox
        if spec.effect is Effect.READ:
            reader = toolbox.readers.get(spec.name)
            if reader is None:
                raise ToolFailed(f"{spec.name} cannot be called here.", category="unreachable")
            return await reader.read(args, context)
        writer = toolbox.writers.get(spec.name)
        if writer is None:
            raise ToolFailed(f"{spec.name} cannot be called here.", category="unreachable")
        return await writer.write(args, context)

    def _failed(self, batch: Batch, call: Call, spec: ToolSpec, failure: ToolFailed, took: int) -> None:
        read = spec.effect is Effect.READ
        present = batch.state.call(call.id) or call
        retry = read and failure.transient and present.attempt <= spec.retries
        batch.add(
            FailedEvent(
                call.id, _category(failure.category), read or failure.did_nothing, took, present.attempt, retry,
                batch.keep(str(failure)),
            )
        )  # fmt: skip


def _category(name: str) -> ErrorCategory:
    try:
        return ErrorCategory(name)
    except ValueError:
        return ErrorCategory.INTERNAL


def _since(began: int) -> int:
    return (time.perf_counter_ns() - began) // 1_000
