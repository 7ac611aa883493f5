"""What the window said is to be seen in it, asked like a person's eye: is there a button of that name, and where?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the window, as `watched` told it."""

    told: Mapping[str, Json]

    @property
    def room(self) -> str:
        """The room one is in; "" before the first."""
        return str(self.told["place"][0]) if self.told["place"] else ""

    @property
    def place(self) -> tuple[str, ...]:
        """Room, kind, id and part of the place one is at."""
        return tuple(self.told["place"])

    @property
    def dialog(self) -> str:
        """The name of the question in front of the window; "" without one."""
        return str(self.told["dialog"])

    @property
    def focus(self) -> Mapping[str, Json]:
        """What has the keyboard."""
        return self.told["focus"] or {"kind": "", "name": "", "about": "", "text": ""}

    @property
    def toasts(self) -> tuple[str, ...]:
        """The messages that are shown."""
        return tuple(self.told["toasts"])

    def widgets(self, kind: str = "") -> Iterator[Mapping[str, Json]]:
        """Go through the widgets that can be seen, of a class."""
        return (each for each in self.told["widgets"] if kind in ("", each["kind"]))

    def named(self, name: str, kind: str = "") -> Mapping[str, Json] | None:
        """Return the front-most widget of a name (whole, or how it begins), None if there is none."""
        found = [each for each in self.widgets(kind) if name in (each["name"], each["text"])]
        found = found or [each for each in self.widgets(kind) if each["name"].startswith(name)]
        return found[-1] if found else None

    def tab(self, words: str) -> Mapping[str, Json] | None:
        """Return a tab of some words."""
        tabs = (tab for each in self.widgets() for tab in each["tabs"])
        return next((tab for tab in tabs if tab["text"] == words), None)

    def says(self, words: str) -> bool:
        """Return whether these words stand anywhere: in a text, in a name, in what a list says of its current row."""
        parts = ("name", "text", "about")
        return any(words in each[part] for each in self.widgets() for part in parts)
