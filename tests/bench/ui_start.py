"""One start of the console: when it was painted first, when it was usable, what it weighs. Run by `ui`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

BEGAN, STORE = float(sys.argv[1]), Path(sys.argv[2])


def main() -> int:
    """Open the window, note when what was there, close it."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    from console.app import Composed, run
    from storage.queries import runs

    found: dict[str, float] = {}

    def now() -> float:
        return (time.monotonic() - BEGAN) * 1_000

    def painted() -> None:
        found["first_paint_ms"] = now()
        found["first_paint_cpu_ms"] = time.process_time() * 1_000

    class Seen(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and "first_paint_ms" not in found:
                found["first_paint_ms"] = 0.0
                QTimer.singleShot(0, painted)
            return False

    seen = Seen()

    def then(window: QObject, composed: Composed) -> None:
        window.installEventFilter(seen)
        console = composed.console

        def answers(_: object) -> None:
            console.tasks.start(listed(), "usable")

        async def listed() -> None:
            await console.reads.ask(lambda view: runs(view.connection))
            found["usable_ms"] = now()
            QTimer.singleShot(1_000, end)

        def end() -> None:
            found["rss_mb"] = rss_mb()
            window.close()  # type: ignore[attr-defined]

        console.engine.ready.connect(answers)

    status = run(STORE, then=then)
    print(json.dumps(found))
    return status


def rss_mb() -> float:
    """Return the resident memory of this process in MB."""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
