"""Takes the pictures of the console: a real window on a display of its own, driven by real keys.

    python -m console.screenshots [FOLDER] [--size 1440x900] [--only NAME]

Needs Xvfb, openbox, xdotool and ImageMagick. The stages are a list: a room adds its own there.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from console.real_window import Display, RealWindow

Step = Callable[[RealWindow], None]
FOLDER = Path("docs/screenshots")
HOLD_S = 0.95
"""Longer than a button must be held."""


class Stage(NamedTuple):
    """What is done, and the picture of what then is seen (name "" for none)."""

    name: str
    steps: tuple[Step, ...]


def keys(*names: str) -> Step:
    """Strike keys, one after another, as xdotool names them (`ctrl+1`, `Return`)."""
    return lambda window: window.keys(*names)


def hold(name: str) -> Step:
    """Hold a key as long as an irreversible decision wants."""
    return lambda window: window.hold(name, HOLD_S)


def write(text: str) -> Step:
    """Type a text."""
    return lambda window: window.write(text)


def until(sql: str, *, patience_s: float = 90) -> Step:
    """Wait until a question to the store (one number) is answered with more than 0."""
    return lambda window: _wait(window, sql, patience_s)


def pause(seconds: float) -> Step:
    """Look for a while, as a person does; for what no question to the store can tell."""
    return lambda _: time.sleep(seconds)


PILOT_ENDED = "SELECT count(*) FROM pilot WHERE ended_at IS NOT NULL"
ASKS = "SELECT count(*) FROM approval WHERE state = 'requested'"

FIRST_RUN: tuple[Stage, ...] = (
    Stage("first-run", (pause(1.5),)),
    Stage("shadow-pilot", (keys("1", "Return"), until(PILOT_ENDED), pause(1.0))),
    Stage("agents", (keys("ctrl+3"), pause(1.0))),
)
"""On a store that does not exist yet."""

AT_WORK: tuple[Stage, ...] = (
    Stage("", (until(f"SELECT ({PILOT_ENDED}) > 1"), until(ASKS))),
    Stage("inbox", (pause(1.0), keys("ctrl+1", "Home"), pause(1.0))),
    Stage("edit", (keys("e"), pause(0.6))),
    Stage("approve", (keys("Escape"), hold("a"), pause(0.6))),
    Stage("reject", (keys("r"), pause(0.4), write("The goods came back; wait for the credit note."))),
    Stage("reply", (
        keys("ctrl+Return"), pause(0.8), keys("m"), pause(0.4), write("Ask the supplier for the delivery note first."),
    )),
    Stage("decided", (keys("ctrl+Return"), pause(0.8), keys("3"), pause(0.6))),
    Stage("trace", (keys("1"), pause(0.5), keys("Return"), pause(1.2))),
    Stage("live", (keys("ctrl+2"), pause(1.0))),
    Stage("pilots", (keys("ctrl+4"), pause(1.5))),
    Stage("metrics", (keys("ctrl+5"), pause(1.5))),
    Stage("settings", (keys("ctrl+6"), pause(1.0))),
    Stage("find", (keys("ctrl+1", "ctrl+k"), write("inv"), pause(0.8))),
    Stage("keys", (keys("Escape", "question"), pause(0.5))),
    Stage("stop-all", (keys("Escape", "ctrl+shift+x"), pause(0.6), write("Wrong account in a mail"))),
    Stage("stopped", (keys("Tab", "Tab"), hold("space"), pause(1.2))),
)  # fmt: skip
"""On the sample workspace, whose two pilots begin with the window."""

DARK: tuple[Stage, ...] = tuple(
    Stage(f"{name}-dark", (*before, keys(key), pause(1.2)))
    for name, key, before in (
        ("inbox", "ctrl+1", (keys("Escape", "ctrl+shift+l"),)), ("live", "ctrl+2", ()), ("agents", "ctrl+3", ()),
        ("pilots", "ctrl+4", ()), ("metrics", "ctrl+5", ()), ("settings", "ctrl+6", ()),
    )
)  # fmt: skip


def _wait(window: RealWindow, sql: str, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while not _answer(window.store, sql):
        if time.monotonic() > deadline or not window.alive():
            raise SystemExit(f"The window did not come so far: {sql}\n{window.said()}")
        time.sleep(0.2)


def _answer(store: Path, sql: str) -> int:
    # Not there yet, or its tables are not: that is "not yet", too.
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db,
    ):
        return int(db.execute(sql).fetchone()[0])
    return 0


def _take(window: RealWindow, stages: tuple[Stage, ...], folder: Path, only: str) -> None:
    for stage in stages:
        for step in stage.steps:
            step(window)
        if not window.alive():
            raise SystemExit(f"The window closed at {stage.name}.\n{window.said()}")
        if stage.name and only in stage.name:
            window.steady()
            window.picture(folder / f"{stage.name}.png")
            sys.stdout.write(f"{folder / stage.name}.png\n")
            sys.stdout.flush()


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of the console.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--only", default="", help="keep only pictures whose name contains this")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="centaur-pictures-") as place, Display(given.size) as display:
        home = Path(place)
        new, sample = home / "nordavind-bank" / "centaur.db", home / "nordavind-sample"
        new.parent.mkdir()
        with RealWindow(display, home / "home-1", ["--store", str(new)], new) as window:
            _take(window, FIRST_RUN, given.folder, given.only)
        with RealWindow(display, home / "home-2", ["demo", str(sample)], sample / "centaur.db") as window:
            _take(window, (*AT_WORK, *DARK), given.folder, given.only)


if __name__ == "__main__":
    main()
