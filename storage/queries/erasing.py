"""What erasing concerns: which payloads are a case's own, who else names them, which copies hold them still."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import NamedTuple

from storage.blobs import to_address
from storage.errors import Refused
from storage.events.body import Ref, references
from storage.events.envelope import Event, decode
from storage.events.workspace import BlobErased
from storage.records import CaseRecord
from storage.requests import Condition


class CasePayloads(NamedTuple):
    """The payloads of a case and its runs that are there: those to erase, and how many others also name."""

    own: tuple[Ref, ...]
    shared: int
    runs: tuple[str, ...]


def case_payloads(connection: sqlite3.Connection, case: CaseRecord) -> CasePayloads:
    """Return a case's payloads. Reads the whole ledger once.

    What the case says and its id elsewhere are its own even where another case says the same; anything else that
    events of other cases name too (a word like `paid`, an agent's instructions) tells nothing of this one.
    """
    runs = {row[0] for row in connection.execute("SELECT run FROM run WHERE case_id = ?", (case.case_id,))}
    said = [case.content, case.external_ref]
    found = dict.fromkeys(ref for ref in (*said, case.outcome) if ref)
    elsewhere: set[Ref] = set()
    for event in _events(connection):
        if event.run in runs or getattr(event.body, "case", None) == case.case_id:
            found.update(dict.fromkeys(references(event.body)))
        else:
            elsewhere.update(references(event.body))
    shared = {ref for ref in found if ref in elsewhere and ref not in said}
    own = tuple(ref for ref in found if ref not in shared and _is_there(connection, ref))
    return CasePayloads(own, len(shared), tuple(sorted(runs)))


def naming(connection: sqlite3.Connection, ref: Ref) -> list[Event]:
    """Return the events that name a payload, in order, its erasures left out. Reads the whole ledger once."""
    return [e for e in _events(connection) if not isinstance(e.body, BlobErased) and ref in references(e.body)]


def none_open(runs: Collection[str], case: str | None = None) -> Condition:
    """No run of these, and none of the case, is still open: it would need what is to be erased."""

    def check(connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT run, case_id FROM run WHERE ended_at IS NULL")
        found = next((run for run, of in rows if run in runs or of == case), None)
        if found is not None:
            raise Refused(f"The run {found} still needs it.", hint="Stop or finish that run first.")

    return check


def _events(connection: sqlite3.Connection) -> Iterator[Event]:
    for body, hash_ in connection.execute("SELECT body, hash FROM event ORDER BY seq"):
        yield decode(body, hash_)


def _is_there(connection: sqlite3.Connection, ref: Ref) -> bool:
    return connection.execute("SELECT 1 FROM blob WHERE address = ?", (to_address(ref),)).fetchone() is not None
