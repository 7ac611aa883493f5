"""Keys by name: where each is, never what it is; and a form to enter one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from console.confirm import confirm
from console.console import Console
from console.models.settings import keyring_banner, place_of_key
from console.views.settings.page import Page, Row, at_field, buttons, empty, field_of, say_error
from console.widgets.button import Button, IconButton
from console.widgets.card import Card
from console.widgets.check import Check
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.icon import Icon
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.pill import Pill
from console.widgets.section import SectionTitle
from storage.errors import CentaurError

Json = Any


class CredentialsPage(Page):
    """Credentials."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, self.tr("Credentials"), self.tr(
            "Keys and passwords by name. An environment variable comes first, then the keyring, then this session. "
            "Nothing here is shown, logged or written to the ledger."
        ))  # fmt: skip
        look = self.look
        self.keyring = Notice(look, "wait", "")
        self.again = Button(look, self.tr("Look again"), icon="refresh-cw", small=True)
        self.again.clicked.connect(self.enter)
        self.keyring.add(self.again)
        self.trouble = Notice(look, "err", "")
        for part in (self.keyring, self.trouble):
            self.column.addWidget(part)
            part.hide()
        card = self.card(self.tr("Keys that are used"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.none = Label(look, self.tr("No route names a key, and none was entered in this session."), "body", "dim")
        card.column.addWidget(self.none)
        card.column.addLayout(self._rows)
        self.form = CredentialForm(self)
        self.column.addWidget(self.form)
        self.finish()

    def enter(self) -> None:
        self.console.tasks.start(self._read(), "listing the credentials")

    async def _read(self) -> None:
        try:
            found = await self.console.engine.perform("credentials.list", {})
        except CentaurError as error:
            say_error(self.trouble, error)
            return
        self.trouble.hide()
        self.show_credentials(found)

    def show_credentials(self, found: Mapping[str, Json]) -> None:
        """Show where each key is, and how the keyring is."""
        told = keyring_banner(found["keyring"])
        self.keyring.setVisible(told is not None)
        if told is not None:
            self.keyring.say(told.title, told.text, told.meaning, "key-round")
        empty(self._rows)
        self.none.setVisible(not found["credentials"])
        for place, each in enumerate(found["credentials"]):
            self._rows.addWidget(self._row(each, first=place == 0))

    def _row(self, key: Mapping[str, Json], *, first: bool) -> Row:
        look, place, name = self.look, place_of_key(key), key["name"]
        row = Row(self.console, first=first)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(look, name, "mono.name"))
        routes = self.tr("used by {routes}").format(routes=", ".join(key["routes"])) if key["routes"] else ""
        words.addWidget(Label(look, " · ".join(part for part in (place.sentence, routes) if part), "small", "dim"))
        row.row.addWidget(Icon(look, place.icon, place.meaning))
        row.row.addLayout(words, 1)
        row.row.addWidget(Pill(look, place.word, place.meaning))
        if key["place"] != "environment":
            enter = Button(look, self.tr("Enter…"), small=True)
            enter.setAccessibleName(self.tr("Enter the key {name}").format(name=name))
            enter.clicked.connect(partial(self.form.begin, name))
            row.row.addWidget(enter)
        if key["place"] in ("keyring", "session"):
            forget = IconButton(look, "trash-2", self.tr("Forget the key {name}").format(name=name), small=True)
            forget.clicked.connect(partial(self._forget, name))
            row.row.addWidget(forget)
        return row

    def _forget(self, name: str, _checked: bool = False) -> None:
        self.console.tasks.start(self._forgotten(name), "forgetting a credential")

    async def _forgotten(self, name: str) -> None:
        sure = await confirm(
            self.look, self, self.tr("Forget the key {name}?").format(name=name),
            self.tr("It is taken out of the keyring and of this session. Routes that name it fail until it is entered "
                    "again."), self.tr("Forget"), kind="danger", icon="trash-2", reason="none",
        )  # fmt: skip
        if sure is None:
            return
        try:
            await self.command("credential.forget", name=name)
        except CentaurError as error:
            self.console.toasts.error(error.message, error.hint or "")
        self.enter()


class CredentialForm(Card):
    """A name and a secret."""

    def __init__(self, page: CredentialsPage) -> None:
        look = page.look
        super().__init__(look, gap=16)
        self._page = page
        self.column.addWidget(SectionTitle(look, self.tr("Enter a key")))
        self.name, self.secret = Field(look, "openai"), Field(look, "", style="mono")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.name_row = FormRow(look, self.tr("Name"), self.name, hint=self.tr("As models.yaml and tools name it."))
        self.secret_row = FormRow(look, self.tr("Key"), self.secret, hint=self.tr("It is not shown again."))
        line = QHBoxLayout()
        line.setSpacing(16)
        for each in (self.name_row, self.secret_row):
            line.addWidget(each, 1, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(line)
        self.session = Check(look, self.tr("Only until the engine ends; do not keep it in the keyring"))
        self.column.addWidget(self.session)
        self.result = Notice(look, "ok", "")
        self.result.hide()
        self.column.addWidget(self.result)
        self.save_button = Button(look, self.tr("Keep it"), icon="check", kind="primary")
        self.column.addLayout(buttons(self.save_button))
        self.save_button.clicked.connect(self.save)
        for field in (self.name, self.secret):
            field.returnPressed.connect(self.save)

    def begin(self, name: str, _checked: bool = False) -> None:
        """Enter the key of this name."""
        self.name.setText(name)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Have the key kept."""
        if self.save_button.isEnabled():
            self._page.console.tasks.start(self._saved(), "keeping a credential")

    async def _saved(self) -> None:
        name, secret = self.name.text().strip(), self.secret.text().strip()
        needed = self.tr("This is needed.")
        self.name_row.set_error("" if name else needed)
        self.secret_row.set_error("" if secret else needed)
        self.result.hide()
        if not name or not secret:
            return
        self.save_button.setEnabled(False)
        try:
            done = await self._page.command(
                "credential.set", name=name, secret=secret, session_only=self.session.isChecked()
            )  # fmt: skip
        except CentaurError as error:
            self._refused(error)
            return
        finally:
            self.save_button.setEnabled(True)
        self.secret.clear()
        place = place_of_key({"name": name, "place": done["place"], "variable": None})
        self.result.say(self.tr("{name} is kept").format(name=name), place.sentence, place.meaning, place.icon)
        self.result.show()
        self._page.enter()

    def _refused(self, error: CentaurError) -> None:
        rows = {"name": self.name_row, "secret": self.secret_row}
        field = field_of(error, tuple(rows))
        if field:
            rows[field].set_error(at_field(error))
        else:
            say_error(self.result, error)
