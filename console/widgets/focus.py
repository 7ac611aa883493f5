"""When the focus ring is shown: only when the keyboard brought one there, as a mouse shows by itself where it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent

_BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
        Qt.FocusReason.OtherFocusReason,
    }
)


def by_keyboard(event: QFocusEvent) -> bool:
    """Return whether the focus came by the keyboard, or was set by the program in answer to a key."""
    return event.reason() in _BY_KEYBOARD
