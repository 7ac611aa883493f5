"""Plants in the lines and sums of the own order: quantities, prices, items, totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from agents.pilots.samples.origin import OWN
from agents.tools.invoices.document import Invoice, plain
from agents.tools.invoices.money import from_micro, kept, minor_unit, rounded, to_minor
from agents.tools.invoices.records import Order, OrderLine, Records

_WRONG_ITEMS = (
    "Gift voucher",
    "Conference chair, grey",
    "Espresso machine",
    "Garden hose 20 m",
    "Winter tyre",
)


def own_order(records: Records) -> Order:
    """The order that the invoice belongs to."""
    return next(each for each in records.orders if each.id.endswith(f"-PO-{OWN}"))


def with_order(records: Records, order: Order) -> Records:
    """The records with the own order replaced."""
    return replace(records, orders=tuple(order if each.id == order.id else each for each in records.orders))


def _with_lines(records: Records, lines: Sequence[OrderLine]) -> Records:
    """Replace the own order's lines and let its total follow, as an ERP does."""
    order = own_order(records)
    total = sum((each.net for each in lines), order.charges)
    return with_order(records, replace(order, lines=tuple(lines), total=total))


def _goods(order: Order) -> list[int]:
    """Lines on which a quantity or a price means money."""
    return [at for at, each in enumerate(order.lines) if each.quantity != 0 and each.net != 0]


def _with_line(records: Records, at: int, line: OrderLine) -> Records:
    lines = list(own_order(records).lines)
    lines[at] = line
    return _with_lines(records, lines)


def partial_delivery(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """More was ordered than came; what came is what is billed. Perhaps an earlier part was billed before."""
    order = own_order(records)
    goods = _goods(order)
    lines = list(order.lines)
    for at in rng.sample(goods, rng.randint(1, len(goods))):
        line, times = lines[at], rng.randint(2, 5)
        before = rng.randint(0, times - 2)
        lines[at] = replace(
            line,
            quantity=line.quantity * times,
            net=line.net * times,
            received=line.quantity * (before + 1),
            billed=line.quantity * before,
        )
    if rng.random() < 0.5:
        later = OrderLine("900", "Spare part kit", Decimal(4), Decimal("50"), Decimal("12.5"), Decimal(1), Decimal(0))
        lines.append(later)
    return _with_lines(records, lines), "more was ordered, exactly what was received is billed"


def half_cent_price(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """The agreed price per unit is up to half a cent off, the line's net is the same."""
    order = own_order(records)
    at = rng.choice(_goods(order))
    line = order.lines[at]
    limit = int(minor_unit(invoice.currency) / 2 * 1_000_000)
    step = limit if rng.random() < 0.3 else rng.randint(1, limit)
    change = from_micro(step) * line.price_base
    price = line.price - change if line.price > change and rng.random() < 0.5 else line.price + change
    why = f"line {line.line}: price {plain(price)} agreed, {plain(line.price)} billed, the net is the same"
    return _with_line(records, at, replace(line, price=kept(price))), why


def one_cent_rounding(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """One line's net, or the order's total, is one smallest unit of the currency off."""
    order = own_order(records)
    unit = minor_unit(invoice.currency) * rng.choice((1, -1))
    if rng.random() < 0.5:
        return with_order(records, replace(order, total=order.total + unit)), f"order total off by {plain(unit)}"
    at = rng.randrange(len(order.lines))
    line = order.lines[at]
    why = f"line {line.line}: net off by {plain(unit)}"
    return _with_line(records, at, replace(line, net=line.net + unit)), why


def price(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """Another price was agreed, and the net follows it: by a cent and more a unit, or by 1 to 40 per cent."""
    order = own_order(records)
    at = rng.choice(_goods(order))
    line = order.lines[at]
    unit = minor_unit(invoice.currency)
    while True:
        cents = unit * rng.randint(1, 300) * line.price_base
        change = cents if rng.random() < 0.3 else line.price * rng.randint(1, 40) / 100
        agreed = kept(line.price + change * rng.choice((1, -1)))
        if line.price == 0:
            net = to_minor(Fraction(agreed) * Fraction(line.quantity) / Fraction(line.price_base), invoice.currency)
        else:
            net = to_minor(Fraction(line.net) * Fraction(agreed) / Fraction(line.price), invoice.currency)
        # Less than two cents of the line would be rounding, and not this fault.
        if agreed > 0 and abs(net - Fraction(line.net)) >= 2 * Fraction(unit):
            why = f"line {line.line}: {plain(agreed)} was agreed, {plain(line.price)} is billed"
            return _with_line(records, at, replace(line, price=agreed, net=rounded(net))), why


def quantity(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """Less or more was ordered or received than is billed, or part of it was billed before."""
    order = own_order(records)
    at = rng.choice(_goods(order))
    line = order.lines[at]
    billed = line.quantity
    # Whole units where the line counts in them, else a share of the quantity.
    whole = billed == billed.to_integral_value()
    step = Decimal(rng.randint(1, max(1, int(abs(billed)) // 2))) if whole else kept(abs(billed) / 4)
    step = (step or from_micro(1)).copy_sign(billed)
    kind = rng.choice(("ordered more", "short delivery", "billed before", "ordered less"))
    if kind == "ordered less" and billed != step:
        other = billed - step
    elif kind in {"ordered more", "ordered less"}:
        other = billed + step
    elif kind == "short delivery":
        why = f"line {line.line}: {plain(billed)} billed, {plain(billed - step)} received"
        return _with_line(records, at, replace(line, received=billed - step)), why
    else:
        why = f"line {line.line}: {plain(billed)} billed, {plain(step)} of it billed before"
        return _with_line(records, at, replace(line, billed=step)), why
    net = rounded(to_minor(Fraction(line.net) * Fraction(other) / Fraction(billed), invoice.currency))
    why = f"line {line.line}: {plain(billed)} billed, {plain(other)} ordered and received"
    return _with_line(records, at, replace(line, quantity=other, received=other, net=net)), why


def item(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """Something else was ordered, of the same quantity and price."""
    order = own_order(records)
    at = rng.randrange(len(order.lines))
    line = order.lines[at]
    other = rng.choice(_WRONG_ITEMS)
    seller_item = f"W{rng.randrange(10**6):06d}" if line.seller_item else ""
    standard_item = f"{rng.randrange(10**13):013d}" if line.standard_item else ""
    if line.seller_item and rng.random() < 0.4:
        # The same words, another article: only the number tells.
        other = line.item
    why = f"line {line.line}: {other!r} was ordered, {line.item!r} is billed"
    changed = replace(line, item=other, seller_item=seller_item, standard_item=standard_item, buyer_item="")
    return _with_line(records, at, changed), why


def wrong_sum(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """The order's total is not what its lines come to, by two smallest units of the currency or more."""
    order = own_order(records)
    unit = minor_unit(invoice.currency)
    off = unit * rng.choice((2, 3, rng.randint(4, 99), rng.randint(100, 50_000))) * rng.choice((1, -1))
    return with_order(records, replace(order, total=order.total + off)), f"order total off by {plain(off)}"
