"""A confusion matrix as it is shown."""

from __future__ import annotations

from typing import NamedTuple


class Matrix(NamedTuple):
    """Counts by row (what people did) and column (what the agent would have done).

    Attributes:
        rows, columns: the names; a column of other answers may come last.
        cells: one tuple of counts a row.
        totals: of each row.
        left_out: labels that have no row, and how many of their cases differ.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    totals: tuple[int, ...]
    left_out: tuple[int, int] = (0, 0)
