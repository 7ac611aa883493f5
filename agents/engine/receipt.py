"""Makes a command safe to send again: its effect and its answer are one commit."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from agents.own_json import dump
from storage.blobs import Payloads
from storage.events.body import Ref
from storage.events.envelope import Draft
from storage.events.workspace import CommandFinished

Json = Any


class Receipt:
    """The answer of one command, appended together with what the command did.

    Whoever appends the effect of a command adds the receipt to the same append. Where the answer is known only
    afterwards (how far a kill has come), nobody takes the receipt, and the command itself must be safe to repeat.

    Attributes:
        command_id: the client's id of the command; the effect's event carries it, too.
        asked: names what was asked, so that the id cannot be used for something else.
        taken: whether the answer is (about to be) committed with the effect.
    """

    def __init__(self, command_id: str, method: str, asked: str, payloads: Payloads) -> None:
        self.command_id, self._method, self._asked, self._payloads = command_id, method, asked, payloads
        self.taken = False

    def event(self, result: Json, actor: str) -> tuple[Draft, dict[Ref, bytes]]:
        """Return the event that keeps `result` (JSON values) as the command's answer, with its payload."""
        self.taken = True
        content = dump({"asked": self._asked, "answer": result})
        ref = self._payloads.ref(content)
        draft = Draft(CommandFinished(self._method, ref), actor, command_id=self.command_id)
        return draft, {ref: content}


def id_of(receipt: Receipt | None) -> str | None:
    """Return the command id that an effect's event is to carry."""
    return None if receipt is None else receipt.command_id


def answered(
    drafts: Sequence[Draft], blobs: Mapping[Ref, bytes], receipt: Receipt | None, result: Json, actor: str
) -> tuple[list[Draft], dict[Ref, bytes]]:
    """Return what is to be appended, with the receipt's event last where there is a receipt."""
    if receipt is None:
        return list(drafts), dict(blobs)
    draft, kept = receipt.event(result, actor)
    return [*drafts, draft], {**blobs, **kept}


def derived_id(prefix: str, command_id: str) -> str:
    """Return the id of what a command makes: the same command makes the same thing, however often it is sent."""
    digest = hashlib.sha256(b"centaur-command-1" + command_id.encode()).digest()
    return f"{prefix}-{base64.b32hexencode(digest[:10]).decode('ascii').lower()}"
