"""What a list shows: rows in groups. `HeldRows` has them all in memory; `paged.PagedRows` reads them as needed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

Index = QModelIndex | QPersistentModelIndex


class Group(NamedTuple):
    """Rows that belong together, under a head; without a title they have none.

    Attributes:
        meaning: the role of the head's colour, or "".
    """

    title: str = ""
    rows: int = 0
    meaning: str = ""


class Rows(QAbstractListModel):
    """Rows in groups; the heads are no rows.

    Attributes:
        words: what a screen reader says of a row.

    Signals:
        groups_changed: titles or counts are others now.
    """

    ROW = int(Qt.ItemDataRole.UserRole)
    groups_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words: Callable[[Any], str] = str

    def groups(self) -> Sequence[Group]:
        """Return the groups with their counts, in order."""
        raise NotImplementedError

    def row(self, number: int) -> Any | None:
        """Return a row, None if it is not there (yet)."""
        raise NotImplementedError

    def key(self, number: int) -> Hashable | None:
        """Return what names a row for good."""
        raise NotImplementedError

    def find(self, key: Hashable) -> int | None:
        """Return the number of the row with this key, if it is known."""
        raise NotImplementedError

    def want(self, first: int, last: int) -> None:
        """Hear which rows are seen."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself (`ROW`) or its words."""
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == self.ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(row)
        return None


class HeldRows(Rows):
    """Rows that are all in memory.

    Args:
        key: what names a row for good.
    """

    def __init__(self, key: Callable[[Any], Hashable], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._groups: list[Group] = []
        self._rows: list[Any] = []
        self._at: dict[Hashable, int] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def groups(self) -> Sequence[Group]:
        """Return the groups."""
        return self._groups

    def row(self, number: int) -> Any | None:
        """Return a row, None beyond the end."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def key(self, number: int) -> Hashable | None:
        """Return what names a row."""
        row = self.row(number)
        return None if row is None else self._key(row)

    def find(self, key: Hashable) -> int | None:
        """Return the number of the row with this key."""
        return self._at.get(key)

    def put(self, groups: Sequence[tuple[Group, Sequence[Any]]]) -> None:
        """Show these rows. Says no more than what changed: rows with the same keys are only repainted."""
        rows = [row for _, held in groups for row in held]
        heads = [group._replace(rows=len(held)) for group, held in groups]
        same = [self._key(row) for row in rows] == [self._key(row) for row in self._rows]
        changed = heads != self._groups
        if same:
            before, self._rows, self._groups = self._rows, rows, heads
            different = [n for n, (old, new) in enumerate(zip(before, rows, strict=True)) if old != new]
            if different:
                self.dataChanged.emit(self.index(different[0]), self.index(different[-1]))
        else:
            self.beginResetModel()
            self._rows, self._groups = rows, heads
            self._at = {self._key(row): number for number, row in enumerate(rows)}
            self.endResetModel()
        if changed:
            self.groups_changed.emit()
