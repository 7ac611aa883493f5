"""Editing a call: a form made from the tool's schema, checked while it is typed, shown as a difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal

from console.models.inbox_schema import FormField, Wrong, collected, typed, written
from console.models.inbox_values import changes
from console.theme.look import Look
from console.views.inbox.changes import Changes
from console.views.inbox.schema_form import SchemaForm

Json = Any


class EditForm(SchemaForm):
    """One field an argument.

    Signals:
        sent: the whole arguments (dict), which fit as far as can be told here.
    """

    sent = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, self.tr("Edit what will be sent"), self.tr("Send the edited call"), "send")
        self._before: Mapping[str, Json] = {}
        self.changes = Changes(look, self.tr("What you change"))
        self.column.addWidget(self.changes)

    def ask(self, schema: Mapping[str, Json] | None, values: Mapping[str, Json], drafted: Mapping[str, str]) -> None:
        """Show the form of these values; `drafted` is what was typed before."""
        self._before = dict(values)
        self.fill(schema, values, drafted)
        known = "" if schema else self.tr("The tool's schema is not known here; the engine checks the call.")
        self.note.say(known, "dim")
        self.show()
        self.look_at()
        self.focus_first()

    def unchanged(self, field: FormField, text: str) -> bool:
        return text == written(self._before.get(field.name))

    def look_at(self) -> bool:
        """Check every field and show the difference; return whether all fit and something is changed."""
        faults, texts = self.faults(), self.texts()
        after: dict[str, Json] = {}
        for field in self.fields:
            name, text = field.name, texts[field.name]
            self.rows[name].set_error(faults.get(name, ""))
            if self.unchanged(field, text):
                after[name] = self._before.get(name)
            else:
                after[name] = text if name in faults else _value(field, text)
        found = changes(self._before, after)
        self.changes.show_changes(found, "", self.tr("Nothing yet."))
        self.send.setEnabled(not faults and bool(found))
        return not faults and bool(found)

    def submit(self) -> None:
        """Send it, if it fits."""
        if self.look_at():
            self.note.say("", "dim")
            self.sent.emit(collected(self.fields, self.texts(), self._before))


def _value(field: FormField, text: str) -> Json:
    try:
        return typed(field, text)
    except Wrong:
        return text
