"""Methods about pilots: a job run over the cases of a file."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.engine.operations.operation import (
    Asked,
    CommandParams,
    FileName,
    FilePath,
    Json,
    Operation,
    PageParams,
    Params,
    plain,
)
from agents.engine.receipt import derived_id, id_of
from storage.errors import BadInput, NotFound
from storage.events.cases import Mode
from storage.queries import work


class Start(CommandParams):
    """pilot.start"""

    job: FileName = Field(description="A job's file (a whole path), or the name of one in the workspace.")
    cases: FilePath = Field(description="The file of cases: a whole path, or one in the store's folder.")
    mode: Mode = Field(Mode.SHADOW, description="live, shadow, replay or rehearsal.")
    model: str | None = Field(None, min_length=1, description="A model route instead of the job's own.")
    limit: int | None = Field(None, ge=1, description="How many cases at most.")
    concurrency: int = Field(16, ge=1, le=1_000, description="How many runs are worked at once.")
    seed: int = Field(0, ge=0, lt=2**63, description="Makes anything random repeatable.")
    mapping: dict[str, Json] | None = Field(
        None, description="Which columns are what in this file: {id, fields, outcome, ignore}, as in a job's `cases`."
    )


class OnePilot(Params):
    """A question about a pilot."""

    pilot: str = Field(min_length=1, description="The pilot's id or the beginning of it.")


class Cancel(CommandParams):
    """pilot.cancel"""

    pilot: str = Field(min_length=1, description="The pilot's id or the beginning of it.")


class ListPilots(PageParams):
    """pilots.list"""

    agent: str | None = Field(None, description="Only those of this agent.")


async def start(asked: Asked[Start]) -> Json:
    p, engine = asked.params, asked.engine
    command = id_of(asked.receipt)
    pilot = None if command is None else derived_id("pilot", command)
    if pilot is not None and _known(asked, pilot):
        return {"pilot": pilot}
    cases = engine.store.path.parent / p.cases
    if not cases.is_file():
        raise BadInput(f"There is no case file {cases}.", hint="Give its whole path.")
    name = await engine.pilots.start(
        p.job, cases, mode=p.mode, model=p.model, limit=p.limit, concurrency=p.concurrency, seed=p.seed,
        person=await asked.who(), pilot=pilot, command_id=command, mapping=p.mapping,
    )  # fmt: skip
    return {"pilot": name}


def _known(asked: Asked[Start], pilot: str) -> bool:
    with asked.engine.queries.view() as view:
        try:
            return work.pilot(view.connection, pilot).pilot == pilot
        except NotFound:
            return False


async def state(asked: Asked[OnePilot]) -> Json:
    return asked.engine.pilots.state(asked.params.pilot)


async def cancel(asked: Asked[Cancel]) -> Json:
    with asked.engine.queries.view() as view:
        record = work.pilot(view.connection, asked.params.pilot)
    if not record.cancelled:
        await asked.engine.pilots.cancel(record.pilot)
    return {"pilot": record.pilot}


async def report(asked: Asked[OnePilot]) -> Json:
    from agents.pilots.shadow import to_json

    return to_json(asked.engine.pilots.report(asked.params.pilot))


async def list_pilots(asked: Asked[ListPilots]) -> Json:
    p = asked.params
    with asked.engine.queries.view() as view:
        found = work.pilots(view.connection, agent=p.agent, before_seq=p.before_seq, limit=p.limit)
    return {"seq": view.seq, "pilots": [plain(record) for record in found]}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "pilot.start",
        Start,
        start,
        "Publishes the job's version if it is new, and begins to work the cases.",
        "{pilot}",
        command=True,
        again="The pilot's id follows from the command's: one that was begun is not begun again.",
    ),
    Operation(
        "pilot.state",
        OnePilot,
        state,
        "Says how far a pilot has come.",
        "PilotState: {pilot, total, states, refused, skipped, done, cancelled, error}",
    ),
    Operation(
        "pilot.cancel",
        Cancel,
        cancel,
        "Feeds no more cases; runs that are being worked go on.",
        "{pilot}",
        command=True,
        again="A pilot that was cancelled stays so.",
    ),
    Operation(
        "pilot.report",
        OnePilot,
        report,
        "Compares what the agent came to with what people decided.",
        "the shadow report, format 1",
    ),
    Operation("pilots.list", ListPilots, list_pilots, "Lists pilots.", "{seq, pilots: [PilotRecord]}"),
)
