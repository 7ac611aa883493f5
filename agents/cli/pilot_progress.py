"""How far a pilot has come, on stderr: one line that moves where there is a terminal, a few lines where not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from agents.cli.output import Output

Json = Any
_WAITING = ("asking", "waiting", "doubt", "paused")
_SAY_EVERY_S = 10.0


@contextmanager
def preparing(out: Output) -> Iterator[None]:
    """Say that the job is being read, which takes seconds where tools learn from past cases."""
    if not out.err.is_terminal:
        yield
        return
    with out.err.status("Reading the job and preparing its tools"):
        yield


def counts(state: Mapping[str, Json]) -> str:
    """Return `41 finished, 6 handed off, 3 waiting`."""
    states: Mapping[str, int] = state["states"]
    named = {
        "finished": states.get("finished", 0), "handed off": states.get("handed_off", 0),
        "waiting": sum(states.get(name, 0) for name in _WAITING), "failed": states.get("failed", 0),
        "stopped": states.get("stopped", 0), "rows refused": state["refused"], "worked before": state["skipped"],
    }  # fmt: skip
    return ", ".join(f"{number:,} {name}" for name, number in named.items() if number) or "no case yet"


def estimate(done: int, total: int | None, elapsed: float) -> str:
    """Return about how much longer it takes; empty where that cannot be said yet."""
    if total is None or done < 5 or done >= total:
        return ""
    left = elapsed / done * (total - done)
    return f"about {left:.0f} s left" if left < 90 else f"about {left / 60:.0f} min left"


class Watching:
    """Shows a pilot's state again and again."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._said = 0.0

    def __enter__(self) -> Self:
        if self._out.err.is_terminal:
            self._bar = Progress(
                TextColumn("{task.percentage:>3.0f} %"), BarColumn(bar_width=24), TextColumn("{task.description}"),
                TimeElapsedColumn(), console=self._out.err, transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("", total=None)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, state: Mapping[str, Json], elapsed: float) -> None:
        """Show the present state; `elapsed` in seconds."""
        resting = sum(number for name, number in state["states"].items() if name != "running")
        done = resting + state["refused"] + state["skipped"]
        words = counts(state)
        left = estimate(done, state["total"], elapsed)
        if self._bar is not None and self._task is not None:
            described = f"{words} · {left}" if left else words
            self._bar.update(self._task, completed=done, total=state["total"], description=described)
        elif elapsed - self._said >= _SAY_EVERY_S:
            self._said = elapsed
            self._out.say(f"{words}{f', {left}' if left else ''}")
