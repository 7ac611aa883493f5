"""Makes an agent: a template and a name; the job description opens for the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from console.console import Console
from console.dialogs import Dialog
from console.widgets.combo import Combo
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.label import Label
from storage.errors import CentaurError

Json = Any
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")


async def new_agent(console: Console, host: QWidget) -> str | None:
    """Ask for template and name; return the new agent's name, None if nothing was made."""
    answer = await console.engine.perform("job.templates")
    dialog = NewDialog(console, host, answer["templates"])
    made = await dialog.open()
    return str(made) if made else None


class NewDialog(Dialog):
    """The question."""

    def __init__(self, console: Console, host: QWidget, templates: list[Mapping[str, Json]]) -> None:
        super().__init__(console.look, host, "", icon="bot", width=520)
        self.console, self._templates = console, templates
        self.heading.say(self.tr("New agent"))
        self.setAccessibleName(self.tr("New agent"))
        self.template = Combo(console.look, self.tr("Template"))
        for each in templates:
            self.template.addItem(each["title"], each["template"])
        self.purpose = Label(console.look, "", "small", "dim")
        self.name = Field(console.look, "invoice-clerk")
        self.template_row = FormRow(console.look, self.tr("Template"), self.template)
        self.name_row = FormRow(
            console.look, self.tr("Name"), self.name, hint=self.tr("Small letters, digits, - and _; it stays for good.")
        )
        for part in (self.template_row, self.purpose, self.name_row):
            self.body.addWidget(part)
        self.answer(self.tr("Cancel"), None)
        self.make = self.answer(self.tr("Make the agent"), "", kind="primary")
        self.make.clicked.disconnect()
        self.make.clicked.connect(self._make)
        self.template.currentIndexChanged.connect(self._chosen)
        self.name.textChanged.connect(self._typed)
        self.name.returnPressed.connect(self._make)
        self._chosen()
        self._typed()

    def _chosen(self) -> None:
        index = self.template.currentIndex()
        if 0 <= index < len(self._templates):
            self.purpose.say(" ".join(self._templates[index]["purpose"].split()))

    def _typed(self) -> None:
        name = self.name.text()
        fits = _NAME.fullmatch(name) is not None
        self.make.setEnabled(fits)
        why = self.tr("A name begins with a small letter and has small letters, digits, - and _.")
        self.name_row.set_error(why if name and not fits else "")

    def _make(self) -> None:
        if self.make.isEnabled():
            self.make.setEnabled(False)
            self.console.tasks.start(self._made(), "make an agent")

    async def _made(self) -> None:
        name = self.name.text()
        params = {"template": self.template.currentData(), "name": name}
        try:
            answer = await self.console.engine.perform("job.new", params)
        except CentaurError as error:
            self.console.tasks.told(error)
            if not isValid(self):
                return
            self.make.setEnabled(True)
            self.name_row.set_error(str(error))
            return
        if isValid(self):
            self.close_with(answer["agent"])
