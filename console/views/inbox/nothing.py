"""What the inbox says where a list is empty: why, and what there is to do."""

from __future__ import annotations

from console.theme.look import Look
from console.widgets.empty_state import EmptyState


class Nothing(EmptyState):
    """One sentence for each tab; until something was read, that it is being read."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "inbox", self.tr("Reading what waits…"), "", self.tr("See what runs"))

    def explain(self, tab: str, filtered: bool) -> None:
        """Say why this tab is empty."""
        if filtered:
            self.say(self.tr("Nothing matches this filter"), self.tr("Esc clears it."), "list-filter")
        elif tab == "mine":
            text = self.tr("Agents go on working. What they may not do alone comes here, the most urgent first.")
            self.say(self.tr("Nothing needs you"), text, "circle-check")
        elif tab == "others":
            text = self.tr("No run waits for others, for a change or a time.")
            self.say(self.tr("Nothing waits"), text, "hourglass")
        else:
            text = self.tr("What people decide is kept here, with who, when and why.")
            self.say(self.tr("Nothing was decided yet"), text, "clipboard-check")
