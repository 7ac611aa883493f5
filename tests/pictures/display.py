"""A display of its own: Xvfb with a window manager that gives a window all of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

_TOOLS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "import": "imagemagick"}
_OPENBOX = """<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*"><decor>no</decor><maximized>yes</maximized><focus>yes</focus></application>
</applications></openbox_config>"""
_PATIENCE_S = 30.0


class Display:
    """An X display of a size ("1440x900"). Use as a context manager; its processes end with it."""

    def __init__(self, size: str) -> None:
        missing = [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]
        if missing:
            raise SystemExit(f"Pictures need {', '.join(missing)}: apt-get install {' '.join(missing)}")
        self._size = size
        self._folder = tempfile.TemporaryDirectory(prefix="centaur-display-")
        self._processes: list[subprocess.Popen[bytes]] = []
        self.env: dict[str, str] = {}

    def __enter__(self) -> Self:
        reader, writer = os.pipe()
        screen = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{self._size}x24", "-nolisten", "tcp", "-noreset"]
        self._start(screen, pass_fds=(writer,))
        os.close(writer)
        with os.fdopen(reader) as told:  # it says its number when it is ready
            self.env = {**os.environ, "DISPLAY": f":{told.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
        config = Path(self._folder.name) / "rc.xml"
        config.write_text(_OPENBOX, encoding="utf-8")
        self._start(["openbox", "--config-file", str(config)])
        return self

    def _start(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
        quiet = subprocess.DEVNULL
        self._processes.append(
            subprocess.Popen(command, env=self.env or None, pass_fds=pass_fds, stdout=quiet, stderr=quiet)
        )  # fmt: skip

    def __exit__(self, *raised: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()
        self._folder.cleanup()

    def run(self, *command: str) -> bytes:
        """Run a tool on this display; return what it wrote."""
        done = subprocess.run(command, env=self.env, capture_output=True, check=False, timeout=_PATIENCE_S)
        return done.stdout
