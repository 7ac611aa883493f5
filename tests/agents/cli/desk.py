"""A small job that asks before it writes, and how commands are run in tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.cli import main

Json = Any
REPOSITORY = Path(__file__).parents[3]

JOB = """\
format: 1
name: notes
purpose: Write a note for every case.
accountable: [ann]
case:
  type: object
  required: [file, text]
  properties:
    file: {type: string, x-kind: "id:file", x-source: desk}
    text: {type: string}
outcome:
  type: object
  required: [written]
  properties:
    written: {type: string}
cases: {id: id}
tools:
  - {name: write_note, kind: write_file, config: {folder: notes}}
policy:
  format: 1
  rules:
    - id: notes-are-seen
      effect: ask
      when: 'tool == "write_note"'
      because: Every note is seen first.
      approvers: [ann]
plan:
  format: 1
  steps:
    - {id: put, call: write_note, with: {path: "${case.file}", text: "${case.text}"}}
    - {id: end, finish: {outcome: {written: "${case.file}"}}}
criteria:
  - {id: written, holds: 'status.put == "ok" || status.put == "recorded"', measure: Share of notes that were written}
escalation:
  - {id: not-written, when: 'status.put != "ok" && status.put != "recorded"', to: ann, because: It was not written.}
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        """Return the one document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace with the job of notes."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def store(self) -> Path:
        return self.folder / "centaur.db"

    @property
    def job(self) -> Path:
        return self.folder / "notes.yaml"

    def cases(self, *rows: dict[str, Json], name: str = "cases.jsonl") -> Path:
        """Write a case file."""
        path = self.folder / name
        path.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
        return path

    def run(self, *arguments: str | Path) -> Done:
        """Run a command in this process."""
        self.capture.readouterr()
        status = main([*map(str, arguments), "--store", str(self.store)])
        printed = self.capture.readouterr()
        return Done(status, printed.out, printed.err)

    def pilot(self, cases: Path, *more: str) -> Done:
        """Run the job of notes."""
        return self.run("pilot", self.job, cases, *more)


def note(number: int) -> dict[str, Json]:
    """A row of a case file."""
    return {"id": f"n{number}", "file": f"n{number}.txt", "text": f"note {number}"}


def make_desk(folder: Path, capture: pytest.CaptureFixture[str]) -> Desk:
    """Lay out the workspace."""
    (folder / "notes").mkdir()
    (folder / "notes.yaml").write_text(JOB)
    return Desk(folder, capture)


def centaur(*arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> Done:
    """Run the command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "console", *map(str, arguments)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **(env or {})}, cwd=cwd, timeout=60,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)
