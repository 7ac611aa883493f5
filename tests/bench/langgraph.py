"""Runs the peers' script in its own environment, which must not be ours: its import name `agents` collides."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.steps import LONGEST_S, Measured

ENGINE = "langgraph-sync-durability"


@dataclass(frozen=True, slots=True)
class Peers:
    """Where the peers can be measured: the interpreter of their environment, and the script that runs them."""

    interpreter: Path
    script: Path

    def measure(self, runs: int, turns: int, *, together: bool) -> Measured:
        """Measure LangGraph with its SQLite checkpoints, synchronous. Raises RuntimeError where it failed."""
        with tempfile.TemporaryDirectory(dir=os.environ.get("CENTAUR_BENCH_FOLDER")) as folder:
            command = [
                str(self.interpreter), str(self.script), "--child", ENGINE, "--phase", "conc" if together else "seq",
                "--runs", str(runs), "--turns", str(turns), "--db", str(Path(folder) / "peer.db"),
            ]  # fmt: skip
            environment = {
                name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
            } | {"LANGSMITH_TRACING": "false", "PYTHONWARNINGS": "ignore"}
            done = subprocess.run(
                command, capture_output=True, text=True, env=environment, cwd=folder, timeout=LONGEST_S
            )
        line = next((line for line in done.stdout.splitlines() if line.startswith('{"engine"')), None)
        if line is None:
            raise RuntimeError(done.stderr.strip() or "the peers' script said nothing")
        said = json.loads(line)
        steps = int(said["steps"])
        return Measured(
            steps, said["wall"], said["cpu_ms"] * steps / 1e3, int(said["bytes_step"] * steps), int(said["rss"] * 1024)
        )  # fmt: skip


def find(interpreter: str | None, script: str | None) -> Peers | None:
    """Return the peers, or None where they were not named. Raises FileNotFoundError where they are not there."""
    if not interpreter or not script:
        return None
    for name in (interpreter, script):
        if not Path(name).is_file():
            raise FileNotFoundError(f"There is no file {name}.")
    return Peers(Path(interpreter).absolute(), Path(script).absolute())
