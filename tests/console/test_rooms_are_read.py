"""Each room in the real window, as it opens: every text is read, whole, and in its pane, in both themes and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from console.app import Composed
from console.main_window import MainWindow
from console.place import Place
from console.shell.rooms import factories
from console.theme.look import Theme
from console.theme.style import dress
from console.views.live.room import LiveRoom
from console.widgets.charts.tile import Tile
from console.widgets.scroll import Scroll
from tests.console.conftest import Loop
from tests.console.paint_log import grab


@pytest.fixture
def window(composed: Composed, loop: Loop, qapp: QApplication) -> Iterator[MainWindow]:
    """The real window on the sample workspace, with all rooms of this version."""
    dress(qapp, composed.console.look)
    made = MainWindow(composed.console, workspace="Nordavind Bank")
    composed.way.asked.connect(made.go)
    made.show()
    loop.until(lambda: made.room is not None, what="a room is open")
    yield made
    made.close()
    made.deleteLater()
    qapp.setStyle("Fusion")


# The case page opens only on a case.
ROOMS = [room for room in factories() if room != "case"]


@pytest.mark.parametrize("room", ROOMS)
def test_each_text_of_a_room_is_read(
    window: MainWindow, composed: Composed, settle: Callable[[], None], room: str
) -> None:
    wrong = []
    window.go(Place(room))
    states: list[tuple[Theme, float, tuple[int, int]]] = [
        ("light", 1.0, (1440, 900)), ("dark", 1.0, (1280, 800)), ("dark", 2.0, (1920, 1080)),
        ("light", 2.0, (1280, 800)),
    ]  # fmt: skip
    for theme, scale, size in states:
        composed.console.look.switch(theme, scale)
        window.resize(*size)
        settle()
        log = grab(window)
        assert len(log.drawn) > 10
        wrong += [f"{theme} {scale:.0%}: {problem}" for problem in log.problems()]
    assert wrong == []


def test_metrics_at_twice_the_size_go_down_and_not_aside(
    window: MainWindow, composed: Composed, settle: Callable[[], None], loop: Loop
) -> None:
    window.go(Place("metrics"))
    composed.console.look.switch("light", 2.0)
    window.resize(1280, 800)
    room = window.room
    assert room is not None
    loop.until(lambda: any(tile.isVisible() for tile in room.findChildren(Tile)), what="figures are shown")
    settle()
    log = grab(window)
    assert log.problems() == []
    assert [drawn.text for drawn in log.drawn if drawn.elided and drawn.device in room.findChildren(Tile)] == []
    assert room.findChildren(Scroll)[0].horizontalScrollBar().maximum() == 0


def test_live_gives_the_keyboard_to_its_list_or_to_the_run_that_was_asked_for(
    window: MainWindow, settle: Callable[[], None], loop: Loop
) -> None:
    window.activateWindow()
    window.go(Place("live"))
    settle()
    room = window.room
    assert isinstance(room, LiveRoom)
    loop.until(lambda: room.run.head, what="a run is open")
    assert window.focusWidget() is room.list.rows
    window.go(Place("agents"))
    window.go(Place("live", "run", room.run.id))
    settle()
    assert window.focusWidget() is room.trace_view
