"""A real window on a display of its own: Xvfb, a window manager, the console's process, keys by xdotool."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

_TOOLS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "import": "imagemagick"}
_OPENBOX = """<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*"><decor>no</decor><maximized>yes</maximized><focus>yes</focus></application>
</applications></openbox_config>"""
_PATIENCE_S = 30.0


class Display:
    """An X display of a size, with a window manager that gives windows all of it. Use as a context manager."""

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


class RealWindow:
    """The console in a process of its own, with a home of its own. Use as a context manager.

    Args:
        arguments: of the command `centaur`.
        store: what it works on.
    """

    def __init__(self, display: Display, home: Path, arguments: list[str], store: Path) -> None:
        self._display, self._home, self._arguments, self.store = display, home, arguments, store
        self._process: subprocess.Popen[bytes] | None = None
        self._log = home / "console.log"
        self._id = ""

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True)
        env = {
            **self._display.env, "HOME": str(self._home), "XDG_CONFIG_HOME": str(self._home / "config"),
            "XDG_STATE_HOME": str(self._home / "state"), "XDG_DATA_HOME": str(self._home / "data"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "QT_LOGGING_RULES": "*.debug=false",
        }  # fmt: skip
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "console", *self._arguments], env=env, stdout=log, stderr=log
            )  # fmt: skip
        deadline = time.monotonic() + _PATIENCE_S
        while not self._id:
            if time.monotonic() > deadline or not self.alive():
                raise SystemExit(f"The console opened no window.\n{self.said()}")
            found = self._tool("xdotool", "search", "--onlyvisible", "--name", "Centaur")
            self._id = found.split()[0] if found else ""
            time.sleep(0.05)
        self._tool("xdotool", "windowactivate", "--sync", self._id)
        return self

    def __exit__(self, *raised: object) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def alive(self) -> bool:
        """Return whether the console still runs."""
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """Return what it wrote to its standard error."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4_000:]

    def keys(self, *names: str) -> None:
        """Strike keys with a little time between them, as fingers need."""
        for name in names:
            self._tool("xdotool", "key", "--clearmodifiers", name)
            time.sleep(0.15)

    def hold(self, name: str, seconds: float) -> None:
        """Hold a key."""
        self._tool("xdotool", "keydown", name)
        time.sleep(seconds)
        self._tool("xdotool", "keyup", name)

    def write(self, text: str) -> None:
        """Type a text."""
        self._tool("xdotool", "type", "--delay", "12", text)

    def click(self, x: int, y: int) -> None:
        """Click somewhere on the screen."""
        self._tool("xdotool", "mousemove", str(x), str(y), "click", "1")

    def steady(self, patience_s: float = 6.0) -> None:
        """Wait until two looks show the same, or the time is over (a clock may go on)."""
        before, deadline = b"", time.monotonic() + patience_s
        while time.monotonic() < deadline:
            now = self._run("import", "-window", "root", "-depth", "8", "rgb:-")
            if now == before:
                return
            before = now
            time.sleep(0.15)

    def picture(self, path: Path) -> None:
        """Save what is on the screen as PNG."""
        self._tool("import", "-window", "root", "-depth", "8", str(path))

    def _tool(self, *command: str) -> str:
        return self._run(*command).decode("utf-8", "replace")

    def _run(self, *command: str) -> bytes:
        done = subprocess.run(command, env=self._display.env, capture_output=True, check=False, timeout=_PATIENCE_S)
        return done.stdout
