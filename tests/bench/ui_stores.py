"""Stores for the figures of the window: one that has seen work, and one in which everything is large."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from storage.blobs import BlobWriter, to_ref
from storage.connections import open_writer

RUNS, STEPS, PAYLOAD_MB = 1_000_000, 2_000, 50
_COLUMNS = (
    "agent, version, case_id, mode, stage, tier, model, seed, pilot, origin, state, cause, started_at, ended_at, "
    "turns, calls, writes, asks, denials, failures, tokens_in, tokens_out, cost, cost_partial, outcome, handoff"
)
_MANY_RUNS = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO run (run, {_COLUMNS}, seq) SELECT printf('run-bench-%08d', i), {_COLUMNS}, 1000000 + i
FROM n, (SELECT * FROM run LIMIT 1)
"""


class Large(NamedTuple):
    """A store with a million runs.

    Attributes:
        long_run: a run of 2,000 steps.
        payload: the address of a text of 50 MB.
    """

    path: Path
    long_run: str
    payload: str


def worked(folder: Path) -> Path:
    """Return a store in which the sample pilots ran."""
    from tests.console.sample import make

    return make(folder).store


def large(folder: Path) -> Large:
    """Return a store in which everything is large; its runs beyond the first are rows without events."""
    store, run = asyncio.run(_long_run(folder))
    chosen = random.Random(1)
    words = [chosen.randbytes(4).hex() for _ in range(4_000)]
    lines = (" ".join(chosen.choices(words, k=9)) for _ in range(PAYLOAD_MB * 1_000_000 // 81))
    ref = to_ref(chosen.randbytes(32))
    with closing(open_writer(store)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_MANY_RUNS, (RUNS,))
        BlobWriter(connection).put({ref: "\n".join(lines).encode()})
        connection.execute("COMMIT")
    return Large(store, run, ref)


async def _long_run(folder: Path) -> tuple[Path, str]:
    from storage.queries import runs
    from tests.bench.workload import Bench

    folder.mkdir()
    bench = Bench(folder, STEPS // 2)  # a turn is two steps: the model answers, and its call is performed
    await bench.open()
    try:
        await bench.run()
        with bench.engine.queries.view() as view:
            run = runs(view.connection)[0].run
        return bench.engine.store.path, run
    finally:
        await bench.close()
