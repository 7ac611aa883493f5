"""Every item model of the console keeps Qt's contract, with rows, without, and while rows come and go."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pytest
from PySide6.QtCore import QAbstractItemModel
from PySide6.QtTest import QAbstractItemModelTester

import console
from console.models.inbox_list import InboxRows, by_risk
from console.models.inbox_risk import in_order
from console.models.paged import PagedRows
from console.models.rows import Group, HeldRows, Rows
from console.news import News
from storage.queries.inbox import OpenItem
from tests.console.inbox.cards import many
from tests.console.live.paper import Numbers, Paper

_WARN = QAbstractItemModelTester.FailureReportingMode.Warning
"""A warning of Qt fails a test."""

ABSTRACT = {Rows}
"""What only others are made of."""

Steps = list[Callable[[], object]]


def held(paper: Paper) -> tuple[QAbstractItemModel, Steps]:
    rows = HeldRows(lambda row: row)
    return rows, [
        lambda: rows.put([(Group("A"), ["x", "y"]), (Group("B"), [])]),
        lambda: rows.put([(Group("A"), ["y"]), (Group("B"), ["z"])]),
        lambda: rows.put([]),
    ]


def inbox(paper: Paper) -> tuple[QAbstractItemModel, Steps]:
    rows, items = InboxRows(), in_order(many(60))
    shown: tuple[list[OpenItem], ...] = (items[2:50], items[:49], items[10:60], items[:3], [])
    return rows, [lambda each=each: rows.show(by_risk(each)) for each in shown]  # type: ignore[misc]


def paged(paper: Paper) -> tuple[QAbstractItemModel, Steps]:
    numbers = set(range(700))
    rows = PagedRows(paper, paper, "numbers", [Numbers("Even", numbers, 0), Numbers("Odd", numbers, 1)])

    def without(gone: set[int]) -> None:
        numbers.difference_update(gone)
        rows.hear(News(0, frozenset(), frozenset(map(str, gone))))
        paper.answer()

    return rows, [
        rows.load, paper.answer, lambda: rows.want(300, 340), paper.answer,
        lambda: without({698, 7}), lambda: without(set(numbers)),
    ]  # fmt: skip


MADE: dict[type[QAbstractItemModel], Callable[[Paper], tuple[QAbstractItemModel, Steps]]] = {
    HeldRows: held, InboxRows: inbox, PagedRows: paged,
}  # fmt: skip


def of_the_console() -> set[type[QAbstractItemModel]]:
    """Return every kind of item model that the console's modules define."""
    for module in pkgutil.walk_packages(console.__path__, "console."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[QAbstractItemModel]] = set()
    left: list[type[QAbstractItemModel]] = [QAbstractItemModel]
    while left:
        below = [kind for kind in left.pop().__subclasses__() if kind not in found]
        found.update(below)
        left += below
    return {kind for kind in found if kind.__module__.startswith("console.")}


def test_every_item_model_is_tested_here() -> None:
    assert of_the_console() - ABSTRACT == set(MADE)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.__name__)
def test_it_keeps_the_contract(kind: type[QAbstractItemModel]) -> None:
    paper = Paper()
    try:
        model, steps = MADE[kind](paper)
        assert type(model) is kind
        tester = QAbstractItemModelTester(model, _WARN)
        most = 0
        for step in steps:
            step()
            most = max(most, model.rowCount())
        assert most > 1
        assert model.rowCount() == 0
        del tester
    finally:
        paper.close()
