"""Makes a sample workspace: two jobs, their policies, real cases, and a small real ERP."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from agents.pilots.samples.invoices import build_workspace
from storage.errors import BadInput


@dataclass(frozen=True, slots=True)
class SampleWorkspace:
    """A folder that is ready to run.

    Attributes:
        store: where its store is, or will be.
        triage_job, triage_cases: the support triage and its questions.
        invoice_job, invoice_cases: the invoice matching and its invoices.
        invoice_truth: what must happen with each invoice; no agent reads it.
        erp: the ERP that invoices are booked in.
    """

    folder: Path
    store: Path
    triage_job: Path
    triage_cases: Path
    invoice_job: Path
    invoice_cases: Path
    invoice_truth: Path
    erp: Path


def open_workspace(folder: Path) -> SampleWorkspace:
    """Return the parts of a sample workspace that exists."""
    triage, invoices = folder / "support-triage", folder / "invoice-matching"
    return SampleWorkspace(
        folder, folder / "centaur.db", triage / "support-triage.yaml", triage / "cases.csv",
        invoices / "invoice-matching.yaml", invoices / "cases.jsonl", invoices / "truth.jsonl", invoices / "erp.sqlite",
    )  # fmt: skip


def make_workspace(folder: Path, seed: int = 1, *, all_faults: bool = False) -> SampleWorkspace:
    """Create a sample workspace in a new or empty folder.

    Args:
        seed: which differences are planted into which invoices.
        all_faults: every invoice with every difference (some 250 cases) instead of one each.

    Raises BadInput if the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty.", hint="Name a new folder; nothing was changed.")
    sample = open_workspace(folder)
    sample.triage_job.parent.mkdir(parents=True)
    build_workspace(sample.invoice_job.parent, seed, each_once=not all_faults)
    with as_file(files("resources")) as resources:
        for job in (sample.triage_job, sample.invoice_job):
            for part in (f"{job.stem}.yaml", f"{job.stem}.playbook.yaml"):
                shutil.copyfile(resources / "jobs" / part, job.parent / part)
        shutil.copytree(resources / "policies", folder / "policies")
        for entry in (resources / "samples" / "triage").iterdir():
            shutil.copyfile(entry, sample.triage_job.parent / entry.name)
    return sample
