"""Makes a sample workspace: two jobs, their policies, real cases, and a small real ERP."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agents.pilots.samples.catalogue import add_sample
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
    for template in ("support-triage", "invoice-matching"):
        add_sample(folder, template, seed, all_faults=all_faults)
    return open_workspace(folder)
