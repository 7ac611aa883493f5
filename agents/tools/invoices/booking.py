"""The two writes of invoice matching, each inside one transaction that checks again before it writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from agents.tools.invoices.decide import decide
from agents.tools.invoices.document import Invoice, plain
from agents.tools.invoices.erp import read_records
from agents.tools.invoices.identity import code_key, number_key
from agents.tools.invoices.match import Match, Proposal
from agents.tools.invoices.money import from_micro, to_micro
from agents.tools.tool import ToolFailed


@dataclass(frozen=True, slots=True)
class BookingOrder:
    """What is to be booked, as decided; all of it is checked against the document and the ERP again."""

    company: str
    order: str
    supplier: str
    invoice: str
    amount: Decimal
    currency: str
    iban: str | None = None
    order_version: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> BookingOrder:
        """Read it from a call's arguments; ToolFailed when the amount is no decimal string."""
        try:
            amount = Decimal(str(args["amount"]))
        except InvalidOperation as error:
            raise ToolFailed(f"{args['amount']!r} is not an amount.", category="bad_arguments") from error
        return cls(
            company=args["company"],
            order=args["order"],
            supplier=args["supplier"],
            invoice=args["invoice"],
            amount=amount,
            currency=args["currency"],
            iban=args.get("iban") or None,
            order_version=args.get("order_version"),
        )


def booking_of_key(connection: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The booking that an earlier attempt with this idempotency key made, None when there is none."""
    row = connection.execute("SELECT * FROM booking WHERE key = ?", (key,)).fetchone()
    return None if row is None else _booking_json(row)


def book(connection: sqlite3.Connection, invoice: Invoice, what: BookingOrder, *, key: str, now: int) -> dict[str, Any]:
    """Book an invoice once, inside the caller's immediate transaction; returns the booking.

    A booking with the same key is returned as it is. Otherwise the invoice is matched again with the ERP as
    it now is, and every argument must be what follows from that.

    Args:
        now: UTC microseconds.

    Raises:
        ToolFailed: conflict, nothing done: the number is booked, the order changed, or the arguments do not
            fit.
    """
    earlier = booking_of_key(connection, key)
    if earlier is not None:
        return earlier
    match = check_booking(connection, invoice, what)
    row = connection.execute(
        "INSERT INTO booking (company, invoice_number, supplier, purchase_order, amount, currency,"
        " iban, issued,"
        " booked_at, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (
            what.company,
            invoice.number,
            what.supplier,
            what.order,
            to_micro(what.amount),
            what.currency,
            what.iban or "",
            invoice.issued.isoformat(),
            now,
            key,
        ),
    ).fetchone()
    _bill(connection, invoice, match)
    return _booking_json(row)


def check_booking(connection: sqlite3.Connection, invoice: Invoice, what: BookingOrder) -> Match:
    """Match again and hold the arguments against the result; ToolFailed (conflict) when they do not fit."""
    records = read_records(connection, what.company)
    match = decide(invoice, records, order_id=what.order)
    if match.booking is None:
        reasons = " ".join(each.evidence for each in match.differences[:3])
        raise ToolFailed(f"Invoice {invoice.number} cannot be booked. {reasons}", category="conflict")
    unlike = _unlike(match.booking, what)
    if unlike:
        raise ToolFailed(f"Invoice {invoice.number} cannot be booked so: {unlike}.", category="conflict")
    return match


def _unlike(right: Proposal, what: BookingOrder) -> str | None:
    """How the arguments differ from what the match allows; less may be booked, never more."""
    if what.order != right.order:
        return f"it belongs to order {right.order}, not {what.order}"
    if what.supplier != right.supplier:
        return f"it is of supplier {right.supplier}, not {what.supplier}"
    if number_key(what.invoice) != number_key(right.invoice):
        return f"its number is {right.invoice}, not {what.invoice}"
    if what.currency != right.currency:
        return f"it is in {right.currency}, not {what.currency}"
    if abs(what.amount) > abs(right.amount) or what.amount * right.amount < 0:
        return f"{plain(right.amount)} {right.currency} is due, not {plain(what.amount)}"
    if what.iban is not None and code_key(what.iban) != code_key(right.iban or ""):
        return f"the account on file is {right.iban or 'none'}, not {what.iban}"
    if what.order_version is not None and what.order_version != right.order_version:
        return f"order {right.order} has changed since it was compared (version {right.order_version})"
    return None


def _bill(connection: sqlite3.Connection, invoice: Invoice, match: Match) -> None:
    """Note on the order what is billed now, and close it when everything is."""
    for line in match.lines:
        connection.execute(
            "UPDATE order_line SET billed = billed + ? WHERE purchase_order = ? AND line = ?",
            (to_micro(line.quantity), match.order, line.order_line),
        )
    charges = invoice.sign * sum((each.signed for each in invoice.adjustments), Decimal(0))
    connection.execute(
        "UPDATE purchase_order SET charges_billed = charges_billed + ?, version = version + 1 WHERE id = ?",
        (to_micro(charges), match.order),
    )
    connection.execute(
        "UPDATE purchase_order SET status = 'closed' WHERE id = ? AND NOT EXISTS"
        " (SELECT 1 FROM order_line WHERE purchase_order = purchase_order.id AND abs(billed) <"
        " abs(quantity))",
        (match.order,),
    )


def park(
    connection: sqlite3.Connection, company: str, file: str, number: str, reason: str, *, key: str, now: int
) -> dict[str, Any]:
    """Put an invoice aside with the reason; one that is aside already stays as it is, and is returned."""
    known = connection.execute("SELECT 1 FROM company WHERE id = ?", (company,)).fetchone()
    if known is None:
        raise ToolFailed(f"The ERP has no company {company!r}.", category="not_found")
    row = connection.execute(
        "SELECT * FROM parked WHERE key = ? OR (company = ? AND file = ? AND released_at IS NULL)",
        (key, company, file),
    ).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO parked (company, file, invoice_number, reason, parked_at, key) VALUES (?, ?, ?, ?,"
            " ?, ?)"
            " RETURNING *",
            (company, file, number, reason, now, key),
        ).fetchone()
    return {
        "parked": True,
        "id": row["id"],
        "company": row["company"],
        "file": row["file"],
        "invoice": row["invoice_number"],
        "reason": row["reason"],
    }


def _booking_json(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "booked": True,
        "id": row["id"],
        "company": row["company"],
        "order": row["purchase_order"],
        "supplier": row["supplier"],
        "invoice": row["invoice_number"],
        "amount": plain(from_micro(row["amount"])),
        "currency": row["currency"],
        "iban": row["iban"] or None,
        "key": row["key"],
    }
