"""Faults planted in the buyer's records, never in the invoice, so that the truth of each case is known.

Every plant follows from (file, fault, seed, variation) alone, and is exact in micro-units. Some faults cannot
exist on some invoices (`not_possible` says why); those cases are left out, not weakened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from types import MappingProxyType

from agents.pilots.samples import faults_of_money, faults_of_parties
from agents.pilots.samples.origin import origin
from agents.tools.invoices.document import Invoice
from agents.tools.invoices.records import Records
from storage.errors import BadInput


class Must(StrEnum):
    """What the right decision about a case is."""

    POST = "post"
    ESCALATE = "escalate"


class Fault(StrEnum):
    """What is different between the invoice and the buyer's records."""

    CLEAN = "clean"
    PARTIAL_DELIVERY = "partial_delivery"
    HALF_CENT_PRICE = "half_cent_price"
    ONE_CENT_ROUNDING = "one_cent_rounding"
    NUMBER_AT_ANOTHER_SUPPLIER = "number_at_another_supplier"
    PRICE = "price"
    QUANTITY = "quantity"
    ITEM = "item"
    DUPLICATE = "duplicate"
    UNKNOWN_SUPPLIER = "unknown_supplier"
    CURRENCY = "currency"
    NO_ORDER = "no_order"
    WRONG_SUM = "wrong_sum"
    CHANGED_IBAN = "changed_iban"
    VAT_SPELLING = "vat_spelling"
    NEAR_DUPLICATE = "near_duplicate"


MUST_POST = frozenset(
    {
        Fault.CLEAN,
        Fault.PARTIAL_DELIVERY,
        Fault.HALF_CENT_PRICE,
        Fault.ONE_CENT_ROUNDING,
        Fault.NUMBER_AT_ANOTHER_SUPPLIER,
    }
)

_Plant = Callable[[Invoice, Records, Random], tuple[Records, str]]

_PLANTS: Mapping[Fault, _Plant] = MappingProxyType(
    {
        Fault.CLEAN: lambda invoice, records, rng: (records, "everything agrees"),
        Fault.PARTIAL_DELIVERY: faults_of_money.partial_delivery,
        Fault.HALF_CENT_PRICE: faults_of_money.half_cent_price,
        Fault.ONE_CENT_ROUNDING: faults_of_money.one_cent_rounding,
        Fault.NUMBER_AT_ANOTHER_SUPPLIER: faults_of_parties.number_at_another_supplier,
        Fault.PRICE: faults_of_money.price,
        Fault.QUANTITY: faults_of_money.quantity,
        Fault.ITEM: faults_of_money.item,
        Fault.DUPLICATE: faults_of_parties.duplicate,
        Fault.UNKNOWN_SUPPLIER: faults_of_parties.unknown_supplier,
        Fault.CURRENCY: faults_of_parties.currency,
        Fault.NO_ORDER: faults_of_parties.no_order,
        Fault.WRONG_SUM: faults_of_money.wrong_sum,
        Fault.CHANGED_IBAN: faults_of_parties.changed_iban,
        Fault.VAT_SPELLING: faults_of_parties.vat_spelling,
        Fault.NEAR_DUPLICATE: faults_of_parties.near_duplicate,
    }
)


@dataclass(frozen=True, slots=True)
class Planted:
    """One case: the buyer's records as planted, and the truth about them."""

    records: Records
    fault: Fault
    must: Must
    why: str


def must(fault: Fault) -> Must:
    """The right decision for a fault."""
    return Must.POST if fault in MUST_POST else Must.ESCALATE


def not_possible(invoice: Invoice, fault: Fault) -> str | None:
    """Why this invoice cannot have this fault, None when it can."""
    goods = any(line.quantity != 0 and line.net != 0 and line.price_base != 0 for line in invoice.lines)
    needs_goods = {Fault.PARTIAL_DELIVERY, Fault.HALF_CENT_PRICE, Fault.PRICE, Fault.QUANTITY}
    if fault in needs_goods and not goods:
        return "no line has both a quantity and an amount"
    if fault is Fault.CHANGED_IBAN and not invoice.accounts:
        return "the invoice names no account to pay to"
    if fault is Fault.VAT_SPELLING and not invoice.supplier.vat:
        return "the invoice gives no VAT number"
    if fault is Fault.VAT_SPELLING and not faults_of_parties.slips(invoice.supplier.vat):
        return "the VAT number has no digits to get wrong"
    return None


def plant(
    invoice: Invoice, file: str, fault: Fault, seed: int, *, company: str = "C0001", variation: int = 0
) -> Planted:
    """Derive the buyer's records of one company from an invoice, with one fault in them.

    The same (file, fault, seed, variation) always gives the same records. BadInput when the invoice cannot
    have it.
    """
    reason = not_possible(invoice, fault)
    if reason:
        raise BadInput(f"{file} cannot have the fault {fault}: {reason}.")
    rng = Random(f"{file}|{fault}|{seed}|{variation}")
    records, why = _PLANTS[fault](invoice, origin(invoice, company, rng), rng)
    return Planted(replace(records, company=company), fault, must(fault), why)
