"""What the ERP holds about purchasing, as values: suppliers, orders, bookings. Amounts are exact decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier in the master data of one company.

    Attributes:
        identifier: `scheme:value`, such as `0088:5790000436101` (a GLN), "" when not known.
        accounts: the accounts that may be paid, compact, the main one first.
        blocked: nothing may be booked for it.
    """

    id: str
    name: str
    vat: str = ""
    legal_id: str = ""
    identifier: str = ""
    accounts: tuple[str, ...] = ()
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a purchase order.

    Attributes:
        price: for `price_base` units.
        net: agreed for the whole ordered quantity.
        received, billed: how much came so far, and how much of it was invoiced before.
        vat_rate: per cent, None when the buyer did not state one.
    """

    line: str
    item: str
    quantity: Decimal
    net: Decimal
    price: Decimal
    price_base: Decimal
    received: Decimal
    billed: Decimal = Decimal(0)
    unit: str = ""
    seller_item: str = ""
    standard_item: str = ""
    buyer_item: str = ""
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order of one company; a return to the supplier is an order with negative amounts.

    Attributes:
        id: unique in the ERP.
        number: what the supplier was told and may quote.
        total: agreed without VAT: the lines' nets plus `charges`.
        charges: charges less allowances agreed for the order as a whole.
        charges_billed: how much of them was invoiced before.
        version: grows with every change of the order or its lines.
    """

    id: str
    number: str
    supplier: str
    currency: str
    total: Decimal
    lines: tuple[OrderLine, ...]
    charges: Decimal = Decimal(0)
    charges_billed: Decimal = Decimal(0)
    status: str = "open"
    version: int = 1


@dataclass(frozen=True, slots=True)
class Booking:
    """An invoice that is already in the books; `issued` is its own date (ISO 8601), "" when not known."""

    supplier: str
    invoice_number: str
    amount: Decimal
    currency: str
    order: str = ""
    issued: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """Everything of one company's ERP that a decision about an invoice rests on."""

    company: str
    suppliers: tuple[Supplier, ...] = ()
    orders: tuple[Order, ...] = ()
    bookings: tuple[Booking, ...] = ()

    def supplier(self, supplier: str) -> Supplier | None:
        """The supplier of that id."""
        return next((each for each in self.suppliers if each.id == supplier), None)

    def order(self, order: str) -> Order | None:
        """The order of that id."""
        return next((each for each in self.orders if each.id == order), None)
