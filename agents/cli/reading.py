"""Reads a store without its lock: beside a running engine, or without one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.own_json import load
from storage.blobs import Payloads
from storage.connections import existing, open_reader
from storage.errors import Erased, NotFound, StoreError
from storage.events.body import Ref
from storage.migrations import TRUTH, is_stale, refuse_newer, steps
from storage.queries import Queries, View

Json = Any
ERASED, MISSING = "(erased)", "(missing: see `centaur verify`)"


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment of a store, with its payloads."""

    view: View
    payloads: Payloads

    @property
    def connection(self) -> sqlite3.Connection:
        """What the queries take."""
        return self.view.connection

    def text(self, ref: Ref | None) -> str | None:
        """Return a payload as text; None where there is none, words in brackets where it is gone."""
        if ref is None:
            return None
        try:
            return self.payloads.read(ref).decode("utf-8", "replace")
        except Erased:
            return ERASED
        except NotFound:
            return MISSING

    def value(self, ref: Ref | None) -> Json:
        """Return a payload's JSON value; its text where it is no JSON."""
        text = self.text(ref)
        if text is None:
            return None
        try:
            return load(text.encode())
        except ValueError:
            return text


@contextmanager
def reading(path: Path) -> Iterator[Reading]:
    """Open a store for reading.

    Raises NotFound without one, StoreError for what is no store or of an older form, StoreTooNew for a newer one.
    """
    try:
        _look(existing(path))
        with Queries(path) as queries, queries.view() as view, closing(open_reader(path)) as reader:
            salt = reader.execute("SELECT value FROM meta WHERE name = 'salt'").fetchone()[0]
            yield Reading(view, Payloads(salt, reader))
    except sqlite3.Error as error:
        raise StoreError(
            f"The store {path} cannot be read: {error}.", hint="`centaur verify` says what is wrong with it."
        ) from error


def _look(path: Path) -> None:
    """Refuse what cannot be read as a store of the present form."""
    with closing(open_reader(path)) as reader:
        refuse_newer(reader, path)
        tables = {row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= TRUTH:
            raise StoreError(f"{path} is not a store of Centaur.", hint="Choose another file with --store.")
        form = reader.execute("PRAGMA user_version").fetchone()[0]
        if form < steps()[-1][0] or is_stale(reader):
            raise StoreError(
                f"The store {path} has an older form ({form}).",
                hint="`centaur rebuild` brings it up to date, after making a copy.",
            )
