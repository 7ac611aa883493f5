"""Comparing an invoice with the buyer's records: what passes, what does not, and what a person is told."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.pilots.samples.faults_of_money import own_order, with_order
from agents.pilots.samples.faults_of_parties import own_supplier, slips
from agents.pilots.samples.origin import origin, predecessor
from agents.tools.invoices.decide import decide
from agents.tools.invoices.document import Adjustment, Identifier, Invoice, Line, Party
from agents.tools.invoices.handoff import handoff_json, handoff_of
from agents.tools.invoices.identity import code_key, look_alike
from agents.tools.invoices.match import Kind, Match, Tolerance, match_json
from agents.tools.invoices.records import Booking, Records
from tests.agents.invoices.build import an_invoice

D = Decimal


def books(invoice: Invoice, **order: object) -> Records:
    """Records in which everything agrees, the own order changed as said."""
    records = origin(invoice, "C1", Random(1))
    return with_order(records, replace(own_order(records), **order))  # type: ignore[arg-type]


def with_line(invoice: Invoice, **line: object) -> Records:
    """Records with the own order's first line changed, and the total following it."""
    records = books(invoice)
    order = own_order(records)
    lines = (replace(order.lines[0], **line), *order.lines[1:])  # type: ignore[arg-type]
    return with_order(records, replace(order, lines=lines, total=sum((each.net for each in lines), order.charges)))


def test_agreement_proposes_exactly_what_to_book() -> None:
    invoice = an_invoice()
    match = decide(invoice, books(invoice))
    assert match.agrees
    assert match.booking is not None
    assert (match.booking.amount, match.booking.iban) == (D("60.00"), "NL57RABO0107307510")
    assert handoff_of(match) is None


@pytest.mark.parametrize(
    ("price", "net", "agrees"),
    [
        ("5.005", "50.00", True),  # half a cent a unit, same net
        ("4.995", "50.01", True),  # and one cent of the line's net
        ("5.005", "50.02", False),
        ("5.006", "50.00", False),
        ("5.00", "50.01", True),
        ("5.00", "50.02", False),
        ("5.00", "49.99", True),
    ],
)
def test_roundings_pass_to_the_last_micro_unit_and_no_further(price: str, net: str, agrees: bool) -> None:
    invoice = an_invoice()
    assert decide(invoice, with_line(invoice, price=D(price), net=D(net))).agrees is agrees


def test_one_cent_on_each_of_many_lines_is_more_than_rounding() -> None:
    lines = tuple(Line(str(at), f"Item {at}", D(1), D("2.00"), D("2.00")) for at in range(5))
    invoice = an_invoice(lines)
    records = books(invoice)
    order = own_order(records)
    nets = tuple(replace(each, net=each.net - D("0.01")) for each in order.lines)
    match = decide(invoice, with_order(records, replace(order, lines=nets, total=D("9.95"))))
    assert match.kinds == {Kind.SUM}
    assert match.stake == D("0.05")


def test_the_smallest_unit_is_the_currencys() -> None:
    assert Tolerance.of("EUR") == Tolerance(D("0.005"), D("0.01"), D("0.01"))
    assert Tolerance.of("KWD").net == D("0.001")
    assert Tolerance.of("JPY").net == D(1)
    invoice = an_invoice((Line("1", "Oil", D(1), D("2.000"), D("2.000")),), currency="KWD")
    assert decide(invoice, with_line(invoice, net=D("2.001"))).agrees
    assert not decide(invoice, with_line(invoice, net=D("2.002"))).agrees


@pytest.mark.parametrize(
    ("received", "billed", "agrees"),
    [("10", "0", True), ("15", "5", True), ("9", "0", False), ("11", "0", False), ("10", "1", False), ("0", "0", False)],
)
def test_exactly_what_was_received_and_not_billed_before_may_be_billed(received: str, billed: str, agrees: bool) -> None:
    invoice = an_invoice()
    records = with_line(invoice, quantity=D(20), net=D(100), received=D(received), billed=D(billed))
    assert decide(invoice, records).agrees is agrees


def test_more_than_was_ordered_is_not_paid_even_when_received() -> None:
    invoice = an_invoice()
    match = decide(invoice, with_line(invoice, quantity=D(9), net=D(45), received=D(10)))
    assert Kind.QUANTITY in match.kinds


