"""An invoice against its purchase order, line by line, in exact arithmetic (the three-way match).

A line agrees when it is the ordered item, bills exactly what was received and not billed before, at the
agreed price and for the agreed net amount. What the order says of a line's net decides, even where quantity
times price is
something else: such lines are common and only remarked on.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from agents.tools.invoices.document import Invoice, Line, plain
from agents.tools.invoices.expected import expected_net, open_quantity, unit_price
from agents.tools.invoices.match import Difference, Kind, LineComparison, Tolerance
from agents.tools.invoices.money import kept, rounded
from agents.tools.invoices.pairing import Pair, pair_lines, same_item
from agents.tools.invoices.records import Order, OrderLine

# UN/ECE Recommendation 20 and 21: all of these say "piece".
_PIECES = frozenset({"EA", "C62", "H87", "PCE", "XPP", "NAR"})


def compare(
    invoice: Invoice, order: Order, tolerance: Tolerance
) -> tuple[tuple[LineComparison, ...], tuple[Difference, ...]]:
    """Compare all lines and sums; both must be in one currency. Returns the lines and what differs."""
    lines: list[LineComparison] = []
    differences: list[Difference] = []
    pairs = pair_lines(invoice, order)
    for pair in pairs:
        found = list(_line_differences(invoice, pair, tolerance))
        differences += found
        lines.append(_comparison(invoice, pair, not found))
    differences += _sums(invoice, order, pairs, tolerance)
    return tuple(lines), tuple(differences)


def _comparison(invoice: Invoice, pair: Pair, agrees: bool) -> LineComparison:
    line, ordered = pair
    expected = None if ordered is None else expected_net(invoice, line, ordered)
    net = invoice.sign * line.net
    return LineComparison(
        line=line.id,
        item=line.item,
        order_line=ordered.line if ordered else "",
        order_item=ordered.item if ordered else "",
        quantity=kept(invoice.sign * line.quantity),
        open_quantity=open_quantity(ordered) if ordered else None,
        price=line.price,
        order_price=ordered.price if ordered else None,
        net=net,
        expected=None if expected is None else rounded(expected),
        agrees=agrees,
        rounded=agrees and expected is not None and expected != net,
    )


def _line_differences(invoice: Invoice, pair: Pair, tolerance: Tolerance) -> Iterator[Difference]:
    line, ordered = pair
    where = f"line {line.id}"
    if ordered is None:
        evidence = f"{where.capitalize()}, {line.item!r}, is not on the order."
        yield Difference(Kind.ITEM, where, "", line.item, abs(line.net), evidence)
        return
    if not same_item(line, ordered):
        shown, billed = _item_text(ordered), _item_text(line)
        evidence = f"{where.capitalize()} bills {billed}; the order has {shown}."
        yield Difference(Kind.ITEM, where, shown, billed, abs(line.net), evidence)
    yield from _quantity(invoice, line, ordered)
    yield from _price(invoice, line, ordered, tolerance)
    if line.vat_rate is not None and ordered.vat_rate not in {None, kept(line.vat_rate)}:
        ours, theirs = f"{ordered.vat_rate}%", f"{line.vat_rate}%"
        evidence = f"{where.capitalize()} is billed with {theirs} VAT; the order says {ours}."
        yield Difference(Kind.TAX, where, ours, theirs, abs(line.net), evidence)


def _item_text(line: Line | OrderLine) -> str:
    code = line.seller_item or line.standard_item or line.buyer_item
    return f"{line.item!r} ({code})" if code else repr(line.item)


def _quantity(invoice: Invoice, line: Line, ordered: OrderLine) -> Iterator[Difference]:
    where, billed, due = f"line {line.id}", kept(invoice.sign * line.quantity), open_quantity(ordered)
    units = {line.unit, ordered.unit}
    if "" not in units and len(units) > 1 and not units <= _PIECES:
        evidence = f"{where.capitalize()} counts in {line.unit}; the order in {ordered.unit}."
        yield Difference(Kind.QUANTITY, where, ordered.unit, line.unit, abs(line.net), evidence)
    over_ordered = abs(billed + ordered.billed) > abs(ordered.quantity)
    if billed == due and not over_ordered:
        return
    # A whole line is at stake where no share of it can be computed.
    stake = Fraction(line.net)
    if line.quantity != 0 and billed != due:
        stake = Fraction(line.net) * (Fraction(billed) - Fraction(due)) / Fraction(line.quantity)
    evidence = (
        f"{where.capitalize()}, {line.item!r}, bills {plain(billed)}; ordered {plain(ordered.quantity)},"
        f" received {plain(ordered.received)}, billed before {plain(ordered.billed)}."
    )
    yield Difference(Kind.QUANTITY, where, plain(due), plain(billed), rounded(abs(stake)), evidence)


def _price(invoice: Invoice, line: Line, ordered: OrderLine, tolerance: Tolerance) -> Iterator[Difference]:
    """The price per unit and the line's net: half a cent of price passes only where the net agrees too."""
    where, net = f"line {line.id}", invoice.sign * Fraction(line.net)
    theirs, ours = unit_price(line.price, line.price_base), unit_price(ordered.price, ordered.price_base)
    expected = expected_net(invoice, line, ordered)
    if expected is None:
        return  # nothing was ordered of it; the quantity says so
    apart = abs(net - expected)
    if abs(theirs - ours) > Fraction(tolerance.price):
        at_stake = max(apart, abs((theirs - ours) * Fraction(line.quantity)))
        evidence = (
            f"{where.capitalize()}, {line.item!r}, is billed at {plain(rounded(theirs))} a unit"
            f" ({plain(line.net)} net); agreed was {plain(rounded(ours))} ({plain(rounded(abs(expected)))}"
            " net)."
        )
        shown = plain(rounded(ours)), plain(rounded(theirs))
        yield Difference(Kind.PRICE, where, *shown, rounded(at_stake), evidence)
    elif apart > Fraction(tolerance.net):
        shown = plain(rounded(expected)), plain(rounded(net))
        evidence = f"{where.capitalize()}, {line.item!r}, costs {shown[1]} net; by the order it is {shown[0]}."
        yield Difference(Kind.PRICE, where, *shown, rounded(apart), evidence)


