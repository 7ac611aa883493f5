"""The Metrics room on a real store: figures with n and window, choices, and what they open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.console import Console
from console.news import News
from console.place import Place
from console.views.metrics.room import MetricsRoom
from storage.queries import Queries
from tests.console.conftest import Loop, Went
from tests.console.paint_log import grab
from tests.console.sample import Workspace


@pytest.fixture
def room(console: Console) -> Iterator[MetricsRoom]:
    console.reads.opened()
    made = MetricsRoom(console)
    made.resize(1368, 824)
    made.show()
    yield made
    made.leave()
    made.close()
    made.deleteLater()


def entered(room: MetricsRoom, loop: Loop) -> MetricsRoom:
    room.enter(Place("metrics"))
    loop.until(lambda: room._shown is not None and not room._reading, what="the figures are read")
    return room


def test_each_figure_has_its_n_and_its_window(room: MetricsRoom, loop: Loop, workspace: Workspace) -> None:
    entered(room, loop)
    with Queries(workspace.store) as queries, queries.view() as view:
        sql = "SELECT count(*), count(DISTINCT iif(state = 'finished', case_id, NULL)) FROM run "
        ended, finished = view.connection.execute(sql + "WHERE mode = 'live' AND ended_at IS NOT NULL").fetchone()
    figures = {tile.figure.id: tile.figure for tile in room._tiles}
    assert figures["finished"].value == f"{finished:,}"
    assert figures["finished"].n.startswith(f"{ended:,} of ")
    assert figures["handed_off"].n == f"n {ended:,}"
    assert {figure.window for figure in figures.values()} == {"14 days"}
    assert figures["deciding"].n != "n 0"


def test_shadow_is_another_choice(room: MetricsRoom, loop: Loop) -> None:
    entered(room, loop)
    room._mode.setCurrentIndex(1)
    room._mode.activated.emit(1)
    loop.until(lambda: room._shown is not None and room._shown.choice.mode == "shadow", what="shadow work is read")
    assert {tile.figure.id: tile.figure.value for tile in room._tiles}["asked"] == "0"


def test_a_figure_opens_the_runs_it_is_made_of(room: MetricsRoom, loop: Loop, went: Went) -> None:
    entered(room, loop)
    tile = next(tile for tile in room._tiles if tile.figure.id == "handed_off")
    tile.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(tile, Qt.Key.Key_Return)
    assert room._shown is not None
    window = room._shown.window
    days = f"from:{window.first.isoformat()} to:{window.last.isoformat()}"
    assert went[-1] == Place("live", "runs", f"mode:live state:handed_off {days}")
    QTest.keyClick(room._agents._chart, Qt.Key.Key_Return)
    assert went[-1] == Place("live", "runs", f"agent:invoice-matching mode:live {days}")


def test_news_are_read_once_for_many(room: MetricsRoom, loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    entered(room, loop)
    asked: list[object] = []
    ask = room.console.reads.ask

    def counting(question: Any, *, key: str = "") -> Any:
        asked.append(question)
        return ask(question, key=key)

    monkeypatch.setattr(room.console.reads, "ask", counting)
    for seq in range(50):
        room.hear(News(seq, frozenset({"run.finished"}), frozenset()))
    loop.until(lambda: not room._reading, what="it is read again")
    assert 1 <= len(asked) <= 3


def test_without_work_there_is_one_next_step(empty_console: Console, loop: Loop, went: Went) -> None:
    room = MetricsRoom(empty_console)
    room._show_parts(any_work=False, known=True)
    room.resize(1368, 824)
    room.show()
    assert room._empty.isVisible()
    room._empty.acted.emit()
    assert went == [Place("agents")]
    room.close()
    room.deleteLater()


def test_the_choice_is_remembered(room: MetricsRoom) -> None:
    room.recall({"agent": "invoice-matching", "mode": "shadow", "days": 30})
    assert room.remember() == {"agent": "invoice-matching", "mode": "shadow", "days": 30}
    room.recall({"agent": 3, "mode": "other", "days": 1_000})
    assert room.remember() == {"agent": None, "mode": "live", "days": 14}


@pytest.mark.parametrize(
    ("theme", "width", "height", "scale"),
    [("light", 1208, 724, 1.0), ("dark", 1848, 1004, 1.0), ("dark", 1208, 724, 2.0)],
)
def test_every_word_can_be_read(
    room: MetricsRoom, loop: Loop, theme: str, width: int, height: int, scale: float
) -> None:
    room.console.look.switch("dark" if theme == "dark" else "light", scale)
    room.resize(width, height)
    entered(room, loop)
    assert grab(room).problems() == []
