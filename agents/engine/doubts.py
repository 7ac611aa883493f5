"""Raises the doubts that a crash left: a run was ended amid a write, and then the engine died.

Such a run is over, so nobody takes it up again; yet whether the write happened is still for a person to find out.
"""

from __future__ import annotations

from agents.loop.folding import fold
from agents.loop.state import CallState
from storage.events.body import Body
from storage.events.calls import DoubtCause, DoubtRaised
from storage.events.envelope import ENGINE, Draft
from storage.ledger import Ledger
from storage.queries import Queries, work


async def raise_left_doubts(ledger: Ledger, queries: Queries) -> None:
    """Put every write that was started in a run that is over, and has no end, before a person."""
    with queries.view() as view:
        drafts = [
            draft
            for run in work.ended_amid_calls(view.connection)
            for draft in _doubts(run, [(event.body, event.ts) for event in work.run_events(view.connection, run)])
        ]
    if drafts:
        await ledger.append(drafts)


def _doubts(run: str, events: list[tuple[Body, int]]) -> list[Draft]:
    return [
        Draft(DoubtRaised(call.id, call.tool, DoubtCause.CRASH), ENGINE, run)
        for call in fold(run, events).calls
        if call.state is CallState.STARTED and call.effect != "read"
    ]
