"""Methods of the kill switch."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from agents.engine.kills import Containment
from agents.engine.operations.operation import Asked, CommandParams, Json, Operation, Params, plain
from agents.engine.receipt import derived_id, id_of
from storage.errors import NotFound
from storage.events.safety import KillScope
from storage.queries import decisions


class Order(CommandParams):
    """kill.order"""

    scope: KillScope = Field(description="all, agent or tool.")
    target: str | None = Field(None, min_length=1, description="The agent's or the tool's name.")
    reason: str = Field("", description="Why; kept with the event.")

    @model_validator(mode="after")
    def _named(self) -> Order:
        if (self.scope is KillScope.ALL) != (self.target is None):
            raise ValueError("`target` names the agent or the tool, and is left out where all is stopped")
        return self


class Lift(CommandParams):
    """kill.lift"""

    kill: str = Field(min_length=1, description="The kill's id or the beginning of it.")
    reason: str = Field(min_length=1, description="Why work may begin again.")


class State(Params):
    """kill.state"""

    kill: str | None = Field(None, min_length=1, description="One kill, also a lifted one; without it all that stand.")


async def order(asked: Asked[Order]) -> Json:
    p = asked.params
    command = id_of(asked.receipt)
    kill = None if command is None else derived_id("kill", command)
    return shown(await asked.engine.kills.order(p.scope, p.target, await asked.who(), p.reason, kill))


async def lift(asked: Asked[Lift]) -> Json:
    kill = await asked.engine.kills.lift(asked.params.kill, await asked.who(), asked.params.reason, asked.receipt)
    return {"kill": kill}


async def state(asked: Asked[State]) -> Json:
    wanted = asked.params.kill
    with asked.engine.queries.view() as view:
        known = decisions.kills(view.connection, active=wanted is None)
    if wanted is not None:
        known = [record for record in known if record.kill.startswith(wanted)]
        if len(known) != 1:
            raise NotFound(f"There is no kill `{wanted}`." if not known else f"Several kills begin with `{wanted}`.")
    kills = [plain(record) | shown(asked.engine.kills.state(record.kill)) for record in known]
    return {"seq": view.seq, "kills": kills}


def shown(containment: Containment) -> dict[str, Json]:
    """Return how far a kill has come, with `contained` said in so many words."""
    return {**plain(containment), "contained": containment.contained}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "kill.order",
        Order,
        order,
        "Stops everything that the scope covers.",
        "Containment: {kill, scope, target, acknowledged, awaiting, unacknowledged, contained}",
        command=True,
        again="The kill's id follows from the command's: one that stands already is only looked at.",
    ),
    Operation("kill.lift", Lift, lift, "Lets work of the scope begin again.", "{kill}", command=True),
    Operation("kill.state", State, state, "Says how far kills have come.", "{seq, kills: [KillRecord + Containment]}"),
)
