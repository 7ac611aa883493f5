"""The purchasing side of an ERP in SQLite: read-only queries, and the two writes, each one transaction.

All statements are parameterised. Amounts, quantities and prices are integer micro-units in the file and exact
decimals everywhere else. The tables are described in `agents.pilots.samples.erp`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

from agents.tools.invoices.money import from_micro
from agents.tools.invoices.records import Booking, Order, OrderLine, Records, Supplier
from agents.tools.tool import ToolFailed

# A writer waits this long for another one before it says that it did nothing.
_BUSY_MS = 5_000


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the ERP so that nothing can be changed: the file read-only, and the connection too."""
    with _opened(path, "ro") as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One immediate transaction: committed when the block ends, rolled back when it raises.

    An error of SQLite inside the block becomes ToolFailed saying that nothing was done; one of the commit
    itself is left in doubt.
    """
    with _opened(path, "rw") as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
        except sqlite3.Error as error:
            _undo(connection)
            raise _failed(path, error) from error
        except BaseException:
            _undo(connection)
            raise
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise ToolFailed(
                f"The ERP did not confirm the change ({error}).", category="internal", did_nothing=False
            ) from error


def _undo(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.rollback()


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    try:
        address = f"{path.resolve().as_uri()}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_MS / 1000)
    except sqlite3.Error as error:
        raise _failed(path, error) from error
    with closing(connection):
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        except sqlite3.Error as error:
            raise _failed(path, error) from error


def _failed(path: Path, error: sqlite3.Error) -> ToolFailed:
    if isinstance(error, sqlite3.IntegrityError):
        return ToolFailed(f"The ERP refused the change ({error}).", category="conflict")
    busy = getattr(error, "sqlite_errorcode", None) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return ToolFailed(
        f"The ERP {path.name} cannot be used ({error}).",
        category="unreachable",
        transient=busy,
        hint="Check that the file is there and not held by another program.",
    )


def read_records(connection: sqlite3.Connection, company: str) -> Records:
    """What a decision about this company's invoices rests on; ToolFailed when there is no such company."""
    known = connection.execute("SELECT 1 FROM company WHERE id = ?", (company,)).fetchone()
    if known is None:
        raise ToolFailed(f"The ERP has no company {company!r}.", category="not_found")
    return Records(
        company=company,
        suppliers=tuple(_suppliers(connection, company)),
        orders=tuple(_orders(connection, company)),
        bookings=tuple(_bookings(connection, company)),
    )


def _suppliers(connection: sqlite3.Connection, company: str) -> Iterator[Supplier]:
    more: dict[str, list[str]] = {}
    for row in connection.execute(
        "SELECT account.supplier, account.iban FROM supplier_account AS account"
        " JOIN supplier ON supplier.id = account.supplier WHERE company = ? ORDER BY account.rowid",
        (company,),
    ):
        more.setdefault(row["supplier"], []).append(row["iban"])
    rows = connection.execute("SELECT * FROM supplier WHERE company = ? ORDER BY id", (company,))
    for row in rows:
        first = (row["iban"],) if row["iban"] else ()
        yield Supplier(
            id=row["id"],
            name=row["name"],
            vat=row["vat"],
            legal_id=row["legal_id"],
            identifier=row["identifier"],
            accounts=(*first, *more.get(row["id"], ())),
            blocked=bool(row["blocked"]),
        )


def _orders(connection: sqlite3.Connection, company: str) -> Iterator[Order]:
    lines: dict[str, list[OrderLine]] = {}
    for row in connection.execute(
        "SELECT order_line.* FROM order_line JOIN purchase_order ON purchase_order.id ="
        " order_line.purchase_order"
        " WHERE purchase_order.company = ? ORDER BY order_line.rowid",
        (company,),
    ):
        lines.setdefault(row["purchase_order"], []).append(_order_line(row))
    for row in connection.execute("SELECT * FROM purchase_order WHERE company = ? ORDER BY id", (company,)):
        yield Order(
            id=row["id"],
            number=row["number"],
            supplier=row["supplier"],
            currency=row["currency"],
            total=from_micro(row["total"]),
            lines=tuple(lines.get(row["id"], ())),
            charges=from_micro(row["charges"]),
            charges_billed=from_micro(row["charges_billed"]),
            status=row["status"],
            version=row["version"],
        )


def _order_line(row: sqlite3.Row) -> OrderLine:
    rate = row["vat_rate"]
    return OrderLine(
        line=row["line"],
        item=row["item"],
        quantity=from_micro(row["quantity"]),
        net=from_micro(row["net"]),
        price=from_micro(row["price"]),
        price_base=from_micro(row["price_base"]),
        received=from_micro(row["received"]),
        billed=from_micro(row["billed"]),
        unit=row["unit"],
        seller_item=row["seller_item"],
        standard_item=row["standard_item"],
        buyer_item=row["buyer_item"],
        vat_rate=None if rate is None else from_micro(rate),
    )


def _bookings(connection: sqlite3.Connection, company: str) -> Iterator[Booking]:
    for row in connection.execute("SELECT * FROM booking WHERE company = ? ORDER BY id", (company,)):
        yield Booking(
            supplier=row["supplier"],
            invoice_number=row["invoice_number"],
            amount=from_micro(row["amount"]),
            currency=row["currency"],
            order=row["purchase_order"] or "",
            issued=row["issued"],
        )


def total_booked(connection: sqlite3.Connection, company: str, supplier: str, currency: str) -> Decimal:
    """What the books say is owed to a supplier in one currency."""
    row = connection.execute(
        "SELECT coalesce(sum(amount), 0) FROM booking WHERE company = ? AND supplier = ? AND currency = ?",
        (company, supplier, currency),
    ).fetchone()
    return from_micro(row[0])
