"""Methods about people, agents and their versions, files that are checked before use, and the days' sums."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from agents.engine.operations.operation import (
    COMMAND_ID,
    Asked,
    FileName,
    FilePath,
    Json,
    Operation,
    PageParams,
    Params,
    plain,
)
from storage.errors import BadInput
from storage.queries import workspace

DAY = r"^\d{4}-\d{2}-\d{2}$"


class AddPerson(Params):
    """people.add"""

    command_id: str | None = Field(None, min_length=1, max_length=100, description=COMMAND_ID)
    person: str = Field(pattern=r"^[A-Za-z0-9._@-]{1,64}$", description="The id, as job descriptions name them.")
    name: str = Field(min_length=1, max_length=200, description="As people call them.")
    roles: tuple[str, ...] = Field((), description="Names that job descriptions may use instead of the id.")


class ListVersions(PageParams):
    """versions.list"""

    agent: str | None = Field(None, description="Only those of this agent.")


class ListAgents(Params):
    """agents.list"""

    stage: str | None = Field(None, description="Only agents in this stage.")


class CheckPolicy(Params):
    """policy.check"""

    path: FilePath = Field(description="The policy's file (a whole path).")
    job: FileName | None = Field(None, description="A job whose tools and case schema the rules are checked against.")


class CheckJob(Params):
    """job.check"""

    path: FileName = Field(description="The job's file (a whole path), or the name of one in the workspace.")


class Days(Params):
    """days.list"""

    first: str = Field(alias="from", pattern=DAY, description="The first day, YYYY-MM-DD in the business time zone.")
    last: str = Field(alias="to", pattern=DAY, description="The last day, included.")
    agent: str | None = Field(None, description="Only this agent.")
    mode: str | None = Field(None, description="Only this mode.")


async def people(asked: Asked[Params]) -> Json:
    with asked.engine.queries.view() as view:
        return {"seq": view.seq, "people": [plain(person) for person in workspace.persons(view.connection)]}


async def add_person(asked: Asked[AddPerson]) -> Json:
    p = asked.params
    await asked.engine.add_person(p.person, p.name, p.roles, asked.receipt)
    return {"person": p.person}


async def agents(asked: Asked[ListAgents]) -> Json:
    with asked.engine.queries.view() as view:
        found = workspace.agents(view.connection, stage=asked.params.stage)
    return {"seq": view.seq, "agents": found}


async def versions(asked: Asked[ListVersions]) -> Json:
    p = asked.params
    with asked.engine.queries.view() as view:
        found = workspace.versions(view.connection, p.agent)
    older = [v for v in found if p.before_seq is None or v.seq < p.before_seq]
    return {"seq": view.seq, "versions": older[: p.limit]}


async def check_policy(asked: Asked[CheckPolicy]) -> Json:
    from agents.engine.checks import checked_policy

    return checked_policy(_whole(asked.params.path), asked.params.job, asked.engine.store.path.parent,
                          asked.engine.surroundings.cache)  # fmt: skip


async def check_job(asked: Asked[CheckJob]) -> Json:
    from agents.engine.checks import checked_job

    engine = asked.engine
    return checked_job(asked.params.path, engine.store.path.parent, engine.surroundings.cache)


def _whole(path: Path) -> Path:
    if not path.is_absolute():
        raise BadInput(f"{path} is no whole path.", hint="The engine may run in another folder than you.")
    return path


async def days(asked: Asked[Days]) -> Json:
    p = asked.params
    with asked.engine.queries.view() as view:
        found = workspace.days(view.connection, p.first, p.last, agent=p.agent, mode=p.mode)
        zone = workspace.setting(view.connection, "time_zone") or "UTC"
    return {"seq": view.seq, "time_zone": zone, "days": found}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("people.list", Params, people, "Lists people.", "{seq, people: [PersonRecord]}"),
    Operation(
        "people.add",
        AddPerson,
        add_person,
        "Makes a person known, or changes their name and roles.",
        "{person}",
        command=True,
    ),
    Operation("agents.list", ListAgents, agents, "Lists agents.", "{seq, agents: [AgentRecord]}"),
    Operation("versions.list", ListVersions, versions, "Lists versions of agents.", "{seq, versions: [VersionRecord]}"),
    Operation(
        "policy.check",
        CheckPolicy,
        check_policy,
        "Checks a policy and says each rule in plain words.",
        "{ok, title, digest, checked_against, rules: [{id, effect, sentence, because, approvers, controls}]}",
    ),
    Operation(
        "job.check",
        CheckJob,
        check_job,
        "Checks a job with its plan, policy and tools.",
        "{ok, name, title, tier, version, tools, rules, missing: [{field, why, hint}]}",
    ),
    Operation(
        "days.list", Days, days, "Lists the sums of each day, agent and mode.", "{seq, time_zone, days: [DayRecord]}"
    ),
)
