"""Starts the driver, follows what it tells, and kills it with SIGKILL where the test says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.agents.crash.driver import Orders

ROOT = Path(__file__).parents[3]


@dataclass
class Followed:
    """What one process told.

    Attributes:
        acknowledged: seq -> hash (hex) of each event that it was told is committed.
        hung: it reached the place where it was to hang.
        done: it came to its own end.
    """

    acknowledged: dict[int, str] = field(default_factory=dict)
    hung: bool = False
    done: bool = False

    @property
    def head(self) -> int:
        """Return the last acknowledged event."""
        return max(self.acknowledged, default=0)

    def take(self, line: str) -> None:
        words = line.split()
        match words[0]:
            case "E":
                self.acknowledged[int(words[1])] = words[2]
            case "H":
                self.hung = True
            case "D":
                self.done = True


def run(
    folder: Path, orders: Orders, kill_when: Callable[[Followed], bool], lag_s: float = 0.0,
    answer: Callable[[Followed], str] = lambda followed: "",
) -> Followed:  # fmt: skip
    """Let a driver work `folder` until `kill_when` says so, give it `lag_s` more, kill it, and return what it told.

    Args:
        answer: called after each line; what it returns is written to the driver.

    Raises AssertionError if it ends by itself in any way but its own.
    """
    errors = folder.parent / "driver.err"
    with errors.open("wb") as log, subprocess.Popen(
        [sys.executable, "-m", "tests.agents.crash.driver", str(folder), *orders.words()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        followed, killed = Followed(), False
        assert process.stdout is not None
        assert process.stdin is not None
        for line in process.stdout:
            if line.endswith("\n"):  # the last line may be cut
                followed.take(line)
                process.stdin.write(answer(followed))
                process.stdin.flush()
            if not killed and not followed.done and kill_when(followed):
                _let_go_on(process, lag_s)
                process.send_signal(signal.SIGKILL)
                killed = True
    told = errors.read_text()
    assert killed or (followed.done and process.returncode == 0), told
    assert "Traceback" not in told, told
    return followed


def _let_go_on(process: subprocess.Popen[str], seconds: float) -> None:
    """Wait until the process ends or the time is over, whichever is first."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def never(followed: Followed) -> bool:
    """Let it come to its own end."""
    return False


def at_hang(followed: Followed) -> bool:
    """Kill it where it hangs."""
    return followed.hung


def beyond(seq: int) -> Callable[[Followed], bool]:
    """Kill it once it tells of an event from `seq` on."""
    return lambda followed: followed.head >= seq
