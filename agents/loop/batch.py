"""Events that wait to be committed together: everything up to the next effect outside."""

from __future__ import annotations

from collections.abc import Callable

from agents.loop.folding import apply
from agents.loop.state import RunState
from storage.blobs import Payloads
from storage.errors import CentaurError
from storage.events.body import Ref
from storage.events.envelope import Draft
from storage.events.union import AnyBody
from storage.ids import now_us
from storage.ledger import Ledger
from storage.requests import Condition


class Batch:
    """A run's state together with the events that led to it and are not committed yet.

    Nothing outside may happen on the strength of an event that is still here: `commit` comes first.
    """

    def __init__(self, ledger: Ledger, state: RunState, actor: str, clock: Callable[[], int] = now_us) -> None:
        self._ledger = ledger
        self._clock = clock
        self._payloads: Payloads = ledger.payloads
        self._actor = actor
        self._drafts: list[Draft] = []
        self._blobs: dict[Ref, bytes] = {}
        self.state = state

    def keep(self, content: bytes | str) -> Ref:
        """Return the address of a payload that is stored with the next commit."""
        # Text of others may hold half a character; what cannot be written must not end the run.
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        ref = self._payloads.ref(data)
        self._blobs[ref] = data
        return ref

    def add(self, body: AnyBody, actor: str | None = None) -> None:
        """Add an event; the state follows at once."""
        draft = Draft(body, actor or self._actor, self.state.run, ts=self._clock())
        self._drafts.append(draft)
        self.state = apply(self.state, body, draft.ts)

    def mark(self) -> tuple[int, RunState]:
        """Return a place to go back to."""
        return len(self._drafts), self.state

    def back_to(self, mark: tuple[int, RunState]) -> None:
        """Take back what was added since the mark."""
        del self._drafts[mark[0] :]
        self.state = mark[1]

    async def commit(self, condition: Condition | None = None) -> None:
        """Commit what waits. Raises what the ledger raises; then it still waits."""
        if not self._drafts:
            return
        drafts, self._drafts = self._drafts, []
        blobs, self._blobs = self._blobs, {}
        try:
            await self._ledger.append(drafts, blobs, condition=condition)
        except CentaurError:
            self._drafts = drafts + self._drafts
            self._blobs = blobs | self._blobs
            raise
