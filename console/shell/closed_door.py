"""What the window shows when its workspace cannot be opened: why, what to do, and where the log is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.engine_client import EngineClient, Lost
from console.theme.look import Look
from console.widgets.empty_state import EmptyState


class ClosedDoor(EmptyState):
    """The whole room says that there is nothing to show, until the engine answers."""

    def __init__(
        self, look: Look, engine: EngineClient, log: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, "circle-alert", "", parent=parent, action=self.tr("Try again"))
        self._engine, self._log = engine, log
        self.acted.connect(engine.retry)

    def say_why(self, lost: Lost) -> None:
        """Say why the engine does not begin, what helps, and where more is said."""
        title = self.tr("This workspace cannot be opened") if lost.kind else self.tr("The engine does not start")
        hint = lost.hint or self.tr("Nothing in the workspace was changed. What it said last stands in its log.")
        log = self.tr("Log: {0}").format(self._log) if self._log is not None else ""
        self.say(title, "\n".join(filter(None, (lost.message, hint, log))))
