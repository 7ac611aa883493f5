"""Whether a window can be opened here; asked before Qt is, which would end the process instead of saying why."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_LIBRARY = "libxcb-cursor.so.0"
_NEEDED = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxkbcommon-x11-0 libegl1"
_PATIENCE_S = 2.0


class NoWindow(NamedTuple):
    """Why no window can be opened, and what to do."""

    message: str
    hint: str


def why_no_window(environment: Mapping[str, str] = os.environ) -> NoWindow | None:
    """Return what keeps a window from opening, None if nothing is known that does."""
    if not sys.platform.startswith("linux"):
        return None
    wanted = environment.get("QT_QPA_PLATFORM", "")
    if wanted and not wanted.startswith(("xcb", "wayland")):
        return None
    display = environment.get("DISPLAY", "")
    if not display and not environment.get("WAYLAND_DISPLAY"):
        return NoWindow(
            "There is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "Start it in a desktop session, over `ssh -X`, or as `xvfb-run centaur`.",
        )
    if display and not environment.get("WAYLAND_DISPLAY"):
        return _why_no_x(display)
    return None


def _why_no_x(display: str) -> NoWindow | None:
    if not _answers(display):
        return NoWindow(
            f"The display {display} does not answer.", "Check DISPLAY; the X server it names must be running."
        )
    try:
        ctypes.CDLL(_LIBRARY)
    except OSError:
        return NoWindow(f"Qt needs {_LIBRARY} for a window, and it is not installed.", f"apt install {_NEEDED}")
    return None


def _answers(display: str) -> bool:
    """Return whether an X server listens at a display; True where it cannot be known."""
    found = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if found is None:
        return True  # over a network: Qt says itself what is wrong
    path = f"/tmp/.X11-unix/X{found[1]}"  # noqa: S108 - where X servers listen
    for address in ([path] if Path(path).exists() else []) + [f"\0{path}"]:
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(_PATIENCE_S)
            try:
                end.connect(address)
            except OSError:
                continue
            return True
    return False
