"""Measures the ledger against raw sqlite3 in one run: `python -m tests.bench.ledger [--steps N] [--rounds
N]`.

A step is one model call and one tool call: five events in two commits (model started and finished, call
decided, tool
started; then tool finished) with their payloads and projections. Raw is what the machine gives at best: two
1 KB rows a step, one transaction each, FULL sync. Rounds alternate, ratios are medians of rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from storage.events.body import Body, Ref
from storage.events.calls import CallDecided, RuleVerdict, Ruling, ToolFinished, ToolStarted, Verdict
from storage.events.cases import Mode
from storage.events.envelope import ENGINE, Draft
from storage.events.runs import ModelFinished, ModelStarted, ProposedCallRef, RunStarted
from storage.events.workspace import Stage
from storage.store import Store

DIGEST = "d" * 43


def raw(folder: Path, steps: int) -> float:
    """Return steps a second of plain sqlite3, one transaction an event, two a step."""
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE event (pos INTEGER PRIMARY KEY, run TEXT, seq INTEGER, body BLOB, UNIQUE (run, seq))"
    )
    began = time.perf_counter()
    for seq in range(2 * steps):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO event (run, seq, body) VALUES (?, ?, ?)", ("run-1", seq, b"r" * 1024))
        connection.execute("COMMIT")
    rate = steps / (time.perf_counter() - began)
    connection.close()
    return rate


async def _run(store: Store, run: str, steps: int) -> None:
    payloads = store.ledger.payloads

    def keep(blobs: dict[Ref, bytes], text: str) -> Ref:
        content = text.encode()
        ref = payloads.ref(content)
        blobs[ref] = content
        return ref

    def draft(body: Body) -> Draft:
        return Draft(body, ENGINE, run)  # type: ignore[arg-type]

    started = RunStarted("triage", DIGEST, f"case-{run}", Mode.LIVE, Stage.PRODUCTION, 3, "playbook", 0)
    await store.ledger.append([draft(started)])
    for turn in range(steps):
        blobs: dict[Ref, bytes] = {}
        call = f"call-{turn}"
        args = keep(blobs, f'{{"path": "/srv/{run}/{turn}.txt", "text": "{"x" * 240}"}}')
        text = keep(blobs, f"I shall now look at part {turn} of {run}.")
        verdicts = (RuleVerdict("small-amounts", Verdict.MATCHED),)
        proposed = (ProposedCallRef(call, "append", args),)
        asked = [
            draft(ModelStarted(turn, DIGEST)),
            draft(ModelFinished(turn, 900, 60, 800_000, proposed, text, 1200)),
            draft(
                CallDecided(
                    call,
                    "append",
                    "write",
                    Ruling.ALLOW,
                    "small-amounts",
                    14,
                    args,
                    counts=(turn,),
                    verdicts=verdicts,
                )
            ),
            draft(ToolStarted(call, "append", "write")),
        ]
        await store.ledger.append(asked, blobs)
        blobs = {}
        result = keep(blobs, f"{run} {turn} " + os.urandom(256).hex() + "r" * 500)
        await store.ledger.append([draft(ToolFinished(call, 1500, result))], blobs)


def ours(folder: Path, steps: int, runs: int) -> tuple[float, float, float]:
    """Return steps a second, KiB a step and CPU milliseconds a step of the ledger."""
    secret = b"k" * 32
    with Store(folder / "store.db", lambda name, create: secret, folder / "heads") as store:

        async def all_runs() -> None:
            await asyncio.gather(*(_run(store, f"run-{n}", steps) for n in range(runs)))

        began, cpu = time.perf_counter(), time.process_time()
        asyncio.run(all_runs())
        took, worked = time.perf_counter() - began, time.process_time() - cpu
    total = steps * runs
    return total / took, (folder / "store.db").stat().st_size / 1024 / total, worked * 1000 / total


def fsyncs(mode: str, steps: int, runs: int) -> float | None:
    """Return syncs a step, counted by strace in a process of its own; None where there is no strace."""
    if shutil.which("strace") is None:
        return None
    counted = []
    for count in (1, steps):  # what opening and closing cost is taken away
        with tempfile.NamedTemporaryFile("r") as trace:
            strace = ["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", trace.name]
            work = ["-m", "tests.bench.ledger", "--only", mode, "--steps", str(count), "--runs", str(runs)]
            command = [*strace, sys.executable, *work]
            if subprocess.run(command, capture_output=True).returncode:
                return None
            calls = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*f(?:data)?sync", trace.read(), re.MULTILINE)
            counted.append(sum(map(int, calls)))
    return (counted[1] - counted[0]) / ((steps - 1) * runs)


def _fresh(work: Callable[[Path], object]) -> object:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        return work(Path(folder))


def _only(mode: str, steps: int, runs: int) -> None:
    _fresh(lambda folder: raw(folder, steps) if mode == "raw" else ours(folder, steps, runs))


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--only", choices=["raw", "ours"])
    chosen = options.parse_args()
    if chosen.only:
        _only(chosen.only, chosen.steps, chosen.runs)
        return
    print(
        f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}"
    )
    print(f"{'runs':>5} {'steps/s':>9} {'raw':>7} {'ratio':>6} {'KiB/step':>9} {'CPU ms':>7}")
    for runs, steps in (
        (1, chosen.steps),
        (50, max(20, chosen.steps // 10)),
        (500, max(10, chosen.steps // 30)),
    ):
        rounds = []
        for _ in range(chosen.rounds):
            reference = _fresh(lambda folder: raw(folder, chosen.steps))
            rounds.append((reference, _fresh(lambda folder, s=steps, r=runs: ours(folder, s, r))))  # type: ignore[misc]
        _show(runs, rounds)  # type: ignore[arg-type]
    flat = [_fresh(lambda folder, s=steps: ours(folder, s, 20)) for steps in (10, 100)]  # type: ignore[misc]
    print(f"KiB/step at 10 and 100 turns: {flat[0][1]:.2f} and {flat[1][1]:.2f}")  # type: ignore[index]
    for mode, runs in (("raw", 1), ("ours", 1), ("ours", 50)):
        counted = fsyncs(mode, 100, runs)
        print(f"fsync/step, {mode}, {runs} run(s): {'no strace here' if counted is None else f'{counted:.2f}'}")


def _show(runs: int, rounds: list[tuple[float, tuple[float, float, float]]]) -> None:
    rate, size, cpu = (statistics.median(found[i] for _, found in rounds) for i in range(3))
    reference = statistics.median(raw_rate for raw_rate, _ in rounds)
    ratio = statistics.median(found[0] / raw_rate for raw_rate, found in rounds)
    print(f"{runs:5} {rate:9.0f} {reference:7.0f} {ratio:6.2f} {size:9.2f} {cpu:7.2f}")


if __name__ == "__main__":
    main()
