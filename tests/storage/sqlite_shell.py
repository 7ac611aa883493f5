"""The attacker: the plain sqlite3 shell (or, where it is missing, the module, which can do the same)."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

SHELL = shutil.which("sqlite3")
TRIGGERS_OFF = "DROP TRIGGER event_is_append_only_update; DROP TRIGGER event_is_append_only_delete;"
TRIGGERS_ON = (
    "CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event\n"
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
    "CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event\n"
    "BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;"
)


def tamper(path: Path, sql: str) -> None:
    """Run a script on a store, dropping its triggers before and putting them back after, without a trace."""
    run(path, f"{TRIGGERS_OFF} {sql}; {TRIGGERS_ON}")


def run(path: Path, sql: str) -> None:
    """Run a script on a store; raises if it fails."""
    if SHELL is None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(sql)
        return
    subprocess.run([SHELL, "-bail", str(path)], input=sql, text=True, check=True, capture_output=True)
