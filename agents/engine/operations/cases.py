"""The method by which a person decides a case: what came of it, checked against the job that worked it."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import Field

from agents.engine.operations.operation import Asked, BadParams, CommandParams, Json, Operation
from agents.engine.receipt import answered, id_of
from agents.own_json import dump, load
from storage.errors import NotFound
from storage.events.cases import OutcomeReceived
from storage.events.envelope import Draft
from storage.preconditions import case_undecided
from storage.queries import work, workspace
from storage.records import VersionRecord

if TYPE_CHECKING:
    from agents.engine.engine import Engine
    from agents.job.schema import Fault, Schema

LONGEST_MINUTES = 100_000


class DecideCase(CommandParams):
    """case.decide"""

    case: str = Field(min_length=1, description="The case's id or the beginning of it.")
    outcome: dict[str, Any] = Field(description="What came of the case; it fits the outcome schema of the job.")
    minutes: int | None = Field(None, ge=0, le=LONGEST_MINUTES, description="How long it took the person.")
    note: str = Field("", max_length=20_000, description="Why; kept with the outcome.")


class _Asked(NamedTuple):
    """The case, its last run that could act (else its last run), and the version whose job says what fits."""

    case: str
    run: str | None
    version: VersionRecord


async def decide(asked: Asked[DecideCase]) -> Json:
    """Take a person's outcome. Raises BadParams that names the field, Refused while a run works the case."""
    p, engine, who = asked.params, asked.engine, await asked.who()
    found = _found(engine, p.case)
    outcome = load(dump(p.outcome))
    schema = await asyncio.to_thread(_schema, engine, found.version)
    _require_fit(schema, outcome)
    content, blobs = dump(outcome), {}
    ref = engine.ledger.payloads.ref(content)
    blobs[ref] = content
    note = None
    if p.note:
        note = engine.ledger.payloads.ref(p.note.encode())
        blobs[note] = p.note.encode()
    body = OutcomeReceived(found.case, ref, p.minutes, note)
    draft = who.sign(Draft(body, who.actor, found.run, command_id=id_of(asked.receipt)))
    done = {"case": found.case, "run": found.run, "outcome": ref, "minutes": p.minutes,
            "signed": draft.signature is not None}  # fmt: skip
    await engine.ledger.append(
        *answered([draft], blobs, asked.receipt, done, who.actor), condition=case_undecided(found.case)
    )
    return done


def _found(engine: Engine, text: str) -> _Asked:
    with engine.queries.view() as view:
        case = work.case(view.connection, text)
        case_undecided(case.case_id)(view.connection)  # before a schema is read; the append asks again
        runs = work.runs(view.connection, case=case.case_id)
        run = next((each for each in runs if each.mode == "live"), runs[0] if runs else None)
        if run is not None:
            version = workspace.version(view.connection, run.agent, run.version)
        else:
            version = _latest(view.connection, case.agent)
    return _Asked(case.case_id, None if run is None else run.run, version)


def _latest(connection: sqlite3.Connection, agent: str) -> VersionRecord:
    versions = workspace.versions(connection, agent)
    if not versions:
        raise NotFound(f"Agent '{agent}' has no version that says what an outcome is.")
    return max(versions, key=lambda version: version.seq)


def _schema(engine: Engine, version: VersionRecord) -> Schema:
    from agents.job.description import parse_job

    job = load(engine.ledger.payloads.read(version.job))
    return parse_job(job["text"], job["file"]).outcome


def _require_fit(schema: Schema, outcome: Json) -> None:
    from agents.job.schema import check

    faults = check(schema, outcome)
    if faults:
        raise _unfit(faults, schema)


def _unfit(faults: list[Fault], schema: Schema) -> BadParams:
    """Return the error that names the first field at fault; the hint names the others."""
    first, *others = faults
    near = f" Did you mean `{first.near}`?" if first.near else ""
    known = f"An outcome has: {', '.join(schema.properties)}." if schema.properties else None
    more = "; ".join(f"{_path(fault)}: {fault.why}" for fault in others)
    path = _path(first)
    return BadParams(
        f"Not accepted: {path}: {first.why}.{near}", f"outcome.{path}", hint=f"Also {more}." if more else known
    )


def _path(fault: Fault) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.at).lstrip(".") or "outcome"


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "case.decide",
        DecideCase,
        decide,
        "Takes a person's outcome of a case that no run works, such as one that was handed over.",
        "{case, run, outcome: Ref, minutes, signed}",
        command=True,
    ),
)
