"""What policy said of a call: the ruling, the rule and its reason, other rules, and where arguments come from."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.signs import RULING, sign
from console.theme.look import Look
from console.widgets.label import Label
from console.widgets.pill import Pill
from console.widgets.scroll import Scroll
from storage.events.calls import CallDecided

_BUILT_IN = {
    "no-match": "No rule speaks of this call, and what changes something is never allowed by default.",
    "no-match-read": "No rule speaks of this call; reading is allowed by default.",
    "malformed-arguments": "The arguments do not fit the tool's schema.",
    "unknown-tool": "The agent has no such tool.",
    "tool-calls-limit": "The tool was called as often as one run may.",
    "kill": "A person stopped the work.",
    "binding-changed": "What was approved is not what would have run.",
}


class PolicyView(Scroll):
    """The tab Policy."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.setAccessibleName(self.tr("Policy"))
        self._shown: object = self
        self.show_decision(None, "")

    def show_decision(self, decision: CallDecided | None, because: str) -> None:
        """Show how a call was judged; `because` is the rule's reason where it is known."""
        if self._shown == (decision, because):
            return
        self._shown = (decision, because)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, self.look.px(12), self.look.px(12), self.look.px(12))
        column.setSpacing(self.look.px(8))
        if decision is None:
            column.addWidget(Label(self.look, self.tr("No rule was asked about this step."), "body", "dim"))
        else:
            self._fill(column, decision, because)
        column.addStretch(1)
        old = self.takeWidget()
        if old is not None:
            old.deleteLater()
        self.setWidget(page)

    def _fill(self, column: QVBoxLayout, decision: CallDecided, because: str) -> None:
        look = self.look
        ruling = sign(RULING, decision.ruling)
        column.addWidget(Pill(look, ruling.word[:1].upper() + ruling.word[1:], ruling.meaning, ruling.icon))
        column.addWidget(Label(look, decision.rule, "mono.strong"))
        reason = because or self.tr(_BUILT_IN.get(decision.rule, ""))
        if reason:
            column.addWidget(Label(look, reason, "body", "dim"))
        if decision.by:
            column.addWidget(Label(look, self.tr("Judged anew after a person edited the arguments."), "small", "dim"))
        others = decision.verdicts or ()
        if others:
            column.addSpacing(look.px(8))
            column.addWidget(Label(look, self.tr("Other rules"), "strong"))
            for other in others:
                word = self.tr("matched, too") if other.verdict == "matched" else self.tr("could not be evaluated")
                role = "dim" if other.verdict == "matched" else "err"
                column.addWidget(Label(look, f"{other.rule}: {word}", "small", role))
        if decision.origins:
            column.addSpacing(look.px(8))
            column.addWidget(Label(look, self.tr("Where the arguments come from"), "strong"))
            for origin in decision.origins:
                column.addWidget(Label(look, origin.path or self.tr("the whole call"), "mono.name"))
                if origin.proven:
                    column.addWidget(Label(look, origin.source or self.tr("proven"), "small", "ok"))
                else:
                    column.addWidget(Pill(look, self.tr("UNPROVEN"), "wait", "triangle-alert"))
