"""Which supplier sent an invoice, and which purchase order it belongs to. Certain, or a person decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agents.tools.invoices.document import Invoice, Party
from agents.tools.invoices.identity import code_key, name_key, scheme_key
from agents.tools.invoices.match import Difference, Kind
from agents.tools.invoices.pairing import shared_items
from agents.tools.invoices.records import Order, Records, Supplier


@dataclass(frozen=True, slots=True)
class FoundSupplier:
    """The supplier that an invoice names, as far as it is known.

    Attributes:
        supplier: the record to compare with; None when there is none.
        differences: why it is not certain; empty means certain.
    """

    supplier: Supplier | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """The orders an invoice may belong to: one is an answer, none or several are a person's."""

    candidates: tuple[Order, ...]
    by_reference: bool = False


def find_supplier(invoice: Invoice, suppliers: tuple[Supplier, ...]) -> FoundSupplier:
    """Find the one supplier whose identifiers agree with the invoice's and contradict none of them.

    A VAT number outranks everything else; without one, register numbers and other identifiers count. A name
    alone finds the record a person should look at, and proves nothing.
    """
    party, stake = invoice.supplier, abs(invoice.owed)
    vat = code_key(party.vat)
    found = [each for each in suppliers if vat and code_key(each.vat) == vat]
    found = found or [each for each in suppliers if _shares_identifier(each, party)]
    found = _without_contradiction(found, party) or found
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        evidence = f"{party.name or 'The supplier'} fits {len(found)} suppliers ({ids}); which one cannot be told."
        return FoundSupplier(None, (Difference(Kind.SUPPLIER, "supplier", ids, party.name, stake, evidence),))
    if found:
        return FoundSupplier(found[0], tuple(_contradictions(found[0], party, stake)))
    return _by_name(party, suppliers, stake)


def _by_name(party: Party, suppliers: tuple[Supplier, ...], stake: Decimal) -> FoundSupplier:
    names = {name_key(each) for each in (party.name, party.trading_name) if each}
    named = [each for each in suppliers if name_key(each.name) in names]
    if len(named) != 1:
        evidence = f"No supplier with the identifiers of {party.name or 'the sender'} ({party.vat or 'no VAT number'})."
        return FoundSupplier(None, (Difference(Kind.SUPPLIER, "supplier", "", party.name, stake, evidence),))
    only = named[0]
    contradictions = tuple(_contradictions(only, party, stake))
    if contradictions:
        return FoundSupplier(only, contradictions)
    evidence = f"Only the name agrees with supplier {only.id} ({only.name}); no identifier of the invoice is on file."
    return FoundSupplier(only, (Difference(Kind.SUPPLIER, "supplier", only.name, party.name, stake, evidence),))


def _identifiers(party: Party) -> set[str]:
    every = (*party.identifiers, *((party.endpoint,) if party.endpoint else ()))
    return {scheme_key(each.value, each.scheme) for each in every}


def _shares_identifier(supplier: Supplier, party: Party) -> bool:
    legal = code_key(party.legal.value) if party.legal else ""
    if legal and legal == code_key(supplier.legal_id):
        return True
    scheme, _, value = supplier.identifier.rpartition(":")
    return bool(value) and scheme_key(value, scheme) in _identifiers(party)


def _without_contradiction(found: list[Supplier], party: Party) -> list[Supplier]:
    return [each for each in found if not list(_contradictions(each, party, Decimal(0)))]


def _contradictions(supplier: Supplier, party: Party, stake: Decimal) -> Iterator[Difference]:
    """Identifiers that both sides state, and state differently."""
    if party.vat and supplier.vat and code_key(party.vat) != code_key(supplier.vat):
        evidence = (
            f"The invoice gives VAT number {party.vat}; supplier {supplier.id} ({supplier.name}) has {supplier.vat}."
        )
        yield Difference(Kind.VAT, "supplier", supplier.vat, party.vat, stake, evidence)
    legal = party.legal.value if party.legal else ""
    if legal and supplier.legal_id and code_key(legal) != code_key(supplier.legal_id):
        evidence = f"The invoice gives registration {legal}; supplier {supplier.id} has {supplier.legal_id}."
        yield Difference(Kind.SUPPLIER, "supplier", supplier.legal_id, legal, stake, evidence)
    if supplier.blocked:
        evidence = f"Supplier {supplier.id} ({supplier.name}) is blocked for booking."
        yield Difference(Kind.SUPPLIER, "supplier", "blocked", party.name, stake, evidence)


def find_orders(invoice: Invoice, supplier: Supplier | None, records: Records) -> FoundOrder:
    """Find the orders an invoice may belong to: by the number it quotes, else by what it bills.

    A quoted number that no order has is not replaced by a guess: the invoice says which order it means.
    """
    if invoice.order:
        exact = [each for each in records.orders if each.number == invoice.order]
        key = code_key(invoice.order)
        loose = exact or [each for each in records.orders if key and code_key(each.number) == key]
        own = [each for each in loose if supplier is not None and each.supplier == supplier.id]
        return FoundOrder(tuple(own or loose), by_reference=True)
    if supplier is None:
        return FoundOrder(())
    open_orders = [each for each in records.orders if each.supplier == supplier.id and each.status == "open"]
    # At least half of the lines must be on it: less than that is another order with a common item.
    alike = [each for each in open_orders if shared_items(invoice, each) * 2 >= len(invoice.lines)]
    if alike:
        return FoundOrder(tuple(alike))
    # The amount alone never makes an invoice agree, but it shows a person what was probably ordered.
    total = invoice.sign * invoice.totals.exclusive
    return FoundOrder(tuple(each for each in open_orders if each.total == total))
