"""Asking whether something shall really be done, and why."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from console.dialogs import Dialog
from console.theme.look import Look
from console.widgets.button import Button, Kind
from console.widgets.field import Field
from console.widgets.hold_button import HoldButton
from console.widgets.label import Label

Reason = Literal["required", "optional", "none"]


class Confirm(Dialog):
    """Says what will happen and asks for a reason; answers with the reason ("" where none was given)."""

    def __init__(
        self, look: Look, host: QWidget, title: str, text: str, verb: str, *, kind: Kind = "primary",
        icon: str = "", meaning: str = "text", reason: Reason = "required", reason_label: str = "",
        placeholder: str = "", hold: bool = False, cancel: str = "",
    ) -> None:  # fmt: skip
        super().__init__(look, host, title, icon=icon, meaning=meaning)
        self._needs = reason == "required"
        if text:
            self.say(text)
        self.field: Field | None = None
        if reason != "none":
            self.body.addWidget(Label(look, reason_label or self.tr("Reason"), "small.name", "dim"))
            self.field = Field(look, placeholder or self.tr("Kept with the event; others read it later"))
            self.field.setAccessibleName(reason_label or self.tr("Reason"))
            self.field.textChanged.connect(self._typed)
            self.body.addWidget(self.field)
        self.answer(cancel or self.tr("Cancel"), None, key="Esc")
        self.go: Button
        if hold:
            held = HoldButton(look, verb, kind=kind, icon=icon)
            held.held.connect(self._confirmed)
            self.go = self.add(held)
        else:
            self.go = self.add(Button(look, verb, kind=kind, icon=icon, key="Enter"))
            self.go.clicked.connect(self._confirmed)
        self._hold = hold
        self._typed()

    @property
    def reason(self) -> str:
        """Return what was typed."""
        return self.field.text().strip() if self.field is not None else ""

    def _typed(self) -> None:
        self.go.setEnabled(bool(self.reason) or not self._needs)

    def _confirmed(self) -> None:
        if self.go.isEnabled():
            self.close_with(self.reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.isEnabled():
            if self._hold:  # not by a key pressed in passing: the button is held
                self.go.setFocus(Qt.FocusReason.TabFocusReason)
            else:
                self._confirmed()
            return
        super().keyPressEvent(event)


async def confirm(
    look: Look, host: QWidget, title: str, text: str, verb: str, *, kind: Kind = "primary", icon: str = "",
    meaning: str = "text", reason: Reason = "required", reason_label: str = "", placeholder: str = "",
    hold: bool = False,
) -> str | None:  # fmt: skip
    """Ask and return the reason ("" where none is asked for or given), None if it shall not be done."""
    dialog = Confirm(
        look, host, title, text, verb, kind=kind, icon=icon, meaning=meaning, reason=reason,
        reason_label=reason_label, placeholder=placeholder, hold=hold,
    )  # fmt: skip
    given = await dialog.open()
    return given if isinstance(given, str) else None
