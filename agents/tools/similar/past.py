"""Past cases with the label that a person gave each: read from CSV or JSON lines, compared, digested."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from agents.tools.similar.words import same_text
from storage.errors import BadInput

_LARGEST_FIELD = 10_000_000


class PastCase(NamedTuple):
    """One finished case; `id` is the declared id, or the line it stands on."""

    text: str
    label: str
    id: str


def read_past_cases(path: Path, text: str, label: str, id_column: str | None = None) -> tuple[PastCase, ...]:
    """Read every case of a `.csv` or `.jsonl` file; `text`, `label` and `id_column` name its columns.

    Cases without a label were never decided and are left out. Raises BadInput naming the line.
    """
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _json_rows(path)
    cases: list[PastCase] = []
    try:
        for line, row in rows:
            for column in filter(None, (text, label, id_column)):
                if column not in row:
                    raise BadInput(
                        f"{path.name}, line {line}: there is no column {column!r}.",
                        hint=f"It has: {', '.join(map(str, row)) or 'none'}.",
                    )
            named = _word(row[id_column]) if id_column else f"line {line}"
            if chosen := _word(row[label]).strip():
                cases.append(PastCase(_word(row[text]), chosen, named))
    except OSError as error:
        raise BadInput(
            f"The past cases in {path.name} cannot be read: {error.strerror or error}.",
            hint="Check the path in the job and that the file may be read.",
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name} is not UTF-8 text (byte {error.start}).", hint="Save it as UTF-8 and try again."
        ) from error
    return tuple(cases)


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_FIELD))
            reader = csv.DictReader(file)
            for row in reader:
                row.pop(None, None)  # cells beyond the header
                yield reader.line_num, row
        except csv.Error as error:
            raise BadInput(f"{path.name} is not a readable CSV file: {error}.") from error


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as file:
        for line, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            try:
                row = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise BadInput(f"{path.name}, line {line}: this is not JSON ({error}).") from error
            if not isinstance(row, dict):
                raise BadInput(f"{path.name}, line {line}: a JSON object is expected.")
            yield line, row


def without(past: Iterable[PastCase], texts: Iterable[str]) -> tuple[PastCase, ...]:
    """The past cases that are not also among `texts`: nobody is examined on what they were shown."""
    shown = {same_text(text) for text in texts}
    return tuple(case for case in past if same_text(case.text) not in shown)


def digest(past: Sequence[PastCase], *parameters: object) -> str:
    """SHA-256 over the cases in order and over the parameters: equal inputs, equal index."""
    seen = hashlib.sha256(json.dumps([str(p) for p in parameters]).encode())
    for case in past:
        seen.update(json.dumps(case, separators=(",", ":")).encode())
        seen.update(b"\n")
    return seen.hexdigest()
