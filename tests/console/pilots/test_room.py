"""The Pilots room on a real engine: the list, the comparison, the cells, and where one can go from there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from agents.pilots.shadow import NO_ANSWER
from console.console import Console
from console.models.rows import HeldRows
from console.place import Place
from console.views.pilots.room import PilotsRoom
from console.widgets.label import Label
from tests.console.conftest import Loop, Went
from tests.console.paint_log import grab
from tests.console.sample import Workspace


@pytest.fixture
def room(engine: Console) -> Iterator[PilotsRoom]:
    made = PilotsRoom(engine)
    made.resize(1368, 824)
    made.show()
    yield made
    made.leave()
    made.close()
    made.deleteLater()


def opened(room: PilotsRoom, loop: Loop, pilot: str) -> PilotsRoom:
    room.enter(Place("pilots", "pilot", pilot))
    loop.until(lambda: bool(room._listed.lines) and not room._reading, what="the pilot is read")
    return room


def words_on(room: PilotsRoom) -> str:
    return " | ".join(label.text() for label in room.page.findChildren(Label) if label.isVisible())


def test_the_list_shows_every_pilot_and_opens_one(room: PilotsRoom, loop: Loop, workspace: Workspace) -> None:
    room.enter(Place("pilots"))
    loop.until(lambda: len(room._listed.lines) == 2 and not room._reading, what="both pilots are listed")
    assert {line.record.pilot for line in room._listed.lines} == {workspace.invoices, workspace.triage}
    assert room.crumbs() == ()
    room._list.set_current_key(workspace.triage)
    QTest.keyClick(room._list, Qt.Key.Key_Return)
    loop.until(lambda: room.page.split.isVisible(), what="its comparison is shown")
    assert [crumb.words for crumb in room.crumbs()] == ["All pilots", "Support triage"]
    QTest.keyClick(room.page.disagreements.list, Qt.Key.Key_Escape)
    assert room._stack.currentWidget() is room._all


def test_a_shadow_pilot_says_so_and_shows_its_comparison(room: PilotsRoom, loop: Loop, workspace: Workspace) -> None:
    opened(room, loop, workspace.triage)
    loop.until(lambda: room.page.split.isVisible(), what="the comparison is shown")
    said = words_on(room)
    assert "SHADOW" in said
    assert "is sent or written" in said
    assert "of 40 the same" in said
    first = room.page.disagreements.list.current()
    assert first is not None
    loop.until(lambda: len(room.page.disagreements._case._text.text()) > 5, what="the case's words are shown")


def test_a_cell_shows_the_cases_behind_it(room: PilotsRoom, loop: Loop, workspace: Workspace) -> None:
    opened(room, loop, workspace.triage)
    loop.until(lambda: room.page.split.isVisible(), what="the comparison is shown")
    page = room.page
    case = page.disagreements.list.current()
    assert case is not None
    page.comparison.pair_chosen.emit(case.human, case.proposed or NO_ANSWER)
    shown = [page.disagreements._rows.row(n) for n in range(page.disagreements._rows.rowCount())]
    assert shown
    assert {(each.human, each.proposed) for each in shown if each} == {(case.human, case.proposed)}
    QTest.keyClick(page.disagreements.list, Qt.Key.Key_Escape)
    assert page.disagreements._rows.rowCount() > len(shown) or len(page.disagreements._all) == len(shown)


def test_enter_opens_the_run(room: PilotsRoom, loop: Loop, workspace: Workspace, went: Went) -> None:
    opened(room, loop, workspace.triage)
    loop.until(lambda: room.page.split.isVisible(), what="the comparison is shown")
    case = room.page.disagreements.list.current()
    assert case is not None
    QTest.keyClick(room.page.disagreements.list, Qt.Key.Key_Return)
    assert went[-1] == Place("live", "run", case.run)
    QTest.keyClick(room, Qt.Key.Key_L)
    assert went[-1] == Place("live", "runs", f"pilot:{workspace.triage}")


def test_without_peoples_outcomes_it_says_what_is_missing(room: PilotsRoom, loop: Loop, workspace: Workspace) -> None:
    opened(room, loop, workspace.invoices)
    loop.until(lambda: room.page._alone.isVisible(), what="how its runs stand is shown")
    said = words_on(room)
    assert "works for real" in said
    assert "No case has a person's outcome yet" in said
    assert not room.page.split.isVisible()


@pytest.mark.parametrize(
    ("theme", "width", "height", "scale"),
    [("light", 1208, 724, 1.0), ("dark", 1848, 1004, 1.0), ("dark", 1208, 724, 2.0)],
)
def test_every_word_can_be_read(
    room: PilotsRoom, loop: Loop, workspace: Workspace, theme: str, width: int, height: int, scale: float
) -> None:
    room.console.look.switch("dark" if theme == "dark" else "light", scale)
    room.resize(width, height)
    opened(room, loop, workspace.triage)
    loop.until(lambda: room.page.split.isVisible(), what="the comparison is shown")
    assert grab(room).problems() == []


def test_its_models_are_models() -> None:
    rows = HeldRows(lambda case: case)
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows.put([])
