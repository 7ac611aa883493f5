"""Says that the engine is away, what that means and what to do; goes when it answers again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from console.engine_client import EngineClient, Lost
from console.theme.look import Look
from console.widgets.banner import Banner
from console.widgets.button import Button

_SHORT_MS = 3_000
_BACK_MS = 2_500


class EngineBanner(Banner):
    """Amber while the engine is started anew, red when that does not help: then with what to do and its log."""

    def __init__(
        self, look: Look, engine: EngineClient, log: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, "wait", parent=parent)
        self._engine, self._log = engine, log
        self.again = Button(look, self.tr("Start it now"), icon="refresh-cw", small=True)
        self.again.clicked.connect(self._retry)
        self.open_log = Button(look, self.tr("Open its log"), icon="file-text", small=True)
        self.open_log.clicked.connect(self._open_log)
        self.add(self.again)
        self.add(self.open_log)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.timeout.connect(self.hide)
        self._away = False
        engine.lost.connect(self._lost)
        engine.ready.connect(self._ready)
        engine.trouble.connect(self._trouble)
        self.hide()

    def _lost(self, lost: Lost) -> None:
        self._away = True
        self._back.stop()
        grave = is_grave(lost)
        if grave:
            wait = self.tr("It is tried again in {0} s.").format(round(lost.again_ms / 1_000)) if lost.again_ms else ""
            title = self.tr("The engine does not start")
            if lost.kind == "StoreGone":
                title = self.tr("The workspace's file is gone")
                wait = self.tr("Until then nothing is accepted. It goes on by itself when the file is back.")
            self.say("error", title, " ".join(filter(None, (lost.message, lost.hint, wait))))
        else:
            self.say(
                "wait", self.tr("The engine ended and is being started again"),
                self.tr("Nothing is lost: runs go on where they were, what you asked for is sent again."),
            )  # fmt: skip
        self.again.setVisible(grave)
        self.open_log.setVisible(grave and self._log is not None)
        self.show()

    def _ready(self, _hello: object) -> None:
        if not self._away:
            return
        self._away = False
        self.say("info", self.tr("The engine is back"), self.tr("Runs go on from what the ledger holds."))
        self.again.hide()
        self.open_log.hide()
        self._back.start(_BACK_MS)

    def _trouble(self, told: Mapping[str, object]) -> None:
        """The engine works, but the disk takes nothing: said until something was committed again."""
        if self._away:
            return
        self._back.stop()
        self.again.hide()
        self.open_log.hide()
        message = str(told["message"])
        if message:
            text = self.tr("{0} Runs that were stopped by it are tried again every few seconds, and at the next start.")
            self.say("error", message, text.format(told["hint"]))
            self.show()
        elif self.isVisible():
            self.say("info", self.tr("The disk takes what is written again"), self.tr("Runs go on."))
            self._back.start(_BACK_MS)

    def _retry(self) -> None:
        self._engine.retry()

    def _open_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log)))


def is_grave(lost: Lost) -> bool:
    """Return whether starting the engine anew does not help by itself: it said why, or ended again and again."""
    return bool(lost.kind) or lost.again_ms >= _SHORT_MS
