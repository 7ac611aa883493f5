"""Sends decisions to the engine: hides what is decided at once, brings it back honestly when it is refused."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from console.console import Console
from console.models.inbox_card import Card
from console.models.inbox_list import Key
from console.operations import Verdict
from storage.errors import CentaurError
from storage.ids import now_us

Json = Any
Perform = Callable[[], "asyncio.Task[Json]"]


class Deciding(QObject):
    """The verbs of the inbox.

    Signals:
        leaving: this key (kind, id) was decided and leaves the list.
        accepted: the engine took the decision on a key; arguments: key, verb.
        refused: it did not; arguments: key, verb, message.
        back: a decision was taken back; the key is open again.
    """

    leaving = Signal(object)
    accepted = Signal(object, str)
    refused = Signal(object, str, str)
    back = Signal(object)

    def __init__(self, console: Console, parent: QObject) -> None:
        super().__init__(parent)
        self._console = console

    def approve(self, card: Card) -> None:
        """Allow the call exactly as it was shown."""
        operations, said = self._console.operations, self.tr("Approved: {0}")
        self._do(card, "approve", functools.partial(operations.approve, card.id, binding=card.binding), said)

    def approve_item(self, key: Key, title: str, binding: str) -> None:
        """Allow one of several requests."""
        perform = functools.partial(self._console.operations.approve, key[1], binding=binding)
        self._begin(key, "approve", perform, self.tr("Approved: {0}").format(_short(title)))

    def reject_item(self, key: Key, title: str, reason: str) -> None:
        """Forbid one of several requests."""
        perform = functools.partial(self._console.operations.reject, key[1], reason)
        self._begin(key, "reject", perform, self.tr("Rejected: {0}").format(_short(title)))

    def edit(self, card: Card, arguments: Mapping[str, Json]) -> None:
        """Allow the call with other arguments."""
        perform = functools.partial(self._console.operations.edit, card.id, arguments)
        self._do(card, "edit", perform, self.tr("Sent as edited: {0}"))

    def reject(self, card: Card, reason: str) -> None:
        """Forbid the call."""
        self._do(card, "reject", functools.partial(self._console.operations.reject, card.id, reason),
                 self.tr("Rejected: {0}"))  # fmt: skip

    def reply(self, card: Card, text: str) -> None:
        """Answer the agent."""
        operations = self._console.operations
        verb = operations.reply if card.kind == "approval" else operations.reply_to_wait
        self._do(card, "reply", functools.partial(verb, card.id, text), self.tr("Answered: {0}"))

    def resolve(self, card: Card, verdict: Verdict, note: str) -> None:
        """Say what was found out about a write in doubt."""
        said = {"happened": self.tr("It happened: {0}"), "did_not": self.tr("It did not happen: {0}"),
                "try_again": self.tr("It is tried again: {0}")}[verdict]  # fmt: skip
        perform = functools.partial(
            self._console.operations.resolve_doubt,
            card.run,
            card.call,
            verdict,
            note=note or None,
        )
        self._do(card, verdict, perform, said)

    def hand_over(self, card: Card, reason: str) -> None:
        """Take the case into one's own hands."""
        perform = functools.partial(self._console.operations.take_over, card.run, reason or None)
        self._do(card, "hand_over", perform, self.tr("{0} is yours now").format(card.case))

    def stop_run(self, card: Card, reason: str) -> None:
        """End the run."""
        perform = functools.partial(self._console.operations.stop, card.run, reason or None)
        self._do(card, "stop_run", perform, self.tr("The run of {0} was stopped").format(card.case))

    def _do(self, card: Card, verb: str, perform: Perform, said: str) -> None:
        self._begin((card.kind, card.id), verb, perform, said.format(_short(card.title)))

    def _begin(self, key: Key, verb: str, perform: Perform, said: str) -> None:
        self.leaving.emit(key)
        self._console.tasks.start(self._see(key, verb, perform, said), f"inbox {verb}")

    async def _see(self, key: Key, verb: str, perform: Perform, said: str) -> None:
        try:
            answer = await perform()
        except CentaurError as error:  # the person was told by the operation itself
            self.refused.emit(key, verb, error.message)
            return
        self.accepted.emit(key, verb)
        left = answer.get("effective_at", 0) - now_us() if isinstance(answer, dict) else 0
        if left > 0 and key[0] == "approval":
            self._console.toasts.undoable(said, functools.partial(self.withdraw, key), seconds=left / 1_000_000)
        else:
            self._console.toasts.tell(said)

    def withdraw(self, key: Key) -> None:
        """Take a decision back."""
        self._console.tasks.start(self._take_back(key), "inbox withdraw")

    async def _take_back(self, key: Key) -> None:
        try:
            await self._console.operations.withdraw(key[1])
        except CentaurError:
            return
        self.back.emit(key)


def _short(title: str) -> str:
    return title if len(title) <= 90 else f"{title[:89]}…"
