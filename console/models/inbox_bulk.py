"""Which requests may be decided together: the same rule, tool and agent, and all of them can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from storage.queries.inbox import Closed, OpenItem


def why_not(items: Sequence[OpenItem | Closed]) -> str:
    """Return why these cannot be decided together, "" if they can."""

    def tr(words: str) -> str:
        return QCoreApplication.translate("inbox", words)

    if any(not isinstance(item, OpenItem) or item.kind != "approval" for item in items):
        return tr("Only open approvals can be decided together.")
    if len({item.about for item in items}) > 1:
        return tr("Only requests of one rule can be decided together.")
    if len({(item.tool, item.agent) for item in items}) > 1:
        return tr("Only calls of one tool of one agent can be decided together.")
    if len({item.version for item in items}) > 1:
        return tr("These calls come from different versions of the agent; decide them one by one.")
    if any(item.irreversible for item in items):
        return tr("What cannot be taken back is decided one by one.")
    if any(item.tier >= 4 for item in items):
        return tr("In a job of tier 4 each request is decided on its own.")
    return ""
