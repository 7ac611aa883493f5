"""Finding the supplier and the order of an invoice, and telling a second copy of it from another invoice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.pilots.samples.faults_of_money import own_order
from agents.pilots.samples.faults_of_parties import own_supplier, slips
from agents.pilots.samples.origin import predecessor
from agents.tools.invoices.decide import decide
from agents.tools.invoices.document import Identifier, Invoice, Party
from agents.tools.invoices.identity import code_key, look_alike
from agents.tools.invoices.match import Kind, Match
from agents.tools.invoices.records import Booking, Records
from tests.agents.invoices.build import an_invoice, books, with_supplier

D = Decimal


def second_order(records: Records, **changes: object) -> Records:
    other = {"id": "C1-PO-9", "number": "PO-OTHER", **changes}
    again = replace(own_order(records), **other)  # type: ignore[arg-type]
    return replace(records, orders=(*records.orders, again))


def test_two_orders_that_fit_are_not_guessed_between() -> None:
    invoice = an_invoice()
    records = second_order(books(invoice))
    assert decide(invoice, records).kinds == {Kind.ORDER}
    # Naming one of them does not make it certain either.
    assert decide(invoice, records, order_id="C1-PO-9").kinds == {Kind.ORDER}


def test_of_two_orders_with_the_same_items_the_agreeing_one_is_meant() -> None:
    invoice = an_invoice()
    records = books(invoice)
    line = replace(own_order(records).lines[0], quantity=D(4), net=D(20), received=D(4))
    records = second_order(records, lines=(line,), total=D(20))
    match = decide(invoice, records)
    assert match.agrees
    assert match.order == "C1-PO-1"
    assert decide(invoice, records, order_id="C1-PO-9").kinds >= {Kind.ORDER}


def test_a_quoted_number_decides_and_is_not_replaced_by_a_guess() -> None:
    invoice = an_invoice(order="PO 4711")
    records = second_order(books(invoice))
    assert decide(invoice, records).order == "C1-PO-1"
    assert decide(invoice, books(invoice, number="po-4711")).agrees
    assert decide(invoice, books(invoice, number="PO 4712")).kinds == {Kind.ORDER}


def test_another_suppliers_order_of_the_quoted_number_is_not_mistaken_for_it() -> None:
    invoice = an_invoice(order="PO 4711")
    records = second_order(books(invoice), number="PO 4711", supplier="C1-S-2")
    match = decide(invoice, records)
    assert match.agrees
    assert match.order == "C1-PO-1"


def test_an_order_of_another_supplier_or_a_closed_one_is_not_used() -> None:
    invoice = an_invoice(order="PO 4711")
    assert Kind.SUPPLIER in decide(invoice, books(invoice, supplier="C1-S-2")).kinds
    assert Kind.ORDER in decide(invoice, books(invoice, status="closed")).kinds


NL = Party("De Koksmaat", vat="NL8200.98.395.B.01")


@pytest.mark.parametrize("vat", ["NL820098395B01", "nl 8200 98 395 b01", "NL-8200.98.395.B.01"])
def test_a_vat_number_is_the_same_whatever_its_punctuation(vat: str) -> None:
    invoice = an_invoice(supplier=NL)
    assert decide(invoice, with_supplier(invoice, vat=vat)).agrees


@pytest.mark.parametrize(
    "vat", ["NL802098395B01", "NL82009839B01", "BE820098395B01", "NL82OO98395B01", "NL820098395B02"]
)
def test_a_vat_number_that_is_only_nearly_the_same_is_not(vat: str) -> None:
    invoice = an_invoice(supplier=NL)
    assert decide(invoice, with_supplier(invoice, vat=vat)).kinds == {Kind.VAT}


@given(st.text("0123456789B", min_size=4, max_size=10).map(lambda tail: f"NL{tail}"))
def test_no_slip_of_a_vat_number_normalises_to_the_number(vat: str) -> None:
    assert code_key(vat) not in {code_key(each) for each in slips(vat)}


def test_a_name_alone_does_not_identify_a_supplier() -> None:
    invoice = an_invoice(supplier=Party("Acme GmbH"))
    assert decide(invoice, with_supplier(invoice, vat="DE1")).kinds == {Kind.SUPPLIER}


def test_without_a_vat_number_another_identifier_does_if_of_the_same_scheme() -> None:
    invoice = an_invoice(supplier=Party("Acme GmbH", identifiers=(Identifier("5790000436101", "0088"),)))
    assert decide(invoice, with_supplier(invoice, name="ACME Deutschland")).agrees
    assert not decide(invoice, with_supplier(invoice, identifier="0060:5790000436101")).agrees


def test_two_suppliers_of_one_vat_number_and_a_blocked_one_are_a_persons_business() -> None:
    invoice = an_invoice()
    records = books(invoice)
    twin = replace(own_supplier(records), id="C1-S-9")
    assert Kind.SUPPLIER in decide(invoice, replace(records, suppliers=(*records.suppliers, twin))).kinds
    assert Kind.SUPPLIER in decide(invoice, with_supplier(invoice, blocked=True)).kinds


def test_every_account_asked_for_must_be_on_file() -> None:
    invoice = an_invoice(accounts=("NL57RABO0107307510", "NL03INGB0004489902"))
    assert decide(invoice, books(invoice)).agrees
    match = decide(invoice, with_supplier(invoice, accounts=("NL57 RABO 0107 3075 10",)))
    assert match.kinds == {Kind.ACCOUNT}
    assert "NL03INGB0004489902" in match.differences[0].evidence


def booked(invoice: Invoice, number: str, amount: str = "60.00", supplier: str = "C1-S-1", issued: str = "") -> Match:
    records = replace(books(invoice), bookings=(Booking(supplier, number, D(amount), "EUR", issued=issued),))
    return decide(invoice, records)


@pytest.mark.parametrize("number", ["INV-0012", " inv-0012", "INV-0012 "])
def test_one_number_is_booked_once_per_supplier(number: str) -> None:
    assert booked(an_invoice(), number).kinds == {Kind.DUPLICATE}
    assert booked(an_invoice(), number, amount="1.00").kinds == {Kind.DUPLICATE}
    assert booked(an_invoice(), number, supplier="C1-S-2").agrees


@pytest.mark.parametrize(
    "number",
    [
        "INV0012",
        "INV-012",
        "INV-12",
        "INV-OO12",
        "1NV-0012",
        "INV-0021",
        "INV-0012A",
        "INV-0012-1",
        "INV-0012 copy",
    ],
)
def test_look_alikes_of_a_booked_number_for_the_same_amount_are_shown(number: str) -> None:
    assert booked(an_invoice(), number).kinds == {Kind.NEAR_DUPLICATE}
    assert booked(an_invoice(), number, amount="75.00").agrees


@pytest.mark.parametrize("number", ["INV-0011", "INV-0013", "INV-0112", "RE-4", "2012"])
def test_other_numbers_of_the_same_amount_are_ordinary(number: str) -> None:
    assert booked(an_invoice(), number).agrees


def test_the_next_number_on_the_same_day_for_the_same_amount_is_not_ordinary() -> None:
    assert booked(an_invoice(), "INV-0013", issued="2026-03-01").kinds == {Kind.NEAR_DUPLICATE}


@given(st.integers(2, 10**9), st.sampled_from(["", "INV-", "R/2026/"]), st.integers(0, 9))
def test_neighbours_in_a_sequence_never_look_alike(number: int, prefix: str, width: int) -> None:
    shown = f"{prefix}{number:0{width}d}"
    before = predecessor(shown)
    assert before is not None
    assert look_alike(shown, before) is None


@given(st.text("0123456789OAI-/ ", min_size=1, max_size=8), st.text("0123456789OAI-/ ", min_size=1, max_size=8))
def test_looking_alike_is_mutual(one: str, two: str) -> None:
    assert (look_alike(one, two) is None) == (look_alike(two, one) is None)
