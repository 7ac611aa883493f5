"""What a client on standard input and output feels: the first reply, notifications and commands while events happen."""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.rows import table

Json = Any
RATES = (1_000, 5_000, 20_000)
SECONDS = 5.0
COMMAND_EVERY_S = 0.05
INITIALIZE = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocol": 1, "client": "bench"}}


class Child:
    """An engine's process, spoken to in lines."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout.fileno()
        self._rest = b""

    def send(self, message: Json) -> None:
        self._in.write(json.dumps(message).encode() + b"\n")
        self._in.flush()

    def hear(self, seconds: float) -> tuple[int, list[Json]]:
        """Return the moment (UTC microseconds) and the messages that came within some seconds; perhaps none."""
        if not select.select([self._out], [], [], seconds)[0]:
            return 0, []
        data = os.read(self._out, 1 << 20)
        now = time.time_ns() // 1_000
        if not data:
            raise RuntimeError(f"the engine ended with {self._process.wait()}")
        *lines, self._rest = (self._rest + data).split(b"\n")
        return now, [json.loads(line) for line in lines]

    def answer(self) -> Json:
        """Return the next answer, passing over notifications."""
        while True:
            for message in self.hear(30)[1]:
                if "id" in message:
                    return message

    def close(self) -> None:
        self._in.close()
        os.set_blocking(self._out, True)
        while os.read(self._out, 1 << 20):
            pass
        self._process.wait(30)
        os.close(self._out)


def show(chosen: argparse.Namespace) -> None:
    """Measure and print."""
    replies = [_first_reply() for _ in range(2 * chosen.rounds + 1)][1:]
    rows = [["first reply", f"{statistics.median(replies):.0f}", f"{max(replies):.0f}", f"{len(replies)} starts"]]
    table("From the start of the process to the answer to `initialize`, ms", ("", "median", "longest", "n"), rows)
    rows = [_busy(rate) for rate in RATES]
    head = ("events/s wanted", "seen", "notified p50", "p99", "command p50", "p99", "gaps")
    table(f"Over standard input and output, {SECONDS:g} s each, ms", head, rows)


def _first_reply() -> float:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CENTAUR_BENCH_FOLDER")) as folder:
        began = time.perf_counter()
        child = Child([sys.executable, "-m", "agents", "--store", str(Path(folder) / "store.db")])
        child.send(INITIALIZE)
        child.answer()
        took = time.perf_counter() - began
        child.close()
    return 1e3 * took


def _busy(rate: int) -> list[str]:
    with tempfile.TemporaryDirectory(dir=os.environ.get("CENTAUR_BENCH_FOLDER")) as folder:
        child = Child([sys.executable, "-m", "tests.bench.served", str(Path(folder) / "store.db"), str(rate)])
        child.send(INITIALIZE)
        child.answer()
        child.send({"jsonrpc": "2.0", "id": 1, "method": "runs.list", "params": {}})
        child.answer()
        _listen(child, 1.0)
        late, took, gaps, seconds = _listen(child, SECONDS)
        child.close()
    return [
        f"{rate:,}", f"{len(late) / seconds:,.0f}", _percentile(late, 0.5), _percentile(late, 0.99),
        _percentile(took, 0.5), _percentile(took, 0.99), str(gaps),
    ]  # fmt: skip


def _listen(child: Child, seconds: float) -> tuple[list[float], list[float], int, float]:
    """Return milliseconds from event to notification and from command to answer, gaps, and how long it took."""
    late: list[float] = []
    took: list[float] = []
    sent: dict[int, float] = {}
    gaps, began, number = 0, time.perf_counter(), int(time.time() * 1e3)
    asked = began
    while (now := time.perf_counter()) - began < seconds:
        if now - asked >= COMMAND_EVERY_S and not sent:
            number, asked = number + 1, now
            sent[number] = now
            params = {"person": f"p{number}", "name": "Somebody", "command_id": f"bench-{number}"}
            child.send({"jsonrpc": "2.0", "id": number, "method": "people.add", "params": params})
        heard, messages = child.hear(COMMAND_EVERY_S / 4)
        for message in messages:
            if "id" in message:
                if "error" in message:
                    raise RuntimeError(message["error"])
                if message["id"] in sent:
                    took.append(1e3 * (time.perf_counter() - sent.pop(message["id"])))
            elif message["method"] == "events":
                late += [(heard - event["ts"]) / 1e3 for event in message["params"]["events"]]
            elif message["method"] == "gap":
                gaps += 1
    return late, took, gaps, time.perf_counter() - began


def _percentile(values: list[float], share: float) -> str:
    ordered = sorted(values)
    return f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.1f}" if ordered else "none"
