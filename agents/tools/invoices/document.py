"""An e-invoice or credit note as values: what the European standard EN 16931 says one contains.

Amounts are exact decimals in the document's currency, as written: a credit note states what it credits as
positive amounts, and `Invoice.sign` turns them into what the buyer owes. BT and BG numbers in comments are
the business terms and groups of EN 16931-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier as written, and its list by ISO/IEC 6523 (`0088` is a GLN), "" when not said."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A seller, buyer or payee (BG-4, BG-7, BG-10).

    Attributes:
        name: registered name, or the trading name where no other is given.
        trading_name: the name it trades under, "" when not given.
        vat: VAT identifier as written (BT-31), "" when not given.
        legal: registration in the trade register or the like (BT-30).
        identifiers: other identifiers, such as GLNs (BT-29).
        endpoint: electronic address (BT-34).
    """

    name: str = ""
    trading_name: str = ""
    vat: str = ""
    legal: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    endpoint: Identifier | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (taken off) or a charge (added on), of a line or the document (BG-20, 21, 27, 28)."""

    charge: bool
    amount: Decimal
    reason: str = ""

    @property
    def signed(self) -> Decimal:
        """The amount as it changes the sum: a charge adds, an allowance takes off."""
        return self.amount if self.charge else -self.amount


@dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25).

    Attributes:
        net: BT-131, after the line's own allowances and charges, without VAT.
        price: BT-146, for `price_base` (BT-149) units.
        order_line: the line of the purchase order it refers to (BT-132), "" when not given.
        vat_rate: per cent, None when not given.
    """

    id: str
    item: str
    quantity: Decimal
    net: Decimal
    price: Decimal
    price_base: Decimal = Decimal(1)
    unit: str = ""
    description: str = ""
    seller_item: str = ""
    standard_item: str = ""
    buyer_item: str = ""
    order_line: str = ""
    vat_category: str = ""
    vat_rate: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's totals (BG-22), BT-106 to BT-115; `tax` is BT-110."""

    lines: Decimal
    exclusive: Decimal
    inclusive: Decimal
    payable: Decimal
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    tax: Decimal = ZERO
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """One row of the VAT breakdown (BG-23); `rate` in per cent, None when the category has none."""

    taxable: Decimal
    tax: Decimal
    category: str
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or credit note.

    Attributes:
        credit: the document is a UBL credit note.
        type_code: UNTDID 1001, such as 380 (commercial invoice) or 381 (credit note).
        order: purchase order reference given by the buyer (BT-13), "" when not given.
        sales_order: the seller's own order number (BT-14).
        preceding: numbers of earlier invoices that it refers to (BT-25).
        accounts: accounts to pay to (BT-84), compact, in the order given, each once.
        other_currency: where an amount names another currency than the document's, with that currency.
        attachments: how many documents are embedded; their contents are not kept.
    """

    number: str
    issued: date
    currency: str
    supplier: Party
    buyer: Party
    lines: tuple[Line, ...]
    totals: Totals
    credit: bool = False
    type_code: str = ""
    due: date | None = None
    payee: Party | None = None
    order: str = ""
    sales_order: str = ""
    contracts: tuple[str, ...] = ()
    preceding: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[TaxSubtotal, ...] = ()
    other_currency: tuple[str, ...] = ()
    attachments: int = 0

    @property
    def sign(self) -> int:
        """1 for an invoice, -1 for a credit note: times any amount, it is what the buyer owes."""
        return -1 if self.credit else 1

    @property
    def owed(self) -> Decimal:
        """What booking this document adds to what the buyer owes the supplier (negative for a credit)."""
        return self.sign * self.totals.payable

    @property
    def kind(self) -> str:
        """In plain words."""
        return "credit note" if self.credit else "invoice"


def plain(amount: Decimal) -> str:
    """Write a decimal exactly and without an exponent, as amounts travel in JSON."""
    return format(amount, "f")


def as_json(value: object) -> Any:
    """Turn any of these values into JSON: amounts as decimal strings, dates as ISO 8601, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [as_json(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    return value


def invoice_json(invoice: Invoice) -> dict[str, Any]:
    """The whole invoice as JSON, with `owed` (signed) and `kind` beside its fields."""
    body: dict[str, Any] = as_json(invoice)
    return {"kind": invoice.kind, **body, "owed": plain(invoice.owed)}
