"""Performs methods for whoever asks: the command line in this process, or a client over a byte stream.

A command that carries a `command_id` happens once. Its first answer is kept in the ledger, in the same commit as what
it did where that can be; sending it again, also after a crash, returns that answer. The same id in flight twice is
performed once, and both are answered.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agents.engine.operations.operation import (
    Asked,
    BadParams,
    CommandParams,
    Json,
    Operation,
    UnknownMethod,
    checked,
    plain,
)
from agents.engine.operations.table import TABLE
from agents.engine.receipt import Receipt
from agents.own_json import dump, load
from storage.errors import BadInput
from storage.events.envelope import ENGINE
from storage.queries import workspace

if TYPE_CHECKING:
    from agents.engine.engine import Engine


class Operations:
    """The methods of one engine. Errors are CentaurErrors; BadParams and UnknownMethod say what was asked wrongly."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._flying: dict[str, tuple[str, asyncio.Task[Json]]] = {}
        self._unnamed: set[asyncio.Task[Json]] = set()

    async def perform(self, method: str, params: Mapping[str, Json] | None = None) -> Json:
        """Perform one method and return its answer as plain JSON values.

        A command goes on even if whoever asked is gone: it is performed by a task of its own.
        """
        operation = TABLE.get(method)
        if operation is None:
            raise unknown(method)
        given = checked(operation, params or {})
        if not operation.command:
            return plain(await operation.perform(Asked(self._engine, given)))
        command_id: str | None = given.command_id
        if command_id is None or operation.unkept:
            task = asyncio.create_task(self._plainly(operation, given), name=method)
            self._unnamed.add(task)
            task.add_done_callback(self._landed)
            return await asyncio.shield(task)
        return await self._once(operation, given, command_id)

    async def close(self) -> None:
        """Wait for the commands under way."""
        tasks = [*self._unnamed, *(task for _, task in self._flying.values())]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _plainly(self, operation: Operation[Any], given: Any) -> Json:
        return plain(await operation.perform(Asked(self._engine, given)))

    def _landed(self, task: asyncio.Task[Json]) -> None:
        self._unnamed.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked was told, or is gone

    async def _once(self, operation: Operation[Any], given: CommandParams, command_id: str) -> Json:
        asked = self._asked(operation, given)
        earlier, task = self._flying.get(command_id, (asked, None))
        _same(command_id, earlier, asked)
        if task is None:
            task = asyncio.create_task(self._first(operation, given, command_id, asked), name=operation.name)
            self._flying[command_id] = (asked, task)
            task.add_done_callback(lambda done: self._arrived(command_id, done))
        return await asyncio.shield(task)

    def _asked(self, operation: Operation[Any], given: CommandParams) -> str:
        """Return a name for what is asked: the method, and a salted digest of its parameters."""
        params = dump(given.model_dump(mode="json", exclude={"command_id"}))
        return f"{operation.name} {self._engine.ledger.payloads.address(params)}"

    def _arrived(self, command_id: str, task: asyncio.Task[Json]) -> None:
        del self._flying[command_id]
        if not task.cancelled():
            task.exception()

    async def _first(self, operation: Operation[Any], given: CommandParams, command_id: str, asked: str) -> Json:
        engine = self._engine
        with engine.queries.view() as view:
            earlier = workspace.command(view.connection, command_id)
        if earlier is not None:
            kept = load(engine.ledger.payloads.read(earlier.result))
            _same(command_id, kept["asked"], asked)
            return kept["answer"]
        receipt = Receipt(command_id, operation.name, asked, engine.ledger.payloads)
        answer = plain(await operation.perform(Asked(engine, given, receipt)))
        if not receipt.taken:
            draft, blobs = receipt.event(answer, ENGINE)
            await engine.ledger.append([draft], blobs)
        return answer


def _same(command_id: str, earlier: str, asked: str) -> None:
    if earlier != asked:
        raise BadParams(
            f"The command id {command_id} was already used for another command (`{earlier.split()[0]}`).", "command_id",
            hint="Every command needs an id of its own.",
        )  # fmt: skip


def unknown(method: str) -> BadInput:
    """Return the error for a method that there is not, with the nearest name."""
    near = difflib.get_close_matches(method, TABLE, n=1, cutoff=0.4)
    return UnknownMethod(
        f"There is no method `{method}`.", hint=f"Did you mean `{near[0]}`?" if near else "See docs/engine-methods.md."
    )
