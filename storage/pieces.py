"""Reads parts of payloads on a read connection: the first lines of a large one cost no more than of a small one."""

from __future__ import annotations

import io
import sqlite3
from typing import IO, NamedTuple, cast

import zstandard

from storage.blobs import ZSTD, to_address, unpack
from storage.errors import NotFound
from storage.events.body import Ref

_WHOLE_AT_ONCE = 1 << 20
"""Bytes: up to here a payload is read whole; unpacking it is quicker than opening it for streaming."""
_SKIP = 1 << 20


class Piece(NamedTuple):
    """Part of a payload.

    Attributes:
        content: the bytes; shorter than asked for at the payload's end.
        offset: where they begin.
        size: bytes of the whole payload.
    """

    content: bytes
    offset: int
    size: int


def read_piece(connection: sqlite3.Connection, ref: Ref, offset: int = 0, limit: int | None = None) -> Piece:
    """Return `limit` bytes of a payload from `offset` on; None: up to its end. Raises NotFound.

    A packed payload is unpacked from its beginning up to what is asked for, and no further.
    """
    sql = "SELECT id, size, codec FROM blob WHERE address = ?"
    row = connection.execute(sql, (to_address(ref),)).fetchone()
    if row is None:
        raise NotFound(f"There is no payload {ref[:10]}… in the store: it was erased, or never was there.")
    id_, size, codec = row
    end = size if limit is None else min(size, offset + limit)
    if offset >= end:
        return Piece(b"", offset, size)
    if size <= _WHOLE_AT_ONCE:
        (stored,) = connection.execute("SELECT bytes FROM blob WHERE id = ?", (id_,)).fetchone()
        return Piece(unpack(codec, stored)[offset:end], offset, size)
    return Piece(_streamed(connection, id_, codec, offset, end), offset, size)


def _streamed(connection: sqlite3.Connection, id_: int, codec: int, offset: int, end: int) -> bytes:
    with connection.blobopen("blob", "bytes", id_, readonly=True) as stored:
        if codec != ZSTD:
            stored.seek(offset)
            return stored.read(end - offset)
        with zstandard.ZstdDecompressor().stream_reader(cast(IO[bytes], _Readable(stored))) as unpacked:
            left = offset
            while left > 0:
                left -= len(unpacked.read(min(left, _SKIP)))
            parts, wanted = [], end - offset
            while wanted > 0 and (part := unpacked.read(wanted)):
                parts.append(part)
                wanted -= len(part)
            return b"".join(parts)


class _Readable(io.RawIOBase):
    """An incremental blob as the stream that zstd reads from."""

    def __init__(self, blob: sqlite3.Blob) -> None:
        self._blob = blob

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._blob.read(size)
