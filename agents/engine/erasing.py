"""Erases what is personal for good: a case with all that its runs wrote of it, or one payload. The events stay."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agents.engine.receipt import Receipt, answered, id_of
from agents.people import Person
from agents.tools.similar_cases import forget_indexes
from storage.connections import open_reader
from storage.errors import NotFound, Refused
from storage.events.body import Ref
from storage.events.envelope import Draft
from storage.events.workspace import BlobErased, VersionPublished
from storage.queries import erasing, work, workspace
from storage.requests import Condition

if TYPE_CHECKING:
    from agents.engine.engine import Engine


class Copy(NamedTuple):
    """A file that holds what was erased still; `there` is False where no file is at that place now."""

    path: str
    made_at: int | None
    there: bool


class Erasure(NamedTuple):
    """What was erased.

    Attributes:
        erased: payloads that are gone.
        shared: payloads that were left, since events of other cases name them too.
        runs: whose contents are gone.
        copies: backups and older stores, which hold it still.
    """

    case: str | None
    erased: int
    shared: int
    runs: tuple[str, ...]
    copies: tuple[Copy, ...]


async def erase_case(engine: Engine, case: str, reason: str, who: Person, receipt: Receipt | None) -> Erasure:
    """Erase what a case says, its id elsewhere, its outcome, and what its runs wrote that nothing else names.

    Raises NotFound without such a case, Refused while a run of it is open.
    """

    def look() -> tuple[str, erasing.CasePayloads]:
        with closing(open_reader(engine.store.path)) as reader:
            record = work.case(reader, case)
            return record.case_id, erasing.case_payloads(reader, record)

    id_, found = await asyncio.to_thread(look)
    done = Erasure(id_, len(found.own), found.shared, found.runs, copies(engine))
    await _erase(engine, found.own, reason, who, receipt, done, erasing.none_open((), id_))
    await asyncio.to_thread(forget_indexes, engine.surroundings.cache)
    return done


async def erase_payload(engine: Engine, ref: Ref, reason: str, who: Person, receipt: Receipt | None) -> Erasure:
    """Erase one payload. Raises NotFound, Erased, or Refused where a version or an open run needs it."""

    def look() -> tuple[str, ...]:
        engine.ledger.payloads.verified(ref)
        with closing(open_reader(engine.store.path)) as reader:
            events = erasing.naming(reader, ref)
        if any(isinstance(event.body, VersionPublished) for event in events):
            raise Refused("The payload is part of a version, whose runs could not be explained without it.")
        return tuple(sorted({event.run for event in events if event.run is not None}))

    runs = await asyncio.to_thread(look)
    done = Erasure(None, 1, 0, runs, copies(engine))
    await _erase(engine, [ref], reason, who, receipt, done, erasing.none_open(runs))
    return done


async def _erase(
    engine: Engine, refs: Sequence[Ref], reason: str, who: Person, receipt: Receipt | None, done: Erasure,
    condition: Condition,
) -> None:  # fmt: skip
    if not refs:
        raise NotFound("Nothing of it is left to erase.")
    ledger = engine.ledger
    why = ledger.payloads.ref(reason.encode())
    drafts = [who.sign(Draft(BlobErased(ref, why), who.actor, command_id=id_of(receipt))) for ref in refs]
    from agents.engine.operations.operation import plain

    kept = answered(drafts, {why: reason.encode()}, receipt, plain(done), who.actor)
    await asyncio.to_thread(lambda: ledger.append_now(*kept, condition=condition, erase=refs))
    for ref in refs:
        ledger.payloads.forget(ref)
        engine.payloads.forget(ref)


def copies(engine: Engine) -> tuple[Copy, ...]:
    """Return every copy of the store that is known: backups, and what migrations and restores kept beside it."""
    path = engine.store.path
    with engine.queries.view() as view:
        backups = workspace.backups(view.connection)
    found = []
    for backup in backups:
        try:
            where = Path(engine.ledger.payloads.read(backup.path).decode("utf-8", "surrogateescape"))
        except NotFound:
            continue
        found.append(Copy(str(where), backup.made_at, where.exists()))
    beside = [each for pattern in (".before-*", ".replaced-*") for each in path.parent.glob(path.name + pattern)]
    return (*found, *(Copy(str(each), None, True) for each in sorted(beside)))
