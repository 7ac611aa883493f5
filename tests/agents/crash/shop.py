"""A small shop whose refunds an agent pays from a real SQLite file: enough for every way a person can act."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.engine.engine import Engine, Surroundings
from agents.people import Person
from storage.events.body import Body
from storage.events.cases import Mode
from storage.ids import now_us
from storage.people import Signer
from storage.queries import decisions, work
from storage.records import ApprovalRecord, RunRecord, WaitRecord

KEY = b"k" * 32
Json = Any

JOB = """\
format: 1
name: refunds
purpose: Pay refunds that customers are due.
accountable: [lead]
case:
  type: object
  required: [id, amount]
  properties:
    id: {type: string, minLength: 1, x-kind: "id:order", x-source: shop}
    amount: {type: integer, minimum: 1, x-kind: amount, x-source: shop}
outcome:
  type: object
  required: [result]
  properties:
    result: {type: string, enum: [paid]}
cases: {id: id}
tools:
  - name: look_up
    kind: sql_query
    description: What the shop knows of an order.
    trusted_read: true
    config:
      database: shop.sqlite
      sql: SELECT id, state FROM orders WHERE id = :order_id
      parameters: {type: object, required: [order_id], properties: {order_id: {type: string}}}
  - name: pay
    kind: sql_statement
    description: Pays a refund.
    sentence: Pay {amount} for order {order_id}.
    sinks: [{path: order_id, kind: "id:order"}, {path: amount, kind: amount}]
    config:
      database: shop.sqlite
      sql: INSERT INTO paid (order_id, amount, key) VALUES (:order_id, :amount, :idempotency_key)
      before: SELECT id, state FROM orders WHERE id = :order_id
      reversible: true
      undo: Ask the customer to send it back.
      parameters:
        type: object
        required: [order_id, amount]
        properties: {order_id: {type: string}, amount: {type: integer, minimum: 1}}
  - name: note
    kind: sql_statement
    description: Notes something about an order.
    sinks: [{path: order_id, kind: "id:order"}]
    config:
      database: shop.sqlite
      sql: INSERT INTO note (order_id, text, key) VALUES (:order_id, :text, :idempotency_key)
      parameters:
        type: object
        required: [order_id, text]
        properties: {order_id: {type: string}, text: {type: string}}
criteria:
  - {id: paid, holds: outcome.result == "paid", measure: Share of refunds that were paid}
escalation:
  - {id: unpaid, when: 'status.pay != "ok"', to: lead, because: It was not paid.}
wait: {reply: P2D, change: P3D, poll_seconds: 60}
"""

POLICY = """\
policy:
  format: 1
  rules:
    - {id: too-much, effect: deny, because: Nobody may pay so much., when: 'tool == "pay" && args.amount > 100000'}
    - {id: very-large, effect: ask, approvers: [boss], because: The boss decides on large refunds.,
       when: 'tool == "pay" && args.amount > 10000'}
    - {id: large, effect: ask, approvers: [lead], because: The lead decides on refunds above 100.,
       when: 'tool == "pay" && args.amount > 100 && args.amount <= 10000'}
    - {id: small, effect: allow, because: Small., when: 'tool == "pay" && args.amount <= 100'}
    - {id: notes, effect: allow, because: A note changes nothing., when: tool == "note"}
"""

PLAN = """\
plan:
  format: 1
  steps:
    - {id: find, call: look_up, with: {order_id: "${case.id}"}}
    - id: pay
      call: pay
      with: {order_id: "${case.id}", amount: "${case.amount}"}
      on_failure:
        steps:
          - {id: explain, call: note, with: {order_id: "${case.id}", text: "${cause}"}}
          - {id: hand_over, escalate: {summary: "Not paid. ${cause}", recommendation: Call the customer.}}
    - {id: end, finish: {outcome: {result: paid}}}
