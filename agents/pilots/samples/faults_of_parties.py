"""Plants around the order: the supplier's master data, the order's header, and what was booked before."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from agents.pilots.samples.faults_of_money import own_order, with_order
from agents.pilots.samples.origin import OWN, random_iban
from agents.tools.invoices.document import Invoice
from agents.tools.invoices.identity import code_key, number_key
from agents.tools.invoices.records import Booking, Records, Supplier

_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "NOK", "SEK", "DKK")


def own_supplier(records: Records) -> Supplier:
    """The supplier that sent the invoice."""
    return next(each for each in records.suppliers if each.id.endswith(f"-S-{OWN}"))


def _another(records: Records, rng: Random) -> Supplier:
    return rng.choice([each for each in records.suppliers if not each.id.endswith(f"-S-{OWN}")])


def _with_supplier(records: Records, supplier: Supplier) -> Records:
    changed = tuple(supplier if each.id == supplier.id else each for each in records.suppliers)
    return replace(records, suppliers=changed)


def _booked(records: Records, booking: Booking) -> Records:
    return replace(records, bookings=(*records.bookings, booking))


def number_at_another_supplier(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """Another supplier used the same number, for the same amount."""
    other = _another(records, rng)
    booking = Booking(other.id, invoice.number, invoice.owed, invoice.currency, issued=invoice.issued.isoformat())
    return _booked(records, booking), f"number {invoice.number} is booked for {other.id}, another supplier"


def duplicate(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """The same number of the same supplier is booked, for the same amount."""
    own = own_supplier(records)
    number = rng.choice((invoice.number, invoice.number, f"{invoice.number} ", invoice.number.lower()))
    booking = Booking(own.id, number, invoice.owed, invoice.currency, issued=invoice.issued.isoformat())
    return _booked(records, booking), f"number {invoice.number} is already booked"


def near_duplicate(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """A number that looks like this one is booked at the same supplier for the same amount."""
    own = own_supplier(records)
    taken = {number_key(each.invoice_number) for each in records.bookings}
    other = rng.choice([each for each in spellings(invoice.number) if number_key(each) not in taken])
    # A copy that comes in later often has a later date.
    issued = rng.choice((invoice.issued.isoformat(), ""))
    booking = Booking(own.id, other, invoice.owed, invoice.currency, issued=issued)
    return _booked(records, booking), f"{other} is booked for the same amount; the invoice says {invoice.number}"


def spellings(number: str) -> list[str]:
    """Ways to write an invoice number differently: zeros, look-alikes, punctuation, suffixes, swaps."""
    found = {f"{number}-1", f"{number}A", f"{number} copy", f"{number}/2"}
    found.add(re.sub(r"\d+", lambda run: f"0{run[0]}", number, count=1))
    found.add(re.sub("0", "O", number, count=1))
    found.add(re.sub(r"(?<=[A-Za-z])(?=\d)", "-", number, count=1))
    found.add(re.sub(r"[ _/-]+", "", number))
    for at in range(len(number) - 1):
        if number[at : at + 2].isdigit() and number[at] != number[at + 1]:
            found.add(number[:at] + number[at + 1] + number[at] + number[at + 2 :])
    return sorted(each for each in found if number_key(each) != number_key(number))


def unknown_supplier(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """The sender is not among the suppliers; an order of that number may exist for another one."""
    own = own_supplier(records)
    stranger = replace(
        own,
        name=rng.choice((f"{own.name} Holding", "Fjord Logistics", "Old Mill Bakery")),
        vat=f"FR{rng.randrange(10**11):011d}",
        legal_id=f"R{rng.randrange(10**8):08d}",
        identifier="",
        accounts=(random_iban(rng),),
    )
    return _with_supplier(records, stranger), f"no supplier is {invoice.supplier.name}"


def currency(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """The order was placed in another currency, for the same figures."""
    other = rng.choice([each for each in _CURRENCIES if each != invoice.currency])
    order = own_order(records)
    why = f"ordered in {other}, billed in {invoice.currency}"
    return with_order(records, replace(order, currency=other)), why


def no_order(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """There is no such order, or it is closed."""
    order = own_order(records)
    if rng.random() < 0.3:
        return with_order(records, replace(order, status="closed")), f"order {order.number} is closed"
    rest = tuple(each for each in records.orders if each.id != order.id)
    return replace(records, orders=rest), "the order does not exist"


def changed_iban(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """An account that the invoice asks to be paid to is not the one on file."""
    own = own_supplier(records)
    accounts = list(own.accounts)
    at = rng.randrange(len(accounts))
    before = accounts[at]
    accounts[at] = random_iban(rng)
    why = f"the invoice names {before}, on file is {accounts[at]}"
    return _with_supplier(records, replace(own, accounts=tuple(accounts))), why


def vat_spelling(invoice: Invoice, records: Records, rng: Random) -> tuple[Records, str]:
    """The VAT number on file is almost the invoice's: a swap, a lost digit, O for 0, another country."""
    own = own_supplier(records)
    other = rng.choice(slips(invoice.supplier.vat))
    why = f"VAT number {invoice.supplier.vat} on the invoice, {other} on file"
    return _with_supplier(records, replace(own, vat=other)), why


def slips(vat: str) -> list[str]:
    """Spellings of a VAT number that are not certainly the same company's."""
    key = code_key(vat)
    found: set[str] = set()
    for at in range(2, len(key)):
        if not key[at].isdigit():
            continue
        found.add(key[:at] + key[at + 1 :])
        found.add(f"{key[:at]}{key[at]}{key[at:]}")
        if key[at] == "0":
            found.add(f"{key[:at]}O{key[at + 1 :]}")
        following = key[at + 1 : at + 2]
        if following.isdigit() and following != key[at]:
            found.add(key[:at] + following + key[at] + key[at + 2 :])
    if key[:2].isalpha():
        found.update(f"{prefix}{key[2:]}" for prefix in ("AT", "BE", "LU", "SE"))
    return sorted(found - {key})
