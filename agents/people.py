"""Who decides: the people of this store, their roles, and their signatures."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace

from agents.account import local_name
from storage.events.envelope import Draft, person, statement
from storage.events.workspace import PersonAdded
from storage.ledger import Ledger
from storage.people import Signer
from storage.records import PersonRecord

__all__ = ["Person", "SignerFor", "added", "known", "local_name"]

SignerFor = Callable[[str], Signer | None]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can decide.

    Attributes:
        id: as job descriptions name them.
        roles: names that job descriptions may use instead.
        signer: signs; None without a keyring, and the decision then says that it is unsigned.
    """

    id: str
    roles: tuple[str, ...]
    signer: Signer | None

    @property
    def actor(self) -> str:
        """Return the actor of this person's events."""
        return person(self.id)

    def may_decide(self, approvers: tuple[str, ...]) -> bool:
        """Return whether the person is one of those who may decide; an empty list admits everybody."""
        return not approvers or self.id in approvers or any(role in approvers for role in self.roles)

    def sign(self, draft: Draft) -> Draft:
        """Return the draft as signed by this person, unsigned where they have no key."""
        if self.signer is None:
            return draft
        return replace(draft, signature=base64.b64encode(self.signer.sign(statement(draft))).decode("ascii"))


def added(
    id_: str, name: str, roles: tuple[str, ...], signer: Signer | None, ledger: Ledger
) -> tuple[Draft, dict[str, bytes]]:
    """Return the event that makes a person known (or changes their roles), with their name as a payload."""
    ref = ledger.payloads.ref(name.encode())
    public = None if signer is None else base64.b64encode(signer.public_bytes).decode("ascii")
    return Draft(PersonAdded(id_, ref, public, roles), person(id_)), {ref: name.encode()}


def known(record: PersonRecord, signer_for: SignerFor) -> Person:
    """Return a person of the store; their key signs only if it is the one that the store knows."""
    signer = signer_for(record.person)
    if signer is not None and record.public_key != base64.b64encode(signer.public_bytes).decode("ascii"):
        signer = None
    return Person(record.person, record.roles, signer)
