"""What each kind of event means for the derived tables: one function a kind, and the registry of them all."""

from __future__ import annotations

from storage.projections import approvals, calls, cases, runs, safety, workspace
from storage.projections.tables import Fold

FOLDS: dict[str, Fold] = {
    **workspace.FOLDS,
    **cases.FOLDS,
    **runs.FOLDS,
    **calls.FOLDS,
    **approvals.FOLDS,
    **safety.FOLDS,
}
"""Every kind that changes a table; the others stand in the ledger alone."""
