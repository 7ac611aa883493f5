"""The figures of the window: how soon it is there, how smoothly it shows what streams, how large things open."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.rows import table

_DISPLAY = 91
_START_S = 10.0


def show(options: argparse.Namespace) -> None:
    """Print the tables."""
    from tests.bench import ui_stores

    with tempfile.TemporaryDirectory() as folder, _display() as displays:
        worked = ui_stores.worked(Path(folder) / "worked")
        _starts(options.rounds, worked, Path(folder), displays)
        _streams(worked, Path(folder), displays)
        _large(Path(folder), displays)


def _starts(rounds: int, store: Path, folder: Path, displays: dict[str, dict[str, str]]) -> None:
    rows = []
    for name, environment in displays.items():
        found = [child("ui_start", folder, environment, str(store)) for _ in range(rounds)]
        wanted = {"first_paint_ms": 500 if name == "offscreen" else 800, "usable_ms": 1_000, "rss_mb": 150}
        for figure, most in wanted.items():
            values = [each[figure] for each in found]
            rows.append((name, figure, f"{median(values):.0f}", f"{max(values):.0f}", most))
    table("Start of the window, from the process's start", ("platform", "figure", "median", "most", "wanted"), rows)


def _streams(store: Path, folder: Path, displays: dict[str, dict[str, str]]) -> None:
    rows = []
    for name, environment in displays.items():
        for rate in (1_000, 5_000, 20_000):
            found = child("ui_stream", folder, environment, str(store), str(rate))
            rows.append((name, rate, *(f"{found[each]:.0f}" for each in ("p50", "p99", "gap", "cpu"))))
    head = ("platform", "events/s", "event to paint p50 ms", "p99 ms (wanted 50)", "worst gap ms (wanted 50)", "CPU %")
    table("The whole window while events stream", head, rows)


def _large(folder: Path, displays: dict[str, dict[str, str]]) -> None:
    from tests.bench import ui_stores

    store = ui_stores.large(folder / "large")
    rows = []
    for name, environment in displays.items():
        found = child("ui_large", folder, environment, str(store.path), store.long_run, store.payload)
        rows += [(name, figure, f"{value:.0f}", most) for figure, (value, most) in found.items()]
    table("Large things", ("platform", "what", "ms or MB", "wanted"), rows)


def child(module: str, folder: Path, environment: dict[str, str], *arguments: str) -> Any:
    """Return what a measuring process printed as its last line."""
    home = {f"XDG_{each}_HOME": str(folder / "home" / each.lower()) for each in ("CONFIG", "STATE", "DATA", "CACHE")}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", str(began), *arguments],
        env={**os.environ, **home, **keyring, **environment}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{module} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def _display() -> Iterator[dict[str, dict[str, str]]]:
    """The platforms to measure on: without a screen, and on an X server of our own where there is one."""
    displays = {"offscreen": {"QT_QPA_PLATFORM": "offscreen"}}
    if shutil.which("Xvfb") is None:
        yield displays
        return
    screen = ["Xvfb", f":{_DISPLAY}", "-screen", "0", "1440x900x24"]
    server = subprocess.Popen(screen, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_there(Path(f"/tmp/.X11-unix/X{_DISPLAY}"))
        yield {**displays, "xcb": {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{_DISPLAY}"}}
    finally:
        server.terminate()
        server.wait()


def _until_there(path: Path) -> None:
    until = time.monotonic() + _START_S
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.05)
