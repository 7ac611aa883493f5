"""The type of the console: a closed list of styles, in pixels at 100 % (size, weight, line box)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

UI, DISPLAY, MONO = "Inter", "Inter Display", "JetBrains Mono"


class Style(NamedTuple):
    """One style of text; `line` is the height of its line box."""

    family: str
    size: int
    weight: int
    line: int
    tabular: bool = False


STYLES: Mapping[str, Style] = MappingProxyType({
    "hero": Style(DISPLAY, 28, 600, 36),
    "title": Style(DISPLAY, 20, 600, 28),
    "h1": Style(DISPLAY, 17, 600, 24),
    "h2": Style(UI, 14, 600, 20),
    "body": Style(UI, 13, 400, 20),
    "name": Style(UI, 13, 500, 20),
    "strong": Style(UI, 13, 600, 20),
    "small": Style(UI, 12, 400, 16),
    "small.name": Style(UI, 12, 500, 16),
    "small.strong": Style(UI, 12, 600, 16),
    "caption": Style(UI, 11, 500, 16),
    "pill": Style(UI, 11, 600, 16),
    "number": Style(DISPLAY, 24, 600, 32, tabular=True),
    "figure": Style(DISPLAY, 32, 600, 40, tabular=True),
    "mono": Style(MONO, 12, 400, 20),
    "mono.name": Style(MONO, 12, 500, 20),
    "mono.strong": Style(MONO, 12, 600, 20),
    "mono.small": Style(MONO, 11, 400, 16),
    "mono.key": Style(MONO, 11, 500, 16),
})  # fmt: skip
