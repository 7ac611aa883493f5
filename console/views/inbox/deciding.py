"""Sends decisions to the engine: hides what is decided at once, brings it back honestly when it is refused."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from console import words
from console.console import Console
from console.models.inbox_card import Card
from console.models.inbox_list import Key
from console.operations import Verdict
from console.views.inbox.decide_form import Decision
from storage.errors import CentaurError
from storage.ids import now_us

Json = Any
Perform = Callable[[], "asyncio.Task[Json]"]


class Chosen(NamedTuple):
    """One of several requests that are decided together, and what it is bound to (approving only)."""

    key: Key
    title: str
    binding: str = ""


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

    def approve_all(self, chosen: Sequence[Chosen]) -> None:
        """Allow several requests, each exactly as the store has it."""
        operations = self._console.operations
        performs = [functools.partial(operations.approve, one.key[1], binding=one.binding) for one in chosen]
        self._begin_all(chosen, "approve", performs, self.tr("Approved {0} requests"))

    def reject_all(self, chosen: Sequence[Chosen], reason: str) -> None:
        """Forbid several requests for one reason."""
        operations = self._console.operations
        performs = [functools.partial(operations.reject, one.key[1], reason) for one in chosen]
        self._begin_all(chosen, "reject", performs, self.tr("Rejected {0} requests"))

    def decide(self, card: Card, decision: Decision) -> None:
        """Close a handed-over case with what came of it."""
        perform = functools.partial(
            self._console.operations.decide_case, card.case_id, decision.outcome, minutes=decision.minutes,
            note=decision.note or None,
        )  # fmt: skip
        self._begin((card.kind, card.id), "decide", perform, self.tr("{0} is decided").format(card.case))

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

    def _begin_all(self, chosen: Sequence[Chosen], verb: str, performs: Sequence[Perform], said: str) -> None:
        for one in chosen:
            self.leaving.emit(one.key)
        self._console.tasks.start(self._see_all(chosen, verb, performs, said), f"inbox {verb} several")

    async def _see(self, key: Key, verb: str, perform: Perform, said: str) -> None:
        answer = await self._answer(key, verb, perform)
        if answer is not None:
            self._tell([key] if key[0] == "approval" else [], [answer], said)

    async def _see_all(self, chosen: Sequence[Chosen], verb: str, performs: Sequence[Perform], said: str) -> None:
        """One word for all of them, with one undo."""
        waited = (self._answer(one.key, verb, perform) for one, perform in zip(chosen, performs, strict=True))
        answers = await asyncio.gather(*waited)
        taken = [(one, answer) for one, answer in zip(chosen, answers, strict=True) if answer is not None]
        if len(taken) == 1:
            said = {"approve": self.tr("Approved: {0}"), "reject": self.tr("Rejected: {0}")}[verb]
            self._tell([taken[0][0].key], [taken[0][1]], said.format(_short(taken[0][0].title)))
        elif taken:
            keys = [one.key for one, _ in taken]
            self._tell(keys, [answer for _, answer in taken], said.format(words.count(len(taken))))

    async def _answer(self, key: Key, verb: str, perform: Perform) -> Json:
        try:
            answer = await perform()
        except CentaurError as error:  # the person was told by the operation itself
            self.refused.emit(key, verb, error.message)
            return None
        self.accepted.emit(key, verb)
        return answer or {}

    def _tell(self, keys: Sequence[Key], answers: Sequence[Json], said: str) -> None:
        """Say what was done; with an undo of all of it while all of it can be undone."""
        ends = [answer.get("effective_at", 0) if isinstance(answer, dict) else 0 for answer in answers]
        left = min(ends, default=0) - now_us()
        if keys and left > 0:
            self._console.toasts.undoable(said, functools.partial(self._withdraw_all, keys), seconds=left / 1_000_000)
        else:
            self._console.toasts.tell(said)

    def _withdraw_all(self, keys: Sequence[Key]) -> None:
        for key in keys:
            self.withdraw(key)

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
