"""The outcome of comparing an invoice with its purchase order: what agrees and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agents.tools.invoices.document import as_json
from agents.tools.invoices.money import minor_unit


class Kind(StrEnum):
    """What sort of difference it is; the handoff's options follow from it."""

    SUPPLIER = "supplier"
    VAT = "vat"
    ORDER = "order"
    CURRENCY = "currency"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    ACCOUNT = "account"
    ITEM = "item"
    QUANTITY = "quantity"
    PRICE = "price"
    TAX = "tax"
    SUM = "sum"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far rounding may carry two amounts apart, in units of the currency.

    Attributes:
        price: per unit, and only where the line's net agrees.
        net: of one line.
        total: of the whole document; the lines' roundings together may not exceed it.
    """

    price: Decimal
    net: Decimal
    total: Decimal

    @classmethod
    def of(cls, currency: str) -> Tolerance:
        """Half a smallest unit for a price, one for a line's net and for the total; never more."""
        unit = minor_unit(currency)
        return cls(unit / 2, unit, unit)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the invoice and the ERP do not agree.

    Attributes:
        where: "line 3", "total", "supplier" …
        ours: what the ERP says, "" for nothing.
        theirs: what the invoice says, "" for nothing.
        stake: how much money hangs on it, in the invoice's currency, never negative.
        evidence: a sentence for a person.
    """

    kind: Kind
    where: str
    ours: str
    theirs: str
    stake: Decimal
    evidence: str


@dataclass(frozen=True, slots=True)
class LineComparison:
    """An invoice line beside the order line it was compared with; amounts as the buyer owes them (signed).

    Attributes:
        order_line: "" when the order has no such line.
        open_quantity: received and not yet invoiced.
        expected: what the line should cost by the order; None where there is nothing to compare with.
    """

    line: str
    item: str
    order_line: str
    order_item: str
    quantity: Decimal
    open_quantity: Decimal | None
    price: Decimal
    order_price: Decimal | None
    net: Decimal
    expected: Decimal | None
    agrees: bool
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The booking that follows when everything agrees: exactly the arguments of the booking tool.

    Attributes:
        amount: what it adds to what is owed, negative for a credit note.
        iban: the account to pay to, None when neither the invoice nor the ERP names one.
        order_version: the order as it was when compared.
    """

    company: str
    order: str
    supplier: str
    invoice: str
    amount: Decimal
    currency: str
    iban: str | None
    order_version: int


@dataclass(frozen=True, slots=True)
class Match:
    """The comparison of one invoice; `booking` is there only when it agrees."""

    agrees: bool
    invoice: str
    company: str
    currency: str
    amount: Decimal
    supplier: str | None = None
    order: str | None = None
    lines: tuple[LineComparison, ...] = ()
    differences: tuple[Difference, ...] = ()
    remarks: tuple[str, ...] = ()
    booking: Proposal | None = None

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of difference found."""
        return frozenset(each.kind for each in self.differences)

    @property
    def stake(self) -> Decimal:
        """The largest single amount at stake."""
        return max((each.stake for each in self.differences), default=Decimal(0))


def match_json(match: Match) -> dict[str, Any]:
    """The match as JSON, amounts as decimal strings, with the amount at stake."""
    body: dict[str, Any] = as_json(match)
    return {**body, "stake": as_json(match.stake)}
