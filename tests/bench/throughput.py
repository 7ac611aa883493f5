"""Durable steps a second of the whole engine beside raw sqlite3 and LangGraph, in interleaved rounds."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.langgraph import Peers
from tests.bench.rows import table
from tests.bench.steps import Measured, measure

TURNS = 10
NOT_MEASURED = "not measured"


class Shape(NamedTuple):
    """How many runs, at once or one by one; LangGraph, being slower, is given fewer one by one."""

    title: str
    runs: int
    together: bool
    peers: int


SHAPES = (Shape("1 run", 30, False, 5), Shape("50 runs", 50, True, 50), Shape("500 runs", 500, True, 0))


def show(chosen: argparse.Namespace) -> None:
    """Measure and print."""
    peers: Peers | None = chosen.langgraph
    rows = []
    for shape in SHAPES:
        measured = _rounds(shape, peers, chosen.rounds)
        for name, found in measured.items():
            rows.append(_row(shape, name, found, measured))
        if "langgraph" not in measured:
            why = "environment not named" if peers is None else "too slow to be worth it"
            rows.append([shape.title, "langgraph", f"{NOT_MEASURED}: {why}", *[""] * 6])
    head = ("at once", "what", "steps/s", "ms/step", "CPU ms/step", "× raw", "× LangGraph", "KiB/step", "RSS MiB")
    table(
        f"Durable steps a second, {TURNS} turns a run; medians of {chosen.rounds} rounds and of their ratios",
        head,
        rows,
    )


def _rounds(shape: Shape, peers: Peers | None, rounds: int) -> dict[str, list[Measured]]:
    work: dict[str, Callable[[], Measured]] = {
        "raw": lambda: measure("raw", shape.runs, TURNS, together=shape.together),
        "engine": lambda: measure("ours", shape.runs, TURNS, together=shape.together),
    }
    if peers is not None and shape.peers:
        work["langgraph"] = lambda: peers.measure(shape.peers, TURNS, together=shape.together)
    found: dict[str, list[Measured]] = {name: [] for name in work}
    for number in range(rounds):
        for name in list(work) if number % 2 == 0 else reversed(list(work)):
            found[name].append(work[name]())
    return found


def _row(shape: Shape, name: str, found: list[Measured], measured: dict[str, list[Measured]]) -> list[str]:
    rate = statistics.median(one.rate for one in found)
    last = found[-1]
    return [
        shape.title, name, f"{rate:,.0f}", f"{1e3 / rate:.2f}",
        f"{statistics.median(1e3 * one.cpu / one.steps for one in found):.2f}",
        _ratio(found, measured.get("raw")), _ratio(found, measured.get("langgraph")),
        f"{last.kept / 1024 / last.steps:.2f}", f"{statistics.median(one.resident for one in found) / 1024:.0f}",
    ]  # fmt: skip


def _ratio(found: list[Measured], other: list[Measured] | None) -> str:
    """Return the median of the rounds' ratios of steps a second; above 1 is faster."""
    if other is None or other is found:
        return ""
    return f"{statistics.median(a.rate / b.rate for a, b in zip(found, other, strict=True)):.2f}"
