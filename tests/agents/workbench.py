"""A small workspace with real tools (SQLite, files), worked by a model that the test gives."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from agents.engine.engine import Engine, Surroundings
from agents.loop.folding import fold
from agents.loop.state import RunState
from agents.models.model import Model, ModelFailed, ProposedCall, Reply, Usage
from agents.models.scripted import Script, ScriptedModel
from agents.pilots.pilot import PilotState
from storage.events.body import Body
from storage.events.cases import Mode
from storage.events.envelope import Event
from storage.ids import now_us
from storage.queries import decisions, work
from storage.records import ApprovalRecord, PilotRow

Json = Any

TOOLS = """\
tools:
  - name: look_up
    kind: sql_query
    description: Finds an account.
    trusted_read: true
    config:
      database: bank.sqlite
      sql: SELECT id, owner, balance FROM account WHERE id = :id
      parameters: &by_id
        {type: object, required: [id], properties: {id: {type: string}}, additionalProperties: false}
  - name: peek
    kind: sql_query
    description: Reads what a person has to allow.
    config: {database: bank.sqlite, sql: "SELECT secret FROM vault WHERE id = :id", parameters: *by_id}
  - name: change
    kind: sql_statement
    description: Sets a balance.
    sentence: Set the balance of {id} to {balance}.
    shadow_result: {changed: 1}
    config:
      database: bank.sqlite
      sql: UPDATE account SET balance = :balance WHERE id = :id
      before: SELECT id, balance FROM account WHERE id = :id
      parameters:
        type: object
        required: [id, balance]
        properties: {id: {type: string}, balance: {type: integer}}
        additionalProperties: false
  - {name: read_note, kind: read_file, config: {folder: notes}}
  - {name: list_notes, kind: list_files, config: {folder: notes}}
  - {name: write_note, kind: write_file, config: {folder: notes}}
"""

PLAN = """\
plan:
  format: 1
  steps:
    - {id: find, call: look_up, with: {id: "${case.account}"}}
    - {id: done, finish: {outcome: {result: looked_up}}}
"""

LIMITS = "limits: {run: {turns: 12, seconds: 60, writes: 3}}\n"
CRITERIA = """\
criteria:
  - {id: known, holds: 'outcome.result != "wrong"', measure: Outcomes that are not wrong}
"""
ESCALATION = """\
escalation:
  - {id: delicate, when: 'outcome.result == "delicate"', to: ann, because: A person looks at delicate ones.}
"""
POLICY = """\
policy:
  format: 1
  title: Test
  rules:
    - {id: never-minus, effect: deny, because: Nobody goes below zero.,
       when: 'tool == "change" && args.balance < 0'}
    - {id: much, effect: ask, because: Large balances are decided by a person.,
       when: 'tool == "change" && args.balance >= 1000'}
    - {id: little, effect: allow, because: Small balances are harmless.,
       when: 'tool == "change" && size(unproven) < 9'}
    - {id: broken, effect: allow, because: This rule divides by zero.,
       when: 'tool == "write_note" && 1 / (tier - 3) == 1'}
"""

HEAD = """\
format: 1
name: keeper
purpose: Keep accounts.
accountable: [ann]
tier: 3
case:
  type: object
  required: [account]
  properties: {account: {type: string, minLength: 1, x-kind: "id:account", x-source: bank}}
outcome:
  type: object
  required: [result]
  properties: {result: {type: string}}
