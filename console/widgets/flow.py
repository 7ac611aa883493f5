"""A layout that goes on in the next line, like words: for rows of buttons at any scale."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """Puts widgets side by side, each as large as it wants, and begins a new line where there is no more room."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8) -> None:
        # PySide's QLayout takes None as a parent only when it is left out.
        super().__init__(parent) if parent is not None else super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._laid_out(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._laid_out(rect, move=True)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self.spacing() * max(0, len(shown) - 1)
        margins = self.contentsMargins()
        height = max((size.height() for size in shown), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:
        least = QSize()
        for item in self._items:
            if not item.isEmpty():
                least = least.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return least + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _laid_out(self, rect: QRect, *, move: bool) -> int:
        margins, gap = self.contentsMargins(), self.spacing()
        inner = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        top, bottom = inner.y(), margins.bottom() + margins.top()
        line: list[tuple[QLayoutItem, QSize]] = []
        used = 0
        for item in (each for each in self._items if not each.isEmpty()):
            size = item.sizeHint().boundedTo(QSize(inner.width(), 1 << 20)).expandedTo(item.minimumSize())
            if line and used + size.width() > inner.width():
                top += self._place(line, inner.x(), top, move=move) + gap
                line, used = [], 0
            line.append((item, size))
            used += size.width() + gap
        top += self._place(line, inner.x(), top, move=move)
        return top - inner.y() + bottom

    def _place(self, line: list[tuple[QLayoutItem, QSize]], left: int, top: int, *, move: bool) -> int:
        """Return the height of one line; its items stand in the middle of it."""
        high = max((size.height() for _, size in line), default=0)
        for item, size in line if move else ():
            item.setGeometry(QRect(left, top + (high - size.height()) // 2, size.width(), size.height()))
            left += size.width() + self.spacing()
        return high
