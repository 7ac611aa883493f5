"""Methods about agents: which there are, where each stands, and what its versions say."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import Field

from agents.engine.operations.operation import Asked, Json, Operation, Params
from storage.queries import workspace


class OneAgent(Params):
    """agent.show"""

    agent: str = Field(min_length=1, description="The agent's name.")


class OneVersion(OneAgent):
    """version.show"""

    version: str = Field(min_length=1, description="The version's whole digest.")


async def overview(asked: Asked[Params]) -> Json:
    from agents.engine.overview import listed

    engine = asked.engine

    def ask() -> Json:
        with engine.queries.view() as view:
            return {"seq": view.seq, "agents": listed(view, engine.store.path.parent, engine.ledger.payloads.read)}

    return await asyncio.to_thread(ask)


async def show(asked: Asked[OneAgent]) -> Json:
    from agents.engine.overview import agent_page

    engine = asked.engine

    def ask() -> Json:
        with engine.queries.view() as view:
            zone = workspace.setting(view.connection, "time_zone") or "UTC"
            page = agent_page(view, asked.params.agent, engine.ledger.payloads.read)
            return {"seq": view.seq, "time_zone": zone, **page}

    return await asyncio.to_thread(ask)


async def show_version(asked: Asked[OneVersion]) -> Json:
    from agents.engine.overview import version_texts

    p, engine = asked.params, asked.engine
    with engine.queries.view() as view:
        record = workspace.version(view.connection, p.agent, p.version)
    return await asyncio.to_thread(version_texts, record, engine.ledger.payloads.read)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "agents.overview",
        Params,
        overview,
        "Lists agents with stage and sums, and jobs of the workspace that were never published.",
        "{seq, agents: [{agent, title, purpose, tier, kinds, problem, stage, version, versions, published_at, file, "
        "modes}]}",
    ),
    Operation(
        "agent.show",
        OneAgent,
        show,
        "Says where an agent stands: its road, what it did, its pilots and versions.",
        "{seq, time_zone, agent, road, modes, pilots, versions: [{version, number, author, published_at, stage, model, "
        "changes}]}",
    ),
    Operation(
        "version.show",
        OneVersion,
        show_version,
        "Shows the texts that make a version.",
        "VersionRecord with {file, texts: {job, plan, policy}, tools}",
    ),
)
