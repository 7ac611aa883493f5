"""Which column of a case file is what: one row a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.models.agents_start import Slot, mapping_of, slots
from console.theme.look import Look
from console.views.agents.parts import empty
from console.widgets.check import Check
from console.widgets.combo import Combo
from console.widgets.label import Label

Json = Any
_PER_ROW = 3


class MappingEditor(QWidget):
    """The columns of a file, and what each is.

    Signals:
        changed: another mapping was chosen.
    """

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._slots: list[Slot] = []
        self.combos: list[Combo] = []
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._holder = QVBoxLayout()
        self.rest = Check(look, self.tr("Ignore all other columns"))
        self._all.addLayout(self._holder)
        self._all.addWidget(self.rest)
        self._all.setSpacing(look.px(8))
        self.rest.clicked.connect(self.changed)

    def show_preview(self, preview: Mapping[str, Json]) -> None:
        """Take up the columns of another file."""
        empty(self._holder)
        self._slots, self.combos = slots(preview), []
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.look.px(16))
        grid.setVerticalSpacing(self.look.px(4))
        self._holder.addLayout(grid)
        for index, slot in enumerate(self._slots):
            line, column = index // _PER_ROW * 2, index % _PER_ROW
            grid.setColumnStretch(column, 1)
            words = self._words(slot)
            grid.addWidget(Label(self.look, words, "small.name", "dim", wrap=False), line, column)
            combo = Combo(self.look, words, small=True)
            combo.addItem(self.tr("row number") if slot.section == "id" else self.tr("no column"), "")
            for name in preview["columns"]:
                combo.addItem(name, name)
            combo.choose(slot.column)
            combo.activated.connect(self.changed)
            combo.setMinimumWidth(self.look.px(120))
            self.combos.append(combo)
            grid.addWidget(combo, line + 1, column)
        self.rest.setChecked("*" in preview["mapping"]["ignore"])

    def _words(self, slot: Slot) -> str:
        if slot.section == "id":
            return self.tr("Id of the case")
        if slot.section == "outcome":
            return self.tr("What people decided: {0}").format(slot.name)
        return f"{slot.name}, {slot.type}" + (self.tr(", needed") if slot.required else "")

    def mapping(self) -> dict[str, Json]:
        """Return what was chosen."""
        chosen = [
            slot._replace(column=str(combo.currentData() or ""))
            for slot, combo in zip(self._slots, self.combos, strict=True)
        ]
        return mapping_of(chosen, self.rest.isChecked())

    def suggested(self, preview: Mapping[str, Json]) -> bool:
        """Return whether what is shown differs from what the job says by itself."""
        return bool(preview["suggested"])
