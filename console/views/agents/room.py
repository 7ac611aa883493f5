"""The room of agents: the list at the left, one agent's page at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from console.console import Console
from console.models.agents import AgentRow, agent_rows
from console.place import Place
from console.views.agents.agent_list import AgentList
from console.views.agents.page import AgentPage
from console.views.room import Crumb, News, Room
from console.widgets.empty_state import EmptyState
from storage.errors import CentaurError

Json = Any
_KINDS = ("version.", "stage.", "pilot.")


class AgentsRoom(Room):
    """What each agent may do, where it stands, and its job description."""

    id = "agents"
    title = "Agents"
    icon = "bot"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        self.rows: Sequence[AgentRow] = ()
        self._wanted, self._tab, self._stale, self._reading = "", "", True, False
        self.list = AgentList(console.look)
        self.page = AgentPage(console)
        self.none = EmptyState(
            console.look, "bot", self.tr("No agent yet"),
            self.tr("An agent begins as a job description. Take a template and change it."),
            self.tr("New agent"), key="N",
        )  # fmt: skip
        self.stack = QStackedWidget()
        self.blank = QWidget()
        for each in (self.blank, self.page, self.none):
            self.stack.addWidget(each)
        all_ = QHBoxLayout(self)
        all_.setContentsMargins(0, 0, 0, 0)
        all_.setSpacing(0)
        all_.addWidget(self.list)
        all_.addWidget(self.stack, 1)
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(self._opened)
        self.list.new_wanted.connect(self.new_agent)
        self.none.acted.connect(self.new_agent)
        self.page.changed.connect(self.read)
        self.page.tab_changed.connect(self._tab_opened)
        self.page.header.pilot_wanted.connect(self.start_pilot)
        self.page.header.publish_wanted.connect(self.publish)
        q = console.actions.q
        q("agents.new", self, self.new_agent)
        q("agents.save", self, self.page.save)
        q("agents.publish", self, self.publish)
        q("agents.try", self, self.try_one)
        q("agents.pilot", self, self.start_pilot)
        q("agents.compare", self, self.compare)
        q("agents.filter", self, self._filter)
        q("agents.next", self, self._next)
        q("agents.previous", self, self._previous)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.fit_into(self.width())

    # -- a room -----------------------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        if place.kind == "agent" and place.id:
            self._wanted = place.id
            if place.part:
                self._tab = place.part
            self._choose()
        if self._stale:
            self.read()
        self.list.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        self.page.close_agent()

    def hear(self, news: News) -> None:
        if news.all or any(kind.startswith(_KINDS) for kind in news.kinds) or "run.started" in news.kinds:
            self._stale = True
            if self.isVisible():
                self.read()

    def crumbs(self) -> Sequence[Crumb]:
        row = self.page.row
        return (Crumb(row.title, Place("agents", "agent", row.agent)),) if row is not None else ()

    def hints(self) -> Sequence[tuple[str, str]]:
        return (
            ("J", self.tr("next")), ("S", self.tr("start a pilot")), ("D", self.tr("compare versions")),
            ("N", self.tr("new")),
        )  # fmt: skip

    def remember(self) -> Mapping[str, object]:
        row = self.page.row
        return {"agent": row.agent if row is not None else self._wanted, "tab": self.page.header.tabs.current()}

    def recall(self, remembered: Mapping[str, object]) -> None:
        agent, tab = remembered.get("agent"), remembered.get("tab")
        self._wanted = agent if isinstance(agent, str) else self._wanted
        self._tab = tab if isinstance(tab, str) else ""

    # -- the list ---------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the agents; while that is under way, once more afterwards."""
        self._stale = True
        if not self._reading:
            self._reading = True
            self.console.tasks.start(self._read(), "read the agents")

    async def _read(self) -> None:
        try:
            while self._stale:
                self._stale = False
                answer = await self.console.engine.perform("agents.overview")
                self._show(agent_rows(answer))
        except CentaurError as error:
            self.none.say(self.tr("The agents cannot be read"), str(error), "circle-alert")
            if not self.rows:
                self.stack.setCurrentWidget(self.none)
        finally:
            self._reading = False

    def _show(self, rows: Sequence[AgentRow]) -> None:
        self.rows = rows
        self.list.show_rows(rows)
        if not rows:
            self.stack.setCurrentWidget(self.none)
            return
        self._choose()
        current = self.list.list.current()
        if current is None:
            self.list.list.set_current(0)
        elif self.page.row is not None and current.agent == self.page.row.agent:
            self.page.show_agent(current)

    def _choose(self) -> None:
        if self._wanted and self.list.choose(self._wanted):
            if self._tab and self.page.row is not None and self.page.row.agent == self._wanted:
                self.page.open_tab(self._tab)  # it was chosen already
                self._tab = ""
            self._wanted = ""

    def _chosen(self, row: object) -> None:
        if not isinstance(row, AgentRow):
            return
        if self._tab:
            self.page.header.tabs.open(self._tab)
            self._tab = ""
        if self.page.row is None or self.page.row.agent != row.agent:
            self.page.show_agent(row)
        self.stack.setCurrentWidget(self.page)
        self.crumbs_changed.emit(self.crumbs())

    def _opened(self, row: object) -> None:
        self.page.header.tabs.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _tab_opened(self, tab: object) -> None:
        self.hints_changed.emit()

    def _filter(self) -> None:
        self.list.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _next(self) -> None:
        self.list.list.step(1)

    def _previous(self) -> None:
        self.list.list.step(-1)

    # -- verbs ------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Show the last two versions side by side."""
        if self.page.row is not None:
            self.page.compare("", "")

    def new_agent(self) -> None:
        """Make an agent from a template."""
        from console.views.agents.new_dialog import new_agent

        self.console.tasks.start(self._made(new_agent(self.console, self)), "new agent")

    async def _made(self, made: Any) -> None:
        agent = await made
        if agent:
            self._wanted, self._tab = str(agent), "job"
            self.read()

    def start_pilot(self) -> None:
        """Start a pilot from a case file."""
        row, draft = self.page.row, self.page.draft
        if row is None or draft is None or not self.page.header.pilot.isEnabled():
            return
        from console.views.agents.start_dialog import StartDialog

        dialog = StartDialog(self.console, self, row, draft, self.page.page)
        self.console.tasks.start(dialog.run(), "start a pilot")

    def try_one(self) -> None:
        """Try the job, as it is typed, on one case."""
        row, draft = self.page.row, self.page.draft
        if row is None or draft is None:
            return
        from console.views.agents.try_dialog import TryDialog

        dialog = TryDialog(self.console, self, draft)
        self.console.tasks.start(dialog.run(), "try on one case")

    def publish(self) -> None:
        """Publish the job as it is saved, after a look at what changes."""
        row, draft = self.page.row, self.page.draft
        if row is None or draft is None or not self.page.header.publish.isEnabled():
            return
        from console.views.agents.publish_dialog import PublishDialog

        dialog = PublishDialog(self.console, self, row, draft, self.page.page)
        self.console.tasks.start(self._published(dialog), "publish a version")

    async def _published(self, dialog: Any) -> None:
        if await dialog.run():
            self.read()
            self.page.read()
