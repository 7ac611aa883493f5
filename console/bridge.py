"""The one way from a worker thread to the window: a QObject that lives as long as the process's window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

Call = Callable[[], None]


class Bridge(QObject):
    """Runs calls from any thread on the thread that made it, in order.

    A worker never emits a signal of a widget: the widget may be gone by then, which ends the process. It posts here;
    one signal wakes the window however many calls wait.
    """

    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._calls: deque[Call] = deque()
        self._open = True
        self._woken = False
        self._wake.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Call) -> None:
        """Have a call made soon on the window's thread. After `close` it is dropped."""
        if not self._open:
            return
        self._calls.append(call)
        if not self._woken:  # set before the call was seen, or the call is seen: never missed, at most woken twice
            self._woken = True
            self._wake.emit()

    def close(self) -> None:
        """Make no more calls; what waits is dropped. Join the workers first: they may be posting."""
        self._open = False
        self._calls.clear()

    @Slot()
    def _run(self) -> None:
        """Make the calls that wait now; what they post comes with the next turn of the loop."""
        self._woken = False
        try:
            for _ in range(len(self._calls)):
                self._calls.popleft()()
        finally:
            if self._calls and not self._woken:
                self._woken = True
                self._wake.emit()
