"""The store: where it is and how large, copies of it, whether it is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from console import words
from console.console import Console
from console.models.settings import keyring_banner
from console.views.settings.backup_card import BackupCard
from console.views.settings.ledger_card import LedgerCard
from console.views.settings.page import Page, at_field, buttons, field_of, say_error
from console.widgets.button import Button
from console.widgets.facts import Facts
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.label import Label
from console.widgets.notice import Notice
from storage.errors import CentaurError

Json = Any


class DataPage(Page):
    """Data."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, self.tr("Data"), self.tr(
            "Everything is in one file on this machine: the ledger of events, the texts they name, and tables of them."
        ))  # fmt: skip
        look = self.look
        self.keyring = Notice(look, "wait", "")
        self.trouble = Notice(look, "err", "")
        for part in (self.keyring, self.trouble):
            self.column.addWidget(part)
            part.hide()
        card = self.card(self.tr("The store"))
        self.path = Label(look, str(console.reads.store), "mono", selectable=True)
        self.facts = Facts(look, 180)
        self.copy_button = Button(look, self.tr("Copy the path"), icon="copy")
        self.folder_button = Button(look, self.tr("Show the folder"), icon="folder-open")
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(self._show_folder)
        card.column.addWidget(self.path)
        card.column.addWidget(self.facts)
        card.column.addLayout(buttons(self.copy_button, self.folder_button))
        self.backup = BackupCard(self)
        self.ledger = LedgerCard(self)
        for each in (self.backup, self.ledger):
            self.column.addWidget(each)
        self._zone_card()
        self.finish()

    def _zone_card(self) -> None:
        card = self.card(self.tr("Business time zone"))
        self.zone = Field(self.look, "Europe/Oslo")
        self.zone_row = FormRow(self.look, self.tr("Time zone"), self.zone, hint=self.tr(
            "Where a day begins, for figures by day and limits per day. Figures are counted anew at once; limits "
            "follow when Centaur is started again."
        ))  # fmt: skip
        self.zone_button = Button(self.look, self.tr("Change"), icon="check")
        self.zone_button.clicked.connect(self._change_zone)
        self.zone.returnPressed.connect(self._change_zone)
        card.column.addWidget(self.zone_row)
        card.column.addLayout(buttons(self.zone_button))

    def enter(self) -> None:
        self.console.tasks.start(self._read(), "reading the store's state")
        self.backup.read()

    async def _read(self) -> None:
        try:
            found = await self.console.engine.perform("store.info", {})
            settings = await self.console.engine.perform("setting.list", {})
        except CentaurError as error:
            say_error(self.trouble, error)
            return
        self.trouble.hide()
        self.show_info(found)
        if not self.zone.hasFocus() and not self.zone_row.error:
            self.zone.setText(settings["settings"]["time_zone"])

    def show_info(self, found: Json) -> None:
        """Show what the store holds and how it is protected."""
        told = keyring_banner(found["keyring"])
        self.keyring.setVisible(told is not None)
        if told is not None:
            self.keyring.say(told.title, told.text, told.meaning, "key-round")
        anchored = (
            self.tr("yes, with a key of the keyring") if found["anchored"] else self.tr("no: there is no keyring")
        )
        signs = self.tr("yes") if found["signs"] else self.tr("no")
        self.path.say(found["path"])
        self.facts.say([
            (self.tr("Size"), self.tr("{size}, and {log} not yet merged into it").format(
                size=words.size(found["size"]), log=words.size(found["log_size"]))),
            (self.tr("Events"), words.count(found["events"])),
            (self.tr("Texts"), f"{words.count(found['payloads'])}, {words.size(found['payload_bytes'])}"),
            (self.tr("Runs and cases"), self.tr("{runs} runs, {open} open, of {cases} cases").format(
                runs=words.count(found["runs"]), open=words.count(found["open_runs"]),
                cases=words.count(found["cases"]))),
            (self.tr("Anchored"), anchored), (self.tr("Your decisions are signed"), signs),
        ])  # fmt: skip

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.path.text())
        self.console.toasts.tell(self.tr("The path was copied."))

    def _show_folder(self) -> None:
        folder = str(Path(self.path.text()).parent)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self.console.toasts.error(self.tr("No program shows folders here."), folder)

    def _change_zone(self) -> None:
        if self.zone_button.isEnabled():
            self.console.tasks.start(self._changed_zone(self.zone.text().strip()), "changing the time zone")

    async def _changed_zone(self, zone: str) -> None:
        self.zone_row.set_error("" if zone else self.tr("This is needed."))
        if not zone:
            return
        self.zone_button.setEnabled(False)
        try:
            await self.command("setting.set", name="time_zone", value=zone)
        except CentaurError as error:
            if field_of(error, ("value",)):
                self.zone_row.set_error(at_field(error))
            else:
                say_error(self.trouble, error)
        else:
            self.console.toasts.tell(self.tr("Days begin by the time of {zone} now.").format(zone=zone))
        finally:
            self.zone_button.setEnabled(True)
