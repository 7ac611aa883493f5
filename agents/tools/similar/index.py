"""Finds the label that past cases worded alike were given, with two full-text tables.

One table has a row for each past case: the nearest twenty vote with (bm25 / best bm25)^4. The other has a row
for each label with all its texts, asked with words and two-word phrases. The two shares are averaged; the
margin between first and second is the confidence. Plain voting reaches 0.83 on BANKING77, this 0.88.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import weakref
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from agents.tools.similar.past import PastCase
from agents.tools.similar.words import ENGLISH_STOP_WORDS, content_words, phrases, words
from storage.errors import BadInput

FORMAT = 1
"""Part of every index's digest; raise it when what is stored or how it is scored changes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How an index is built and asked.

    Attributes:
        hits: how many nearest past cases (and labels) vote.
        sharpness: the power that a hit's relative score is raised to.
        stop_words: words that carry no meaning of their own; phrases keep them.
        stem: fold English endings (Porter); other languages are hardly touched.
    """

    hits: int = 20
    sharpness: int = 4
    stop_words: frozenset[str] = ENGLISH_STOP_WORDS
    stem: bool = True

    def key(self) -> tuple[object, ...]:
        """What tells two settings apart, in a stable order."""
        return (self.hits, self.sharpness, sorted(self.stop_words), self.stem)


class Near(NamedTuple):
    """A past case that resembles the question; its score is relative to the nearest (1000)."""

    case: PastCase
    score_permille: int


class Match(NamedTuple):
    """The most likely label (empty where nothing resembles), the runner-up and the evidence."""

    label: str
    runner_up: str
    confidence_permille: int
    nearest: tuple[Near, ...]


class SimilarCases:
    """A read-only index over past cases. May be asked from any thread, one at a time."""

    def __init__(self, db: sqlite3.Connection, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._turn = threading.Lock()
        self._labels: dict[int, str] = dict(db.execute("SELECT rowid, name FROM label"))
        self.close = weakref.finalize(self, db.close)

    @classmethod
    def in_memory(cls, past: Sequence[PastCase], settings: Settings | None = None) -> SimilarCases:
        """Build an index that ends with the process."""
        settings = settings or Settings()
        db = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(db, past, settings)
        return cls(db, settings)

    @classmethod
    def open(cls, path: Path, settings: Settings) -> SimilarCases:
        """Open an index that `write` has built."""
        try:
            db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            try:
                return cls(db, settings)
            except sqlite3.Error:
                db.close()
                raise
        except sqlite3.Error as error:
            raise BadInput(
                f"The index of past cases {path.name} cannot be used: {error}.",
                hint="Delete the file; it is built again from the past cases.",
            ) from error

    def match(self, text: str, evidence: int = 5) -> Match:
        """The label of a text, with the `evidence` nearest past cases. Equal questions get equal answers."""
        found = words(text)
        single = content_words(found, self._settings.stop_words)
        if not single:
            return Match("", "", 0, ())
        terms = [f'"{word}"' for word in single]
        pairs = [f'"{first} {second}"' for first, second in phrases(found)]
        with self._turn:
            cases = self._ask("case_text", terms)
            labels = self._ask("label_text", terms + pairs)
            nearest = self._past(cases[: max(evidence, 0)])
            voted = self._votes(cases)
        return _ranked(voted, {self._labels[row]: score for row, score in labels}, nearest, self._settings)

    def _ask(self, table: str, terms: list[str]) -> list[tuple[int, float]]:
        """Rows with bm25 relative to the best (1.0), best first."""
        rows: list[tuple[int, float]] = self._db.execute(
            f"SELECT rowid, bm25({table}) FROM {table} WHERE {table} MATCH ? ORDER BY 2, 1 LIMIT ?",  # noqa: S608
            (" OR ".join(terms), self._settings.hits),
        ).fetchall()
        best = rows[0][1] if rows else 0.0
        return [(row, score / best if best else 1.0) for row, score in rows]

    def _votes(self, cases: list[tuple[int, float]]) -> dict[str, float]:
        given: defaultdict[str, float] = defaultdict(float)
        for row, score in cases:
            (label,) = self._db.execute("SELECT label FROM past WHERE rowid = ?", (row,)).fetchone()
            given[self._labels[label]] += score**self._settings.sharpness
        return dict(given)

    def _past(self, cases: list[tuple[int, float]]) -> tuple[Near, ...]:
        query = "SELECT text, label, id FROM past WHERE rowid = ?"
        rows = [(self._db.execute(query, (row,)).fetchone(), score) for row, score in cases]
        return tuple(
            Near(PastCase(text, self._labels[label], id_), round(score * 1000)) for (text, label, id_), score in rows
        )


def _ranked(
    voted: Mapping[str, float], labels: Mapping[str, float], nearest: tuple[Near, ...], settings: Settings
) -> Match:
    sharpened = {label: score**settings.sharpness for label, score in labels.items()}
    total: defaultdict[str, float] = defaultdict(float)
    for shares in (voted, sharpened):
        whole = sum(shares.values())
        for label, share in shares.items():
            total[label] += share / whole / 2
    if not total:
        return Match("", "", 0, ())
    # Rounded before they are ranked, so that the last bit of a float never decides between two labels.
    ranked = sorted(((round(share * 1000), label) for label, share in total.items()), key=_first)
    second, runner_up = ranked[1] if len(ranked) > 1 else (0, "")
    return Match(ranked[0][1], runner_up, ranked[0][0] - second, nearest)


def _first(scored: tuple[int, str]) -> tuple[int, str]:
    return -scored[0], scored[1]


def _fill(db: sqlite3.Connection, past: Sequence[PastCase], settings: Settings) -> None:
    tokens = "porter unicode61" if settings.stem else "unicode61"
    numbers = {name: row for row, name in enumerate(sorted({case.label for case in past}), 1)}
    texts: dict[str, list[str]] = {name: [] for name in numbers}
    with db:
        db.execute("CREATE TABLE label (rowid INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
        db.execute(
            "CREATE TABLE past (rowid INTEGER PRIMARY KEY, text TEXT NOT NULL, label INTEGER NOT NULL, "
            "id TEXT NOT NULL) STRICT"
        )
        for table in ("case_text", "label_text"):
            db.execute(f"CREATE VIRTUAL TABLE {table} USING fts5(words, content='', tokenize='{tokens}')")
        db.executemany("INSERT INTO label VALUES (?, ?)", ((row, name) for name, row in numbers.items()))
        # Sorted, so that the order of the file decides no tie and no phrase between two texts.
        for row, case in enumerate(sorted(past), 1):
            plain = " ".join(words(case.text))
            texts[case.label].append(plain)
            text, id_ = (part.encode("utf-8", "replace").decode() for part in (case.text, case.id))
            db.execute("INSERT INTO past VALUES (?, ?, ?, ?)", (row, text, numbers[case.label], id_))
            db.execute("INSERT INTO case_text (rowid, words) VALUES (?, ?)", (row, plain))
        db.executemany(
            "INSERT INTO label_text (rowid, words) VALUES (?, ?)",
            ((numbers[name], " ".join(lines)) for name, lines in texts.items()),
        )


def write(path: Path, past: Sequence[PastCase], settings: Settings) -> None:
    """Build an index file; it appears under its name complete or not at all. Raises BadInput."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        try:
            with closing(sqlite3.connect(name)) as db:
                db.execute("PRAGMA journal_mode = MEMORY")
                _fill(db, past, settings)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise BadInput(
            f"The index of past cases cannot be written to {path.parent.name}: {error}.",
            hint="Check that the workspace folder may be written and has room.",
        ) from error
