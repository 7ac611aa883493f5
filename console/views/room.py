"""What every room is: a widget that can be opened at a place, told of news, and asked for its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console.console import Console
from console.news import News
from console.place import Place

__all__ = ["Crumb", "News", "Room"]


class Crumb(NamedTuple):
    """One step of the way to where one is, shown in the top bar; a click goes there."""

    words: str
    place: Place | None = None


class Room(QWidget):
    """A room.

    Signals:
        crumbs_changed: the way to what is open (a list of Crumb) is another now.
        badge_changed: how many things in this room need the person (int).
        hints_changed: other keys are worth showing in the status bar.
    """

    crumbs_changed = Signal(object)
    badge_changed = Signal(object)
    hints_changed = Signal()

    id = ""
    """As in `Place.room`."""
    title = ""
    icon = ""

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.console = console
        self.setAccessibleName(self.title)

    def enter(self, place: Place) -> None:
        """The person comes in, perhaps to something particular. Called each time the room is shown."""

    def leave(self) -> None:
        """The person goes to another room; long jobs go on."""

    def hear(self, news: News) -> None:
        """Something was committed. Called also while the room is hidden: mark as stale, read when shown."""

    def crumbs(self) -> Sequence[Crumb]:
        """Return the way to what is open, without the room itself."""
        return ()

    def hints(self) -> Sequence[tuple[str, str]]:
        """Return this room's most useful keys and what they do, for the status bar: [("J", "next"), …]."""
        return ()

    def remember(self) -> Mapping[str, object]:
        """Return what should be there again after a restart (JSON: selection, splitters, filters)."""
        return {}

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Take up what `remember` returned, perhaps by another version: ignore what does not fit."""
