"""What an order lets one expect of an invoice line: how much may be billed, and what that costs."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from agents.tools.invoices.document import Invoice, Line
from agents.tools.invoices.money import kept, to_minor
from agents.tools.invoices.records import OrderLine


def open_quantity(ordered: OrderLine) -> Decimal:
    """What was received and not yet invoiced."""
    return ordered.received - ordered.billed


def expected_net(invoice: Invoice, line: Line, ordered: OrderLine) -> Fraction | None:
    """The agreed net for the invoiced quantity; a part costs its share, rounded to the smallest unit."""
    quantity = kept(invoice.sign * line.quantity)
    if quantity == ordered.quantity:
        return Fraction(ordered.net)
    if ordered.quantity == 0:
        return None
    share = Fraction(quantity) / Fraction(ordered.quantity)
    return to_minor(Fraction(ordered.net) * share, invoice.currency)


def unit_price(price: Decimal, base: Decimal) -> Fraction:
    """The price of one unit; a price for no units at all is taken as it stands."""
    return Fraction(price) / Fraction(base) if base else Fraction(price)
