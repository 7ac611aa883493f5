"""One model route as a card: what it is, what it costs, where its key is, and whether it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from console.models.settings import place_of_key, price, said_of_test, sentence_of
from console.views.settings.page import buttons
from console.widgets.button import Button
from console.widgets.card import Card
from console.widgets.facts import Facts
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.pill import Pill
from console.widgets.progress import ProgressBar
from storage.errors import CentaurError

if TYPE_CHECKING:
    from console.views.settings.models import ModelsPage

Json = Any


class RouteCard(Card):
    """A route.

    Signals:
        change, remove: the route's name.
    """

    change = Signal(str)
    remove = Signal(str)

    def __init__(self, page: ModelsPage, route: Mapping[str, Json]) -> None:
        look = page.look
        super().__init__(look)
        self._page = page
        self.route = route
        self.title = Label(look, "", "h2", wrap=False)
        self.default, self.region, self.key = Pill(look, ""), Pill(look, "", "outline"), Pill(look, "")
        self.facts = Facts(look, 120)
        self.problem, self.result = Notice(look, "err", ""), Notice(look, "ok", "")
        self.progress = ProgressBar(look, self.tr("Asking the model"))
        self.progress.setRange(0, 0)
        self.test = Button(look, self.tr("Test"), icon="zap")
        self.change_button = Button(look, self.tr("Change"), icon="pencil", kind="quiet")
        self.remove_button = Button(look, self.tr("Remove"), icon="trash-2", kind="quiet")
        head = QHBoxLayout()
        head.setSpacing(8)
        for each in (self.title, self.default, self.region, self.key):
            head.addWidget(each)
        head.addStretch(1)
        self.column.addLayout(head)
        self.column.addWidget(self.facts)
        self.column.addWidget(self.problem)
        self.column.addLayout(buttons(self.test, self.change_button, self.remove_button))
        self.column.addWidget(self.progress)
        self.column.addWidget(self.result)
        self.progress.hide()
        self.result.hide()
        self.test.clicked.connect(self.begin)
        self.change_button.clicked.connect(self._change)
        self.remove_button.clicked.connect(self._remove)
        self.say(route)

    def say(self, route: Mapping[str, Json]) -> None:
        """Show the route; what a test found stays."""
        self.route = route
        self.title.say(route["name"])
        self.setAccessibleName(route["name"])
        self.test.setAccessibleName(self.tr("Test {name}").format(name=route["name"]))
        self.default.setVisible(bool(route["default"]))
        self.default.say(self.tr("default"), "run", "check")
        self.region.setVisible(bool(route["region"]))
        self.region.say(route["region"] or "", "outline", "globe")
        facts = [(self.tr("Model"), route["model"] or self.tr("(none)"))]
        if route["api_base"]:
            facts.append((self.tr("Address"), route["api_base"]))
        facts.append((self.tr("Price"), price(route)))
        key = route["credential"]
        place = None if key is None else place_of_key(key)
        self.key.setVisible(key is not None or route["problem"] is None)
        if place is None:
            self.key.say(self.tr("no key needed"), "shadow", "lock-open")
        else:
            self.key.say(place.word, place.meaning, place.icon)
            facts.append((self.tr("Key"), f"{key['name']}: {place.sentence}" if key else ""))
        if route["fallbacks"]:
            facts.append((self.tr("If it fails"), self.tr("asks {names}").format(names=", ".join(route["fallbacks"]))))
        self.facts.say(facts)
        self.problem.setVisible(route["problem"] is not None)
        if route["problem"] is not None:
            self.problem.say(self.tr("This route cannot be used"), sentence_of(route["problem"]), "err")
        self.test.setEnabled(route["problem"] is None)

    def begin(self) -> None:
        """Ask the model for one word."""
        self._page.console.tasks.start(self._tested(), "testing a model")

    async def _tested(self) -> None:
        self.test.setEnabled(False)
        self.test.set_label(self.tr("Asking…"))
        self.result.hide()
        self.progress.show()
        try:
            answer = await self._page.console.engine.perform("model.test", {"route": self.route["name"]})
        except CentaurError as error:
            self.result.say(error.message, error.hint or "", "err")
        else:
            told = said_of_test(answer)
            self.result.say(told.title, told.text, told.meaning)
        finally:
            self.progress.hide()
            self.result.show()
            self.test.set_label(self.tr("Test"))
            self.test.setAccessibleName(self.tr("Test {name}").format(name=self.route["name"]))
            self.test.setEnabled(True)

    def _change(self) -> None:
        self.change.emit(self.route["name"])

    def _remove(self) -> None:
        self.remove.emit(self.route["name"])
