"""A title above a part of a page, with something quieter at its right."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from console.theme.look import Look
from console.widgets.label import Label


class SectionTitle(QWidget):
    """A title; at the right a figure, a source or a time. Buttons can be added behind."""

    def __init__(
        self, look: Look, text: str, right: str = "", *, style: str = "strong", right_style: str = "small",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.look = look
        self._title = Label(look, style=style, wrap=False)
        self._right = Label(look, style=right_style, role="dim", wrap=False, align="right")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._title)
        self._row.addStretch(1)
        self._row.addWidget(self._right)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.refresh)
        self.say(text, right)

    def say(self, text: str, right: str = "") -> None:
        """Show other words."""
        self._title.say(text)
        self._right.say(right)
        self._right.setVisible(bool(right))
        self.refresh()

    def add(self, widget: QWidget) -> None:
        """Put something at the right end."""
        self._row.addWidget(widget)

    def refresh(self) -> None:
        """Take up the look in force."""
        self._row.setSpacing(self.look.px(12))
