"""Comparing an invoice with the buyer's records: what passes, what does not, and what a person is told."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.pilots.samples.faults_of_money import own_order, with_order
from agents.tools.invoices.decide import decide
from agents.tools.invoices.document import Adjustment, Line
from agents.tools.invoices.handoff import handoff_json, handoff_of
from agents.tools.invoices.match import Kind, Tolerance, match_json
from tests.agents.invoices.build import an_invoice, books, with_line, with_supplier

D = Decimal


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


def test_two_lines_that_are_off_in_opposite_directions_do_not_make_up_for_each_other() -> None:
    lines = (Line("1", "Paper", D(1), D("2.00"), D("2.00")), Line("2", "Pens", D(1), D("3.00"), D("3.00")))
    invoice = an_invoice(lines)
    records = books(invoice)
    one, two = own_order(records).lines
    off = (replace(one, net=D("2.02")), replace(two, net=D("2.98")))
    assert decide(invoice, with_order(records, replace(own_order(records), lines=off))).kinds == {Kind.PRICE}


def test_the_smallest_unit_is_the_currencys() -> None:
    assert Tolerance.of("EUR") == Tolerance(D("0.005"), D("0.01"), D("0.01"))
    assert Tolerance.of("KWD").net == D("0.001")
    assert Tolerance.of("JPY").net == D(1)
    invoice = an_invoice((Line("1", "Oil", D(1), D("2.000"), D("2.000")),), currency="KWD")
    assert decide(invoice, with_line(invoice, net=D("2.001"))).agrees
    assert not decide(invoice, with_line(invoice, net=D("2.002"))).agrees


@pytest.mark.parametrize(
    ("received", "billed", "agrees"),
    [
        ("10", "0", True),
        ("15", "5", True),
        ("9", "0", False),
        ("11", "0", False),
        ("10", "1", False),
        ("0", "0", False),
    ],
)
def test_exactly_what_was_received_and_not_billed_before_may_be_billed(
    received: str, billed: str, agrees: bool
) -> None:
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
