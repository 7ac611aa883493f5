"""One measurement in a process of its own: durable steps of the whole engine, or of raw sqlite3.

Raw is what the machine gives at best: two rows of 1 KB a step, one FULL-sync transaction each, on one connection.
`python -m tests.bench.steps ours|raw RUNS TURNS FOLDER [--together]` prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

WARM_UP = 2
LONGEST_S = 600


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process measured; times in seconds, `kept` in bytes of the store, `resident` in KiB."""

    steps: int
    wall: float
    cpu: float
    kept: int
    resident: int

    @property
    def rate(self) -> float:
        """Steps a second."""
        return self.steps / self.wall


def measure(kind: str, runs: int, turns: int, *, together: bool, wrap: Sequence[str] = ()) -> Measured:
    """Measure in a process of its own, on fresh files. Raises RuntimeError with what it said where it failed.

    Args:
        kind: `ours` or `raw`.
        wrap: a command that the process is started under.
    """
    with tempfile.TemporaryDirectory(dir=os.environ.get("CENTAUR_BENCH_FOLDER")) as folder:
        command = [*wrap, sys.executable, "-m", "tests.bench.steps", kind, str(runs), str(turns), folder]
        done = subprocess.run(
            command + (["--together"] if together else []), capture_output=True, text=True, timeout=LONGEST_S
        )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or "the measurement failed and said nothing")
    return Measured(**json.loads(done.stdout))


async def _ours(folder: Path, runs: int, turns: int, together: bool) -> Measured:
    from tests.bench.workload import Bench

    bench = Bench(folder, turns)
    await bench.open()
    for _ in range(WARM_UP):
        await bench.run()
    calls, kept, cpu, began = bench.calls, _kept(folder), time.process_time(), time.perf_counter()
    if together:
        await asyncio.gather(*(bench.run() for _ in range(runs)))
    else:
        for _ in range(runs):
            await bench.run()
    wall, cpu, steps = time.perf_counter() - began, time.process_time() - cpu, bench.calls - calls
    if steps != runs * turns:
        raise RuntimeError(f"{steps} calls instead of {runs * turns}")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = _kept(folder) - kept
    await bench.close()
    return Measured(steps, wall, cpu, grown, resident)


def _raw(folder: Path, runs: int, turns: int, together: bool) -> Measured:
    connection = sqlite3.connect(folder / "store.db", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE event (pos INTEGER PRIMARY KEY, run TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, "
        "UNIQUE (run, seq))"
    )
    turn = threading.Lock()

    def run(name: str) -> None:
        for seq in range(2 * turns):
            with turn:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO event (run, seq, body) VALUES (?, ?, ?)", (name, seq, b"r" * 1024))
                connection.execute("COMMIT")

    for number in range(WARM_UP):
        run(f"warm-{number}")
    kept, cpu, began = _kept(folder), time.process_time(), time.perf_counter()
    names = [f"run-{number}" for number in range(runs)]
    if together:
        with ThreadPoolExecutor(max_workers=runs) as pool:
            list(pool.map(run, names))
    else:
        for name in names:
            run(name)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = _kept(folder) - kept
    connection.close()
    return Measured(runs * turns, wall, cpu, grown, resident)


def _kept(folder: Path) -> int:
    """Return the bytes of the store once its log is folded back in."""
    other = sqlite3.connect(folder / "store.db", timeout=30)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    other.close()
    return (folder / "store.db").stat().st_size


def main() -> None:
    """Measure once and print it as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kind", choices=["ours", "raw"])
    options.add_argument("runs", type=int)
    options.add_argument("turns", type=int)
    options.add_argument("folder", type=Path)
    options.add_argument("--together", action="store_true", help="all runs at once instead of one by one")
    chosen = options.parse_args()
    if chosen.kind == "ours":
        found = asyncio.run(_ours(chosen.folder, chosen.runs, chosen.turns, chosen.together))
    else:
        found = _raw(chosen.folder, chosen.runs, chosen.turns, chosen.together)
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
