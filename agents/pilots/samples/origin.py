"""The buyer's records as they would be if nothing were wrong: the ground on which faults are planted.

Derived from the invoice and from nothing else, with the ordinary life of an ERP around it: other suppliers,
other open orders, earlier bookings. All of it follows from the random generator that is passed in.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from random import Random

from agents.tools.invoices.document import Identifier, Invoice, Line, Party
from agents.tools.invoices.money import kept, minor_unit
from agents.tools.invoices.records import Booking, Order, OrderLine, Records, Supplier

OWN = "1"
"""Last part of the id of the supplier that sent the invoice, and of its order."""

_OTHERS = ("Northwind Traders", "Brightwater Tools", "Kestrel Office Supply", "Harbour Print Works")
_GOODS = (
    "Desk lamp",
    "Toner, black",
    "Safety gloves, pair",
    "Cleaning service, hour",
    "Pallet, EUR",
    "Whiteboard",
)


def origin(invoice: Invoice, company: str, rng: Random) -> Records:
    """A company whose order agrees with the invoice in everything."""
    own = _supplier(invoice.supplier, f"{company}-S-{OWN}", invoice.accounts, rng)
    others = tuple(_other_supplier(company, at, name, rng) for at, name in enumerate(rng.sample(_OTHERS, 2)))
    orders = [_order(invoice, company, own.id, rng)]
    # Another open order of the same supplier, and one of another: finding the right one is part of the work.
    orders += [_other_order(invoice, company, at, each.id, rng) for at, each in enumerate((own, others[0]), 2)]
    rng.shuffle(orders)
    return Records(company, (own, *others), tuple(orders), tuple(_history(invoice, own.id, rng)))


def _supplier(party: Party, id: str, accounts: tuple[str, ...], rng: Random) -> Supplier:
    chosen = next(iter((*party.identifiers, *((party.endpoint,) if party.endpoint else ()))), None)
    known = list(accounts) if accounts else [random_iban(rng)] * rng.randint(0, 1)
    return Supplier(
        id=id,
        name=party.name,
        vat=_respelled(party.vat, rng),
        legal_id=party.legal.value if party.legal else "",
        identifier=_identifier(chosen),
        accounts=tuple(_grouped(each) if rng.random() < 0.3 else each for each in known),
    )


def _identifier(chosen: Identifier | None) -> str:
    return f"{chosen.scheme}:{chosen.value}" if chosen else ""


def _respelled(vat: str, rng: Random) -> str:
    """The same VAT number as another clerk would have typed it: with other punctuation, spaces or case."""
    plain = re.sub(r"[^0-9A-Za-z]", "", vat)
    return rng.choice((vat, plain, plain.lower(), f"{plain[:2]} {plain[2:5]}.{plain[5:]}")) if vat else ""


def _grouped(account: str) -> str:
    return " ".join(account[at : at + 4] for at in range(0, len(account), 4))


def random_iban(rng: Random) -> str:
    """A Dutch IBAN with right check digits (ISO 13616, ISO 7064 mod 97-10)."""
    body = f"TEST{rng.randrange(10**10):010d}"
    digits = "".join(str(int(each, 36)) for each in f"{body}NL00")
    return f"NL{98 - int(digits) % 97:02d}{body}"


def _other_supplier(company: str, at: int, name: str, rng: Random) -> Supplier:
    vat = f"DE{rng.randrange(10**9):09d}"
    return Supplier(f"{company}-S-{at + 2}", name, vat, f"HRB {rng.randrange(10**5)}", "", (random_iban(rng),))


def _order(invoice: Invoice, company: str, supplier: str, rng: Random) -> Order:
    sign = invoice.sign
    quoted = {line.order_line for line in invoice.lines}
    free = (str(at) for at in range(1, 10**6) if str(at) not in quoted)
    taken: set[str] = set()
    lines = []
    for line in invoice.lines:
        number = line.order_line if line.order_line and line.order_line not in taken else next(free)
        taken.add(number)
        lines.append(_order_line(line, number, sign))
    charges = sign * sum((each.signed for each in invoice.adjustments), Decimal(0))
    return Order(
        id=f"{company}-PO-{OWN}",
        number=invoice.order or f"PO-{rng.randrange(10**5, 10**6)}",
        supplier=supplier,
        currency=invoice.currency,
        total=sum((each.net for each in lines), charges),
        lines=tuple(lines),
        charges=charges,
    )


def _order_line(line: Line, number: str, sign: int) -> OrderLine:
    quantity = kept(sign * line.quantity)
    return OrderLine(
        line=number,
        item=line.item,
        quantity=quantity,
        net=kept(sign * line.net),
        price=kept(line.price),
        price_base=kept(line.price_base),
        received=quantity,
        unit=line.unit,
        seller_item=line.seller_item,
        standard_item=line.standard_item,
        buyer_item=line.buyer_item,
        vat_rate=None if line.vat_rate is None else kept(line.vat_rate),
    )


def _other_order(invoice: Invoice, company: str, at: int, supplier: str, rng: Random) -> Order:
    lines = []
    for number, item in enumerate(rng.sample(_GOODS, rng.randint(1, 3)), 1):
        quantity, price = Decimal(rng.randint(1, 40)), Decimal(rng.randint(100, 9_000)) / 100
        net = quantity * price
        code = f"X{rng.randrange(10**5):05d}"
        lines.append(
            OrderLine(str(number), item, quantity, net, price, Decimal(1), quantity, unit="EA", seller_item=code)
        )
    total = sum((each.net for each in lines), Decimal(0))
    return Order(f"{company}-PO-{at}", f"PX-{rng.randrange(10**6)}", supplier, invoice.currency, total, tuple(lines))


def _history(invoice: Invoice, supplier: str, rng: Random) -> list[Booking]:
    """Earlier invoices of the supplier, one of them for the same amount: nothing to worry about."""
    before = (invoice.issued - timedelta(days=30)).isoformat()
    unit = minor_unit(invoice.currency)
    history = [Booking(supplier, f"H{rng.randrange(10**6, 10**7)}", invoice.owed, invoice.currency, issued=before)]
    previous = predecessor(invoice.number)
    if previous:
        amount = invoice.owed if rng.random() < 0.5 else invoice.owed + unit * rng.randint(2, 500)
        history.append(Booking(supplier, previous, amount, invoice.currency, issued=before))
    return history


def predecessor(number: str) -> str | None:
    """The number before this one in its sequence, None when it does not end in a number above zero."""
    found = re.search(r"\d+$", number)
    if found is None or int(found[0]) == 0:
        return None
    return f"{number[: found.start()]}{int(found[0]) - 1:0{len(found[0])}d}"
