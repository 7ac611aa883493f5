"""A row of a form: what is asked, where to type it, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.theme.look import Look
from console.widgets.icon import Icon
from console.widgets.label import Label


class FormRow(QWidget):
    """A label above its field; below it a hint, or what is wrong in its place."""

    def __init__(
        self, look: Look, label: str, field: QWidget, error: str = "", *, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.field = field
        self._hint = hint
        self.label = Label(look, label, "small.name", "dim")
        self.label.setBuddy(field)
        self._icon = Icon(look, "circle-alert", "err", 14)
        self._below = Label(look, hint, "small", "dim")
        self._last = QHBoxLayout()
        self._last.addWidget(self._icon)
        self._last.addWidget(self._below, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.label)
        self._column.addWidget(field)
        self._column.addLayout(self._last)
        field.setAccessibleName(label)
        look.changed.connect(self.refresh)
        self.set_error(error)

    def set_error(self, error: str) -> None:
        """Say what is wrong and what to do; "" shows the hint again."""
        self.error = error
        self._below.say(error or self._hint, "err" if error else "dim")
        self._below.setVisible(bool(error or self._hint))
        self._icon.setVisible(bool(error))
        mark = getattr(self.field, "set_wrong", None)
        if callable(mark):
            mark(error)
        self.field.setAccessibleDescription(error or self._hint)
        self.refresh()

    def refresh(self) -> None:
        """Take up the look in force."""
        self._column.setSpacing(self.look.px(4))
        self._last.setSpacing(self.look.px(6))
