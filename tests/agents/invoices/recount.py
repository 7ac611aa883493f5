"""An independent look at a planted case: raw XML beside raw SQL, in integer micro-units.

Shares no code with the parser, the comparison or the plants, so that it can tell whether a plant is what it
says.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

_A = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_B = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
MILLION = 1_000_000


def _micro(text: str | None) -> int:
    return round(Decimal((text or "0").strip()) * MILLION)


def squeezed(text: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


@dataclass(frozen=True)
class LineFacts:
    """One line: the order's value less the invoice's, in micro-units."""

    billed: int
    quantity: int
    received: int
    billed_before: int
    price: int
    price_base: int
    net: int
    expected_net: int
    same_name: bool
    same_code: bool
    ordered: int


@dataclass(frozen=True)
class Facts:
    """Everything in which the case's ERP may differ from its invoice."""

    supplier_known: bool
    same_vat: bool
    vat_on_both: bool
    other_accounts: int
    order_there: bool
    order_open: bool
    same_currency: bool
    header_off: int
    extra_lines: int
    lines: tuple[LineFacts, ...]
    same_number: tuple[tuple[str, bool], ...]
    same_amount_other_number: tuple[str, ...]
    own: str


def facts(path: Path, erp: sqlite3.Connection, company: str) -> Facts:
    """Recount one case."""
    root = ElementTree.parse(path).getroot()
    sign = -1 if root.tag.endswith("CreditNote") else 1
    party = root.find(f"{_A}AccountingSupplierParty/{_A}Party")
    assert party is not None
    vat = squeezed(party.findtext(f"{_A}PartyTaxScheme/{_B}CompanyID") or "")
    own = f"{company}-S-1"
    name, on_file, main = erp.execute("SELECT name, vat, iban FROM supplier WHERE id = ?", (own,)).fetchone()
    more = [row[0] for row in erp.execute("SELECT iban FROM supplier_account WHERE supplier = ?", (own,))]
    accounts = {squeezed(each) for each in (main, *more)}
    asked = {squeezed(each.text or "") for each in root.iterfind(f"{_A}PaymentMeans/{_A}PayeeFinancialAccount/{_B}ID")}
    registered = (party.findtext(f"{_A}PartyLegalEntity/{_B}RegistrationName") or "").strip()
    order = erp.execute(
        "SELECT currency, total, charges, status FROM purchase_order WHERE id = ?", (f"{company}-PO-1",)
    ).fetchone()
    rows = erp.execute(
        "SELECT item, seller_item, standard_item, quantity, price, price_base, net, received, billed"
        " FROM order_line"
        " WHERE purchase_order = ? ORDER BY rowid",
        (f"{company}-PO-1",),
    ).fetchall()
    elements = [*root.iterfind(f"{_A}InvoiceLine"), *root.iterfind(f"{_A}CreditNoteLine")]
    number = (root.findtext(f"{_B}ID") or "").strip()
    owed = sign * _micro(root.findtext(f"{_A}LegalMonetaryTotal/{_B}PayableAmount"))
    booked = erp.execute(
        "SELECT supplier, invoice_number, amount FROM booking WHERE company = ?", (company,)
    ).fetchall()
    same = [(who, money == owed) for who, what, money in booked if what.strip().upper() == number.upper()]
    alike = [
        what for who, what, money in booked if who == own and money == owed and what.strip().upper() != number.upper()
    ]
    return Facts(
        supplier_known=(bool(vat) and squeezed(on_file) == vat) or name == registered,
        same_vat=squeezed(on_file) == vat,
        vat_on_both=bool(vat and on_file),
        other_accounts=len(asked - accounts),
        order_there=order is not None,
        order_open=order is not None and order[3] == "open",
        same_currency=order is not None and order[0] == (root.findtext(f"{_B}DocumentCurrencyCode") or "").strip(),
        header_off=0 if order is None else order[1] - order[2] - sum(row[6] for row in rows),
        extra_lines=len(rows) - len(elements),
        lines=tuple(_line(element, row, sign) for element, row in zip(elements, rows, strict=False)),
        same_number=tuple(same),
        same_amount_other_number=tuple(alike),
        own=own,
    )


def _line(
    element: ElementTree.Element, row: tuple[str, str, str, int, int, int, int, int, int], sign: int
) -> LineFacts:
    item, seller, standard, quantity, price, base, net, received, billed = row
    asked = sign * _micro(element.findtext(f"{_B}InvoicedQuantity") or element.findtext(f"{_B}CreditedQuantity"))
    stated = sign * _micro(element.findtext(f"{_B}LineExtensionAmount"))
    article = element.find(f"{_A}Item")
    assert article is not None
    code = (article.findtext(f"{_A}SellersItemIdentification/{_B}ID") or "").strip()
    gtin = (article.findtext(f"{_A}StandardItemIdentification/{_B}ID") or "").strip()
    return LineFacts(
        billed=asked,
        quantity=quantity - asked,
        received=received - asked,
        billed_before=billed,
        price=price - _micro(element.findtext(f"{_A}Price/{_B}PriceAmount")),
        price_base=base,
        net=net - stated,
        expected_net=0 if not quantity else net * asked // quantity - stated,
        same_name=item == (article.findtext(f"{_B}Name") or "").strip(),
        same_code=(seller, standard) == (code, gtin),
        ordered=quantity,
    )
