"""A process that appends until it is killed, and says after each answer how far it was told it had come."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from storage.events.envelope import Draft
from storage.events.workspace import SettingChanged
from tests.storage.builders import open_store, outcome


async def main(folder: Path) -> None:
    """Append from several tasks for ever."""
    with open_store(folder) as store:

        async def work(n: int) -> None:
            i = 0
            while True:
                i += 1
                draft, blobs = outcome(store, f"{n}.{i} " * 30)
                events = await store.ledger.append([draft, Draft(SettingChanged("limit", i), "engine")], blobs)
                sys.stdout.write(f"{events[-1].seq} {events[-1].hash.hex()}\n")
                sys.stdout.flush()

        await asyncio.gather(*(work(n) for n in range(4)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
