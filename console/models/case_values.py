"""A payload of a case in one line of words."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QCoreApplication

from console import words

Json = Any


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("case", text)


_MOST = 400


def shortened(text: str) -> str:
    """Return a line of at most some hundred characters."""
    return text if len(text) <= _MOST else text[: _MOST - 1].rsplit(" ", 1)[0] + "…"


def plain_values(text: str) -> str:
    """Return a JSON object in a line of words, `result: changed · amount: 12`; other text as its first line."""
    try:
        found: Json = json.loads(text)
    except ValueError:
        return " ".join(text.split())
    if not isinstance(found, dict):
        return " ".join(text.split())
    if isinstance(found.get("text"), str):
        return " ".join(found["text"].split())  # words that were meant for a person, with what they are about
    return " · ".join(f"{words.sentence(name)}: {_short(value)}" for name, value in found.items())


def _short(value: Json) -> str:
    if value is None:
        return words.NONE
    if isinstance(value, bool):
        return said("yes") if value else said("no")
    if isinstance(value, list):
        return words.counted(len(value), said("item"), said("items"))
    return said("{n} fields").format(n=len(value)) if isinstance(value, dict) else str(value)
