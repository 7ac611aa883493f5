"""Numbered SQL files, each applied once in its own transaction; a copy is made first."""

from __future__ import annotations

import re
import sqlite3
from importlib.resources import files
from pathlib import Path

from storage.errors import StoreTooNew


def steps() -> list[tuple[int, str]]:
    """Return (number, SQL) of every migration in order."""
    found = [
        (int(match[1]), entry.read_text("utf-8"))
        for entry in files(__name__).iterdir()
        if (match := re.fullmatch(r"(\d{4})_\w+\.sql", entry.name))
    ]
    return sorted(found)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a store to the present form. Raises StoreTooNew for one that a newer version wrote."""
    have = connection.execute("PRAGMA user_version").fetchone()[0]
    todo = steps()
    newest = todo[-1][0]
    if have > newest:
        raise StoreTooNew(
            f"The store {path} has form {have}; this version of Centaur knows up to {newest}.",
            hint="Open it with the newer version that wrote it. It was not changed.",
        )
    todo = [(number, sql) for number, sql in todo if number > have]
    if todo and have:
        copy = path.with_name(f"{path.name}.before-{todo[0][0]:04}")
        copy.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(copy),))
    for number, sql in todo:
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")


def projection_sql() -> str:
    """Return the SQL that makes the derived tables."""
    return next(sql for number, sql in steps() if number == 2)
