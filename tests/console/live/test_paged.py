"""A long list reads pages, follows the ledger at the cost of a page, and agrees with its source throughout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from console.models.paged import PAGE, PagedRows
from console.models.rows import Group, HeldRows
from console.news import News
from tests.console.live.paper import Numbers, Paper

_WARN = QAbstractItemModelTester.FailureReportingMode.Warning
"""A warning of Qt fails a test."""

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper()
    yield paper
    paper.close()


def _list(paper: Paper, held: set[int]) -> PagedRows:
    rows = PagedRows(paper, paper, "numbers", [Numbers("Even", held, 0), Numbers("Odd", held, 1)])
    rows.load()
    paper.answer()
    return rows


def _all(rows: PagedRows, paper: Paper) -> list[int | None]:
    """Look at every row, as one who scrolls through the list."""
    found: list[int | None] = []
    for first in range(0, rows.rowCount(), 100):
        last = min(first + 99, rows.rowCount() - 1)
        rows.want(first, last)
        paper.answer()
        found += [rows.row(number) for number in range(first, last + 1)]
    return found


def _truth(held: set[int]) -> list[int]:
    return sorted(held, key=lambda n: (n % 2, -n))


def _news(*numbers: int) -> News:
    return News(0, frozenset(), frozenset(map(str, numbers)))


def test_the_first_rows_are_there_before_anything_is_counted(paper: Paper) -> None:
    held = set(range(10_000))
    rows = PagedRows(paper, paper, "numbers", [Numbers("Even", held, 0)])
    rows.load()
    paper.answer_one()
    assert (rows.row(0), rows.rowCount(), rows.exact) == (9998, PAGE, False)
    paper.answer()
    assert (rows.rowCount(), rows.exact) == (5_000, True)


def test_a_jump_reads_one_page(paper: Paper) -> None:
    rows = _list(paper, set(range(10_000)))
    before = paper.asked
    assert rows.row(4_000) is None
    rows.want(4_000, 4_010)
    paper.answer()
    assert (rows.row(4_000), paper.asked - before) == (1998, 1)


@given(st.sets(st.integers(0, 3_000)), st.lists(st.sets(st.integers(0, 3_000), max_size=40), max_size=6))
def test_it_agrees_with_its_source_whatever_changes(held: set[int], changes: list[set[int]]) -> None:
    paper = Paper()
    try:
        rows = _list(paper, held)
        tester = QAbstractItemModelTester(rows, _WARN)
        for change in changes:
            held ^= change
            rows.hear(_news(*change))
            paper.answer()
            assert [group.rows for group in rows.groups()] == [sum(n % 2 == rest for n in held) for rest in (0, 1)]
            assert _all(rows, paper) == _truth(held)
        del tester
    finally:
        paper.close()


def test_news_reads_only_the_pages_that_changed(paper: Paper) -> None:
    held = set(range(20_000))
    rows = _list(paper, held)
    rows.want(0, 10)
    paper.answer()
    read: list[int] = []
    rows.dataChanged.connect(lambda first, last: read.append(last.row() - first.row() + 1))
    held.discard(19_998)
    rows.hear(_news(19_998))
    paper.answer()
    assert (sum(read), rows.row(0), rows.groups()[0].rows) == (2 * PAGE - 1, 19_996, 9_999)


def test_after_a_gap_everything_is_read_anew(paper: Paper) -> None:
    held = set(range(2_000))
    rows = _list(paper, held)
    held |= set(range(2_000, 4_000))
    rows.hear(News(0, frozenset(), frozenset(), all=True))
    paper.answer()
    assert _all(rows, paper) == _truth(held)


def test_few_pages_are_kept(paper: Paper) -> None:
    rows = _list(paper, set(range(40_000)))
    _all(rows, paper)
    assert sum(rows.row(number) is not None for number in range(0, rows.rowCount(), 64)) <= 26 * 4


def test_rows_are_found_in_the_group_where_they_are_now(paper: Paper) -> None:
    rows = _list(paper, {2, 4, 6})
    assert rows.find(rows.key(1)) == 1
    assert rows.find((1, -4)) == 1
    assert rows.find((0, -5)) is None


def test_held_rows_say_no_more_than_what_changed(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    rows = HeldRows(lambda row: row[0])
    rows.put([(Group("A"), [("x", 1), ("y", 2)]), (Group("B"), [])])
    qtmodeltester.check(rows)  # type: ignore[no-untyped-call]
    with qtbot.assertNotEmitted(rows.modelReset), qtbot.waitSignal(rows.dataChanged) as changed:
        rows.put([(Group("A"), [("x", 1), ("y", 3)]), (Group("B"), [])])
    assert changed.args is not None
    assert changed.args[0].row() == 1
    assert (rows.find("y"), rows.row(1), rows.row(2)) == (1, ("y", 3), None)
