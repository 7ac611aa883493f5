"""What the tools of invoice matching declare: arguments, effect, what must be proven, and what proves.

The company and the file are proven by the case alone. A read proves nothing about them, since whoever calls
it chooses them; it proves what the ERP's one record says about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.tools.tool import Effect, Sink, ToolSpec

_FILE = {
    "type": "string",
    "minLength": 1,
    "maxLength": 500,
    "description": "the invoice's file, as the case names it",
}
_COMPANY = {"type": "string", "minLength": 1, "maxLength": 40, "description": "the company that was invoiced"}
_AMOUNT = {"type": "string", "pattern": r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}


def _object(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


READ_EINVOICE = ToolSpec(
    name="read_einvoice",
    description="Reads an e-invoice (EN 16931, UBL) or credit note and checks whether it adds up.",
    parameters=_object({"file": _FILE}),
    effect=Effect.READ,
    trusted_read=True,
    retries=1,
)

FIND_PURCHASE_ORDER = ToolSpec(
    name="find_purchase_order",
    description=("Finds the supplier and the purchase order that an invoice belongs to in the ERP, or says why not."),
    parameters=_object({"file": _FILE, "company": _COMPANY}),
    effect=Effect.READ,
    trusted_read=True,
    retrieval=True,
    retries=1,
    authority={
        "supplier.id": "id:supplier",
        "supplier.accounts[]": "iban",
        "order.id": "id:order",
        "order.currency": "currency",
    },
)

MATCH_INVOICE = ToolSpec(
    name="match_invoice",
    description=(
        "Compares an invoice line by line with its purchase order and with what was booked before."
        " Says what to book where all agrees, and what to hand to a person where not."
    ),
    parameters=_object({"file": _FILE, "company": _COMPANY}, {"order": {"type": ["string", "null"], "maxLength": 200}}),
    effect=Effect.READ,
    trusted_read=True,
    retries=1,
    # `booking` is null unless everything agrees, so that an invoice alone proves nothing.
    authority={
        "booking.order": "id:order",
        "booking.supplier": "id:supplier",
        "booking.invoice": "id:invoice",
        "booking.amount": "amount",
        "booking.currency": "currency",
        "booking.iban": "iban",
    },
)

BOOK_INVOICE = ToolSpec(
    name="book_invoice",
    description=(
        "Books an invoice that agrees with its order, once. Refused where the number is booked already,"
        " the order"
        " changed, or an argument is not what the comparison allows."
    ),
    parameters=_object(
        {
            "file": _FILE,
            "company": _COMPANY,
            "order": _TEXT,
            "supplier": _TEXT,
            "invoice": _TEXT,
            "amount": _AMOUNT,
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        {
            "iban": {"type": ["string", "null"], "maxLength": 64},
            "order_version": {"type": ["integer", "null"], "minimum": 1},
        },
    ),
    effect=Effect.WRITE,
    sinks=(
        Sink("file", "id:file"),
        Sink("company", "id:company"),
        Sink("order", "id:order"),
        Sink("supplier", "id:supplier"),
        Sink("invoice", "id:invoice"),
        Sink("amount", "amount"),
        Sink("currency", "currency"),
        Sink("iban", "iban"),
    ),
    reversible=True,
    undo="Cancel the booking in the ERP, under its invoice number. Booking pays nothing yet.",
    sentence="Book invoice {invoice} of supplier {supplier} over {amount} {currency} on order {order}.",
    shadow_result={
        "booked": True,
        "company": "{company}",
        "order": "{order}",
        "supplier": "{supplier}",
        "invoice": "{invoice}",
        "amount": "{amount}",
        "currency": "{currency}",
    },
)

PARK_INVOICE = ToolSpec(
    name="park_invoice",
    description="Puts an invoice aside, unbooked, with the reason, until a person has decided.",
    parameters=_object(
        {"file": _FILE, "company": _COMPANY, "reason": {"type": "string", "minLength": 1, "maxLength": 2_000}}
    ),
    effect=Effect.WRITE,
    sinks=(Sink("file", "id:file"), Sink("company", "id:company")),
    reversible=True,
    undo="Release the invoice from the list of parked invoices in the ERP.",
    sentence="Park {file} of company {company}: {reason}",
    shadow_result={"parked": True, "company": "{company}", "file": "{file}", "reason": "{reason}"},
)
