"""A pilot under way on the agent's page: how far it has come, how long it will take, and a way to end it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console import words
from console.console import Console
from console.models.agents import PilotRow
from console.models.agents_start import left
from console.widgets.button import Button
from console.widgets.label import Label
from console.widgets.progress import ProgressBar
from storage.ids import now_us

Json = Any


class Running(QWidget):
    """One pilot under way."""

    def __init__(self, console: Console, row: PilotRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = console.look
        self.console, self.row = console, row
        sign = words.sign(words.MODE, row.mode)
        self.title = Label(look, self.tr("{0} pilot under way").format(sign.word), "name", "run", wrap=False)
        self.said = Label(look, "", "small", "dim", wrap=False)
        self.bar = ProgressBar(look, self.tr("Cases worked"))
        self.bar.setRange(0, 0)
        self.cancel = Button(look, self.tr("Cancel"), icon="x", small=True)
        self.cancel.setAccessibleDescription(self.tr("Feeds no more cases; runs under way go on to their end."))
        self.cancel.clicked.connect(self._cancel)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.said, 1)
        head.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignVCenter)
        head.setSpacing(look.px(12))
        all_ = QVBoxLayout(self)
        all_.setContentsMargins(0, 0, 0, look.px(4))
        all_.setSpacing(look.px(6))
        all_.addLayout(head)
        all_.addWidget(self.bar)

    def show_state(self, state: Mapping[str, Json]) -> None:
        """Show how far it has come."""
        if state["total"] is None:
            state = {**state, "total": self._expected()}
        done, total, told = left(state, now_us() - self.row.started_at)
        if state.get("error"):
            told = str(state["error"])
        elif state["cancelled"]:
            told = self.tr("cancelled: runs under way go on to their end")
            self.cancel.setEnabled(False)
        of = (
            self.tr("{0} of {1}").format(words.count(done), words.count(total))
            if total is not None
            else words.count(done)
        )
        self.said.say(f"{of}  ·  {told}", "err" if state.get("error") else "dim")
        self.bar.setRange(0, total or 0)
        self.bar.setValue(done)

    def _expected(self) -> int | None:
        """Return how many cases the file had when the pilot was started here, None if that is not known."""
        kept = self.console.preferences.get("pilots.expected")
        count = kept.get(self.row.pilot) if isinstance(kept, dict) else None
        return count if isinstance(count, int) else None

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.console.operations.cancel_pilot(self.row.pilot)
