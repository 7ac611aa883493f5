"""Takes the pictures of the console.

    python -m tests.pictures [FOLDER] [--size 1440x900] [--all FOLDER] [--workspace FOLDER] [--until STAGE]

Needs Xvfb, openbox, xdotool and ImageMagick: `make screenshots` installs them where it can.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from agents.pilots.samples.catalogue import add_sample
from tests.pictures.display import Display
from tests.pictures.real_window import RealWindow
from tests.pictures.road import INVOICES, ROAD
from tests.pictures.steps import Failed, Stage

FOLDER = Path("docs/screenshots")


def take(window: RealWindow, stages: tuple[Stage, ...], folder: Path, last: str = "") -> bool:
    """Go through stages and keep their pictures; return whether the last one wanted was reached.

    Raises SystemExit with the name of a stage that failed.
    """
    for stage in stages:
        began = time.monotonic()
        try:
            for step in stage.steps:
                step(window)
        except Failed as failed:
            window.picture(folder / "failed.png")
            raise SystemExit(
                f"{stage.name}: {failed}. What was seen is in {folder / 'failed.png'}.\n{window.said()}"
            ) from failed
        if not stage.quick:
            window.still()
        if stage.name:
            window.picture(folder / f"{stage.name}.png")
        sys.stdout.write(f"{stage.name}  {time.monotonic() - began:.1f} s\n")
        sys.stdout.flush()
        if last and stage.name == last:
            return True
    return False


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of the console.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--workspace", type=Path, help="a new folder to work in; it is kept")
    parser.add_argument("--until", default="", help="end after this stage")
    parser.add_argument("--begin", default="", help="begin with this stage, in a workspace that has come so far")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="centaur-pictures-") as place:
        home = (given.workspace or Path(place)).absolute()
        store = home / "nordavind-bank" / "centaur.db"
        store.parent.mkdir(parents=True, exist_ok=True)
        add_sample(store.parent, INVOICES, all_faults=True)  # more of its cases wait for a person than of the few
        with Display(given.size) as display, RealWindow(display, home / "home", store) as window:
            names = [stage.name for stage in ROAD]
            take(window, ROAD[names.index(given.begin) if given.begin else 0 :], given.folder, given.until)


if __name__ == "__main__":
    main()