def test_a_share_of_an_awkward_net_is_rounded_to_the_cent() -> None:
    line = Line("1", "Rent", D(1), D("33.33"), D("33.33"))
    invoice = an_invoice((line,))
    assert decide(invoice, with_line(invoice, quantity=D(3), net=D("100.00"), received=D(1))).agrees


def test_price_base_quantities_are_compared_per_unit() -> None:
    line = Line("1", "Screws", D(500), D("6.00"), D("1.20"), price_base=D(100))
    invoice = an_invoice((line,))
    assert decide(invoice, with_line(invoice, price=D("0.012"), price_base=D(1))).agrees
    assert not decide(invoice, with_line(invoice, price=D("0.12"), price_base=D(1))).agrees


def test_a_quantity_of_many_decimals_is_compared_as_the_erp_keeps_it() -> None:
    line = Line("1", "Hours", D("0.33333333333"), D("30.00"), D("90.00"))
    invoice = an_invoice((line,))
    assert decide(invoice, books(invoice)).agrees


def test_units_of_measure_must_agree_where_they_are_not_both_pieces() -> None:
    invoice = an_invoice()
    assert decide(invoice, with_line(invoice, unit="C62")).agrees
    assert decide(invoice, with_line(invoice, unit="KGM")).kinds == {Kind.QUANTITY}


def test_item_codes_outrank_names_and_contradicting_codes_outrank_agreeing_ones() -> None:
    invoice = an_invoice((Line("1", "Paper A4", D(1), D(5), D(5), seller_item="P-1", standard_item="4012345"),))
    assert decide(invoice, with_line(invoice, item="Copy paper, A4")).agrees
    assert decide(invoice, with_line(invoice, standard_item="4099999")).kinds == {Kind.ITEM}
    assert decide(invoice, with_line(invoice, seller_item="", standard_item="", item="paper  a4")).agrees


def test_two_lines_of_one_item_are_paired_by_quantity_in_any_order() -> None:
    lines = (Line("1", "Paper", D(2), D(10), D(5)), Line("2", "Paper", D(3), D(15), D(5)))
    invoice = an_invoice(lines)
    records = books(invoice)
    order = own_order(records)
    assert decide(invoice, with_order(records, replace(order, lines=order.lines[::-1]))).agrees


def test_lines_of_one_name_delivered_in_part_are_paired_by_what_the_part_costs() -> None:
    # The whole of the first order line happens to cost what the second invoice line does.
    lines = (Line("1", "Food", D(1), D(50), D(50)), Line("2", "Food", D(1), D(150), D(150)))
    invoice = an_invoice(lines)
    records = books(invoice)
    order = own_order(records)
    three = replace(order.lines[0], quantity=D(3), net=D(150))
    two = replace(order.lines[1], quantity=D(2), net=D(300))
    assert decide(invoice, with_order(records, replace(order, lines=(three, two), total=D(450)))).agrees


def test_a_line_that_was_never_ordered_is_named() -> None:
    invoice = an_invoice((Line("1", "Paper", D(2), D(10), D(5)), Line("2", "Pens", D(1), D(7), D(7))))
    records = books(invoice)
    order = own_order(records)
    match = decide(invoice, with_order(records, replace(order, lines=order.lines[:1], total=D(10))))
    assert match.kinds == {Kind.ITEM}
    assert match.differences[0].stake == D(7)


def test_another_vat_rate_than_ordered_is_a_difference() -> None:
    invoice = an_invoice((Line("1", "Paper", D(2), D(10), D(5), vat_rate=D(20)),))
    assert decide(invoice, with_line(invoice, vat_rate=D(5))).kinds == {Kind.TAX}
    assert decide(invoice, with_line(invoice, vat_rate=None)).agrees


def test_charges_of_the_document_must_be_agreed() -> None:
    invoice = an_invoice(adjustments=(Adjustment(True, D(8), "Freight"),))
    assert decide(invoice, books(invoice)).agrees
    assert Kind.SUM in decide(invoice, books(invoice, charges=D(0), total=D(50))).kinds
    assert Kind.SUM in decide(invoice, books(invoice, charges_billed=D(8))).kinds


