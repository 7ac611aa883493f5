"""Model routes: what each costs, where its key is, whether it answers; and a form to add one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from console.confirm import confirm
from console.console import Console
from console.models.settings import keyring_banner, sentence_of
from console.views.settings.page import Page, empty, say_error
from console.views.settings.route_card import RouteCard
from console.views.settings.route_form import RouteForm
from console.widgets.button import Button
from console.widgets.card import Card
from console.widgets.empty_state import EmptyState
from console.widgets.label import Label
from console.widgets.notice import Notice
from storage.errors import CentaurError

Json = Any


class ModelsPage(Page):
    """Models."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, self.tr("Models"), self.tr(
            "Jobs name a route, and a route says which model is asked, at which address, with which key. They are kept "
            "in models.yaml beside the store."
        ))  # fmt: skip
        look = self.look
        self.add_button = Button(look, self.tr("Add a model"), icon="plus", kind="primary")
        self.add_button.clicked.connect(self.add)
        self.add_action(self.add_button)
        self.keyring = Notice(look, "wait", "")
        self.trouble = Notice(look, "err", "")
        self.form = RouteForm(self)
        self.form.saved.connect(self.enter)
        self.form.closed.connect(self._form_closed)
        self._none = Card(look, gap=0)
        self.none = EmptyState(look, "sparkles", self.tr("No model yet"), self.tr(
            "The playbook needs none: sample agents work without. To have a model decide, add a route: a provider with "
            "a key, or a model on this machine such as Ollama, which needs no key and sends nothing away."
        ), self.tr("Add a model"))  # fmt: skip
        self.none.acted.connect(self.add)
        self._none.column.addWidget(self.none)
        self._list = QVBoxLayout()
        for part in (self.keyring, self.trouble, self.form, self._none):
            self.column.addWidget(part)
            part.hide()
        self.column.addLayout(self._list)
        self.path = Label(look, "", "mono.small", "dim", selectable=True)
        self.column.addWidget(self.path)
        self.finish()
        self._cards: dict[str, RouteCard] = {}
        self.measure()

    @property
    def cards(self) -> Mapping[str, RouteCard]:
        """The routes that are shown."""
        return self._cards

    def measure(self) -> None:
        super().measure()
        if hasattr(self, "_list"):
            self._list.setSpacing(self.look.px(16))

    def enter(self) -> None:
        self.console.tasks.start(self._read(), "listing the models")

    async def _read(self) -> None:
        try:
            found = await self.console.engine.perform("models.list", {})
            keys = await self.console.engine.perform("credentials.list", {})
        except CentaurError as error:
            say_error(self.trouble, error)
            return
        told = keyring_banner(keys["keyring"])
        self.keyring.setVisible(told is not None and bool(found["routes"]))
        if told is not None:
            self.keyring.say(told.title, told.text, told.meaning, "key-round")
        self.show_routes(found)

    def show_routes(self, found: Mapping[str, Json]) -> None:
        """Show what models.yaml declares."""
        problem = found["problem"]
        self.trouble.setVisible(problem is not None)
        if problem is not None:
            self.trouble.say(self.tr("models.yaml cannot be used as it is"), sentence_of(problem), "err")
        self._none.setVisible(not found["routes"] and problem is None and not self.form.isVisibleTo(self))
        self.path.say(found["path"] if found["exists"] else "")
        self.path.setVisible(found["exists"])
        self.form.known = {route["name"] for route in found["routes"]}
        held = self._cards
        if list(held) == [route["name"] for route in found["routes"]]:
            for route in found["routes"]:
                held[route["name"]].say(route)
            return
        empty(self._list)
        self._cards = {}
        for route in found["routes"]:
            card = RouteCard(self, route)
            card.change.connect(self._change)
            card.remove.connect(self._remove)
            self._cards[route["name"]] = card
            self._list.addWidget(card)

    def add(self) -> None:
        """Show the form for a new route; what was typed before is there still."""
        self.form.begin()
        self._none.hide()
        self.add_button.setEnabled(False)

    def _form_closed(self) -> None:
        self.add_button.setEnabled(True)
        self.enter()

    def _change(self, name: str) -> None:
        self.form.begin(self._cards[name].route)
        self.add_button.setEnabled(False)

    def _remove(self, name: str) -> None:
        self.console.tasks.start(self._removed(name), "removing a model")

    async def _removed(self, name: str) -> None:
        sure = await confirm(
            self.look, self, self.tr("Remove the route {name}?").format(name=name),
            self.tr("Jobs that name it can no longer start. Its key stays where it is."), self.tr("Remove"),
            kind="danger", icon="trash-2", reason="none",
        )  # fmt: skip
        if sure is None:
            return
        try:
            await self.command("model.forget", name=name)
        except CentaurError as error:
            self.console.toasts.error(error.message, error.hint or "")
        self.enter()
