"""A value that goes from one state of a widget to the next in 150 ms, or at once where nothing shall move."""

from __future__ import annotations

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QWidget

from console.theme.look import Look

MOTION_MS = 150


class Motion(QVariantAnimation):
    """How far a widget is on its way between two states.

    Attributes:
        at: 0.0 to 1.0 (or between any two places given to `to`).
    """

    def __init__(self, look: Look, widget: QWidget, at: float = 0.0) -> None:
        super().__init__(widget)
        self._look = look
        self._widget = widget
        self.at = at
        self.setDuration(MOTION_MS)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._step)

    def to(self, target: float) -> None:
        """Go to a value; at once if nothing shall move or nobody sees it."""
        self.stop()
        if not self._look.motion or not self._widget.isVisible():
            self.at = target
            self._widget.update()
            return
        self.setStartValue(self.at)
        self.setEndValue(target)
        self.start()

    def jump(self, target: float) -> None:
        """Be there at once."""
        self.stop()
        self.at = target
        self._widget.update()

    def moving(self) -> bool:
        """Return whether it is under way."""
        return self.state() == QAbstractAnimation.State.Running

    def _step(self, value: object) -> None:
        if isinstance(value, float):
            self.at = value
            self._widget.update()
