"""Whoever runs the program, as the operating system knows them."""

from __future__ import annotations

import getpass
import re


def local_name() -> str:
    """Return the id of whoever runs the program: the operating system's account name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "supervisor"
    return re.sub(r"[^A-Za-z0-9._@-]", "-", name) or "supervisor"
