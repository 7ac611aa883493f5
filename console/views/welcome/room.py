"""The Welcome room: choose a sample agent, start its shadow pilot. Two clicks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.console import Console
from console.models.samples import Template, templates
from console.place import Place
from console.views.room import Crumb, Room
from console.views.welcome.template_card import TemplateCard
from console.widgets.button import Button
from console.widgets.card import Card, Pane
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.scroll import Scroll
from storage.errors import CentaurError

_WIDEST, _GAP = 1176, 24
_ACROSS = 3


class WelcomeRoom(Room):
    """The first choice."""

    id = "welcome"
    title = "Welcome"
    icon = "sparkles"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        look = console.look
        self._cards: list[TemplateCard] = []
        self._asked = False
        self._starting = False
        page = Pane(look, "ground")
        middle = QHBoxLayout(page)
        middle.setContentsMargins(0, 0, 0, 0)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        middle.addStretch(1)
        middle.addWidget(self._inner, 100)
        middle.addStretch(1)
        self._column.addWidget(Label(look, self.tr("Which work should an agent try first?"), "hero"))
        self._column.addWidget(Label(look, self.tr(
            "It works beside your people in shadow: you see what it would have done, and nothing is sent."
        ), "body", "dim"))  # fmt: skip
        self._grid = QGridLayout()
        self._column.addLayout(self._grid)
        self._trouble = Notice(look, "err", "")
        self._trouble.hide()
        self._column.addWidget(self._trouble)
        self._column.addWidget(self._start_card())
        self._column.addLayout(self._own())
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scroll(look, page))
        look.changed.connect(self._measure)
        self._measure()
        self._show_choice()

    # -- the frame ----------------------------------------------------------------------------------------------

    def _start_card(self) -> Card:
        look = self.console.look
        card, row, words = Card(look), QHBoxLayout(), QVBoxLayout()
        self._chosen = Label(look, "", "name", wrap=False)
        self._how = Label(look, "", "small", "dim", wrap=True)
        words.addWidget(self._chosen)
        words.addWidget(self._how)
        words.setSpacing(2)
        self._look_at = Button(look, self.tr("Look at the job description"), key="D")
        self._start = Button(look, self.tr("Start shadow pilot"), icon="circle-dashed", key="Enter", kind="primary")
        self._look_at.clicked.connect(self._open_job)
        self._start.clicked.connect(self._begin)
        row.addLayout(words, 1)
        row.addWidget(self._look_at)
        row.addWidget(self._start)
        card.column.addLayout(row)
        return card

    def _own(self) -> QHBoxLayout:
        look, row = self.console.look, QHBoxLayout()
        row.addWidget(Label(look, self.tr("Everything stays on this machine. Or begin with your own:"), "small", "dim",
                            wrap=False))  # fmt: skip
        own = Button(look, self.tr("Write a job description"), icon="pencil", kind="quiet", small=True)
        own.clicked.connect(self._write)
        row.addWidget(own)
        row.addStretch(1)
        return row

    def _measure(self) -> None:
        look = self.console.look
        self._inner.setMaximumWidth(look.px(_WIDEST))
        self._column.setContentsMargins(look.px(32), look.px(40), look.px(32), look.px(32))
        self._column.setSpacing(look.px(16))
        self._grid.setSpacing(look.px(_GAP))
        self._grid.setContentsMargins(0, look.px(12), 0, look.px(12))

    # -- a room -------------------------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        if not self._cards and not self._asked:
            self._asked = True
            self.console.tasks.start(self._list(), "listing the sample agents")
        elif self._cards:
            self._checked().setFocus(Qt.FocusReason.OtherFocusReason)

    def crumbs(self) -> Sequence[Crumb]:
        return (Crumb(self.tr("First agent")),)

    def hints(self) -> Sequence[tuple[str, str]]:
        return (
            (f"1–{max(2, len(self._cards))}", self.tr("choose")),
            ("Enter", self.tr("start")),
            ("D", self.tr("job description")),
        )

    async def _list(self) -> None:
        try:
            answer = await self.console.engine.perform("samples.list", {})
        except CentaurError as error:
            self._asked = False
            self._tell(error)
            return
        self.show_templates(templates(answer["samples"]))

    def show_templates(self, known: Sequence[Template]) -> None:
        """Show the cards; the first is chosen."""
        across = min(_ACROSS, max(1, len(known)))
        for place, template in enumerate(known):
            card = TemplateCard(self.console.look, template, str(place + 1))
            card.toggled.connect(self._show_choice)
            self._grid.addWidget(card, place // across, place % across)
            self._cards.append(card)
        if self._cards:
            self._cards[0].setChecked(True)
            self._cards[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_choice()

    # -- choosing and starting ----------------------------------------------------------------------------------

    def _checked(self) -> TemplateCard:
        return next((card for card in self._cards if card.isChecked()), self._cards[0])

    def _show_choice(self) -> None:
        able = bool(self._cards) and not self._starting
        self._start.setEnabled(able)
        self._look_at.setEnabled(able)
        if not self._cards:
            self._chosen.say(self.tr("Reading the sample agents…"))
            self._how.say(" ")
            return
        template = self._checked().template
        self._chosen.say(self.tr("{title} with {cases}").format(title=template.title, cases=template.cases))
        self._how.say(self.tr("Model: playbook, no key and no network needed. You can choose a model later."))

    def _begin(self) -> None:
        if self._cards and not self._starting:
            self._starting = True
            self._trouble.hide()
            self._start.set_label(self.tr("Starting…"))
            self._show_choice()
            self.console.tasks.start(self._started(self._checked().template), "starting the first pilot")

    async def _started(self, template: Template) -> None:
        try:
            made = await self.console.operations.command("sample.add", template=template.name)
            pilot = await self.console.operations.start_pilot(made["job"], made["cases"], mode="shadow")
        except CentaurError as error:
            self._tell(error)
        else:
            self.console.go(Place("pilots", "pilot", pilot["pilot"]))
        finally:
            self._starting = False
            self._start.set_label(self.tr("Start shadow pilot"))
            self._show_choice()

    def _open_job(self) -> None:
        if self._cards:
            self.console.tasks.start(self._added(self._checked().template), "opening the job description")

    async def _added(self, template: Template) -> None:
        await self.console.operations.command("sample.add", template=template.name)
        self.console.go(Place("agents", "agent", template.name, "job"))

    def _write(self) -> None:
        self.console.go(Place("agents", "new"))

    def _tell(self, error: CentaurError) -> None:
        self._trouble.say(error.message, error.hint or "")
        self._trouble.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if text.isdigit() and 0 < int(text) <= len(self._cards):
            self._cards[int(text) - 1].setChecked(True)
            self._cards[int(text) - 1].setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._begin()
        elif event.key() == Qt.Key.Key_D:
            self._open_job()
        else:
            super().keyPressEvent(event)
