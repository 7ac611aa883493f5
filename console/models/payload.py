"""A payload as lines, however large: it is shaped page by page, each from the state in which the one before ended.

JSON is stored without line ends; it is shown one value a line, small objects on one line. A page can be shaped again
from its `Shape` alone, so that few pages are held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

FIRST, LATER = 48 * 1024, 1 << 20
"""Bytes of the first page (so that it is there at once), and of those that follow."""
LONGEST = 2_000
"""Characters of a line that are shown."""
_INLINE = 46
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_FLAT = re.compile(r'[{\[](?:[^{}\[\]"]|"(?:[^"\\]|\\.)*")*[}\]]')
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*")


class Shape(NamedTuple):
    """Where a page begins: at which byte, within what.

    Attributes:
        stack: the containers that are open: "{" with its key, or "[" with its index.
        inside: the page begins within a text that is too long for one page.
    """

    offset: int = 0
    stack: tuple[tuple[str, str | int], ...] = ()
    inside: bool = False
    json: bool = True


class Line(NamedTuple):
    """One line as it is shown; `more` characters of it are not."""

    text: str
    path: str = ""
    more: int = 0


def is_json(beginning: str) -> bool:
    """Return whether a payload looks like a JSON object or array."""
    return bool(re.match(r"\s*[{\[]", beginning))


def shape(content: bytes, start: Shape, *, last: bool) -> tuple[list[Line], Shape]:
    """Return the lines of a page and where the next begins.

    Args:
        content: the payload's bytes from `start.offset` on.
        last: they reach the payload's end.
    """
    text = content.decode("utf-8", "replace") if last else _whole_characters(content)
    return _json(text, start, last=last) if start.json else _text(text, start, last=last)


def _whole_characters(content: bytes) -> str:
    """Decode, without the beginning of a character that the next page ends."""
    for cut in range(min(4, len(content))):
        if content[len(content) - 1 - cut] & 0xC0 != 0x80:
            lead = content[len(content) - 1 - cut]
            needed = 1 if lead < 0x80 else 2 if lead >> 5 == 0b110 else 3 if lead >> 4 == 0b1110 else 4
            if needed > cut + 1:
                content = content[: len(content) - 1 - cut]
            break
    return content.decode("utf-8", "replace")


def _cut(text: str, path: str = "") -> Line:
    return Line(text, path) if len(text) <= LONGEST else Line(text[:LONGEST], path, len(text) - LONGEST)


def _text(text: str, start: Shape, *, last: bool) -> tuple[list[Line], Shape]:
    end = len(text) if last else text.rfind("\n") + 1
    if not end:  # one line that is longer than the page
        return [_cut(text)], Shape(start.offset + len(text.encode()), json=False)
    used = text[:end]
    lines = used.split("\n")
    if used.endswith("\n"):
        lines.pop()
    return [_cut(line.rstrip("\r")) for line in lines], Shape(start.offset + len(used.encode()), json=False)


class _Shaper:
    """Builds lines from tokens."""

    def __init__(self, start: Shape) -> None:
        self.stack = list(start.stack)
        self.lines: list[Line] = []
        self.held = ""
        self.path = ""

    def path_now(self) -> str:
        parts = ["$"]
        for kind, at in self.stack:
            if kind == "[":
                parts.append(f"[{at}]")
            elif at:
                parts.append(f".{at}" if _PLAIN_KEY.fullmatch(str(at)) else f'["{at}"]')
        return "".join(parts)

    def add(self, text: str) -> None:
        if not self.held:
            self.held, self.path = "  " * len(self.stack), self.path_now()
        self.held += text

    def end(self) -> None:
        if self.held:
            self.lines.append(_cut(self.held, self.path))
            self.held = ""

    def name(self, token: str) -> None:
        if self.stack and self.stack[-1][0] == "{":
            self.stack[-1] = ("{", token[1:-1])

    def next(self) -> None:
        if self.stack and self.stack[-1][0] == "[":
            self.stack[-1] = ("[", int(self.stack[-1][1]) + 1)

    def close(self, token: str) -> None:
        self.end()
        if self.stack:
            self.stack.pop()
        self.add(token)


def _json(text: str, start: Shape, *, last: bool) -> tuple[list[Line], Shape]:  # noqa: C901 - one arm a token
    shaper, at = _Shaper(start), 0
    safe, safe_stack, safe_lines = 0, tuple(start.stack), 0
    if start.inside:
        return _inside(text, start, last=last)
    expects_key = bool(start.stack) and start.stack[-1][0] == "{"
    while (found := _TOKEN.search(text, at)) is not None:
        part, end = found[0], found.end()
        if end == len(text) and not last and part not in "{}[],:":
            break  # perhaps cut
        if part in "{[":
            flat = _FLAT.match(text, found.start())
            if flat is None and not last and len(text) - found.start() <= _INLINE:
                break  # perhaps a small one whose end is on the next page
            if flat is not None and len(flat[0]) <= _INLINE:
                shaper.add(inline(flat[0]))
                at = flat.end()
                continue
            shaper.add(part)
            shaper.end()
            shaper.stack.append((part, "" if part == "{" else 0))
            expects_key = part == "{"
        elif part in "}]":
            shaper.close(part)
            expects_key = False
        elif part == ",":
            shaper.add(",")
            shaper.end()
            shaper.next()
            expects_key = bool(shaper.stack) and shaper.stack[-1][0] == "{"
        elif part == ":":
            shaper.add(": ")
            expects_key = False
        else:
            if expects_key and part.startswith('"'):
                shaper.name(part)
            shaper.add(part)
        at = end
        if not shaper.held:
            safe, safe_stack, safe_lines = at, tuple(shaper.stack), len(shaper.lines)
    if last:
        shaper.add(text[at:].strip()) if text[at:].strip() else None
        shaper.end()
        return shaper.lines, Shape(start.offset + len(text.encode()), tuple(shaper.stack))
    if not safe:
        return _long(text, start)
    used = start.offset + len(text[:safe].encode())
    return shaper.lines[:safe_lines], Shape(used, safe_stack)


def _long(text: str, start: Shape) -> tuple[list[Line], Shape]:
    """A value that is longer than the page: its beginning, and how much is left out."""
    line = _cut("  " * len(start.stack) + text)
    return [line], Shape(start.offset + len(text.encode()), start.stack, inside=True)


def _inside(text: str, start: Shape, *, last: bool) -> tuple[list[Line], Shape]:
    """Go on within a long text: to its end, then as usual."""
    close = re.search(r'(?<!\\)(?:\\\\)*"', text)
    if close is None:
        return [], Shape(start.offset + len(text.encode()), start.stack, inside=not last)
    used = text[: close.end()]
    return [], Shape(start.offset + len(used.encode()), start.stack)


def inline(text: str) -> str:
    """Return a small object or array on one line: `{ "no": 1, "ok": true }`."""
    parts: Iterable[str] = (token[0] for token in _TOKEN.finditer(text))
    spaced = {"{": "{ ", "}": " }", ",": ", ", ":": ": ", "[": "[", "]": "]"}
    return "".join(spaced.get(part, part) for part in parts).replace("{  }", "{}")
