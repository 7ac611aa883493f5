"""Methods about runs: which there are, what happened in one, and what a person tells it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.engine.operations.operation import Asked, CommandParams, Json, Operation, PageParams, Params, plain
from agents.engine.trace import steps
from storage.events.cases import Mode
from storage.queries import work


class ListRuns(PageParams):
    """runs.list"""

    agent: str | None = Field(None, description="Only runs of this agent.")
    state: str | None = Field(None, description="Only runs in this state; `open` means every state but the ended ones.")
    mode: Mode | None = Field(None, description="Only runs of this mode.")
    pilot: str | None = Field(None, description="Only runs of this pilot.")
    case: str | None = Field(None, description="Only runs of this case.")


class ShowRun(Params):
    """run.show"""

    run: str = Field(min_length=1, description="The run's id or the beginning of it.")
    after_seq: int = Field(0, ge=0, description="Only what happened after this seq.")
    limit: int = Field(500, ge=1, le=5_000, description="How many steps at most.")


class OneRun(CommandParams):
    """A command about a run."""

    run: str = Field(min_length=1, description="The run's id or the beginning of it.")


class WithReason(OneRun):
    """A command about a run with a reason."""

    reason: str = Field("", description="Why; kept with the event.")


class Say(OneRun):
    """run.say"""

    text: str = Field(min_length=1, description="What the agent reads before its next turn.")


async def list_runs(asked: Asked[ListRuns]) -> Json:
    params = asked.params
    state = work.OPEN_STATES if params.state == "open" else params.state
    with asked.engine.queries.view() as view:
        found = work.runs(
            view.connection, agent=params.agent, mode=params.mode, state=state, pilot=params.pilot, case=params.case,
            before_seq=params.before_seq, limit=params.limit,
        )  # fmt: skip
    return {"seq": view.seq, "runs": found}


async def show(asked: Asked[ShowRun]) -> Json:
    params = asked.params
    with asked.engine.queries.view() as view:
        record = work.run(view.connection, params.run)
        case = work.case(view.connection, record.case_id)
        found = []
        for event in work.run_events(view.connection, record.run, params.after_seq):
            found.append(event)
            if len(found) > params.limit:
                break
    more = len(found) > params.limit
    shown = steps(found[: params.limit], asked.engine.ledger.payloads.read)
    return {
        "seq": view.seq, "run": record, "case": case, "steps": shown,
        "next_seq": found[params.limit - 1].seq if more else None,
    }  # fmt: skip


async def pause(asked: Asked[OneRun]) -> Json:
    run = _whole(asked)
    await asked.engine.pause(run, await asked.who(), asked.receipt)
    return {"run": run}


async def resume(asked: Asked[OneRun]) -> Json:
    run = _whole(asked)
    await asked.engine.resume(run, await asked.who(), asked.receipt)
    return {"run": run}


async def stop(asked: Asked[WithReason]) -> Json:
    run = _whole(asked)
    await asked.engine.stop(run, await asked.who(), asked.params.reason, asked.receipt)
    return {"run": run}


async def say(asked: Asked[Say]) -> Json:
    run = _whole(asked)
    await asked.engine.say(run, await asked.who(), asked.params.text, asked.receipt)
    return {"run": run}


async def take_over(asked: Asked[WithReason]) -> Json:
    run = _whole(asked)
    await asked.engine.take_over(run, await asked.who(), asked.params.reason, asked.receipt)
    return {"run": run}


def _whole(asked: Asked[OneRun] | Asked[WithReason] | Asked[Say]) -> str:
    return asked.engine.run_record(asked.params.run).run


class ListHandoffs(PageParams):
    """handoffs.list"""

    agent: str | None = Field(None, description="Only those of this agent.")


async def handoffs(asked: Asked[ListHandoffs]) -> Json:
    params, read = asked.params, asked.engine.ledger.payloads.read
    with asked.engine.queries.view() as view:
        found = work.runs(
            view.connection, agent=params.agent, state="handed_off", before_seq=params.before_seq, limit=params.limit
        )  # fmt: skip
    return {"seq": view.seq, "handoffs": [plain(run) | {"summary": _summary(run.handoff, read)} for run in found]}


def _summary(ref: str | None, read: object) -> str | None:
    from agents.own_json import load
    from storage.errors import NotFound

    if ref is None or not callable(read):
        return None
    try:
        return str(load(read(ref)).get("summary", ""))
    except NotFound:
        return None


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("runs.list", ListRuns, list_runs, "Lists runs.", "{seq, runs: [RunRecord]}"),
    Operation(
        "run.show",
        ShowRun,
        show,
        "Shows what happened in a run, step by step.",
        "{seq, run: RunRecord, case: CaseRecord, steps: [{seq, ts, kind, actor, call, words, texts, refs, data, "
        "signed}], next_seq}",
    ),
    Operation("run.pause", OneRun, pause, "Halts a run before its next step.", "{run}", command=True),
    Operation("run.resume", OneRun, resume, "Lets a paused run go on.", "{run}", command=True),
    Operation(
        "run.stop",
        WithReason,
        stop,
        "Ends a run; a call that was already sent still ends and is noted.",
        "{run}",
        command=True,
    ),
    Operation("run.say", Say, say, "Says something that the agent reads before its next turn.", "{run}", command=True),
    Operation(
        "run.take_over", WithReason, take_over, "Gives the run's case to the person who acts.", "{run}", command=True
    ),
    Operation(
        "handoffs.list",
        ListHandoffs,
        handoffs,
        "Lists cases that were handed to people.",
        "{seq, handoffs: [RunRecord + summary]}",
    ),
)
