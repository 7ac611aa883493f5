"""Reading e-invoices: real ones, unusual ones, hostile ones."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.tools.invoices.arithmetic import checks
from agents.tools.invoices.document import (
    Adjustment,
    Identifier,
    Invoice,
    Line,
    Party,
    TaxSubtotal,
    Totals,
    invoice_json,
)
from agents.tools.invoices.safe_xml import XmlLimits
from agents.tools.invoices.ubl import read_invoice
from storage.errors import BadInput
from tests.agents.invoices.build import SAMPLES, an_invoice, to_ubl

FILES = sorted(SAMPLES.glob("*.xml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sample_adds_up_and_becomes_json(path) -> None:  # type: ignore[no-untyped-def]
    invoice = read_invoice(path.read_bytes())
    assert not [each for each in checks(invoice) if each.blocking]
    body = json.loads(json.dumps(invoice_json(invoice)))
    assert body["totals"]["payable"] == format(invoice.totals.payable, "f")


def test_seven_samples_have_a_line_that_is_not_quantity_times_price() -> None:
    flagged = [path.name for path in FILES if checks(read_invoice(path.read_bytes()))]
    assert len(flagged) == 7


def test_a_sample_in_detail() -> None:
    invoice = read_invoice((SAMPLES / "ubl-tc434-example5.xml").read_bytes())
    assert (invoice.number, invoice.order, invoice.sales_order) == ("TOSL110", "PO4711", "123")
    assert invoice.supplier.vat == "NL16356706"
    assert invoice.supplier.identifiers == (Identifier("5790000436101", "0088"),)
    assert invoice.accounts == ()  # the buyer's own account, to be debited, is not one to pay to
    assert invoice.totals.tax == Decimal("675.00")  # not the 628.62 EUR of the accounting currency
    assert [each.order_line for each in invoice.lines] == ["1", "2", ""]
    assert invoice.preceding == ("TOSL109",)


def test_a_credit_note_is_owed_by_the_supplier() -> None:
    invoice = read_invoice((SAMPLES / "ubl-tc434-creditnote1.xml").read_bytes())
    assert invoice.credit
    assert invoice.owed == Decimal("-100.11")
    assert invoice_json(invoice)["owed"] == "-100.11"


def test_accounts_are_compact_and_each_once() -> None:
    invoice = an_invoice(accounts=("NL57 RABO 0107307510", "NL57RABO0107307510"))
    assert read_invoice(to_ubl(invoice)).accounts == ("NL57RABO0107307510",)


text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
money = st.decimals(Decimal("-1e9"), Decimal("1e9"), places=2)
small = st.decimals(Decimal(0), Decimal("1e6"), places=4)
parties = st.builds(
    Party,
    name=text,
    vat=st.one_of(st.just(""), text),
    legal=st.none() | st.builds(Identifier, text, st.sampled_from(["", "0106"])),
    identifiers=st.lists(st.builds(Identifier, text, st.sampled_from(["", "0088"])), max_size=2).map(tuple),
    endpoint=st.none() | st.builds(Identifier, text, st.sampled_from(["", "0201"])),
    country=st.sampled_from(["", "NL", "DE"]),
)
adjustments = st.lists(st.builds(Adjustment, st.booleans(), small, text), max_size=2).map(tuple)
lines = st.builds(
    Line,
    id=text,
    item=text,
    quantity=st.decimals(Decimal(-1000), Decimal(1000), places=5),
    net=money,
    price=small,
    price_base=st.sampled_from([Decimal(1), Decimal(12), Decimal("0.5"), Decimal(1000)]),
    unit=st.sampled_from(["", "EA", "KWH"]),
    seller_item=st.just("") | text,
    standard_item=st.just("") | text,
    order_line=st.just("") | text,
    vat_category=st.sampled_from(["S", "Z"]),
    vat_rate=st.none() | st.sampled_from([Decimal(0), Decimal("6.5"), Decimal(25)]),
    adjustments=adjustments,
)
invoices = st.builds(
    Invoice,
    number=text,
    issued=st.dates(date(2000, 1, 1)),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    supplier=parties,
    buyer=parties,
    lines=st.lists(lines, min_size=1, max_size=4).map(tuple),
    totals=st.builds(Totals, money, money, money, money, small, small, money, small, small),
    credit=st.booleans(),
    type_code=st.sampled_from(["", "380", "381"]),
    due=st.none() | st.dates(date(2000, 1, 1)),
    order=st.just("") | text.filter(lambda each: each.upper() not in {"NA", "N/A"}),
    accounts=st.lists(st.sampled_from(["NL57RABO0107307510", "SE1212341234123412"]), max_size=2, unique=True).map(
        tuple
    ),
    adjustments=adjustments,
    taxes=st.lists(st.builds(TaxSubtotal, money, money, st.just("S"), st.none() | small), max_size=3).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(invoices)
def test_what_is_written_as_ubl_is_read_back_exactly(invoice: Invoice) -> None:
    assert read_invoice(to_ubl(invoice)) == invoice


def test_a_large_attachment_is_counted_and_not_kept() -> None:
    scan = base64.b64encode(random.Random(1).randbytes(6 * 1024 * 1024)).decode()
    extra = (
        "<cac:AdditionalDocumentReference><cbc:ID>scan</cbc:ID><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">{scan}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )
    found = read_invoice(to_ubl(an_invoice(), extra=extra))
    assert found == replace(an_invoice(), attachments=1)


def test_other_encodings_are_read() -> None:
    invoice = an_invoice(supplier=Party("Exonération & fils", vat="FR1"))
    source = to_ubl(invoice).decode()
    for name in ("ISO-8859-1", "windows-1252", "UTF-16"):
        assert read_invoice(source.replace("UTF-8", name).encode(name)).supplier.name == "Exonération & fils"
    assert read_invoice(b"\xef\xbb\xbf" + source.encode()) == invoice


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;">
<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;">]><Invoice>&lol2;</Invoice>"""
FILE_ENTITY = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (LAUGHS, "document type or entities"),
        (FILE_ENTITY, "document type or entities"),
        (b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1/x.dtd"><Invoice/>', "document type or entities"),
        (b"<a>" * 1_000_000, "deep"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\x00\x00\x00", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 zip", "not XML"),
        (b"number;amount\n1;2", "not XML"),
        (b"<Invoice><a></Invoice>", "not well-formed"),
        (b"<Invoice>", "not well-formed"),
        (b"<Invoice>&nbsp;</Invoice>", "not well-formed"),
        (
            '<?xml version="1.0" encoding="UTF-8"?><Invoice>é</Invoice>'.encode("latin-1"),
            "encoding it declares (UTF-8)",
        ),
        (b'<?xml version="1.0" encoding="klingon"?><Invoice/>', "klingon, which is not supported"),
        (b'<?xml version="1.0" encoding="utf-7"?><Invoice/>', "utf-7, which is not supported"),
        (b"<html><body/></html>", "not a UBL invoice"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-1"/>', "not a UBL invoice"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "currency (BT-5)"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, said: str) -> None:
    with pytest.raises(BadInput) as error:
        read_invoice(data)
    assert said in str(error.value)


def test_size_and_element_limits() -> None:
    data = to_ubl(an_invoice())
    with pytest.raises(BadInput, match="bytes; at most 100"):
        read_invoice(data, XmlLimits(size=100))
    with pytest.raises(BadInput, match="more than 20 elements"):
        read_invoice(data, XmlLimits(elements=20))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<cbc:ID>INV-0012</cbc:ID>", "", "number (BT-1)"),
        ("2026-03-01", "2026-02-30", "not a date"),
        ("2026-03-01", "1 March", "not a date"),
        (">50.00<", ">1e3<", "not a number"),
        (">50.00<", ">NaN<", "not a number"),
        (">50.00<", ">5,00<", "not a number"),
        (">50.00<", f">{'9' * 5000}<", "not a number"),
        ('<cbc:InvoicedQuantity unitCode="EA">10</cbc:InvoicedQuantity>', "", "quantity (BT-129)"),
        ("cac:AccountingSupplierParty", "cac:X", "seller (BG-4)"),
        ("cac:LegalMonetaryTotal", "cac:X", "totals (BG-22)"),
        ("cac:InvoiceLine", "cac:X", "no lines"),
    ],
)
def test_missing_and_malformed_fields_are_named(old: str, new: str, said: str) -> None:
    source = to_ubl(an_invoice()).decode()
    assert old in source
    with pytest.raises(BadInput) as error:
        read_invoice(source.replace(old, new).encode())
    assert said.removeprefix("not ") in str(error.value)