"""


@dataclass
class Clock:
    """A clock that can be put forward."""

    ahead: int = 0

    def __call__(self) -> int:
        return now_us() + self.ahead

    def forward(self, *, seconds: int = 0, days: int = 0) -> None:
        self.ahead += (seconds + days * 86_400) * 1_000_000


@dataclass
class Shop:
    """One workspace with its engine, which can be closed and opened again.

    Attributes:
        keys: who signs, by person.
    """

    folder: Path
    clock: Clock = field(default_factory=Clock)
    keys: dict[str, Signer] = field(default_factory=dict)
    _engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        assert self._engine is not None
        return self._engine

    @property
    def store(self) -> Path:
        return self.folder / "centaur.db"

    @property
    def job(self) -> Path:
        return self.folder / "refunds.yaml"

    def write(self, *parts: str, job: str = JOB) -> None:
        """Write the job: these sections, and the usual ones where they are not given."""
        given = "".join(parts)
        self.job.write_text(job + given + "".join(p for p in (POLICY, PLAN) if p.split(":")[0] + ":" not in given))

    async def open(self) -> Engine:
        """Open the store with a new engine, as after a restart."""
        self._engine = Engine(
            self.store,
            Surroundings(
                heads=self.folder / "heads", cache=self.folder / "cache", key_for=lambda name, create: KEY,
                signer_for=self.keys.get, clock=self.clock,
            ),
        )  # fmt: skip
        await self._engine.start()
        return self._engine

    async def close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()

    async def restart(self) -> None:
        await self.close()
        await self.open()

    async def person(self, name: str, *roles: str) -> Person:
        """A person of the store, made known if they are not."""
        await self.engine.add_person(name, name.title(), roles)
        return await self.engine.person(name)

    async def begin(self, *amounts: int, wait: bool = True) -> list[RunRecord]:
        """Work one case for each amount until each run rests; return the runs in that order."""
        cases = self.folder / "cases.jsonl"
        rows = [{"id": f"o{number}", "amount": amount} for number, amount in enumerate(amounts, 1)]
        cases.write_text("".join(json.dumps(row) + "\n" for row in rows))
        who = await self.person("starter")
        pilot = await self.engine.pilots.start(str(self.job), cases, mode=Mode.LIVE, person=who)
        if not wait:
            return []
        await self.engine.pilots.finished(pilot)
        return self.runs()

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        with self.engine.queries.view() as view:
            return work.runs(view.connection, limit=1_000)[::-1]

    def run(self) -> RunRecord:
        """The only run."""
        (run,) = self.runs()
        return run

    def requests(self, state: str | None = "requested") -> list[ApprovalRecord]:
        """Approval requests, oldest first."""
        with self.engine.queries.view() as view:
            return decisions.approvals(view.connection, state=state, limit=1_000)[::-1]

    def request(self) -> ApprovalRecord:
        """The only open request."""
        (request,) = self.requests()
        return request

    def waits(self) -> list[WaitRecord]:
        with self.engine.queries.view() as view:
            return decisions.waits(view.connection)

    async def rest(self, *, after_days: int = 0, after_seconds: int = 0) -> None:
        """Put the clock forward, ring the runs as their alarms would, and let everything come to rest."""
        if after_days or after_seconds:
            self.clock.forward(days=after_days, seconds=after_seconds)
            for run in self.runs():
                if run.ended_at is None:
                    self.engine.scheduler.wake(run.run)
        await self.engine.scheduler.idle()

    def events(self, *kinds: type[Body]) -> list[Any]:
        """The bodies of all events of these kinds, in order."""
        return [event.body for event in self.engine.ledger.events() if not kinds or isinstance(event.body, kinds)]

    def text(self, ref: str | None) -> str:
        """A payload as text."""
        return "" if ref is None else self.engine.payloads.read(ref).decode()

    def handoff(self) -> str:
        """The summary that the only run handed over with."""
        summary: str = json.loads(self.text(self.run().handoff))["summary"]
        return summary

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement on the shop's own database."""
        with closing(sqlite3.connect(self.folder / "shop.sqlite", isolation_level=None)) as shop:
            return shop.execute(statement).fetchall()

    def paid(self) -> list[tuple[str, int]]:
        """What was paid: (order, amount)."""
        return self.sql("SELECT order_id, amount FROM paid ORDER BY rowid")


def build_shop(folder: Path, orders: int = 20) -> Shop:
    """A shop with orders and the usual job, not opened yet."""
    folder.mkdir(parents=True, exist_ok=True)
    shop = Shop(folder)
    shop.sql("CREATE TABLE orders (id TEXT PRIMARY KEY, state TEXT NOT NULL)")
    shop.sql("CREATE TABLE paid (order_id TEXT, amount INTEGER, key TEXT UNIQUE)")
    shop.sql("CREATE TABLE note (order_id TEXT, text TEXT, key TEXT UNIQUE)")
    for number in range(1, orders + 1):
        shop.sql(f"INSERT INTO orders VALUES ('o{number}', 'sent')")
    shop.write()
    return shop


MakeShop = Callable[[], Shop]
