"""Where a defect's traceback goes: to a file, never to the person's screen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger("centaur.cli")


def log_file() -> Path:
    """Return the file that warnings and defects are written to."""
    import platformdirs

    return platformdirs.user_log_path("centaur", appauthor=False) / "centaur.log"


class _LateFile(logging.Handler):
    """Opens its file, and makes its folder, at the first record only."""

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record; a disk that refuses it changes nothing for the command."""
        try:
            path = log_file()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            return


@contextmanager
def logging_to_file() -> Iterator[None]:
    """Send what the program logs to the file while a command runs."""
    handler = _LateFile(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
