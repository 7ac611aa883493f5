"""Deciding a case oneself: a form made from the job's outcome schema, how long it took, and why."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from console import words
from console.models.inbox_schema import FormField, collected, written
from console.theme.look import Look
from console.views.inbox.schema_form import SchemaForm, text_of
from console.widgets.button import Button
from console.widgets.field import Field
from console.widgets.flow import Flow
from console.widgets.form import FormRow

Json = Any
MINUTES, NOTE = "/minutes", "/note"
"""Names of the two drafts that are no field of the outcome."""
_MOST_MINUTES = 100_000


class Decision(NamedTuple):
    """What a person decided: the outcome, how long it took them, why."""

    outcome: Mapping[str, Json]
    minutes: int | None
    note: str


class DecideForm(SchemaForm):
    """One field a part of the outcome; faults are said where something was typed, and everywhere once it was sent.

    Signals:
        sent: a Decision that fits as far as can be told here.
    """

    sent = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, self.tr("What came of it"), self.tr("Record decision"), "check")
        self._seen: set[str] = set()
        self._took = Field(look, self.tr("Not said"))
        self._why = self.area("", functools.partial(self._changed, NOTE), "body", 2)
        self._took.textChanged.connect(functools.partial(self._changed, MINUTES))
        self._took.installEventFilter(self)
        self._took_row = FormRow(look, self.tr("Minutes it took you (optional)"), self._took)
        self._why_row = FormRow(look, self.tr("Why (optional)"), self._why)
        self._offers = QWidget()
        self._flow = Flow(self._offers)
        more = QGridLayout()
        more.addWidget(self._took_row, 0, 0, Qt.AlignmentFlag.AlignTop)
        more.addWidget(self._why_row, 0, 1, 1, 2)
        self._more = more
        self.column.insertWidget(1, self._offers)
        self.column.addLayout(more)
        look.changed.connect(self._space)
        self._space()

    def ask(
        self, schema: Mapping[str, Json] | None, options: Sequence[tuple[str, Json]], proposed: Mapping[str, Json],
        drafted: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Show the form.

        Args:
            options: what the agent offers; each that stands for an outcome becomes a button that fills it in.
            proposed: what stands in the fields from the beginning.
            drafted: what was typed before.
        """
        self._seen = set(drafted)
        self.fill(schema, proposed, drafted)
        self._set(self._took, drafted.get(MINUTES, ""))
        self._set(self._why, drafted.get(NOTE, ""))
        self._offer([(label, outcome) for label, outcome in options if isinstance(outcome, Mapping)])
        known = "" if schema else self.tr("The job's schema is not known here; the engine checks what you decide.")
        self.note.say(known, "dim")
        self.show()
        self.look_at()
        self.focus_first()

    @staticmethod
    def _set(box: Any, text: str) -> None:
        box.blockSignals(True)
        box.setText(text) if isinstance(box, Field) else box.setPlainText(text)
        box.blockSignals(False)

    def _offer(self, options: Sequence[tuple[str, Mapping[str, Json]]]) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for label, outcome in options:
            button = Button(self.look, label, icon="arrow-right", small=True, parent=self._offers)
            button.clicked.connect(functools.partial(self._take, outcome))
            self._flow.addWidget(button)
            button.show()
        self._offers.setVisible(bool(options))

    def _take(self, outcome: Mapping[str, Json], _checked: bool = False) -> None:
        """Fill in what an option stands for."""
        for name, box in self.inputs.items():
            text = written(outcome.get(name))
            if isinstance(box, Field):
                box.setText(text)
            elif hasattr(box, "choose"):
                box.choose(text)
            else:
                box.setPlainText(text)
        self.focus_first()

    def unchanged(self, field: FormField, text: str) -> bool:
        return not text and not field.required

    def called(self, field: FormField) -> str:
        return str(field.schema.get("title") or words.in_words(field.name))

    def texts(self) -> dict[str, str]:
        """Return what stands in the fields; minutes and the note only where something stands there."""
        more = {MINUTES: self._took.text(), NOTE: self._why.toPlainText()}
        return {**super().texts(), **{name: text for name, text in more.items() if text}}

    def _changed(self, name: str, *_: object) -> None:
        self._seen.add(name)
        super()._changed(name)

    def look_at(self) -> bool:
        """Check every field; return whether all fit."""
        faults = self.faults()
        for name, row in self.rows.items():
            row.set_error(faults.get(name, "") if name in self._seen else "")
        text = self._took.text().strip()
        fits = not text or (text.isdecimal() and int(text) <= _MOST_MINUTES)
        self._took_row.set_error("" if fits else self.tr("It must be a whole number of minutes."))
        return fits and not faults

    def submit(self) -> None:
        """Send it, if it fits; else say everywhere what does not."""
        self._seen |= set(self.inputs)
        if not self.look_at():
            wrong = next((name for name in self.inputs if self.rows[name].error), "")
            (self.inputs[wrong] if wrong else self._took).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.note.say("", "dim")
        texts = {name: text_of(box) for name, box in self.inputs.items()}
        minutes = self._took.text().strip()
        outcome = collected(self.fields, texts, {})
        self.sent.emit(Decision(outcome, int(minutes) if minutes else None, self._why.toPlainText().strip()))

    def _space(self) -> None:
        self._more.setSpacing(self.look.px(12))
        for column in range(3):
            self._more.setColumnStretch(column, 1)
        self._flow.setSpacing(self.look.px(8))
