"""Which invoice line belongs to which order line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from agents.tools.invoices.document import Invoice, Line
from agents.tools.invoices.expected import expected_net, open_quantity, unit_price
from agents.tools.invoices.identity import code_key, name_key
from agents.tools.invoices.money import kept
from agents.tools.invoices.records import Order, OrderLine

# A bucket of more lines that share a key than this is paired in order of appearance only.
_CROWD = 200


class Pair(NamedTuple):
    """An invoice line and its order line; None where the order has none."""

    line: Line
    ordered: OrderLine | None


class _Rank(NamedTuple):
    """How well two lines fit; larger is better.

    Of lines with one name the amounts tell which is meant, by how far they are apart for the quantity billed.
    The last two make ties fall in order of appearance.
    """

    same: bool
    agreeing: int
    referred: bool
    quantity: bool
    net: Fraction
    price: Fraction
    near: int
    early: int


def _codes(line: Line | OrderLine) -> tuple[str, str, str]:
    return code_key(line.seller_item), code_key(line.standard_item), code_key(line.buyer_item)


def same_item(line: Line, ordered: OrderLine) -> bool:
    """Do both lines mean one item? Codes that both state decide, all of them; without any, the names do."""
    shared = [(a, b) for a, b in zip(_codes(line), _codes(ordered), strict=True) if a and b]
    if shared:
        return all(a == b for a, b in shared)
    return bool(name_key(line.item)) and name_key(line.item) == name_key(ordered.item)


def pair_lines(invoice: Invoice, order: Order) -> list[Pair]:
    """Pair every invoice line with the order line that fits it best, each order line once.

    Lines that share a code, a name or a quoted line number are candidates; agreement on the item comes first,
    then the quoted line, then quantity and amount. What is left is paired with a left-over order line of the
    same quantity and amount, so that a wrong item is shown beside what was ordered instead of it.
    """
    taken: dict[int, int] = {}
    used: set[int] = set()
    ranked = sorted(_candidates(invoice, order), reverse=True)
    for _, at, other in ranked:
        if at not in taken and other not in used:
            taken[at] = other
            used.add(other)
    _pair_leftovers(invoice, order, taken, used)
    return [Pair(line, order.lines[taken[at]] if at in taken else None) for at, line in enumerate(invoice.lines)]


def shared_items(invoice: Invoice, order: Order) -> int:
    """How many invoice lines have their item on the order."""
    pairs = pair_lines(invoice, order)
    return sum(1 for pair in pairs if pair.ordered is not None and same_item(pair.line, pair.ordered))


def _keys(line: Line | OrderLine, number: str) -> Iterator[tuple[str, str]]:
    for kind, code in zip(("seller", "standard", "buyer"), _codes(line), strict=True):
        if code:
            yield kind, code
    if line.item:
        yield "name", name_key(line.item)
    if number:
        yield "line", number


def _candidates(invoice: Invoice, order: Order) -> Iterator[tuple[_Rank, int, int]]:
    buckets: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, ordered in enumerate(order.lines):
        for key in _keys(ordered, ordered.line):
            buckets[key].append(at)
    for at, line in enumerate(invoice.lines):
        found: set[int] = set()
        for key in _keys(line, line.order_line):
            bucket = buckets.get(key, [])
            found.update(bucket if len(bucket) <= _CROWD else bucket[at : at + 1])
        for other in found:
            yield _rank(invoice, line, order.lines[other], at, other), at, other


def _rank(invoice: Invoice, line: Line, ordered: OrderLine, at: int, other: int) -> _Rank:
    agreeing = sum(1 for a, b in zip(_codes(line), _codes(ordered), strict=True) if a and a == b)
    expected = expected_net(invoice, line, ordered)
    return _Rank(
        same=same_item(line, ordered),
        agreeing=agreeing + (name_key(line.item) == name_key(ordered.item)),
        referred=bool(line.order_line) and line.order_line == ordered.line,
        quantity=kept(invoice.sign * line.quantity) == open_quantity(ordered),
        net=-abs(invoice.sign * Fraction(line.net) - (Fraction(ordered.net) if expected is None else expected)),
        price=-abs(unit_price(line.price, line.price_base) - unit_price(ordered.price, ordered.price_base)),
        near=-abs(at - other),
        early=-at,
    )


def _pair_leftovers(invoice: Invoice, order: Order, taken: dict[int, int], used: set[int]) -> None:
    for at, line in enumerate(invoice.lines):
        if at in taken:
            continue
        for other, ordered in enumerate(order.lines):
            alike = ordered.net == invoice.sign * line.net or ordered.quantity == invoice.sign * line.quantity
            if other not in used and alike:
                taken[at] = other
                used.add(other)
                break
