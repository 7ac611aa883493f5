"""No room is waited for when it is entered first, and none brings what only a terminal or the engine needs."""

from __future__ import annotations

import subprocess
import sys

_PRELOAD = """
import asyncio, sys
from console.shell.rooms import BY_ID, preload
asyncio.run(preload())
print(sorted(each for each in ("rich", "pydantic", "sqlmodel", "litellm", "celpy") if each in sys.modules))
print(sorted(door.id for door in BY_ID.values() if door.made_by.partition(":")[0] not in sys.modules))
import agents.pilots.report_words, agents.pilots.report_json, console.models.pilots_reading
print("rich" in sys.modules)
"""


def test_all_rooms_are_imported_ahead_and_stay_light() -> None:
    ran = subprocess.run([sys.executable, "-c", _PRELOAD], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split("\n")[:3] == ["[]", "[]", "False"], ran.stderr
