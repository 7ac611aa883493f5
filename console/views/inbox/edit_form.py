"""Editing a call: a form made from the tool's schema, checked while it is typed, shown as a difference."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.models.inbox_schema import FormField, Wrong, collected, fault_at, fields_of, typed, written
from console.models.inbox_values import changes
from console.theme import paint
from console.theme.look import Look
from console.views.inbox.tables import Changes
from console.widgets.button import Button
from console.widgets.combo import Combo
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.label import Label
from console.widgets.text_area import TextArea

Json = Any
_LONG = 80
"""Characters: a longer value is edited over several lines."""
Input = Field | TextArea | Combo


class EditForm(QWidget):
    """One field an argument.

    Signals:
        sent: the whole arguments (dict), which fit as far as can be told here.
        cancelled: the person goes back; what was typed stays for the next time.
        typed: what stands in the fields (dict of texts).
    """

    sent = Signal(object)
    cancelled = Signal()
    typed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self._fields: list[FormField] = []
        self._before: Mapping[str, Json] = {}
        self._places = 0
        self.rows: dict[str, FormRow] = {}
        self.inputs: dict[str, Input] = {}
        self._title = Label(look, self.tr("Edit what will be sent"), "strong")
        self._note = Label(look, "", "small", "dim")
        self.changes = Changes(look, self.tr("What you change"))
        self.send = Button(look, self.tr("Send the edited call"), icon="send", key="Ctrl ⏎", kind="primary")
        self.cancel = Button(look, self.tr("Cancel"), key="Esc")
        self.send.clicked.connect(self._send)
        self.cancel.clicked.connect(self.cancelled)
        self._column, self._grid, self._buttons = QVBoxLayout(self), QGridLayout(), QHBoxLayout()
        self._column.addWidget(self._title)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.changes)
        self._column.addWidget(self._note)
        self.buttons = Footer(look)
        self.buttons.hide()
        self.buttons.setLayout(self._buttons)
        self._buttons.addWidget(self.send)
        self._buttons.addWidget(self.cancel)
        self._buttons.addStretch(1)
        look.changed.connect(self._measure)
        self._measure()
        self.hide()

    def setVisible(self, visible: bool) -> None:
        """Show or hide it with its buttons, which stand pinned below the card."""
        super().setVisible(visible)
        self.buttons.setVisible(visible)

    def ask(self, schema: Mapping[str, Json] | None, values: Mapping[str, Json], drafted: Mapping[str, str]) -> None:
        """Show the form of these values; `drafted` is what was typed before."""
        self._before = dict(values)
        self._fields = fields_of(schema, values)
        for row in self.rows.values():
            self._grid.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows, self.inputs, self._places = {}, {}, 0
        for field in self._fields:
            self._add(field, drafted.get(field.name, written(values.get(field.name))))
        self._note.say(
            "" if schema else self.tr("The tool's schema is not known here; the engine checks the call."), "dim"
        )
        self.show()
        self._look_at()
        if self.inputs:
            next(iter(self.inputs.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, field: FormField, text: str) -> None:
        box = self._input(field, text)
        label = field.name if field.required else self.tr("{0} (optional)").format(field.name)
        row = FormRow(self.look, label, box, hint=field.description)
        self.rows[field.name], self.inputs[field.name] = row, box
        wide = isinstance(box, TextArea)
        at = self._places + (self._places % 2 if wide else 0)
        self._grid.addWidget(row, at // 2, at % 2, 1, 2 if wide else 1)
        self._grid.setAlignment(row, Qt.AlignmentFlag.AlignTop)
        self._places = at + (2 if wide else 1)
        row.show()

    def _input(self, field: FormField, text: str) -> Input:
        changed = functools.partial(self._changed, field.name)
        choices = field.choices or (("true", "false") if field.kind == "boolean" else ())
        if choices and (text in choices or not text):
            combo = Combo(self.look, field.name)
            for choice in (*(() if field.required else ("",)), *choices):
                combo.addItem(choice or self.tr("(none)"), choice)
            combo.choose(text)
            combo.currentIndexChanged.connect(changed)
            return combo
        if len(text) > _LONG or "\n" in text or field.kind == "json":
            area = TextArea(self.look, lines=4, style="mono")
            area.setPlainText(text)
            area.textChanged.connect(changed)
            area.installEventFilter(self)
            return area
        line = Field(self.look, style="mono")
        line.setText(text)
        line.textChanged.connect(changed)
        line.installEventFilter(self)
        return line

    def texts(self) -> dict[str, str]:
        """Return what stands in the fields."""
        return {name: _text(box) for name, box in self.inputs.items()}

    def _changed(self, name: str, *_: object) -> None:
        self.typed.emit(self.texts())
        self._look_at()

    def _look_at(self) -> bool:
        """Check every field and show the difference; return whether all fit."""
        texts, fits = self.texts(), True
        after: dict[str, Json] = {}
        for field in self._fields:
            text = texts[field.name]
            if text == written(self._before.get(field.name)):
                after[field.name] = self._before.get(field.name)
                self.rows[field.name].set_error("")
                continue
            try:
                after[field.name] = typed(field, text)
                self.rows[field.name].set_error("")
            except Wrong as wrong:
                after[field.name] = text
                fits = False
                self.rows[field.name].set_error(str(wrong))
        found = changes(self._before, after)
        self.changes.show_changes(found, "", self.tr("Nothing yet."))
        self.send.setEnabled(fits and bool(found))
        return fits and bool(found)

    def _send(self) -> None:
        if self._look_at():
            self._note.say("", "dim")
            self.sent.emit(collected(self._fields, self.texts(), self._before))

    def complain(self, message: str) -> None:
        """Say what the engine refused, at the field that it names."""
        name, why = fault_at(message, self._fields)
        if name:
            self.rows[name].set_error(why)
            self.inputs[name].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._note.say(why, "err")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if entered and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._send()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            event.accept()

    def _measure(self) -> None:
        px = self.look.px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(16))
        self._grid.setSpacing(px(12))
        self._buttons.setSpacing(px(8))
        self._buttons.setContentsMargins(px(24), px(16), px(24), px(16))


class Footer(QWidget):
    """Holds the form's buttons below the card, a hairline above them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.rule(painter, self.look, 0, 0, self.width())
        painter.end()


def _text(box: Input) -> str:
    if isinstance(box, Field):
        return box.text()
    if isinstance(box, TextArea):
        return box.toPlainText()
    return str(box.currentData() or "")
