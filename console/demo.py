"""The sample workspace in the window: made where there is none, and its two pilots begun."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import BadInput

if TYPE_CHECKING:
    from agents.pilots.samples.workspace import SampleWorkspace
    from console.console import Console

FOLDER = "centaur-demo"
ROLES = ["finance-lead", "support-lead"]
"""Those that the sample jobs name: whoever runs the sample is given them."""


def sample_in(folder: Path) -> SampleWorkspace:
    """Return the sample workspace of a folder, made if the folder is new or empty. Raises BadInput for another one."""
    from agents.pilots.samples.workspace import make_workspace, open_workspace

    found = open_workspace(folder)
    if found.triage_job.is_file() and found.invoice_job.is_file():
        return found
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not a sample workspace.", hint="Name a new folder; nothing was changed.")
    return make_workspace(folder)


async def begin(console: Console, sample: SampleWorkspace) -> None:
    """Make whoever runs this known with the roles that the jobs name, and start both pilots."""
    operations = console.operations
    await operations.add_person(console.you, console.you, ROLES)
    await operations.start_pilot(str(sample.triage_job), str(sample.triage_cases), "shadow")
    await operations.start_pilot(str(sample.invoice_job), str(sample.invoice_cases), "live")
