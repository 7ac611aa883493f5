"""An engine on standard input and output in which events happen: `python -m tests.bench.served STORE EVENTS_A_SECOND`.

What happens are the five events of a step, without payloads, committed together as they come due.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agents.engine import host, stdio
from agents.engine.compose import Ground
from agents.engine.server import Server
from storage.events.calls import CallDecided, Ruling, ToolFinished, ToolStarted
from storage.events.envelope import ENGINE, Draft
from storage.events.runs import ModelFinished, ModelStarted
from storage.events.union import AnyBody

DIGEST = "d" * 43
STEP: tuple[AnyBody, ...] = (
    ModelStarted(1, DIGEST), ModelFinished(1, 900, 80, 1_000), ToolStarted("c1", "append", "write"),
    CallDecided("c1", "append", "write", Ruling.ALLOW, "rule", 12, DIGEST), ToolFinished("c1", 100, DIGEST),
)  # fmt: skip
EVERY_S = 0.002


class Busy(stdio._Stdio):
    """The engine's process, and the events that happen in it."""

    def __init__(self, ground: Ground, rate: int) -> None:
        super().__init__(ground)
        self._rate = rate

    async def _work(self, server: Server) -> None:
        happening = asyncio.create_task(self._happen(server))
        try:
            await super()._work(server)
        finally:
            happening.cancel()
            await asyncio.gather(happening, return_exceptions=True)

    async def _happen(self, server: Server) -> None:
        await server.operations
        assert self._engine is not None
        loop = asyncio.get_running_loop()
        began, done = loop.time(), 0
        while True:
            due = int((loop.time() - began) * self._rate / len(STEP)) - done
            drafts = [Draft(body, ENGINE, "run-x") for _ in range(min(due, 100)) for body in STEP]
            if drafts:
                await self._engine.ledger.append(drafts)
                done += len(drafts) // len(STEP)
            else:
                await asyncio.sleep(EVERY_S)


def main() -> None:
    """Serve until the client is gone."""
    store, rate = Path(sys.argv[1]), int(sys.argv[2])
    pipes = host.guard_standard_streams()
    sys.exit(asyncio.run(Busy(Ground(store, heads=store.parent / "heads"), rate).run(pipes)))


if __name__ == "__main__":
    main()
