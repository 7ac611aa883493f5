"""What a step costs: syncs and bytes kept, at 10 and at 100 turns a run."""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile

from tests.bench.rows import table
from tests.bench.steps import measure

_COUNT = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*f(?:data)?sync\s*$", re.MULTILINE)


def show(chosen: argparse.Namespace) -> None:
    """Measure and print."""
    rows = []
    for turns, runs in ((10, 30), (100, 10)):
        found = measure("ours", runs, turns, together=False)
        rows.append([
            turns, f"{found.kept / 1024 / found.steps:.2f}", f"{1e3 * found.wall / found.steps:.2f}",
            f"{1e3 * found.cpu / found.steps:.2f}", f"{found.resident / 1024:.0f}",
            _syncs("ours", 1, turns, together=False), _syncs("ours", 50, turns, together=True),
            _syncs("raw", 1, turns, together=False),
        ])  # fmt: skip
    head = ("turns", "KiB/step", "ms/step", "CPU ms/step", "RSS MiB", "syncs/step, 1 run", "50 runs", "raw, 1 run")
    table("What a step costs, one run at a time", head, rows)


def _syncs(kind: str, runs: int, turns: int, *, together: bool) -> str:
    """Return fsync and fdatasync calls a step, without those of opening and closing, as strace counts them."""
    if shutil.which("strace") is None:
        return "no strace here"
    few, many = (runs, runs * 4) if together else (2, 12)
    counts = [_counted(kind, count, turns, together) for count in (few, many)]
    return f"{(counts[1] - counts[0]) / ((many - few) * turns):.2f}"


def _counted(kind: str, runs: int, turns: int, together: bool) -> int:
    with tempfile.NamedTemporaryFile("r") as trace:
        wrap = ("strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", trace.name)
        measure(kind, runs, turns, together=together, wrap=wrap)
        return sum(map(int, _COUNT.findall(trace.read())))
