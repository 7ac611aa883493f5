"""A table of the form: one row a thing, its fields side by side, faults under the row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.models.job_form import Field as Spec
from console.models.job_form import Table, edit_of, free_name, rows_of, said, shown, value_at
from console.models.job_form_draft import Draft
from console.theme.look import Look
from console.views.agents.field_editor import FieldEditor
from console.views.agents.parts import empty, row
from console.widgets.button import Button, IconButton
from console.widgets.label import Label

Json = Any
_KEY = Spec((), "Name", wide=2)


class TableEditor(QWidget):
    """Rows of one kind in a draft's job."""

    def __init__(self, look: Look, draft: Draft, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self._draft, self.table = look, draft, table
        self.setAccessibleName(said(table.title))
        self.editors: dict[str | int, dict[int, FieldEditor]] = {}
        self._errors: dict[str | int, Label] = {}
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, 0, 0, 0)
        self.title = Label(look, said(table.title), "small.name", "dim", wrap=False)
        self._grid_holder = QVBoxLayout()
        self.add = Button(look, said(table.add), icon="plus", kind="quiet", small=True)
        self.add.clicked.connect(self._add)
        self._all.addWidget(self.title)
        self._all.addLayout(self._grid_holder)
        self._all.addLayout(row(self.add))
        look.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Take up the look in force."""
        self._all.setSpacing(self.look.px(6))

    def refill(self) -> None:
        """Show the rows as the YAML has them now."""
        value = self._draft.value("job")
        order = self._draft.looked.get("order", {}).get(".".join(map(str, self.table.at)), ())
        rows = rows_of(self.table, value, order)
        if [key for key, _ in rows] != list(self.editors):
            self._build([key for key, _ in rows])
        for key, held in rows:
            place = (*self.table.at, key)
            for index, editor in self.editors[key].items():
                spec = editor.spec
                editor.put(str(key) if index < 0 else shown(spec, value_at(held, spec.at)))
                mine = self._draft.faults_at("job", editor.at) if index >= 0 else []
                editor.set_wrong(mine[0].why if mine else "")
            faults = self._draft.faults_at("job", place)
            error = self._errors[key]
            error.say(" ".join(dict.fromkeys(fault.why for fault in faults)), "err")
            error.setVisible(bool(faults))

    def _build(self, keys: list[str | int]) -> None:
        """Make the rows anew: some came, went or were renamed."""
        empty(self._grid_holder)
        self.editors, self._errors = {}, {}
        if not keys:
            self._grid_holder.addWidget(Label(self.look, self.tr("None."), "small", "faint"))
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.look.px(8))
        grid.setVerticalSpacing(self.look.px(4))
        self._grid_holder.addLayout(grid)
        first = 1 if self.table.named else 0
        columns = [*((_KEY,) if self.table.named else ()), *self.table.columns]
        for column, spec in enumerate(columns):
            words = said(spec.label) if spec is not _KEY else self.tr("Name")
            grid.addWidget(Label(self.look, words, "caption", "faint", wrap=False), 0, column)
            grid.setColumnStretch(column, spec.wide * 10)
        for number, key in enumerate(keys):
            line = 1 + 2 * number
            self.editors[key] = {}
            if self.table.named:
                self._cell(grid, line, 0, key, -1, _KEY)
            for index, spec in enumerate(self.table.columns):
                self._cell(grid, line, first + index, key, index, spec)
            remove = IconButton(self.look, "trash-2", self.tr("Remove {0}").format(key), kind="quiet", small=True)
            remove.setProperty("key", key)
            remove.clicked.connect(self._remove)
            grid.addWidget(remove, line, len(columns))
            error = self._errors[key] = Label(self.look, "", "small", "err")
            error.hide()
            grid.addWidget(error, line + 1, 0, 1, len(columns))

    def _cell(self, grid: QGridLayout, line: int, column: int, key: str | int, index: int, spec: Spec) -> None:
        at = (*self.table.at, key, *spec.at)
        editor = FieldEditor(self.look, spec, at, small=True)
        label = said(spec.label) if index >= 0 else self.tr("Name")
        editor.setAccessibleName(f"{said(self.table.title)}, {key}: {label}")
        editor.committed.connect(self._committed if index >= 0 else self._renamed)
        grid.addWidget(editor, line, column)
        self.editors[key][index] = editor

    def _committed(self, editor: FieldEditor) -> None:
        self._draft.edit("job", [edit_of(editor.spec, editor.at, editor.text())])

    def _renamed(self, editor: FieldEditor) -> None:
        name = editor.text().strip()
        if name:
            self._draft.edit("job", [{"at": list(editor.at), "do": "rename", "value": name}])

    def _add(self) -> None:
        value = self._draft.value("job")
        rows = rows_of(self.table, value)
        new = dict(self.table.new)
        if self.table.named:
            name = free_name(self.table, value, f"new_{self.table.named}")
            self._draft.edit("job", [{"at": [*self.table.at, name], "do": "set", "value": new}])
            return
        for column in self.table.columns:
            if column.at in (("id",), ("name",)):
                new = _unlike(new, column.at[0], [held for _, held in rows])
        self._draft.edit("job", [{"at": [*self.table.at, len(rows)], "do": "insert", "value": new}])

    def _remove(self) -> None:
        sender = self.sender()
        key = sender.property("key") if sender is not None else None
        if key is not None:
            self._draft.edit("job", [{"at": [*self.table.at, key], "do": "remove"}])


def _unlike(new: Mapping[str, Json], key: str | int, rows: list[Json]) -> dict[str, Json]:
    """Return the new row with an id that no other row has."""
    taken = {str(held.get(key)) for held in rows if isinstance(held, Mapping)}
    wanted, number = str(new[str(key)]), 2
    name = wanted
    while name in taken:
        name, number = f"{wanted}_{number}" if "_" in wanted else f"{wanted}{number}", number + 1
    return {**new, str(key): name}
