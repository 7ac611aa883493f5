"""Whether the store is as it was written: verified when one asks, in plain words, with what cannot be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout

from console.confirm import confirm
from console.models.settings import cannot_know, verified
from console.views.settings.page import buttons, empty, say_error
from console.widgets.button import Button
from console.widgets.card import Card
from console.widgets.check import Check
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.progress import ProgressBar
from console.widgets.section import SectionTitle
from storage.errors import CentaurError

if TYPE_CHECKING:
    from console.views.settings.page import Page

Json = Any


class LedgerCard(Card):
    """The ledger."""

    def __init__(self, page: Page) -> None:
        look = page.look
        super().__init__(look)
        self._page = page
        self.column.addWidget(SectionTitle(look, self.tr("The ledger")))
        self.column.addWidget(Label(look, self.tr(
            "Each event carries the hash of the one before. Verifying reads all of them, every text they name, every "
            "signature and every anchor; work goes on meanwhile."
        ), "small", "dim"))  # fmt: skip
        self.tables = Check(look, self.tr("Also compare every table with what the events give (slower)"))
        self.verify_button = Button(look, self.tr("Verify now"), icon="shield-check", kind="primary")
        self.rebuild_button = Button(look, self.tr("Rebuild the tables…"), icon="rotate-ccw")
        self.progress = ProgressBar(look, self.tr("Verifying"))
        self.progress.setRange(0, 0)
        self.result = Notice(look, "ok", "")
        self.blind_title = Label(look, self.tr("What this cannot know"), "small.name", "dim")
        self.column.addWidget(self.tables)
        self.column.addLayout(buttons(self.verify_button, self.rebuild_button))
        for part in (self.progress, self.result, self.blind_title):
            self.column.addWidget(part)
            part.hide()
        self._blind = QVBoxLayout()
        self.column.addLayout(self._blind)
        self.verify_button.clicked.connect(self.verify)
        self.rebuild_button.clicked.connect(self._rebuild)

    def verify(self) -> None:
        """Verify; it goes on when one leaves the room."""
        if self.verify_button.isEnabled():
            self._page.console.tasks.start(self._verified(), "verifying the ledger")

    async def _verified(self) -> None:
        self._busy(self.tr("Verifying…"))
        try:
            answer = await self._page.console.engine.perform("store.verify", {"tables": self.tables.isChecked()})
        except CentaurError as error:
            say_error(self.result, error)
        else:
            self.show_verified(answer)
        finally:
            self._idle()

    def show_verified(self, answer: Json) -> None:
        """Show what a verification found."""
        told = verified(answer)
        icon = "shield-check" if told.meaning == "ok" else "shield-alert"
        self.result.say(told.title, told.text, told.meaning, icon)
        self.result.show()
        empty(self._blind)
        blind = cannot_know(answer)
        self.blind_title.setVisible(bool(blind))
        for sentence in blind:
            self._blind.addWidget(Label(self.look, f"–  {sentence}", "small", "dim"))

    def _rebuild(self) -> None:
        if self.rebuild_button.isEnabled():
            self._page.console.tasks.start(self._rebuilt(), "rebuilding the tables")

    async def _rebuilt(self) -> None:
        sure = await confirm(
            self.look, self._page, self.tr("Rebuild the tables?"), self.tr(
                "Every table is made anew from the events. Nothing is lost; work waits meanwhile. It is needed only "
                "where verifying says that tables differ."
            ), self.tr("Rebuild"), icon="rotate-ccw", reason="none",
        )  # fmt: skip
        if sure is None:
            return
        self._busy("")
        try:
            await self._page.command("store.rebuild")
        except CentaurError as error:
            say_error(self.result, error)
        else:
            self.result.say(self.tr("The tables were made anew"), self.tr("They are what the events give."), "ok")
            self.result.show()
        finally:
            self._idle()

    def _busy(self, label: str) -> None:
        for button in (self.verify_button, self.rebuild_button):
            button.setEnabled(False)
        if label:
            self.verify_button.set_label(label)
        self.result.hide()
        self.blind_title.hide()
        empty(self._blind)
        self.progress.show()

    def _idle(self) -> None:
        self.progress.hide()
        self.verify_button.set_label(self.tr("Verify now"))
        for button in (self.verify_button, self.rebuild_button):
            button.setEnabled(True)