def _sums(invoice: Invoice, order: Order, pairs: list[Pair], tolerance: Tolerance) -> Iterator[Difference]:
    most = Fraction(tolerance.total)
    header = sum((Fraction(each.net) for each in order.lines), Fraction(order.charges))
    if abs(header - Fraction(order.total)) > most:
        evidence = f"The order's total is {plain(order.total)}, but its lines and charges add up to {rounded(header)}."
        apart = rounded(abs(header - Fraction(order.total)))
        yield Difference(Kind.SUM, "order total", plain(order.total), plain(rounded(header)), apart, evidence)
    yield from _charges(invoice, order, most)
    expected = [expected_net(invoice, line, ordered) for line, ordered in pairs if ordered is not None]
    if len(expected) < len(pairs) or None in expected:
        return  # a line without an order is already a difference
    due = sum((each for each in expected if each is not None), Fraction(0))
    billed = invoice.sign * sum((Fraction(line.net) for line in invoice.lines), Fraction(0))
    if _whole(invoice, order, pairs):
        due, billed = Fraction(order.total), invoice.sign * Fraction(invoice.totals.exclusive)
    if abs(billed - due) > most:
        shown = plain(rounded(due)), plain(rounded(billed))
        evidence = f"The invoice comes to {shown[1]} without VAT; by the order it is {shown[0]}."
        yield Difference(Kind.SUM, "total", *shown, rounded(abs(billed - due)), evidence)


def _whole(invoice: Invoice, order: Order, pairs: list[Pair]) -> bool:
    """The invoice bills the complete order, so that their totals can be compared as they stand."""
    complete = all(o is not None and o.quantity == kept(invoice.sign * line.quantity) for line, o in pairs)
    return complete and len(pairs) == len(order.lines) and order.charges_billed == 0


def _charges(invoice: Invoice, order: Order, most: Fraction) -> Iterator[Difference]:
    """Charges and allowances of the whole document against those agreed and not yet billed."""
    billed = invoice.sign * sum((Fraction(each.signed) for each in invoice.adjustments), Fraction(0))
    due = Fraction(order.charges) - Fraction(order.charges_billed)
    not_yet = billed == 0 and due > 0  # freight may come with a later delivery
    if abs(billed - due) > most and not not_yet:
        shown = plain(rounded(due)), plain(rounded(billed))
        evidence = f"Charges less allowances of the whole invoice are {shown[1]}; the order has {shown[0]} open."
        yield Difference(Kind.SUM, "charges", *shown, rounded(abs(billed - due)), evidence)
