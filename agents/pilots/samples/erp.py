"""A small ERP in SQLite, as real as the sample needs: it keeps the books of several companies in one file.

Each sample case is an invoice that came in for one company, so that one case's bookings never meet another's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from agents.tools.invoices.money import to_micro
from agents.tools.invoices.records import Order, Records
from storage.errors import BadInput

SCHEMA = """
CREATE TABLE company (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE supplier (
    id TEXT PRIMARY KEY,
    company TEXT NOT NULL REFERENCES company (id),
    name TEXT NOT NULL,
    vat TEXT NOT NULL DEFAULT '',
    legal_id TEXT NOT NULL DEFAULT '',
    identifier TEXT NOT NULL DEFAULT '',           -- scheme:value, such as 0088:5790000436101 (a GLN)
    iban TEXT NOT NULL DEFAULT '',                 -- the main account
    blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1))
) STRICT;
CREATE INDEX supplier_company ON supplier (company);

CREATE TABLE supplier_account (                    -- further accounts that may be paid
    supplier TEXT NOT NULL REFERENCES supplier (id),
    iban TEXT NOT NULL,
    UNIQUE (supplier, iban)
) STRICT;

CREATE TABLE purchase_order (
    id TEXT PRIMARY KEY,
    company TEXT NOT NULL REFERENCES company (id),
    number TEXT NOT NULL,                          -- what the supplier was told
    supplier TEXT NOT NULL REFERENCES supplier (id),
    currency TEXT NOT NULL,
    total INTEGER NOT NULL,                        -- amounts and quantities: micro-units
    charges INTEGER NOT NULL DEFAULT 0,            -- charges less allowances of the whole order
    charges_billed INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX order_company ON purchase_order (company);

CREATE TABLE order_line (
    purchase_order TEXT NOT NULL REFERENCES purchase_order (id),
    line TEXT NOT NULL,
    item TEXT NOT NULL,
    seller_item TEXT NOT NULL DEFAULT '',
    standard_item TEXT NOT NULL DEFAULT '',
    buyer_item TEXT NOT NULL DEFAULT '',
    quantity INTEGER NOT NULL,
    unit TEXT NOT NULL DEFAULT '',
    price INTEGER NOT NULL,                        -- for price_base units
    price_base INTEGER NOT NULL DEFAULT 1000000,
    net INTEGER NOT NULL,
    vat_rate INTEGER,                              -- per cent in micro-units
    received INTEGER NOT NULL DEFAULT 0,
    billed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (purchase_order, line)
) STRICT;

CREATE TABLE booking (
    id INTEGER PRIMARY KEY,
    company TEXT NOT NULL REFERENCES company (id),
    invoice_number TEXT NOT NULL,
    supplier TEXT NOT NULL REFERENCES supplier (id),
    purchase_order TEXT REFERENCES purchase_order (id),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    iban TEXT NOT NULL DEFAULT '',
    issued TEXT NOT NULL DEFAULT '',               -- the invoice's own date
    booked_at INTEGER NOT NULL,                    -- UTC microseconds
    key TEXT NOT NULL UNIQUE,                      -- idempotency key of the call that booked it
    UNIQUE (supplier, invoice_number)
) STRICT;
CREATE INDEX booking_company ON booking (company);

CREATE TABLE parked (
    id INTEGER PRIMARY KEY,
    company TEXT NOT NULL REFERENCES company (id),
    file TEXT NOT NULL,
    invoice_number TEXT NOT NULL DEFAULT '',       -- '' where the document cannot be read
    reason TEXT NOT NULL,
    parked_at INTEGER NOT NULL,                    -- UTC microseconds
    released_at INTEGER,
    key TEXT NOT NULL UNIQUE
) STRICT;
"""


def create_erp(path: Path, companies: Iterable[Records]) -> int:
    """Write a new ERP file with these companies, return how many; BadInput when it exists."""
    if path.exists():
        raise BadInput(f"{path.name} exists already.", hint="Name a new file: bookings are never overwritten.")
    written = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN IMMEDIATE")
        for records in companies:
            _company(connection, records)
            written += 1
        connection.execute("COMMIT")
        # One file, so that copying it copies all of it.
        connection.execute("PRAGMA journal_mode = DELETE")
    return written


def _company(connection: sqlite3.Connection, records: Records) -> None:
    company = records.company
    connection.execute("INSERT INTO company VALUES (?, ?)", (company, f"Company {company}"))
    for supplier in records.suppliers:
        main = supplier.accounts[0] if supplier.accounts else ""
        connection.execute(
            "INSERT INTO supplier VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                supplier.id,
                company,
                supplier.name,
                supplier.vat,
                supplier.legal_id,
                supplier.identifier,
                main,
                int(supplier.blocked),
            ),
        )
        connection.executemany(
            "INSERT INTO supplier_account VALUES (?, ?)",
            ((supplier.id, each) for each in supplier.accounts[1:]),
        )
    for order in records.orders:
        _order(connection, company, order)
    for at, booking in enumerate(records.bookings):
        connection.execute(
            "INSERT INTO booking (company, invoice_number, supplier, amount, currency, issued, booked_at,"
            " key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                company,
                booking.invoice_number,
                booking.supplier,
                to_micro(booking.amount),
                booking.currency,
                booking.issued,
                at,
                f"before:{company}:{at}",
            ),
        )


def _order(connection: sqlite3.Connection, company: str, order: Order) -> None:
    amounts = [to_micro(each) for each in (order.total, order.charges, order.charges_billed)]
    connection.execute(
        "INSERT INTO purchase_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.id,
            company,
            order.number,
            order.supplier,
            order.currency,
            *amounts,
            order.status,
            order.version,
        ),
    )
    for line in order.lines:
        texts = (order.id, line.line, line.item, line.seller_item, line.standard_item, line.buyer_item)
        rate = None if line.vat_rate is None else to_micro(line.vat_rate)
        connection.execute(
            "INSERT INTO order_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *texts,
                to_micro(line.quantity),
                line.unit,
                to_micro(line.price),
                to_micro(line.price_base),
                to_micro(line.net),
                rate,
                to_micro(line.received),
                to_micro(line.billed),
            ),
        )