def changed(**totals: Decimal) -> Invoice:
    invoice = an_invoice(adjustments=(Adjustment(True, Decimal(5)), Adjustment(False, Decimal(2))))
    return replace(invoice, totals=replace(invoice.totals, **totals))


@pytest.mark.parametrize(
    ("invoice", "rule"),
    [
        (changed(lines=Decimal(51)), "BR-CO-10"),
        (changed(allowances=Decimal(3)), "BR-CO-11"),
        (changed(charges=Decimal(6)), "BR-CO-12"),
        (changed(exclusive=Decimal(54)), "BR-CO-13"),
        (changed(tax=Decimal(11)), "BR-CO-14"),
        (changed(inclusive=Decimal("63.61")), "BR-CO-15"),
        (changed(payable=Decimal("63.61")), "BR-CO-16"),
        (changed(payable=Decimal("73.60"), rounding=Decimal(10)), "BT-114"),
        (changed(payable=Decimal("73.60"), prepaid=Decimal(-10)), "BT-113"),
        (replace(an_invoice(), type_code="381"), "BR-CL-01"),
        (replace(an_invoice(), other_currency=("InvoiceLine: USD",)), "BT-5"),
        (replace(an_invoice(), taxes=(TaxSubtotal(Decimal(50), Decimal(10), "S", Decimal(5)),)), "BR-CO-17"),
    ],
)
def test_each_rule_is_checked_and_blocks(invoice: Invoice, rule: str) -> None:
    assert rule in {each.rule for each in checks(invoice) if each.blocking}


def test_a_builder_invoice_with_charges_adds_up() -> None:
    assert checks(changed()) == []


def test_amounts_in_a_second_currency_are_noticed_but_not_in_its_tax_total() -> None:
    source = to_ubl(an_invoice()).decode()
    mixed = source.replace('PriceAmount currencyID="EUR"', 'PriceAmount currencyID="USD"')
    assert read_invoice(mixed.encode()).other_currency == ("InvoiceLine/PriceAmount: USD",)
    own_tax = '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">110.00</cbc:TaxAmount></cac:TaxTotal>'
    both = source.replace("<cac:TaxTotal>", f"{own_tax}<cac:TaxTotal>", 1)
    assert read_invoice(both.encode()) == an_invoice()
