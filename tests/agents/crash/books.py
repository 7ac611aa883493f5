"""Reads a killed engine's store and ERP as they lie there, and says what does not hold, without the loop's code."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agents.pilots.samples.workspace import SampleWorkspace
from storage.anchors import AnchorKey
from storage.blobs import Payloads
from storage.connections import open_reader
from storage.events.approvals import ApprovalDecided, ApprovalWithdrawn, Choice
from storage.events.calls import (
    CallDecided,
    DoubtRaised,
    DoubtResolved,
    DoubtVerdict,
    ToolFailed,
    ToolFinished,
    ToolStarted,
)
from storage.events.envelope import Event, decode
from storage.verify import verify
from tests.agents.crash.driver import KEY

LIMIT = Decimal("1000.00")
MICRO = 1_000_000
CallId = tuple[str, str]


@dataclass(frozen=True)
class Booking:
    """A booking that an agent made: whose, how much, by which call of which run."""

    company: str
    amount: Decimal
    run: str
    call: str


def events(workspace: SampleWorkspace) -> list[Event]:
    """Every event of the store."""
    with closing(open_reader(workspace.store)) as reader:
        return [decode(body, hash_) for body, hash_ in reader.execute("SELECT body, hash FROM event ORDER BY seq")]


def arguments(workspace: SampleWorkspace, ref: str) -> dict[str, Any]:
    """A payload of the store, parsed."""
    with closing(open_reader(workspace.store)) as reader:
        salt = reader.execute("SELECT value FROM meta WHERE name = 'salt'").fetchone()[0]
        value: dict[str, Any] = json.loads(Payloads(salt, reader).verified(ref))
        return value


def bookings(workspace: SampleWorkspace) -> list[Booking]:
    """What agents booked; the sample's own earlier bookings have keys of another form."""
    with closing(sqlite3.connect(workspace.erp)) as erp:
        rows = erp.execute("SELECT company, amount, key FROM booking").fetchall()
    return [
        Booking(company, Decimal(amount) / MICRO, *key.split("/", 1))
        for company, amount, key in rows if key.startswith("run-")
    ]  # fmt: skip


def faults(workspace: SampleWorkspace, acknowledged: Mapping[int, str]) -> list[str]:
    """Return everything that must hold after a kill and does not."""
    ledger = events(workspace)
    calls = by_call(ledger)
    return [
        *_lost(ledger, acknowledged), *_broken(workspace), *_booked_twice(workspace),
        *_sent_twice(workspace, calls), *_started_twice(calls), *_unapproved(workspace, calls),
    ]  # fmt: skip


def by_call(ledger: Iterable[Event]) -> dict[CallId, list[Event]]:
    """The events of each call, in order."""
    found: dict[CallId, list[Event]] = defaultdict(list)
    for event in ledger:
        call = getattr(event.body, "call", None)
        if event.run is not None and isinstance(call, str):
            found[event.run, call].append(event)
    return found


def _lost(ledger: list[Event], acknowledged: Mapping[int, str]) -> Iterator[str]:
    held = {event.seq: event.hash.hex() for event in ledger}
    for seq, hash_ in acknowledged.items():
        if held.get(seq) != hash_:
            yield f"event {seq} was acknowledged and is {'another' if seq in held else 'gone'}"


def _broken(workspace: SampleWorkspace) -> Iterator[str]:
    found = verify(workspace.store, AnchorKey(KEY), workspace.folder / "heads")
    yield from (f"verify: {finding.words}" for finding in found.findings)
    if found.anchored_to != found.events:
        yield f"verify: {found.anchored_to} of {found.events} events are anchored"


def _booked_twice(workspace: SampleWorkspace) -> Iterator[str]:
    # Each sample case is the one invoice of its company.
    for company, count in Counter(booking.company for booking in bookings(workspace)).items():
        if count > 1:
            yield f"the invoice of {company} was booked {count} times"


def _sent_twice(workspace: SampleWorkspace, calls: Mapping[CallId, list[Event]]) -> Iterator[str]:
    """A write goes out once, and once more for each time that a person said to try again."""
    note = workspace.folder / "sent.txt"
    sent = Counter(note.read_text().split()) if note.exists() else Counter[str]()
    for key, count in sent.items():
        run, call = key.split("/", 1)
        again = sum(_again(event) for event in calls[run, call])
        if count > 1 + again:
            yield f"{key} was sent {count} times"


def _again(event: Event) -> bool:
    return isinstance(event.body, DoubtResolved) and event.body.verdict is DoubtVerdict.TRY_AGAIN


def _started_twice(calls: Mapping[CallId, list[Event]]) -> Iterator[str]:
    """Between two starts of a write lies a person's word."""
    for (run, call), history in calls.items():
        under_way = False
        for event in history:
            match event.body:
                case ToolStarted(effect=effect) if effect != "read":
                    if under_way:
                        yield f"{run}/{call} was started again while nobody knew how it ended"
                    under_way = True
                case ToolFinished() | ToolFailed(did_nothing=True):
                    under_way = False
                case DoubtResolved():
                    under_way = False


def _unapproved(workspace: SampleWorkspace, calls: Mapping[CallId, list[Event]]) -> Iterator[str]:
    for booking in bookings(workspace):
        if 0 < booking.amount <= LIMIT:
            continue
        why = _approval_fault(workspace, booking, calls[booking.run, booking.call])
        if why is not None:
            yield f"{booking.company}: {booking.amount} was booked {why}"


def _approval_fault(workspace: SampleWorkspace, booking: Booking, history: list[Event]) -> str | None:
    """Return why a booking was not allowed: it needs one decision, bound to what ran, spent by one start."""
    judged: CallDecided | None = None
    standing: ApprovalDecided | None = None
    starts: list[ApprovalDecided | None] = []
    for event in history:
        match event.body:
            case CallDecided() as body:
                judged = body
            case ApprovalDecided(choice=Choice.APPROVE | Choice.EDIT) as body:
                standing = body
            case ApprovalWithdrawn():
                standing = None
            case ToolStarted():
                starts.append(standing)
            case _:
                if _again(event):  # the person who says so lets it go out once more
                    starts.pop()
    if len(starts) != 1 or starts[0] is None or judged is None:
        return f"by {len(starts)} starts, approved: {[bool(start) for start in starts]}"
    if starts[0].binding != judged.binding:
        return "with another binding than was approved"
    if Decimal(arguments(workspace, judged.args)["amount"]) != booking.amount:
        return "with another amount than was approved"
    return None


def in_flight(ledger: Iterable[Event]) -> set[CallId]:
    """Writes that were started and have no end in the ledger, nor a doubt."""
    open_: set[CallId] = set()
    for key, history in by_call(ledger).items():
        for event in history:
            match event.body:
                case ToolStarted(effect=effect) if effect != "read":
                    open_.add(key)
                case ToolFinished() | ToolFailed() | DoubtRaised():
                    open_.discard(key)
    return open_


def doubted(ledger: Iterable[Event]) -> set[CallId]:
    """Writes of which the engine once said that nobody knows how they ended."""
    return {(e.run, e.body.call) for e in ledger if isinstance(e.body, DoubtRaised) and e.run is not None}
