"""Reads the cases of a job from a file or a folder, one at a time and with constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agents.cases.delimited import read_delimited
from agents.cases.json_rows import read_json_array, read_json_lines
from agents.cases.mapping import mapped
from agents.cases.rows import BrokenRow, CaseRow, RawRow
from agents.job.description import Job
from agents.job.sections import Folder
from agents.job.strict import meant
from storage.errors import BadInput

_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json")


def read_cases(path: Path, job: Job) -> Iterator[CaseRow | BrokenRow]:
    """The cases of a CSV, JSON lines or JSON file, or of a folder of files (one case each).

    A row that does not fit the job is a BrokenRow; the others go on.

    Raises:
        BadInput: there is no such file, it is not of a known kind, or it has no header.
    """
    return mapped(raw_rows(path, job), job, path.name)


def raw_rows(path: Path, job: Job) -> Iterator[RawRow]:
    """Return the rows of a case file as they are, before they become cases. Raises BadInput as `read_cases` does."""
    source = job.cases
    try:
        if path.is_dir():
            yield from _files(path, source.folder, job.name)
            return
        match path.suffix.lower():
            case ".jsonl" | ".ndjson":
                yield from read_json_lines(path, source.max_bytes)
            case ".json":
                yield from read_json_array(path)
            case ".csv" | ".tsv" | ".txt":
                yield from read_delimited(path, source.max_bytes, source.delimiter, source.encoding)
            case suffix:
                hint = meant(suffix, _SUFFIXES)
                raise BadInput(f"{path.name} is no case file of a known kind.", hint=hint)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(f"{path} cannot be read: {reason}.", hint="Check the path.") from error


def _files(path: Path, folder: Folder | None, job: str) -> Iterator[RawRow]:
    if folder is None:
        raise BadInput(
            f"{path} is a folder, and the job {job} does not say how files become cases.",
            hint='Add cases: {folder: {glob: "*.xml", field: file}} to the job, or give a case file.',
        )
    found = sorted(each for each in path.glob(folder.glob) if each.is_file())
    if not found:
        raise BadInput(f"No file in {path} matches {folder.glob}.")
    for number, each in enumerate(found, start=1):
        name = each.relative_to(path).as_posix()
        size = each.stat().st_size
        if size > folder.max_bytes:
            yield RawRow(number, {}, f"{name} has {size:,} bytes, at most {folder.max_bytes:,} are allowed")
        else:
            yield RawRow(number, {folder.field: name}, id=name)
