"""A job whose tool cannot be undone, for the pictures of what must be held: supplier payments out of a small bank."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

AGENT = "supplier-payments"
_JOB = """\
# The job of an agent that pays what is due.
format: 1
name: supplier-payments
title: Supplier payments
purpose: Pay approved supplier invoices on the day they are due, once each.
scope:
  in: [Invoices that are booked and due]
  out: [Payments without an invoice]
accountable: [finance-lead]
tier: 3
case:
  type: object
  required: [invoice]
  properties:
    invoice: {type: string, minLength: 1, x-kind: "id:invoice", x-source: ERP}
outcome:
  type: object
  required: [result]
  properties: {result: {type: string, enum: [paid, kept]}}
cases: {id: id}
tools:
  - name: due_invoice
    kind: sql_query
    description: Reads what is due.
    trusted_read: true
    config:
      database: bank.sqlite
      sql: SELECT invoice, supplier, iban, amount, currency FROM due WHERE invoice = :invoice
      authority:
        "rows[].invoice": "id:invoice"
        "rows[].iban": iban
        "rows[].amount": amount
        "rows[].currency": currency
      parameters:
        {type: object, required: [invoice], properties: {invoice: {type: string}}, additionalProperties: false}
  - name: pay_supplier
    kind: sql_statement
    description: Sends a payment; the bank does not take it back.
    sentence: Pay {amount} {currency} for {invoice} to {iban}.
    sinks:
      - {path: invoice, kind: "id:invoice"}
      - {path: iban, kind: iban}
      - {path: amount, kind: amount}
      - {path: currency, kind: currency}
    shadow_result: {changed: 1}
    config:
      database: bank.sqlite
      sql: >-
        INSERT INTO payment (invoice, iban, amount, currency, sent_with)
        VALUES (:invoice, :iban, :amount, :currency, :idempotency_key)
      parameters:
        type: object
        required: [invoice, iban, amount, currency]
        properties:
          invoice: {type: string, description: The invoice that is paid.}
          iban: {type: string, description: The account it goes to.}
          amount: {type: string, pattern: '^[0-9]+\\.[0-9]{2}$', description: As the bank sends it.}
          currency: {type: string, enum: [NOK, EUR, SEK, DKK]}
        additionalProperties: false
policy:
  format: 1
  title: Payments
  rules:
    - id: money-leaves
      effect: ask
      approvers: [finance-lead]
      because: Money that left the bank does not come back.
      when: tool == "pay_supplier"
plan:
  format: 1
  steps:
    - {id: due, title: Read what is due, call: due_invoice, with: {invoice: "${case.invoice}"}}
    - id: pay
      title: Pay the supplier
      call: pay_supplier
      with:
        invoice: ${case.invoice}
        iban: ${steps.due.rows[0].iban}
        amount: ${steps.due.rows[0].amount}
        currency: ${steps.due.rows[0].currency}
    - {id: done, title: Report the payment, finish: {outcome: {result: paid}}}
raci:
  due: {R: agent, A: finance-lead}
  pay: {R: agent, A: finance-lead}
criteria:
  - {id: paid-or-kept, holds: 'outcome.result == "paid"', measure: Invoices paid on the day they are due}
escalation:
  - {id: kept, when: 'outcome.result == "kept"', to: finance-lead, because: It was due and was not paid.}
limits: {run: {turns: 8, seconds: 120, writes: 1}, day: {writes: 50}}
model: {route: playbook}
"""
_DUE = (
    ("NB-2031", "Nordkraft Anlegg AS", "NO9386011117947", "48210.00", "NOK"),
    ("NB-2032", "Fjellvik Elektro AS", "NO8330001234567", "9875.50", "NOK"),
    ("NB-2033", "Havbris Catering AS", "NO1205400000012", "1320.00", "NOK"),
)


def make_payments(workspace: Path) -> Path:
    """Put the job, its bank and its cases into a workspace; return the job's file."""
    folder = workspace / AGENT
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "bank.sqlite")) as bank, bank:
        bank.execute("CREATE TABLE due (invoice PRIMARY KEY, supplier, iban, amount, currency)")
        bank.execute("CREATE TABLE payment (invoice, iban, amount, currency, sent_with UNIQUE)")
        bank.executemany("INSERT INTO due VALUES (?, ?, ?, ?, ?)", _DUE)
    rows = [json.dumps({"id": f"due-{row[0]}", "invoice": row[0]}) for row in _DUE]
    (folder / "cases.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    job = folder / f"{AGENT}.yaml"
    job.write_text(_JOB, "utf-8")
    return job
