"""The room of agents on a real engine, for its tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from console.console import Console
from console.place import Place
from console.views.agents.room import AgentsRoom
from tests.console.conftest import Loop

W = TypeVar("W", bound=QWidget)


@contextmanager
def opened(console: Console, loop: Loop, agent: str = "", tab: str = "") -> Iterator[AgentsRoom]:
    """The room, read, with an agent's page looked at."""
    room = AgentsRoom(console)
    room.resize(1368, 824)
    room.show()
    room.enter(Place("agents", "agent" if agent else "", agent, tab))
    try:
        loop.until(lambda: room.rows and looked(room), what="the job is looked at")
        yield room
    finally:
        loop.until(lambda: room.page.draft is None or not room.page.draft.busy, what="it is looked at")
        room.leave()
        room.close()
        room.deleteLater()


def looked(room: AgentsRoom) -> bool:
    """Whether the page of the current agent is read and its job looked at."""
    draft = room.page.draft
    return bool(draft is not None and draft.looked and room.page.page and not draft.busy)


def dialog(room: AgentsRoom, loop: Loop, kind: type[W]) -> W:
    """The one open dialog of a kind, once it is there."""

    def found() -> list[W]:
        return [each for each in room.window().findChildren(kind) if each.isVisible()]

    loop.until(found, what=f"a {kind.__name__} is open")
    return found()[0]
