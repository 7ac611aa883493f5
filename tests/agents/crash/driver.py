"""A process that works live invoices until it is killed, and tells each commit as soon as it is told of it.

Lines on standard output: `E seq hash` for an event that was committed, `H` when it hangs where it was asked to,
`D` when everything that this process does is done. Every write that is really sent is noted in `sent.txt`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.approvals.desk import DecisionRefusedError
from agents.engine.engine import Engine, Surroundings
from agents.loop.scheduler import Rested
from agents.loop.world import Crew
from agents.own_json import load
from agents.people import Person
from agents.pilots.samples.workspace import SampleWorkspace, open_workspace
from agents.tools.invoices.booking import booking_of_key
from agents.tools.invoices.erp import reading
from agents.tools.tool import CallContext, Writer
from agents.tools.toolbox import Toolbox
from storage.events.calls import CallDecided, DoubtVerdict
from storage.events.cases import Mode
from storage.events.envelope import Event
from storage.queries import decisions, work
from storage.records import ApprovalRecord, DoubtRecord

KEY = b"k" * 32
ME = "supervisor"
GRACE_US = 20_000
CONCURRENCY = 8
Json = Any


@dataclass(frozen=True)
class Orders:
    """What the process is to do.

    Attributes:
        finish: decide everything and end when nothing is left; otherwise some approvals stay open.
        hang: where to stop for ever: (`before` or `after`, which write of this process, from 1).
        limit: how many cases, None for all.
    """

    finish: bool = False
    hang: tuple[str, int] | None = None
    limit: int | None = None

    @classmethod
    def parse(cls, words: list[str]) -> Orders:
        """Read the command line: `finish`, `before:3`, `after:3`, `limit:60`."""
        values: dict[str, Any] = {}
        for word in words:
            name, _, number = word.partition(":")
            if name in ("before", "after"):
                values["hang"] = (name, int(number))
            elif name == "limit":
                values["limit"] = int(number)
            else:
                values[name] = True
        return cls(**values)

    def words(self) -> list[str]:
        """Return the command line."""
        hang = [] if self.hang is None else [f"{self.hang[0]}:{self.hang[1]}"]
        return [*(["finish"] if self.finish else []), *hang, *([f"limit:{self.limit}"] if self.limit else [])]


@dataclass
class Teller:
    """Writes lines that a reader sees at once, whole, whichever thread tells them."""

    descriptor: int = 1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, text: str) -> None:
        with self._lock:
            left = memoryview(text.encode())
            while left:
                left = left[os.write(self.descriptor, left) :]

    def commits(self, events: list[Event]) -> None:
        self.tell("".join(f"E {event.seq} {event.hash.hex()}\n" for event in events))


class Watched(Writer):
    """A writer that notes what it sends, and hangs where the test wants to kill."""

    def __init__(self, writer: Writer, note: Path, hang: Hang) -> None:
        self._writer, self._note, self._hang = writer, note, hang

    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        number = self._hang.count()
        self._hang.here("before", number)
        with self._note.open("a") as file:
            file.write(f"{context.key}\n")
        value = await self._writer.write(args, context)
        self._hang.here("after", number)
        return value


class Hang:
    """Stops the whole event loop at one write until a line comes in, and says so."""

    def __init__(self, where: tuple[str, int] | None, teller: Teller) -> None:
        self._where, self._teller, self._number = where, teller, 0

    def count(self) -> int:
        self._number += 1
        return self._number

    def here(self, side: str, number: int) -> None:
        if self._where == (side, number):
            self._teller.tell("H\n")
            sys.stdin.readline()  # the whole event loop hangs here until it is told to go on


class Approver:
    """Decides approvals and doubts as a person would: mostly yes, sometimes an edit, a reason or an answer."""

    def __init__(self, engine: Engine, erp: Path, keep: int) -> None:
        self._engine, self._erp, self._keep = engine, erp, keep
        self._one = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def rested(self, rested: Rested) -> None:
        task = asyncio.create_task(self.decide(self._keep))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def decide(self, keep: int) -> None:
        """Decide the oldest requests until only `keep` are left."""
        async with self._one:
            who = await self._engine.person(ME)
            with self._engine.queries.view() as view:
                waiting = decisions.approvals(view.connection, state="requested", limit=1_000)
            for request in waiting[keep:][::-1]:
                try:
                    await self._decide(request, who)
                except DecisionRefusedError:  # its run was stopped meanwhile
                    continue

    async def _decide(self, request: ApprovalRecord, who: Person) -> None:
        desk = self._engine.desk
        match zlib.crc32(request.run.encode()) % 8:
            case 0:
                await desk.reject(request.approval, who, "Not this quarter.")
            case 1:
                await desk.respond(request.approval, who, "Ask me again next week.")
            case 2 | 3:
                await desk.edit(request.approval, who, self._same(request))
            case _:
                await desk.approve(request.approval, who)

    def _same(self, request: ApprovalRecord) -> dict[str, Json]:
        judged = [
            event.body for event in self._engine.ledger.run_events(request.run)
            if isinstance(event.body, CallDecided) and event.body.call == request.call
        ]  # fmt: skip
        arguments: dict[str, Json] = load(self._engine.ledger.payloads.read(judged[-1].args))
        return arguments

    async def settle(self) -> bool:
        """Find out about every doubt by looking into the ERP; return whether there were any."""
        who = await self._engine.person(ME)
        with self._engine.queries.view() as view:
            doubts = decisions.doubts(view.connection, limit=1_000)
        for doubt in doubts:
            verdict, result = self._found(doubt)
            await self._engine.desk.resolve(doubt.run, doubt.call, who, verdict, "Looked.", result)
        return bool(doubts)

    def _found(self, doubt: DoubtRecord) -> tuple[DoubtVerdict, Json]:
        key = f"{doubt.run}/{doubt.call}"
        with reading(self._erp) as erp:
            booking = booking_of_key(erp, key)
            parked = erp.execute("SELECT 1 FROM parked WHERE key = ?", (key,)).fetchone()
        if booking is not None or parked is not None:
            return DoubtVerdict.HAPPENED, booking or {"parked": True}
        again = zlib.crc32(key.encode()) % 2 == 0
        return DoubtVerdict.TRY_AGAIN if again else DoubtVerdict.DID_NOT, None


def compose(workspace: SampleWorkspace, orders: Orders, teller: Teller) -> Engine:
    """Build an engine that tells its commits and whose writers are watched."""
    engine = Engine(
        workspace.store,
        Surroundings(
            heads=workspace.folder / "heads", cache=workspace.folder / "cache", key_for=lambda name, create: KEY,
            grace_us=GRACE_US, concurrency=CONCURRENCY,
        ),
    )  # fmt: skip
    engine.ledger.on_commit(teller.commits)
    hang, note = Hang(orders.hang, teller), workspace.folder / "sent.txt"
    build = engine.crews.crew

    def crew(agent: str, version: str, mode: Mode, model: str) -> Crew:
        whole = build(agent, version, mode, model)
        box = whole.toolbox
        writers = {name: Watched(writer, note, hang) for name, writer in box.writers.items()}
        return Crew(whole.charter, whole.model, Toolbox(box.mode, box.readers, writers, box.previewers))

    engine.crews.crew = crew  # type: ignore[method-assign]
    return engine


async def main(folder: Path, orders: Orders) -> None:
    """Begin or resume the pilot, and work until killed or done."""
    teller = Teller()
    workspace = open_workspace(folder)
    engine = compose(workspace, orders, teller)
    pilots = engine.pilots
    approver = Approver(engine, workspace.erp, keep=0 if orders.finish else 4)
    engine.on_rest.append(approver.rested)
    with engine.queries.view() as view:
        begun = work.pilots(view.connection, limit=1)
    if not begun:
        await engine.add_person(ME, "Sam", ("finance-lead",))
    await engine.start()
    if begun:
        name = begun[0].pilot
    else:
        name = await pilots.start(
            str(workspace.invoice_job), workspace.invoice_cases, mode=Mode.LIVE, person=await engine.person(ME),
            concurrency=CONCURRENCY, limit=orders.limit,
        )  # fmt: skip
    await pilots.finished(name)
    while True:
        await engine.scheduler.idle()
        if not orders.finish:
            break
        settled = await approver.settle()
        await approver.decide(0)
        if not settled and not await unfinished(engine):
            break
    await engine.close()
    teller.tell("D\n")


async def unfinished(engine: Engine) -> bool:
    """Wait for the next run to rest if any is still to come, and say whether there was one."""
    with engine.queries.view() as view:
        left = work.open_runs(view.connection)
    if not left:
        return False
    rested = asyncio.Event()
    engine.on_rest.append(lambda _: rested.set())
    await asyncio.wait_for(rested.wait(), 30)
    return True


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Orders.parse(sys.argv[2:])))