def test_freight_may_come_with_a_later_delivery_but_an_agreed_discount_may_not_be_forgotten() -> None:
    invoice = an_invoice()
    records = with_line(invoice, quantity=D(20), net=D(100), received=D(10))
    order = own_order(records)
    assert decide(invoice, with_order(records, replace(order, charges=D(8), total=D(108)))).agrees
    assert not decide(invoice, with_order(records, replace(order, charges=D(-8), total=D(92)))).agrees


def test_an_invoice_that_does_not_add_up_escalates_even_if_its_lines_agree() -> None:
    invoice = an_invoice()
    padded = replace(invoice, totals=replace(invoice.totals, payable=D("70.00")))
    match = decide(padded, books(invoice))
    assert match.kinds == {Kind.SUM}
    assert "BR-CO-16" in match.differences[0].evidence


def test_a_credit_note_is_matched_with_a_return_order() -> None:
    invoice = an_invoice(credit=True)
    match = decide(invoice, books(invoice))
    assert match.booking is not None
    assert match.booking.amount == D("-60.00")
    # Crediting less than was returned is the buyer's loss.
    assert not decide(invoice, with_line(invoice, quantity=D(-12), net=D(-60), received=D(-12))).agrees
    # And an invoice is never matched with a return.
    assert not decide(an_invoice(), books(invoice)).agrees


def second_order(records: Records, **changes: object) -> Records:
    again = replace(own_order(records), id="C1-PO-9", number="PO-OTHER", **changes)  # type: ignore[arg-type]
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


def test_an_order_of_another_supplier_or_a_closed_one_is_not_used() -> None:
    invoice = an_invoice(order="PO 4711")
    assert Kind.SUPPLIER in decide(invoice, books(invoice, supplier="C1-S-2")).kinds
    assert Kind.ORDER in decide(invoice, books(invoice, status="closed")).kinds


def with_supplier(invoice: Invoice, **changes: object) -> Records:
    records = books(invoice)
    own = replace(own_supplier(records), **changes)  # type: ignore[arg-type]
    return replace(records, suppliers=(own, *(each for each in records.suppliers if each.id != own.id)))


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
    ["INV0012", "INV-012", "INV-12", "INV-OO12", "1NV-0012", "INV-0021", "INV-0012A", "INV-0012-1", "INV-0012 copy"],
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


def test_currencies_are_never_compared_as_figures() -> None:
    invoice = an_invoice()
    match = decide(invoice, books(invoice, currency="USD"))
    assert match.kinds == {Kind.CURRENCY}
    assert match.lines == ()


def test_the_handoff_says_what_why_and_what_to_do() -> None:
    invoice = an_invoice(accounts=("NL03INGB0004489902",))
    match = decide(invoice, with_supplier(invoice, accounts=("NL57RABO0107307510",)))
    content = handoff_json(match)
    assert content is not None
    assert set(content) == {"summary", "evidence", "options", "recommendation"}
    assert "60.00 EUR" in content["summary"]
    assert "NL03INGB0004489902" in content["evidence"][0]
    assert content["recommendation"].startswith(content["options"][0])
    assert len(content["options"]) >= 2


def test_the_match_is_json_with_amounts_as_strings() -> None:
    invoice = an_invoice()
    body = json.loads(json.dumps(match_json(decide(invoice, books(invoice)))))
    assert body["booking"]["amount"] == "60.00"
    assert body["lines"][0]["expected"] == "50.00"
    assert body["differences"] == []


@given(
    st.decimals(D("-5"), D("5"), places=3),
    st.decimals(D("-0.02"), D("0.02"), places=3),
    st.integers(-2, 2),
)
def test_an_invoice_agrees_only_within_the_tolerances(net: Decimal, price: Decimal, quantity: int) -> None:
    """Whatever is changed on the order, an agreeing match is never off by more than the tolerances say."""
    invoice = an_invoice()
    records = with_line(invoice, net=D(50) + net, price=D(5) + price, received=D(10 + quantity))
    within = abs(net) <= D("0.01") and abs(price) <= D("0.005") and quantity == 0
    assert decide(invoice, records).agrees is within
