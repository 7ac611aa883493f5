"""The Metrics room: a choice of agent, mode and days; tiles; and what lies behind them."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Mapping, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console import words
from console.console import Console
from console.models.metrics_reading import Choice, Shown, read
from console.models.metrics_tiles import figures
from console.news import News
from console.place import Place
from console.views.metrics.cards import AgentsCard, CycleCard, HandedCard, RulesCard
from console.views.room import Crumb, Room
from console.widgets.card import Pane
from console.widgets.charts.tile import Tile
from console.widgets.combo import Combo
from console.widgets.empty_state import EmptyState
from console.widgets.flow import Flow
from console.widgets.label import Label
from console.widgets.scroll import Scroll

_DAYS = (1, 7, 14, 30, 90)
_MODES = ("live", "shadow")
_ACROSS = (4, 2, 1)
_TILE = 165
"""Pixels at 100 % that a tile needs for its words; where they have less, fewer stand side by side."""
_GUTTER, _GAP = 24, 16


class MetricsRoom(Room):
    """Metrics."""

    id = "metrics"
    title = "Metrics"
    icon = "chart-line"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        look = console.look
        self._choice = Choice()
        self._shown: Shown | None = None
        self._stale, self._here, self._reading = True, False, False
        self._tiles: list[Tile] = []
        self._across = _ACROSS[0]
        self._page = Pane(look, "ground")
        self._column = QVBoxLayout(self._page)
        self._column.addLayout(self._choices())
        self._grid = QGridLayout()
        self._column.addLayout(self._grid)
        self._cards = QGridLayout()
        self._agents, self._handed = AgentsCard(look), HandedCard(look)
        self._rules, self._cycle = RulesCard(look), CycleCard(look)
        for place, card in enumerate((self._agents, self._handed, self._rules, self._cycle)):
            self._cards.addWidget(card, place // 2, place % 2)
        self._column.addLayout(self._cards)
        self._empty = EmptyState(
            look, "chart-line", self.tr("No work has ended in these days"),
            self.tr("Figures appear as soon as runs end. Choose more days, another mode, or start a pilot."),
            self.tr("Start a pilot"),
        )  # fmt: skip
        self._empty.acted.connect(self._start)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scroll(look, self._page))
        self._agents.opened.connect(self._open_agent)
        look.changed.connect(self._measure)
        self._measure()
        self._show_parts(any_work=False, known=False)

    # -- the frame ----------------------------------------------------------------------------------------------

    def _choices(self) -> Flow:
        look, row = self.console.look, Flow()
        self._choices_row = row
        self._which, self._mode, self._days = Combo(look), Combo(look), Combo(look)
        self._which.setAccessibleName(self.tr("Agent"))
        self._mode.setAccessibleName(self.tr("Mode"))
        self._days.setAccessibleName(self.tr("Days"))
        self._which.addItem(self.tr("All agents"), None)
        for mode, text in zip(_MODES, (self.tr("Live work"), self.tr("Shadow work")), strict=True):
            self._mode.addItem(text, mode)
        for days in _DAYS:
            self._days.addItem(self.tr("Today") if days == 1 else self.tr("Last {n} days").format(n=days), days)
        self._days.setCurrentIndex(_DAYS.index(self._choice.days))
        self._against = Label(look, "", "small", "dim", wrap=False)
        self._note = Label(look, "", "small", "dim", wrap=False)
        for combo in (self._which, self._mode, self._days):
            combo.activated.connect(self._chosen)
            row.addWidget(combo)
        row.addWidget(self._against)
        row.addWidget(self._note)
        return row

    def _measure(self) -> None:
        look = self.console.look
        gutter, gap = look.px(_GUTTER), look.px(_GAP)
        self._column.setContentsMargins(gutter, gap, gutter, gutter)
        self._column.setSpacing(gap)
        for grid in (self._grid, self._cards):
            grid.setSpacing(gap)
        self._choices_row.setSpacing(look.px(12))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put as many tiles and cards side by side as there is room for."""
        px = self.console.look.px
        room = self.width() - 2 * px(_GUTTER) - px(12)  # a scrollbar stands beside them
        across = next((n for n in _ACROSS if n * px(_TILE) + (n - 1) * px(_GAP) <= room), 1)
        if across != self._across:
            self._across = across
            for place, tile in enumerate(self._tiles):
                self._grid.addWidget(tile, place // across, place % across)
            cards = 2 if across == _ACROSS[0] else 1
            for place, card in enumerate((self._agents, self._handed, self._rules, self._cycle)):
                self._cards.addWidget(card, place // cards, place % cards)

    # -- a room -------------------------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        self._here = True
        if place.kind == "agent" and place.id:
            self._choice = Choice(place.id, self._choice.mode, self._choice.days)
            self._stale = True
        self._refresh()

    def leave(self) -> None:
        self._here = False

    def hear(self, news: News) -> None:
        if news.all or any(kind.startswith(("run.", "approval.", "tool.", "version.")) for kind in news.kinds):
            self._stale = True
            if self._here:
                self._refresh()

    def crumbs(self) -> Sequence[Crumb]:
        return (Crumb(words.in_words(self._choice.agent) if self._choice.agent else self.tr("All agents")),)

    def hints(self) -> Sequence[tuple[str, str]]:
        return (("Tab", self.tr("next figure")), ("Enter", self.tr("open its runs")))

    def remember(self) -> Mapping[str, object]:
        return {"agent": self._choice.agent, "mode": self._choice.mode, "days": self._choice.days}

    def recall(self, remembered: Mapping[str, object]) -> None:
        agent, mode, days = (remembered.get(name) for name in ("agent", "mode", "days"))
        self._choice = Choice(
            agent if isinstance(agent, str) else None,
            mode if isinstance(mode, str) and mode in _MODES else "live",
            days if isinstance(days, int) and days in _DAYS else 14,
        )
        self._mode.setCurrentIndex(_MODES.index(self._choice.mode))
        self._days.setCurrentIndex(_DAYS.index(self._choice.days))

    # -- reading ------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._stale and not self._reading:
            self._reading = True
            self.console.tasks.start(self._read(), "reading the metrics")

    async def _read(self) -> None:
        """Read until nothing newer is wanted; one question at a time, however much news comes."""
        try:
            while self._stale and self._here:
                self._stale = False
                question = functools.partial(read, choice=self._choice, moment=time.time_ns() // 1_000)
                self._show(await self.console.reads.ask(question, key="metrics"))
                await asyncio.sleep(0.25 if self._stale else 0)
        finally:
            self._reading = False

    def _chosen(self, _: int) -> None:
        self._choice = Choice(self._which.currentData(), self._mode.currentData(), self._days.currentData())
        self._stale = True
        self.crumbs_changed.emit(self.crumbs())
        self._refresh()

    # -- showing ------------------------------------------------------------------------------------------------

    def _show(self, shown: Shown) -> None:
        self._shown = shown
        self._show_agents(shown)
        window = shown.window
        days = f"{words.calendar_day(window.first)} – {words.calendar_day(window.last)}"
        if window.days == 1:
            days = words.calendar_day(window.last)
        before = words.counted(window.days, self.tr("day"), self.tr("days"))
        text = (
            self.tr("{days}, against the {n} before") if shown.before.ended
            else self.tr("{days}; nothing to compare with in the {n} before")
        )  # fmt: skip
        self._against.say(text.format(days=days, n=before))
        other = "shadow" if shown.choice.mode == "live" else "live"
        elsewhere = other in shown.modes and shown.choice.mode not in shown.modes
        self._note.say(
            self.tr("There is {mode} work in these days.").format(mode=words.MODE[other].word.lower())
            if elsewhere
            else ""
        )
        tiles = figures(window, shown.now, shown.before)
        for place, figure in enumerate(tiles):
            if place == len(self._tiles):
                tile = Tile(self.console.look, figure)
                tile.opened.connect(self._open)
                self._tiles.append(tile)
                self._grid.addWidget(tile, place // self._across, place % self._across)
            else:
                self._tiles[place].show_figure(figure)
        for card in (self._agents, self._handed, self._rules, self._cycle):
            card.show_measured(shown)
        self._show_parts(any_work=bool(shown.now.ended or shown.now.rules), known=True)

    def _show_agents(self, shown: Shown) -> None:
        held = [self._which.itemData(index) for index in range(1, self._which.count())]
        if held != list(shown.agents):
            self._which.clear()
            self._which.addItem(self.tr("All agents"), None)
            for agent in shown.agents:
                self._which.addItem(words.in_words(agent), agent)
        at = self._which.findData(shown.choice.agent)
        self._which.setCurrentIndex(max(0, at))

    def _show_parts(self, *, any_work: bool, known: bool) -> None:
        for tile in self._tiles:
            tile.setVisible(any_work)
        for card in (self._agents, self._handed, self._rules, self._cycle):
            card.setVisible(any_work)
        self._empty.setVisible(known and not any_work)

    # -- going on -----------------------------------------------------------------------------------------------

    def _open(self, figure: str) -> None:
        states = {"handed_off": "handed_off", "failed": "failed", "finished": "finished", "cycle": "finished"}
        if figure in ("asked", "deciding"):
            self.console.go(Place("inbox", "decided"))
            return
        self.console.go(Place("live", "runs", self._filter(states.get(figure, ""))))

    def _open_agent(self, agent: str) -> None:
        self.console.go(Place("live", "runs", self._filter("", agent)))

    def _filter(self, state: str, agent: str = "") -> str:
        parts = [f"agent:{agent or self._choice.agent}"] if agent or self._choice.agent else []
        parts += [f"mode:{self._choice.mode}"] + ([f"state:{state}"] if state else [])
        if self._shown is not None:
            window = self._shown.window
            parts += [f"from:{window.first.isoformat()}", f"to:{window.last.isoformat()}"]
        return " ".join(parts)

    def _start(self) -> None:
        self.console.go(Place("agents"))
