"""A key that was held until its verb was done does nothing more until it is let go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from console.widgets.hold_button import BOUNCE_MS


class SpentKey(QObject):
    """Takes every press of one key in a widget until it is released: the next thing is decided by a new press.

    A window system that repeats keys may say released and pressed again in between; only a release that nothing
    follows for some milliseconds is one.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._key: Qt.Key | None = None
        self._let_go = QTimer(self)
        self._let_go.setSingleShot(True)
        self._let_go.setInterval(BOUNCE_MS)
        self._let_go.timeout.connect(self.forget)

    @property
    def key(self) -> Qt.Key | None:
        """The key that is still down, None for none."""
        return self._key

    def spend(self, key: Qt.Key) -> None:
        """Ignore this key from now on."""
        self.forget()
        self._key = key
        self._owner.installEventFilter(self)  # the last one installed is asked first

    def forget(self) -> None:
        """Take presses again."""
        self._let_go.stop()
        self._key = None
        self._owner.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Hide):
            self.forget()
            return False
        if not isinstance(event, QKeyEvent) or event.key() != self._key:
            return False
        if kind == QEvent.Type.KeyRelease:
            if not event.isAutoRepeat():
                self._let_go.start()
            return True
        self._let_go.stop()
        event.accept()  # no shortcut takes it either
        return True
