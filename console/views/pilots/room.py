"""The Pilots room: all pilots, and one of them."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from agents.pilots.shadow import ShadowCase
from console.console import Console
from console.models.pilots import PilotLine, progress
from console.models.pilots_reading import Listed, about, listed, text_of
from console.models.rows import Group, HeldRows
from console.news import News
from console.place import Place
from console.theme.look import Look
from console.views.pilots.pilot_list import ROW, line_words, painter_of
from console.views.pilots.pilot_page import PilotPage
from console.views.room import Crumb, Room
from console.widgets.card import Pane
from console.widgets.empty_state import EmptyState
from console.widgets.paged_list import PagedList, RowState
from storage.errors import CentaurError
from storage.ids import now_us

_PAUSE_S = 0.5
"""Seconds between two readings while a pilot works: its report goes through every case."""


class PilotsRoom(Room):
    """Pilots."""

    id = "pilots"
    title = "Pilots"
    icon = "flask-conical"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        look = console.look
        self._open: str = ""
        self._listed = Listed((), "UTC")
        self._here = self._reading = False
        self._stale = True
        self._rows = HeldRows(lambda line: line.record.pilot, self)
        self._rows.words = line_words
        self._list = PagedList(look, self._rows, self._paint, row_height=ROW, name=self.tr("Pilots"), margin=16)
        self._list.activated.connect(self._activated)
        self._empty = EmptyState(
            look, "flask-conical", self.tr("No pilot yet"),
            self.tr("A pilot works a file of cases in shadow, beside what people did. Nothing is sent."),
            self.tr("Start one"),
        )  # fmt: skip
        self._empty.acted.connect(self._start)
        self._all = Pane(look, "panel")
        column = QVBoxLayout(self._all)
        column.setContentsMargins(look.px(8), look.px(12), look.px(8), look.px(12))
        column.addWidget(self._list)
        self.page = PilotPage(look)
        self.page.cancel_wanted.connect(self._cancel)
        self.page.runs_wanted.connect(self._open_runs)
        self.page.disagreements.chosen.connect(self._case_wanted)
        self.page.disagreements.opened.connect(self._open_run)
        self._stack = QStackedWidget()
        for widget in (self._all, self._empty, self.page):
            self._stack.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        console.engine.pilot_progress.connect(self._progressed)

    # -- a room -------------------------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        self._here = True
        if place.kind == "pilot" and place.id:
            self._go_to(place.id)
        elif place.kind == "all":
            self._go_to("")
        else:
            self._stale = True
            self._refresh()

    def leave(self) -> None:
        self._here = False

    def hear(self, news: News) -> None:
        if news.all or any(kind.startswith(("run.", "pilot.", "case.", "tool.")) for kind in news.kinds):
            self._stale = True
            self._refresh()

    def crumbs(self) -> Sequence[Crumb]:
        line = self._line()
        if line is None:
            return ()
        return (Crumb(self.tr("All pilots"), Place("pilots", "all")), Crumb(line.title))

    def hints(self) -> Sequence[tuple[str, str]]:
        if self._open:
            return (("J", self.tr("next")), ("K", self.tr("previous")), ("Enter", self.tr("open the run")),
                    ("L", self.tr("its runs")), ("Esc", self.tr("all pilots")))  # fmt: skip
        return (("J", self.tr("next")), ("K", self.tr("previous")), ("Enter", self.tr("open")))

    def remember(self) -> Mapping[str, object]:
        return {"pilot": self._open, "split": self.page.split.sizes()}

    def recall(self, remembered: Mapping[str, object]) -> None:
        pilot, sizes = remembered.get("pilot"), remembered.get("split")
        if isinstance(pilot, str):
            self._open = pilot
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(size, int) and size > 0 for size in sizes):
            self.page.split.setSizes(sizes)

    # -- reading ------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._here and self._stale and not self._reading:
            self._reading = True
            self.console.tasks.start(self._read(), "reading the pilots")

    async def _read(self) -> None:
        try:
            while self._stale and self._here:
                self._stale = False
                self._listed = await self.console.reads.ask(listed, key="pilots")
                self._show_list()
                if self._open:
                    await self._read_one(self._open)
                await asyncio.sleep(_PAUSE_S)
        finally:
            self._reading = False

    async def _read_one(self, pilot: str) -> None:
        line = self._line()
        if line is None:
            return
        try:
            state = await self.console.engine.perform("pilot.state", {"pilot": pilot})
            report = await self.console.engine.perform("pilot.report", {"pilot": pilot})
            writes, read, zone = await self.console.reads.ask(functools.partial(about, pilot=pilot, report=report))
        except CentaurError as error:
            self.page.trouble.say(error.message, error.hint or "")
            self.page.trouble.show()
            return
        if pilot != self._open:
            return
        self.page.show_pilot(line, writes, zone)
        fresh = not self.page.split.isVisible()
        self.page.show_report(read, zone)
        if fresh:
            self.page.focus_first()
        self._progress(state)

    def _progressed(self, state: Mapping[str, Any]) -> None:
        if self._here and state.get("pilot") == self._open:
            self._progress(state)

    def _progress(self, state: Mapping[str, Any]) -> None:
        line = self._line()
        if line is not None:
            self.page.show_progress(progress(state, line.record.started_at, now_us()))

    def _case_wanted(self, case: ShadowCase | None) -> None:
        if case is not None and case.run:
            self.console.tasks.start(self._read_case(case), "reading a case")

    async def _read_case(self, case: ShadowCase) -> None:
        found = await self.console.reads.ask(functools.partial(text_of, run=case.run), key="pilots.case")
        if found is None:
            return
        try:
            content = await self.console.reads.payload(found, 0, 64 * 1024)
        except CentaurError as error:
            self.page.disagreements.show_text(case.id, error.message)
            return
        self.page.disagreements.show_text(case.id, _words_of(content.content))

    # -- showing ------------------------------------------------------------------------------------------------

    def _paint(self, painter: QPainter, look: Look, box: QRect, line: Any, state: RowState) -> None:
        painter_of(now_us(), self._listed.zone)(painter, look, box, line, state)

    def _line(self) -> PilotLine | None:
        return next((line for line in self._listed.lines if line.record.pilot == self._open), None)

    def _show_list(self) -> None:
        self._rows.put([(Group(), self._listed.lines)])
        if self._list.current() is None:
            self._list.set_current(0)
        if self._open and self._line() is None:
            self._open = ""
        self._show_part()

    def _show_part(self) -> None:
        shown = self.page if self._open else self._all if self._listed.lines else self._empty
        if self._stack.currentWidget() is not shown:
            self._stack.setCurrentWidget(shown)
            if shown is self._all:
                self._list.setFocus(Qt.FocusReason.OtherFocusReason)
            elif shown is self.page:
                self.page.focus_first()
        self.crumbs_changed.emit(self.crumbs())
        self.hints_changed.emit()

    # -- going --------------------------------------------------------------------------------------------------

    def _go_to(self, pilot: str) -> None:
        if pilot and pilot != self._open:
            self.page.clear()
        self._open, self._stale = pilot, True
        if pilot:
            self._list.set_current_key(pilot)
        self._show_part()
        self._refresh()

    def _activated(self, line: Any) -> None:
        if isinstance(line, PilotLine):
            self._go_to(line.record.pilot)

    def _cancel(self) -> None:
        if self._open:
            self.console.operations.cancel_pilot(self._open)

    def _open_runs(self) -> None:
        if self._open:
            self.console.go(Place("live", "runs", f"pilot:{self._open}"))

    def _open_run(self, run: str) -> None:
        self.console.go(Place("live", "run", run))

    def _start(self) -> None:
        self.console.go(Place("welcome"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._open:
            self._go_to("")
        elif event.key() == Qt.Key.Key_L and self._open:
            self._open_runs()
        else:
            super().keyPressEvent(event)


def _words_of(content: bytes) -> str:
    """Return what a case says: its text if it has just one field, otherwise its fields."""
    try:
        case = json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")
    if not isinstance(case, dict):
        return str(case)
    if len(case) == 1:
        return str(next(iter(case.values())))
    text = case.get("text")
    return text if isinstance(text, str) else " · ".join(f"{name}: {value}" for name, value in case.items())
