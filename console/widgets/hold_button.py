"""A button that must be held: for what cannot be undone."""

from __future__ import annotations

from PySide6.QtCore import QAbstractAnimation, QEvent, QObject, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from console.theme.look import Look
from console.widgets.button import Button, Kind

HOLD_MS = 800
BOUNCE_MS = 60
"""A key that comes back so soon was not let go: X repeats a held key as released and pressed again."""
_PRESSES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HoldButton(Button):
    """Held 0.8 s by the mouse, by Space or Enter, or by its own key; let go before and nothing happens.

    Attributes:
        by_key: what holds it, or held it last, is its own key.

    Signals:
        held: it was held long enough. `clicked` means nothing here.
    """

    held = Signal()

    def __init__(
        self, look: Look, text: str, *, icon: str = "", key: str = "", kind: Kind = "primary", small: bool = False,
        tall: bool = False, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(look, text, icon=icon, key=key, kind=kind, small=small, tall=tall, parent=parent)
        self._watched: Qt.Key | None = None
        self.by_key = False
        self._released = QTimer(self)
        self._released.setSingleShot(True)
        self._released.setInterval(BOUNCE_MS)
        self._released.timeout.connect(self.cease)
        self._progress = QVariantAnimation(self)
        self._progress.setStartValue(0.0)
        self._progress.setEndValue(1.0)
        self._progress.setDuration(HOLD_MS)
        self._progress.valueChanged.connect(self._step)
        self._progress.finished.connect(self._done)
        self.setAccessibleDescription(self.tr("Hold for a second"))

    def hold_by(self, key: Qt.Key, owner: QWidget) -> None:
        """Have it held by a key that is pressed in another widget, such as the list it decides about."""
        self._watched = key
        owner.installEventFilter(self)

    def holding(self) -> bool:
        """Return whether it is being held."""
        return self._progress.state() == QAbstractAnimation.State.Running

    def begin(self) -> None:
        """Press it."""
        self._released.stop()
        if self.isEnabled() and not self.holding():
            self.setDown(True)
            self._progress.start()

    def cease(self) -> None:
        """Let it go; too early, and nothing happens."""
        self._released.stop()
        self._progress.stop()
        self.setDown(False)
        self.update()

    def _step(self, _: object) -> None:
        self.update()

    def _done(self) -> None:
        if self._released.isActive():  # let go just before
            self.cease()
            return
        self.setDown(False)
        self.update()
        self.held.emit()

    def paint_ground(self, painter: QPainter, box: QRectF) -> None:
        super().paint_ground(painter, box)
        share = self._progress.currentValue() if self.holding() else 0.0
        if not isinstance(share, float) or share <= 0:
            return
        corners, radius = QPainterPath(), self.look.px(6)
        corners.addRoundedRect(box, radius, radius)
        colour = QColor(self.look.colour("onink" if self.kind == "primary" else "text"))
        colour.setAlphaF(0.18)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(corners)
        painter.fillRect(QRectF(box.x(), box.y(), box.width() * share, box.height()), colour)
        solid = self.look.colour("onink" if self.kind == "primary" else "text")
        painter.fillRect(QRectF(box.x(), box.bottom() - 3, box.width() * share, 3), solid)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.by_key = False
            self.begin()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self.holding() and not self.rect().contains(event.position().toPoint()):
            self.cease()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.cease()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PRESSES:
            if not event.isAutoRepeat():
                self.begin()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PRESSES:
            if not event.isAutoRepeat():
                self._released.start()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.cease()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.cease()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.cease()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._watched is None or not self.isVisible():
            return False
        kind = event.type()
        if kind in (QEvent.Type.FocusOut, QEvent.Type.WindowDeactivate):
            self.cease()
            return False
        if not isinstance(event, QKeyEvent) or event.key() != self._watched:
            return False
        if event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            # No shortcut with this key shall take the press; it is held, not struck.
            event.accept()
            return True
        if kind == QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.by_key = True
            self.begin()
        elif kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            self._released.start()
        return kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
