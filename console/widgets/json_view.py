"""How a line of JSON is coloured: keys in text, strings green, numbers violet, punctuation faint."""

from __future__ import annotations

import re

from console.theme.paint import Span

STYLE = "mono.small"
_PART = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<text>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+\-]*|true|false|null)'
    r"|(?P<mark>[{}\[\],:]+)|(?P<space>\s+)|(?P<other>.)"
)
_ROLES = {"key": "text", "text": "ok", "number": "tool", "mark": "faint", "space": "text", "other": "text"}


def coloured(line: str) -> list[Span]:
    """Return a line of JSON as pieces in their colours."""
    return [Span(part[0], STYLE, _ROLES[part.lastgroup or "other"]) for part in _PART.finditer(line)]
