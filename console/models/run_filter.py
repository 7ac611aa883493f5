"""The filter of runs as it is typed: `agent:NAME mode:shadow state:handed_off pilot:ID from:DAY to:DAY free words`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from console.signs import MODE, STATE
from storage.queries.run_filter import RunFilter

KEYS = ("agent", "mode", "state", "pilot", "from", "to")
_PART = re.compile(r'(?P<key>[A-Za-z_]\w*):(?P<value>"[^"]*"?|\S*)|"(?P<quoted>[^"]*)"?|(?P<word>\S+)')


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("run_filter", text)


class Parsed(NamedTuple):
    """What was typed, understood; `problem` says what could not be, and then nothing is to be filtered by it."""

    filter: RunFilter
    problem: str = ""


def parse(text: str) -> Parsed:
    """Return the filter that a text says. A key without a value yet asks for nothing."""
    found = RunFilter()
    for part in _PART.finditer(text):
        key, value = part["key"], (part["value"] or "").strip('"')
        if key is None:
            words = part["quoted"] if part["word"] is None else part["word"]
            found = replace(found, words=(*found.words, words)) if words else found
        elif key.lower() not in _TAKES:
            return Parsed(RunFilter(), said(
                "There is no filter “{key}:”. There are {known}. In quotation marks it is looked for as it stands."
            ).format(key=key, known=", ".join(f"{known}:" for known in KEYS)))  # fmt: skip
        elif value:
            taken = _TAKES[key.lower()](found, value)
            if isinstance(taken, str):
                return Parsed(RunFilter(), taken)
            found = taken
    if found.first and found.last and found.first > found.last:
        return Parsed(RunFilter(), said("No day is from {first} on and up to {last}.").format(
            first=found.first.isoformat(), last=found.last.isoformat()))  # fmt: skip
    return Parsed(found)


def written(filter_: RunFilter) -> str:
    """Return a filter as it would be typed."""
    days = (("from", filter_.first), ("to", filter_.last))
    parts = [("agent", filter_.agent), ("mode", filter_.mode), ("state", ",".join(filter_.states)),
             ("pilot", filter_.pilot), *((key, day.isoformat()) for key, day in days if day is not None)]  # fmt: skip
    keyed = [f'{key}:"{value}"' if " " in value else f"{key}:{value}" for key, value in parts if value]
    return " ".join([*keyed, *(f'"{word}"' if re.search(r"[\s:]", word) else word for word in filter_.words)])


def _agent(found: RunFilter, value: str) -> RunFilter | str:
    return replace(found, agent=value)


def _pilot(found: RunFilter, value: str) -> RunFilter | str:
    return replace(found, pilot=value)


def _mode(found: RunFilter, value: str) -> RunFilter | str:
    if value.lower() in MODE:
        return replace(found, mode=value.lower())
    return said("There is no mode “{value}”. There are {known}.").format(value=value, known=", ".join(MODE))


def _state(found: RunFilter, value: str) -> RunFilter | str:
    states = tuple(state for state in value.lower().split(",") if state)
    unknown = next((state for state in states if state not in STATE), None)
    if unknown is None:
        return replace(found, states=(*found.states, *states))
    return said("There is no state “{value}”. There are {known}.").format(value=unknown, known=", ".join(STATE))


def _from(found: RunFilter, value: str) -> RunFilter | str:
    day = _day(value)
    return replace(found, first=day) if isinstance(day, date) else day


def _to(found: RunFilter, value: str) -> RunFilter | str:
    day = _day(value)
    return replace(found, last=day) if isinstance(day, date) else day


def _day(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return said("“{value}” is no day. A day is written as 2026-11-09.").format(value=value)


_TAKES: dict[str, Callable[[RunFilter, str], RunFilter | str]] = {
    "agent": _agent, "mode": _mode, "state": _state, "pilot": _pilot, "from": _from, "to": _to,
}  # fmt: skip
