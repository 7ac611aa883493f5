"""A stream of JSON in which half characters show: the streaming parser itself would put a `?` in their place."""

from __future__ import annotations

import re
from typing import BinaryIO

HALF = "\ufdd0"
"""What stands where half a character (a lone surrogate) was: Unicode keeps this code from ever being a character."""

_HALVES = re.compile(
    rb"(?<!\\)((?:\\\\)*)\\u(?:[dD][89abAB]..\\u[dD][c-fC-F]..|([dD][89a-fA-F]..))", re.DOTALL
)  # two that are one character, or one alone, behind any number of whole backslashes
_FIRST_HALF = re.compile(rb"\\u[dD][89abAB]..", re.DOTALL)
_LONGEST = 12
"""Bytes of the longest escape: two halves that are one character."""


class WholeText:
    """Reads from a stream of JSON, each escaped half character replaced by `HALF`; everything else as it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._held = stream, b""

    def read(self, size: int = -1) -> bytes:
        """Return about `size` bytes, none only at the end."""
        while True:
            if size == 0:
                return b""
            piece = self._stream.read(size)
            content = self._held + piece
            cut = _boundary(content) if piece else len(content)
            content, self._held = content[:cut], content[cut:]
            if content or not piece:
                return _HALVES.sub(_shown, content)


def _boundary(content: bytes) -> int:
    """Return where to cut so that no escape is cut: before the backslashes and the first half that the end may need."""
    cut = content.find(b"\\", max(0, len(content) - _LONGEST + 1))
    if cut < 0:
        return len(content)
    while True:
        while cut > 0 and content[cut - 1 : cut] == b"\\":
            cut -= 1
        if not _FIRST_HALF.match(content, max(0, cut - 6), cut):
            return cut
        cut -= 6


def _shown(found: re.Match[bytes]) -> bytes:
    return found[0] if found[2] is None else found[1] + rb"\ufdd0"