cases: {id: id}
"""


def job_text(**replaced: str) -> str:
    """The test job; a section is replaced by its YAML text: job_text(limits="limits: {...}")."""
    parts = {
        "head": HEAD, "tools": TOOLS, "policy": POLICY, "criteria": CRITERIA, "escalation": ESCALATION,
        "limits": LIMITS, "plan": PLAN, "model": "model: {route: scripted}\n",
    }  # fmt: skip
    return "".join((parts | replaced).values())


_ids = count(1)


def call(tool: str, arguments: Json = None, id_: str | None = None) -> ProposedCall:
    """A call with an id of its own; `arguments` as bytes are taken as they are."""
    text = arguments if isinstance(arguments, bytes) else json.dumps(arguments or {}).encode()
    return ProposedCall(id_ or f"c{next(_ids)}", tool, text)


def says(*calls: ProposedCall, text: str = "", tokens: int = 0, cost: int | None = 0) -> Reply:
    """A reply with these calls."""
    return Reply(text, calls, Usage(tokens, 0, cost), "scripted")


def finish(result: str = "done", id_: str | None = None) -> ProposedCall:
    return call("finish", {"outcome": {"result": result}}, id_)


@dataclass
class Bench:
    """A workspace in a folder with an engine at work."""

    folder: Path
    engine: Engine
    clock: Clock
    chunks: list[tuple[str, str]] = field(default_factory=list)

    async def pilot(self, cases: Sequence[Mapping[str, Json]], mode: Mode = Mode.LIVE, **more: Any) -> str:
        """Work these cases; returns once every run has ended or waits."""
        path = self.folder / f"cases{next(_ids)}.jsonl"
        path.write_text("".join(f"{json.dumps(dict(case))}\n" for case in cases))
        return await self.work(path, mode, **more)

    async def work(self, cases: Path, mode: Mode = Mode.LIVE, **more: Any) -> str:
        me = await self.engine.person()
        job = str(self.folder / "keeper.yaml")
        pilot = await self.engine.pilots.start(job, cases, mode=mode, person=me, **more)
        await self.engine.pilots.finished(pilot)
        return pilot

    async def one(self, mode: Mode = Mode.LIVE, account: str = "A1", **more: Any) -> str:
        """Work one case and return its run."""
        pilot = await self.pilot([{"id": f"case-{next(_ids)}", "account": account}], mode, **more)
        with self.engine.queries.view() as view:
            return work.runs(view.connection, pilot=pilot)[0].run

    def rows(self, pilot: str) -> list[PilotRow]:
        with self.engine.queries.view() as view:
            return list(work.pilot_rows(view.connection, pilot))

    def progress(self, pilot: str) -> PilotState:
        return self.engine.pilots.state(pilot)

    def events(self, run: str) -> list[Event]:
        return self.engine.ledger.run_events(run)

    def bodies(self, run: str, *kinds: type[Body]) -> list[Any]:
        """The bodies of a run's events, of these kinds only where some are given."""
        found = [event.body for event in self.events(run)]
        return [body for body in found if isinstance(body, kinds)] if kinds else list(found)

    def state(self, run: str) -> RunState:
        return fold(run, [(event.body, event.ts) for event in self.events(run)])

    def run_state(self, run: str) -> str:
        with self.engine.queries.view() as view:
            return str(work.run(view.connection, run).state)

    def text(self, ref: str | None) -> str:
        assert ref is not None
        return self.engine.ledger.payloads.read(ref).decode()

    def asked(self) -> list[ApprovalRecord]:
        with self.engine.queries.view() as view:
            return decisions.approvals(view.connection, state="requested")

    async def approve_all(self) -> None:
        """Approve what is asked, one request after the other."""
        for request in self.asked():
            who = await known_person(self.engine, request.approvers)
            await self.engine.desk.approve(request.approval, who)
            await self.engine.scheduler.idle()

    def balance(self, account: str = "A1") -> int:
        with closing(sqlite3.connect(self.folder / "bank.sqlite")) as bank:
            return int(bank.execute("SELECT balance FROM account WHERE id = ?", (account,)).fetchone()[0])


async def known_person(engine: Engine, names: Sequence[str]) -> Any:
    """A person who may decide what one of these may; made known where they are not."""
    name = names[0] if names else "ann"
    await engine.add_person(name, name, ())
    return await engine.person(name)


class Clock:
    """Now, and later where a test says so."""

    def __init__(self) -> None:
        self.ahead_us = 0

    def __call__(self) -> int:
        return now_us() + self.ahead_us


def make_files(folder: Path, job: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keeper.yaml").write_text(job)
    (folder / "notes").mkdir(exist_ok=True)
    (folder / "notes" / "hello.txt").write_text("Hello.")
    if (folder / "bank.sqlite").exists():
        return
    with closing(sqlite3.connect(folder / "bank.sqlite")) as bank:
        bank.execute("PRAGMA journal_mode = WAL")
        bank.execute("CREATE TABLE account (id TEXT PRIMARY KEY, owner TEXT, balance INTEGER)")
        bank.execute("CREATE TABLE vault (id TEXT PRIMARY KEY, secret TEXT)")
        bank.executemany("INSERT INTO account VALUES (?, 'Ann', 100)", [(f"A{n}",) for n in range(1, 6)])
        bank.execute("INSERT INTO vault VALUES ('A1', 'under-the-mattress')")
        bank.commit()


@asynccontextmanager
async def bench(
    folder: Path,
    model: Model | Script | Sequence[Reply | ModelFailed] | None = None,
    job: str | None = None,
    *,
    models: Callable[[str, Sequence[str]], Model] | None = None,
    files: bool = True,
    **surroundings: Any,
) -> AsyncIterator[Bench]:
    """An engine on the workspace in `folder`, which is made where there is none (`files`)."""
    if files:
        make_files(folder, job or job_text())
    if model is None or callable(model) or isinstance(model, Sequence):
        model = ScriptedModel(model if model is not None else [says(finish())])
    thinking = model
    clock = Clock()
    chunks: list[tuple[str, str]] = []
    given: dict[str, Any] = {
        "heads": folder / "heads", "cache": folder / "cache", "key_for": lambda name, create: b"k" * 32, "grace_us": 0,
        "clock": clock, "model_for": models or (lambda route, labels: thinking),
        "on_chunk": lambda run, text: chunks.append((run, text)),
    }  # fmt: skip
    around = Surroundings(**{**given, **surroundings})
    engine = Engine(folder / "centaur.db", around)
    await engine.start()
    try:
        yield Bench(folder, engine, clock, chunks)
    finally:
        await engine.close()
