"""A run being worked: its state, what it was shown, its surroundings. The parts of the runner share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.loop.batch import Batch
from agents.loop.charter import Charter
from agents.loop.folding import fold
from agents.loop.judging import Situation
from agents.loop.state import Call, RunState
from agents.loop.transcript import Transcript, turns_so_far
from agents.loop.world import Crew, World
from agents.models.model import Turn
from agents.own_json import load
from agents.tools.foreign_json import parse_foreign
from storage.errors import BadInput
from storage.events.body import Ref
from storage.events.envelope import agent as agent_actor

Json = Any


class Session:
    """One run being worked, loaded from the ledger.

    Attributes:
        run: its id.
        world, crew, charter: its surroundings, who works it, by which version.
        batch: its state, with the events that are not committed yet.
        transcript: what its model was shown.
        case: the case's fields.
    """

    def __init__(self, run: str, world: World, crew: Crew, case: Ref) -> None:
        self.run, self.world, self.crew = run, world, crew
        state = self._folded()
        self.batch = Batch(world.ledger, state, agent_actor(state.agent, state.version), world.clock)
        content = world.ledger.payloads.read(case)
        self.case: Mapping[str, Json] = load(content)
        self.transcript = Transcript(world.ledger.payloads, self.charter.instructions.encode() + content)
        self.transcript.extend(state)

    @property
    def charter(self) -> Charter:
        """Return the charter of the run's version."""
        return self.crew.charter

    @property
    def state(self) -> RunState:
        """Return the present state."""
        return self.batch.state

    async def refold(self) -> None:
        """Take in what others appended to this run, in the ledger's order."""
        await self.batch.commit()
        self.batch.state = self._folded()

    def _folded(self) -> RunState:
        events = self.world.ledger.run_events(self.run)
        return fold(self.run, [(event.body, event.ts) for event in events])

    def situation(self) -> Situation:
        turns = self.turns_so_far()
        return Situation(
            self.state, self.case, turns, turns[-1].results if self.state.calls else (), self.world.clock(),
            self.world.zone,
        )  # fmt: skip

    def turns_so_far(self) -> list[Turn]:
        """Return the closed turns and the present one as far as it has come."""
        return turns_so_far(self.transcript, self.state)

    def arguments(self, call: Call) -> dict[str, Json]:
        try:
            value = parse_foreign(self.world.ledger.payloads.read(call.args or call.arguments))
        except BadInput:
            return {}
        return dict(value) if isinstance(value, dict) else {}

    def is_read(self, call: Call) -> bool:
        return call.tool in self.crew.toolbox.readers
