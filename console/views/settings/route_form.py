"""The form of a model route: what is wrong is said at its field, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from console.models.settings import variable_for
from console.views.settings.page import at_field, buttons, field_of, say_error
from console.widgets.button import Button
from console.widgets.card import Card
from console.widgets.check import Check
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.notice import Notice
from console.widgets.section import SectionTitle
from storage.errors import CentaurError

if TYPE_CHECKING:
    from console.views.settings.page import Page

Json = Any
FIELDS = ("name", "model", "api_base", "credential", "secret", "input", "output", "region")


class RouteForm(Card):
    """The form.

    Signals:
        saved: the route is in models.yaml.
        closed: the form is gone.
    """

    saved = Signal()
    closed = Signal()

    def __init__(self, page: Page) -> None:
        look = page.look
        super().__init__(look, gap=16)
        self._page = page
        self._changing = ""
        self.known: set[str] = set()
        self._title = SectionTitle(look, self.tr("Add a model"))
        self.column.addWidget(self._title)
        self.rows: dict[str, FormRow] = {}
        self.fields: dict[str, Field] = {}
        self._two(("name", self.tr("Route"), "main", self.tr("What jobs call it.")),
                  ("model", self.tr("Provider and model"), "openai/gpt-4o-mini",
                   self.tr("With the provider in front: openai/…, anthropic/…, ollama_chat/…")))  # fmt: skip
        self._one("api_base", self.tr("Address"), "http://127.0.0.1:11434",
                  self.tr("Only for an endpoint of your own; empty: the provider's."))  # fmt: skip
        self._two(("credential", self.tr("Name of its key"), "openai", self.tr("Empty: it needs no key.")),
                  ("secret", self.tr("The key itself"), "",
                   self.tr("It goes to the keyring and is not shown again. Empty: leave it as it is.")))  # fmt: skip
        self.fields["secret"].setEchoMode(QLineEdit.EchoMode.Password)
        self._two(("input", self.tr("USD per 1M tokens sent"), "", self.tr("Empty: by the price list, where it is.")),
                  ("output", self.tr("USD per 1M tokens received"), "", ""))  # fmt: skip
        self._one("region", self.tr("Region"), "eu", self.tr("Where the data goes; label rules of models.yaml use it."))
        self.default = Check(look, self.tr("Jobs that name no route take this one"))
        self.column.addWidget(self.default)
        self.trouble = Notice(look, "err", "")
        self.trouble.hide()
        self.column.addWidget(self.trouble)
        self.save_button = Button(look, self.tr("Save"), icon="check", kind="primary")
        self.cancel_button = Button(look, self.tr("Cancel"))
        self.column.addLayout(buttons(self.save_button, self.cancel_button))
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self._cancel)
        for field in self.fields.values():
            field.returnPressed.connect(self.save)

    def _one(self, name: str, label: str, example: str, hint: str) -> FormRow:
        row = self._made(name, label, example, hint)
        self.column.addWidget(row)
        return row

    def _two(self, *given: tuple[str, str, str, str]) -> None:
        line = QHBoxLayout()
        line.setSpacing(16)
        for each in given:
            row = self._made(*each)
            line.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(line)

    def _made(self, name: str, label: str, example: str, hint: str) -> FormRow:
        field = Field(self.look, example, style="mono" if name in ("model", "api_base") else "body")
        self.fields[name] = field
        row = self.rows[name] = FormRow(self.look, label, field, hint=hint)
        return row

    def begin(self, route: Mapping[str, Json] | None = None) -> None:
        """Show the form, for a new route or with one that is there."""
        name = route["name"] if route is not None else ""
        if name != self._changing:
            self._fill(route)
        self._changing = name
        self._title.say(self.tr("Change {name}").format(name=name) if name else self.tr("Add a model"))
        self.fields["name"].setReadOnly(bool(name))
        self.fields["name"].refresh()
        self.show()
        self.fields["model" if name else "name"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, route: Mapping[str, Json] | None) -> None:
        given = dict(route or {})
        key = given.get("credential")
        given["credential"] = key["name"] if key else ""
        if given.get("price_of") != "file":
            given["input"] = given["output"] = ""
        for name, field in self.fields.items():
            field.setText(str(given.get(name) or ""))
        self.default.setChecked(bool(given.get("default")))
        self._say_errors({})

    def save(self) -> None:
        """Have the route written."""
        if self.save_button.isEnabled():
            self._page.console.tasks.start(self._saved(), "saving a model")

    async def _saved(self) -> None:
        values = {name: field.text().strip() for name, field in self.fields.items()}
        missing = {name: self.tr("This is needed.") for name in ("name", "model") if not values[name]}
        if values["secret"] and not values["credential"]:
            missing["credential"] = self.tr("Give the key a name, so that it can be found again.")
        self._say_errors(missing)
        if missing:
            self.fields[next(iter(missing))].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.save_button.setEnabled(False)
        try:
            await self._write(values)
        except CentaurError as error:
            self._refused(error)
            return
        finally:
            self.save_button.setEnabled(True)
        self._fill(None)
        self._changing = ""
        self.hide()
        self.saved.emit()
        self.closed.emit()

    async def _write(self, values: Mapping[str, str]) -> None:
        """The key first: a route whose key is refused would only fail later."""
        if values["secret"]:
            await self._page.command("credential.set", name=values["credential"], secret=values["secret"])
            self.fields["secret"].clear()
        given = {name: value or None for name, value in values.items() if name != "secret"}
        await self._page.command("model.set", **given, default=self.default.isChecked(), replace=bool(self._changing))

    def _refused(self, error: CentaurError) -> None:
        name = field_of(error, FIELDS)
        if name:
            self._say_errors({name: at_field(error)})
            self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            say_error(self.trouble, error)
            named = self.fields["credential"].text().strip()
            if type(error).__name__ == "CredentialError" and named:
                self.trouble.say(error.message, self.tr(
                    "{hint} Or set {variable} where Centaur is started. What you typed is still here."
                ).format(hint=error.hint or "", variable=variable_for(named)).strip(), "err")  # fmt: skip

    def _say_errors(self, errors: Mapping[str, str]) -> None:
        self.trouble.hide()
        for name, row in self.rows.items():
            row.set_error(errors.get(name, ""))

    def _cancel(self) -> None:
        """Put the form away; what was typed stays, but the secret."""
        self.fields["secret"].clear()
        self.hide()
        self.closed.emit()
