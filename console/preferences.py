"""What is remembered between starts: one JSON file in the user's config folder, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from pathlib import Path
from typing import Any

Json = Any
log = logging.getLogger("centaur.console")


def default_path() -> Path:
    """Return where the preferences of this user are."""
    import platformdirs

    return platformdirs.user_config_path("centaur", appauthor=False) / "console.json"


class Preferences:
    """Names and JSON values. A file that cannot be read is put aside, never overwritten unseen.

    Args:
        path: the file; its folder is made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._values = self._read()
        self._changed = False

    def get(self, key: str, default: Json = None) -> Json:
        """Return what is remembered under a name. It may have been written by another version: check its kind."""
        return self._values.get(key, default)

    def set(self, key: str, value: Json) -> None:
        """Remember a JSON value; None forgets it. It is written by the next `save`. Raises TypeError for no JSON."""
        json.dumps(value)
        if self._values.get(key) == value:
            return
        self._changed = True
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value

    def save(self) -> bool:
        """Write what changed; return whether it is on the disk. A full disk is logged: it must not keep one in."""
        if not self._changed:
            return True
        content = json.dumps(self._values, indent=1, sort_keys=True)  # ASCII: what was pasted may be no UTF-8
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            log.warning("What this window should remember cannot be written to %s: %s", self.path, error.strerror)
            with contextlib.suppress(OSError):
                beside.unlink()
            return False
        self._changed = False
        return True

    def _read(self) -> dict[str, Json]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            return self._put_aside(str(error))
        return found if isinstance(found, dict) else self._put_aside("it is no object")

    def _put_aside(self, why: str) -> dict[str, Json]:
        aside = self.path.with_name(self.path.name + ".unreadable")
        try:
            self.path.replace(aside)
        except OSError:
            aside = self.path
        log.warning("The preferences cannot be used (%s); they are in %s, and the defaults hold.", why, aside)
        return {}
