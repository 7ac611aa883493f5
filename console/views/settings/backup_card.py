"""Copies of the store: those that were made, and a form to make one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from console import words
from console.views.settings.page import at_field, buttons, say_error
from console.widgets.button import Button
from console.widgets.card import Card
from console.widgets.facts import Facts
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.progress import ProgressBar
from console.widgets.section import SectionTitle
from storage.errors import CentaurError
from storage.queries import View
from storage.queries.case_page import KnownCopy, copies

if TYPE_CHECKING:
    from console.views.settings.page import Page

_MOST = 8


def read(view: View) -> Sequence[KnownCopy]:
    """Return the backups that were made, the newest first."""
    return copies(view.connection)


def _size(path: str) -> str:
    try:
        return words.size(Path(path).stat().st_size)
    except OSError:
        return ""


def default_name(store: Path, now: datetime) -> Path:
    """Return where a copy goes if nobody says otherwise: beside the store, with day and time in its name."""
    return store.with_name(f"{store.stem}-{now:%Y-%m-%d-%H%M}{store.suffix or '.db'}")


class BackupCard(Card):
    """Backups."""

    def __init__(self, page: Page) -> None:
        look = page.look
        super().__init__(look)
        self._page = page
        self._dialog: QFileDialog | None = None
        self.column.addWidget(SectionTitle(look, self.tr("Backups")))
        self.column.addWidget(Label(look, self.tr(
            "A backup is a whole copy, made while work goes on. It goes on holding what is erased here later. Put it "
            "on another disk."
        ), "small", "dim"))  # fmt: skip
        self.none = Label(look, self.tr("No backup was made yet."), "body", "dim")
        self.list = Facts(look, 180, style="mono.small")
        self.path = Field(look, "", style="mono")
        self.row = FormRow(look, self.tr("Where the next one goes"), self.path)
        self.browse = Button(look, self.tr("Choose…"), icon="folder-open")
        self.make_button = Button(look, self.tr("Back up"), icon="archive", kind="primary")
        self.progress = ProgressBar(look, self.tr("Copying the store"))
        self.progress.setRange(0, 0)
        self.result = Notice(look, "ok", "")
        for part in (self.none, self.list, self.row):
            self.column.addWidget(part)
        self.column.addLayout(buttons(self.make_button, self.browse))
        self.column.addWidget(self.progress)
        self.column.addWidget(self.result)
        self.progress.hide()
        self.result.hide()
        self.browse.clicked.connect(self._choose)
        self.make_button.clicked.connect(self.make)
        self.path.returnPressed.connect(self.make)

    def read(self) -> None:
        """Read which copies there are."""
        if not self.path.text():
            self.path.setText(str(default_name(self._page.console.reads.store, datetime.now())))  # noqa: DTZ005 - a name
        self._page.console.tasks.start(self._read(), "reading the backups")

    async def _read(self) -> None:
        self.show_copies(await self._page.console.reads.ask(read, key="settings backups"))

    def show_copies(self, known: Sequence[KnownCopy]) -> None:
        """Show the copies that were made."""
        self.none.setVisible(not known)
        self.list.setVisible(bool(known))
        shown = [(words.day_and_clock(copy.made_at), self._where(copy)) for copy in known[:_MOST]]
        if len(known) > _MOST:
            shown.append((self.tr("earlier"), self.tr("{n} more").format(n=words.count(len(known) - _MOST))))
        self.list.say(shown)

    def _where(self, copy: KnownCopy) -> str:
        if not copy.path:
            return self.tr("(place erased)")
        return copy.path if Path(copy.path).exists() else self.tr("{path} (not there now)").format(path=copy.path)

    def begin(self) -> None:
        """Go to the form."""
        self.path.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.path.selectAll()

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Where the backup goes"), self.path.text())
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.path.setText)
        self._dialog = dialog
        dialog.open()

    def make(self) -> None:
        """Make a backup; it goes on when one leaves the room."""
        if self.make_button.isEnabled():
            self._page.console.tasks.start(self._made(self.path.text().strip()), "backing up")

    async def _made(self, path: str) -> None:
        wrong = self._wrong(path)
        self.row.set_error(wrong)
        self.result.hide()
        if wrong:
            return
        self.make_button.setEnabled(False)
        self.make_button.set_label(self.tr("Copying…"))
        self.progress.show()
        try:
            await self._page.command("store.backup", path=path)
        except CentaurError as error:
            if type(error).__name__ in ("Refused", "BadField", "BadInput"):
                self.row.set_error(at_field(error))
            else:  # a full disk, a folder that cannot be written
                say_error(self.result, error)
            return
        finally:
            self.progress.hide()
            self.make_button.set_label(self.tr("Back up"))
            self.make_button.setEnabled(True)
        size = await asyncio.to_thread(_size, path)
        self.result.say(self.tr("The backup was made"), " · ".join(part for part in (path, size) if part), "ok")
        self.result.show()
        self.path.clear()
        self.read()

    def _wrong(self, path: str) -> str:
        if not path:
            return self.tr("Say where it goes.")
        if not Path(path).is_absolute():
            return self.tr("Give the whole path, from the root of the disk.")
        return self.tr("Something is there already: choose another name.") if Path(path).exists() else ""
