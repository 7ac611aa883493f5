"""A tab with two ways of seeing the same: a form and its text, sentences and their file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.models.job_form_draft import Draft
from console.theme.look import Look
from console.widgets.label import Label
from console.widgets.segmented import Segmented


class TwoWays(QWidget):
    """Switches between panes; says which file it is about and what is wrong in it."""

    def __init__(
        self, look: Look, ways: Sequence[tuple[str, str, QWidget]], draft: Draft | None = None, part: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.look, self._draft, self._part = look, draft, part
        self.panes = {name: pane for name, _, pane in ways}
        self.choice = Segmented(look, [(name, words) for name, words, _ in ways], self.tr("Shown as"))
        self.state = Label(look, "", "small", "dim", wrap=False)
        self._bar = QHBoxLayout()
        self._bar.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignVCenter)
        self._bar.addWidget(self.state, 0, Qt.AlignmentFlag.AlignVCenter)
        self._bar.addStretch(1)
        self.stack = QStackedWidget()
        for _, _, pane in ways:
            self.stack.addWidget(pane)
        self._all = QVBoxLayout(self)
        self._all.addLayout(self._bar)
        self._all.addWidget(self.stack, 1)
        self.choice.chosen.connect(self.open)
        if draft is not None:
            draft.looked_at.connect(self._said)
            self._said()
        look.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Take up the look in force."""
        px = self.look.px
        self._bar.setContentsMargins(px(32), px(12), px(32), px(12))
        self._bar.setSpacing(px(16))
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(0)

    def open(self, name: str) -> None:
        """Show one way."""
        if name in self.panes:
            self.choice.choose(name)
            self.stack.setCurrentWidget(self.panes[name])

    def _said(self) -> None:
        if self._draft is None:
            return
        faults = [fault for fault in self._draft.faults if fault.part == self._part]
        if not faults:
            self.state.say("")
            return
        first = faults[0]
        where = self.tr("line {0}: ").format(first.line) if first.line else ""
        more = self.tr("  and {0} more").format(len(faults) - 1) if len(faults) > 1 else ""
        self.state.say(f"{where}{first.why}{more}", "err")
