"""How a key is written: `Ctrl Shift X`, `Enter`."""

from __future__ import annotations

import re

_NAMES = {"Return": "Enter", "Esc": "Esc", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


def key_words(key: str) -> str:
    """Return a key as it is shown on a key cap, from how Qt writes it (`Ctrl+Shift+X`, `Return`, `Ctrl++`)."""
    return " ".join(_NAMES.get(part, part) for part in re.split(r"\+(?=.)", key) if part)
