"""Reads CSV and its relatives row by row: encoding and delimiter are found out, a broken row stays alone.

The rules of quoting are those of RFC 4180. Memory does not grow with the file: no record above the limit is
kept.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TextIO

from agents.cases.rows import RawRow
from storage.errors import BadInput

DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Record(NamedTuple):
    """The text of one record, or why it is broken."""

    text: str
    broken: str | None = None


def read_delimited(path: Path, limit: int, delimiter: str | None, encoding: str | None) -> Iterator[RawRow]:
    """The rows of a table with a header.

    Args:
        limit: characters of one record; a longer one is reported and skipped.
        delimiter, encoding: as the job says; None: found out.

    Raises:
        BadInput: no header, or the encoding does not fit.
    """
    encoding = encoding or encoding_of(path)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            yield from _rows(stream, path.name, limit, delimiter)
    except (UnicodeError, LookupError) as error:
        raise BadInput(f"{path.name} is not {encoding} text: {error}.", hint="Say its `encoding`.") from error


def encoding_of(path: Path) -> str:
    """The encoding by the byte order mark; else UTF-8 where all bytes are, else Windows-1252."""
    with path.open("rb") as stream:
        first = stream.read(4)
        for mark, name in _MARKS:
            if first.startswith(mark):
                return name
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def delimiter_of(header: str) -> str:
    """The delimiter that occurs most often in a header outside of quotes; a comma where there is none."""
    outside = "".join(header.split('"')[::2])
    best = max(DELIMITERS, key=outside.count)
    return best if best in outside else ","


def _rows(stream: TextIO, name: str, limit: int, delimiter: str | None) -> Iterator[RawRow]:
    lines = _Lines(stream, limit)
    header_line = lines.next()
    while header_line is not None and not header_line.strip():
        header_line = lines.next()
    if header_line is None or header_line == _TOO_LONG:
        raise BadInput(f"{name} has no header line.", hint="The first line names the columns.")
    delimiter = delimiter or delimiter_of(header_line)
    header = [column.strip() for column in _parsed(header_line, delimiter)]
    twice = next((column for column in header if header.count(column) > 1), None)
    if twice is not None:
        raise BadInput(f"{name} has two columns called `{twice}`.", hint="Give each column its own name.")
    for number, record in enumerate(_records(lines, delimiter, limit), start=1):
        yield _row(number, record, header, delimiter)


def _row(number: int, record: Record, header: list[str], delimiter: str) -> RawRow:
    if record.broken is not None:
        return RawRow(number, {}, record.broken)
    try:
        cells = _parsed(record.text, delimiter)
    except csv.Error as error:
        return RawRow(number, {}, f"it cannot be read: {error}")
    if len(cells) != len(header):
        return RawRow(number, {}, f"{len(cells)} columns where the header has {len(header)}")
    return RawRow(number, dict(zip(header, cells, strict=True)), text=True)


def _parsed(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter), [])


_TOO_LONG = "\0too long"


@dataclass(slots=True)
class _Lines:
    """Physical lines with a limit; lines can be put back."""

    stream: TextIO
    limit: int
    again: deque[str] = field(default_factory=deque)

    def next(self) -> str | None:
        """The next line; `_TOO_LONG` in place of one above the limit, None at the end."""
        if self.again:
            return self.again.popleft()
        line = self.stream.readline(self.limit)
        if len(line) < self.limit or line.endswith(("\n", "\r")):
            return line or None
        while rest := self.stream.readline(self.limit):
            if rest.endswith(("\n", "\r")):
                break
        return _TOO_LONG


def _records(lines: _Lines, delimiter: str, limit: int) -> Iterator[Record]:
    """Join the lines of quoted texts; where a quote is never closed, only its first line is given up."""
    while (line := lines.next()) is not None:
        if line == _TOO_LONG:
            yield Record("", f"it is longer than {limit:,} characters")
        elif not line.strip():
            continue
        elif '"' not in line:
            yield Record(line)
        else:
            yield _quoted(line, lines, delimiter, limit)


def _quoted(first: str, lines: _Lines, delimiter: str, limit: int) -> Record:
    parts, size = [first], len(first)
    inside = _open_after(first, delimiter, False)
    while inside:
        line = lines.next()
        if line is None or line == _TOO_LONG or size + len(line) > limit:
            lines.again.extendleft(reversed([*parts[1:], *([line] if line is not None else [])]))
            return Record("", "a quote is opened and never closed")
        parts.append(line)
        size += len(line)
        inside = _open_after(line, delimiter, True)
    return Record("".join(parts))


def _open_after(line: str, delimiter: str, inside: bool) -> bool:
    """Whether a quoted text is still open at the end of a line. A quote opens only where a field begins."""
    position = 0
    while True:
        if inside:
            found = line.find('"', position)
            if found < 0:
                return True
            if line[found + 1 : found + 2] == '"':
                position = found + 2
                continue
            inside, position = False, found + 1
        elif line[position : position + 1] == '"':
            inside, position = True, position + 1
            continue
        found = line.find(delimiter, position)
        if found < 0:
            return False
        position = found + 1
