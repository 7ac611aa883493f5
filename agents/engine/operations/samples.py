"""Methods about the sample agents that ship with Centaur."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import Field

from agents.engine.operations.operation import Asked, CommandParams, Json, Operation, Params
from storage.queries import workspace


class Add(CommandParams):
    """sample.add"""

    template: str = Field(min_length=1, description="The sample's name.")


async def listed(asked: Asked[Params]) -> Json:
    import dataclasses

    from agents.engine.overview import words_of
    from agents.pilots.jobs import template_file
    from agents.pilots.samples.catalogue import samples

    def found() -> list[Json]:
        rows = []
        for each in samples():
            words = words_of(template_file(each.template).read_text("utf-8"), each.template)
            rows.append(dataclasses.asdict(each) | {"title": words.title or each.template, "purpose": words.purpose})
        return rows

    return {"samples": await asyncio.to_thread(found)}


async def add(asked: Asked[Add]) -> Json:
    from agents.pilots.samples.catalogue import accountable, add_sample

    job, cases = await asyncio.to_thread(add_sample, asked.engine.store.path.parent, asked.params.template)
    await _give_roles(asked, await asyncio.to_thread(accountable, job))
    return {"job": str(job), "cases": str(cases)}


async def _give_roles(asked: Asked[Add], named: tuple[str, ...]) -> None:
    """Give whoever tries a sample the roles that its job names and nobody has: otherwise nobody could decide in it."""
    who = await asked.who()
    with asked.engine.queries.view() as view:
        people = workspace.persons(view.connection)
    held = {name for each in people for name in (each.person, *each.roles)}
    if new := [role for role in named if role not in held]:
        name = next((each.name for each in people if each.person == who.id), None) or who.id
        await asked.engine.add_person(who.id, name, (*who.roles, *new))


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "samples.list",
        Params,
        listed,
        "Lists the sample agents, each with real cases to try it on.",
        "{samples: [{template, title, purpose, area, icon, unit, asks, steps, cases}]}",
    ),
    Operation(
        "sample.add",
        Add,
        add,
        "Puts a sample agent with its cases into the workspace; roles that its job names and nobody has become yours.",
        "{job, cases}",
        command=True,
        again="What is there already is kept.",
    ),
)
