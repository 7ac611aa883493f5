"""`doctor`: whether this machine and this store are in order, and what to do where they are not."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from agents.cli.options import JsonOption, StoreOption, store_path
from agents.cli.output import Output

_SAFE_SQLITE = (3, 51, 3)
_OLDEST_SQLITE = (3, 40, 0)
_LITTLE_SPACE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `state` is ok, note (worth knowing) or attention (do something)."""

    name: str
    state: str
    words: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The document of `doctor --json`; `ok` means that nothing needs attention."""

    ok: bool
    checks: list[Check]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", rich_help_panel="Store")(doctor)


def doctor(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Look at Python, SQLite, the keyring, the store and the disk; exit status 1 if something needs attention."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    path = store_path(store)
    checks = [_python(), _sqlite(), _keyring(), *_store(path), _disk(path)]
    found = Diagnosis(all(check.state != "attention" for check in checks), checks)
    marks = {"ok": ("✓ ", "green"), "note": ("• ", "yellow"), "attention": ("✗ ", "bold red")}
    lines: list[Group | Text | Padding] = []
    for check in checks:
        lines.append(Text.assemble(marks[check.state], (check.name.ljust(9), "bold"), f" {check.words}"))
        if check.hint:
            lines.append(Padding(Text(check.hint, "dim"), (0, 0, 0, 12)))
    Output(as_json).result(found, Group(*lines))
    if not found.ok:
        raise typer.Exit(1)


def _python() -> Check:
    words = f"{platform.python_version()} on {platform.platform(terse=True)}, {platform.machine()}"
    if not (3, 11) <= sys.version_info < (3, 14):
        return Check("Python", "attention", words, "Centaur is made for Python 3.11 to 3.13.")
    tested = sys.platform == "linux"
    return Check("Python", "ok" if tested else "note", words, None if tested else "Tested on Linux only.")


def _sqlite() -> Check:
    version = sqlite3.sqlite_version_info
    words = f"{sqlite3.sqlite_version}"
    if version < _OLDEST_SQLITE:
        return Check("SQLite", "attention", words, "3.40 or newer is needed.")
    if version < _SAFE_SQLITE:
        hint = (
            "Before 3.51.3, two processes that write or checkpoint one store at once can damage it. Centaur has one "
            "writer and its readers never checkpoint, so do not open the store for writing with another program."
        )
        return Check("SQLite", "note", words, hint)
    return Check("SQLite", "ok", words)


def _keyring() -> Check:
    from storage.credentials import Credentials

    status = Credentials().status()
    if not status.usable:
        hint = "Decisions are not signed and the ledger is not anchored. Log in to a desktop session with a keyring."
        return Check("Keyring", "attention", f"none: {status.why}", hint)
    if status.locked:
        return Check("Keyring", "attention", f"{status.backend}, locked", status.why or "Unlock it.")
    return Check("Keyring", "ok", f"{status.backend}, unlocked", status.warning)


def _store(path: Path) -> list[Check]:
    if not path.exists():
        hint = "A first pilot makes it; or make a sample: `centaur demo --no-window`."
        return [Check("Store", "note", f"none yet at {path}", hint)]
    from agents.cli.reading import reading
    from storage.errors import CentaurError
    from storage.queries import workspace

    try:
        with reading(path) as store:
            info = workspace.store_info(store.connection, path)
    except CentaurError as error:
        return [Check("Store", "attention", error.message, error.hint), _holder(path)]
    words = (
        f"{path}: {info.events:,} events, {info.runs:,} runs, {(info.size + info.log_size) / 1e6:,.1f} MB, "
        f"form {info.form}"
    )
    open_ = f"{info.open_runs} runs open, {info.open_approvals} requests and {info.open_doubts} doubts wait"
    checks = [Check("Store", "ok", words, open_), _holder(path)]
    from storage.kill_file import KillFile

    note = KillFile(path).read()
    if note is not None:
        checks.append(
            Check("Kill", "attention", f"a kill file stands ({note.kill}, by {note.person})", "`centaur kill --status`")
        )
    return checks


def _holder(path: Path) -> Check:
    from storage.lock import read_holder

    holder = read_holder(path)
    if not holder.get("pid"):
        return Check("Engine", "ok", "no engine holds the store")
    serves = "serves a local socket" if holder.get("socket") else "serves no socket"
    return Check("Engine", "ok", f"process {holder['pid']} holds the store and {serves}")


def _disk(path: Path) -> Check:
    folder = next((each for each in (path.parent, *path.parents) if each.exists()), Path())
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:,.1f} GB free at {folder}"
    if free < _LITTLE_SPACE:
        return Check("Disk", "attention", words, "Free some space: a full disk stops every run.")
    return Check("Disk", "ok", words)
