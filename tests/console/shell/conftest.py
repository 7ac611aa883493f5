"""A window with two small rooms of a test's own, on a real console."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.app import Composed
from console.console import Console
from console.main_window import MainWindow
from console.news import News
from console.place import Place
from console.views.room import Crumb, Room


class ARoom(Room):
    """Notes what it is told."""

    id = "inbox"

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self.entered: list[Place] = []
        self.left = 0
        self.heard: list[News] = []
        self.selection = ""
        self.struck = 0
        self.typed = QLineEdit()
        self.list = QWidget()
        from PySide6.QtCore import Qt

        self.list.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.list)
        rows = QVBoxLayout(self)
        rows.addWidget(self.typed)
        rows.addWidget(self.list, 1)
        console.actions.q("inbox.approve", self, self.strike)

    def strike(self) -> None:
        self.struck += 1

    def enter(self, place: Place) -> None:
        self.entered.append(place)
        self.selection = place.id or self.selection

    def leave(self) -> None:
        self.left += 1

    def hear(self, news: News) -> None:
        self.heard.append(news)

    def crumbs(self) -> Sequence[Crumb]:
        return [Crumb("Approval", Place("inbox", "approval", "a1")), Crumb(self.selection)] if self.selection else []

    def hints(self) -> Sequence[tuple[str, str]]:
        return [("J", "next"), ("K", "previous")]

    def remember(self) -> Mapping[str, object]:
        return {"selection": self.selection}

    def recall(self, remembered: Mapping[str, object]) -> None:
        self.selection = str(remembered.get("selection", ""))


Make = Callable[..., MainWindow]


@pytest.fixture
def made() -> list[str]:
    """The rooms that were made, in order."""
    return []


@pytest.fixture
def make_window(composed: Composed, made: list[str]) -> Iterator[Make]:
    """Makes a window on the console; closes it at the end."""
    windows: list[MainWindow] = []

    def factory(id_: str) -> Callable[[Console], Room]:
        def build(console: Console) -> Room:
            made.append(id_)
            return ARoom(console)

        return build

    def make(*rooms: str, size: tuple[int, int] = (1440, 900), **more: Any) -> MainWindow:
        window = MainWindow(
            composed.console, {id_: factory(id_) for id_ in rooms or ("inbox", "live", "settings")},
            workspace="Nordavind Bank", **more,
        )  # fmt: skip
        composed.way.asked.connect(window.go)
        window.resize(*size)
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(make_window: Make, loop: Any) -> MainWindow:
    """A window that is in its first room."""
    made = make_window()
    loop.until(lambda: made.room is not None, what="the first room is entered")
    return made
