"""Builds UBL documents and the values they should parse to, for the tests of invoice matching."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape, quoteattr

from agents.pilots.samples.faults_of_money import own_order, with_order
from agents.pilots.samples.faults_of_parties import own_supplier
from agents.pilots.samples.origin import origin
from agents.tools.invoices.document import (
    Adjustment,
    Identifier,
    Invoice,
    Line,
    Party,
    TaxSubtotal,
    Totals,
    plain,
)
from agents.tools.invoices.records import Records

SAMPLES = Path(__file__).parents[3] / "resources" / "samples" / "invoices"
_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:Common"


def _el(name: str, value: str, **attributes: str) -> str:
    shown = "".join(f" {key}={quoteattr(each)}" for key, each in attributes.items() if each)
    return f"<{name}{shown}>{escape(value)}</{name}>" if value else ""


def _money(name: str, amount: Decimal, currency: str) -> str:
    return _el(f"cbc:{name}", plain(amount), currencyID=currency)


def _id(name: str, each: Identifier | None) -> str:
    return _el(name, each.value, schemeID=each.scheme) if each else ""


def _party(party: Party) -> str:
    ids = "".join(
        f"<cac:PartyIdentification>{_id('cbc:ID', each)}</cac:PartyIdentification>" for each in party.identifiers
    )
    trading = f"<cac:PartyName>{_el('cbc:Name', party.trading_name)}</cac:PartyName>" if party.trading_name else ""
    vat = (
        f"<cac:PartyTaxScheme>{_el('cbc:CompanyID', party.vat)}"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    )
    country = _el("cbc:IdentificationCode", party.country)
    return (
        f"<cac:Party>{_id('cbc:EndpointID', party.endpoint)}{ids}{trading}"
        f"<cac:PostalAddress><cac:Country>{country}</cac:Country></cac:PostalAddress>"
        f"{vat if party.vat else ''}<cac:PartyLegalEntity>{_el('cbc:RegistrationName', party.name)}"
        f"{_id('cbc:CompanyID', party.legal)}</cac:PartyLegalEntity></cac:Party>"
    )


def _adjustments(found: tuple[Adjustment, ...], currency: str) -> str:
    return "".join(
        f"<cac:AllowanceCharge>{_el('cbc:ChargeIndicator', 'true' if each.charge else 'false')}"
        f"{_el('cbc:AllowanceChargeReason', each.reason)}"
        f"{_money('Amount', each.amount, currency)}</cac:AllowanceCharge>"
        for each in found
    )


def _rate(name: str, category: str, rate: Decimal | None) -> str:
    percent = "" if rate is None else _el("cbc:Percent", plain(rate))
    return f"<cac:{name}>{_el('cbc:ID', category)}{percent}</cac:{name}>"


def _line(line: Line, invoice: Invoice) -> str:
    root, quantity = ("CreditNoteLine", "CreditedQuantity") if invoice.credit else ("InvoiceLine", "InvoicedQuantity")
    reference = f"<cac:OrderLineReference>{_el('cbc:LineID', line.order_line)}</cac:OrderLineReference>"
    codes = "".join(
        f"<cac:{name}ItemIdentification>{_el('cbc:ID', code)}</cac:{name}ItemIdentification>"
        for name, code in (
            ("Buyers", line.buyer_item),
            ("Sellers", line.seller_item),
            ("Standard", line.standard_item),
        )
        if code
    )
    tax = _rate("ClassifiedTaxCategory", line.vat_category, line.vat_rate)
    return (
        f"<cac:{root}>{_el('cbc:ID', line.id)}"
        f"{_el(f'cbc:{quantity}', plain(line.quantity), unitCode=line.unit)}"
        f"{_money('LineExtensionAmount', line.net, invoice.currency)}{reference if line.order_line else ''}"
        f"{_adjustments(line.adjustments, invoice.currency)}"
        f"<cac:Item>{_el('cbc:Description', line.description)}{_el('cbc:Name', line.item)}{codes}"
        f"{tax}</cac:Item>"
        f"<cac:Price>{_money('PriceAmount', line.price, invoice.currency)}"
        f"{_el('cbc:BaseQuantity', plain(line.price_base))}</cac:Price></cac:{root}>"
    )


def to_ubl(invoice: Invoice, *, extra: str = "") -> bytes:
    """The invoice as a UBL document; `extra` goes after the references (attachments)."""
    root, money = ("CreditNote" if invoice.credit else "Invoice"), invoice.currency
    sums = invoice.totals
    subtotals = "".join(
        f"<cac:TaxSubtotal>{_money('TaxableAmount', each.taxable, money)}"
        f"{_money('TaxAmount', each.tax, money)}"
        f"{_rate('TaxCategory', each.category, each.rate)}</cac:TaxSubtotal>"
        for each in invoice.taxes
    )
    means = "".join(
        "<cac:PaymentMeans><cac:PayeeFinancialAccount>"
        f"{_el('cbc:ID', each)}</cac:PayeeFinancialAccount></cac:PaymentMeans>"
        for each in invoice.accounts
    )
    order = f"<cac:OrderReference>{_el('cbc:ID', invoice.order)}</cac:OrderReference>" if invoice.order else ""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"'
        f' xmlns:cac="{_COMMON}AggregateComponents-2" xmlns:cbc="{_COMMON}BasicComponents-2">'
        f"{_el('cbc:ID', invoice.number)}{_el('cbc:IssueDate', invoice.issued.isoformat())}"
        f"{_el('cbc:DueDate', invoice.due.isoformat() if invoice.due else '')}"
        f"{_el(f'cbc:{root}TypeCode', invoice.type_code)}{_el('cbc:DocumentCurrencyCode', money)}{order}"
        f"{extra}"
        f"<cac:AccountingSupplierParty>{_party(invoice.supplier)}</cac:AccountingSupplierParty>"
        f"<cac:AccountingCustomerParty>{_party(invoice.buyer)}</cac:AccountingCustomerParty>{means}"
        f"{_adjustments(invoice.adjustments, money)}"
        f"<cac:TaxTotal>{_money('TaxAmount', sums.tax, money)}"
        f"{subtotals}</cac:TaxTotal><cac:LegalMonetaryTotal>"
        f"{_money('LineExtensionAmount', sums.lines, money)}"
        f"{_money('TaxExclusiveAmount', sums.exclusive, money)}"
        f"{_money('TaxInclusiveAmount', sums.inclusive, money)}"
        f"{_money('AllowanceTotalAmount', sums.allowances, money)}"
        f"{_money('ChargeTotalAmount', sums.charges, money)}{_money('PrepaidAmount', sums.prepaid, money)}"
        f"{_money('PayableRoundingAmount', sums.rounding, money)}"
        f"{_money('PayableAmount', sums.payable, money)}"
        f"</cac:LegalMonetaryTotal>{''.join(_line(each, invoice) for each in invoice.lines)}</{root}>"
    )
    return text.encode()


def an_invoice(
    lines: tuple[Line, ...] | None = None,
    *,
    number: str = "INV-0012",
    currency: str = "EUR",
    credit: bool = False,
    vat_rate: Decimal = Decimal(20),
    adjustments: tuple[Adjustment, ...] = (),
    accounts: tuple[str, ...] = ("NL57RABO0107307510",),
    order: str = "",
    supplier: Party | None = None,
) -> Invoice:
    """An invoice that adds up; amounts follow from the lines."""
    lines = lines or (Line("1", "Printing paper", Decimal(10), Decimal("50.00"), Decimal("5.00"), unit="EA"),)
    net = sum((each.net for each in lines), Decimal(0))
    charges = sum((each.amount for each in adjustments if each.charge), Decimal(0))
    allowances = sum((each.amount for each in adjustments if not each.charge), Decimal(0))
    exclusive = net + charges - allowances
    tax = (exclusive * vat_rate / 100).quantize(Decimal("0.01"))
    return Invoice(
        number=number,
        issued=date(2026, 3, 1),
        currency=currency,
        supplier=supplier or Party("Acme GmbH", vat="DE123456789", legal=Identifier("HRB 1"), country="DE"),
        buyer=Party("Buyer plc"),
        lines=lines,
        totals=Totals(net, exclusive, exclusive + tax, exclusive + tax, allowances, charges, tax),
        credit=credit,
        type_code="381" if credit else "380",
        order=order,
        accounts=accounts,
        adjustments=adjustments,
        taxes=(TaxSubtotal(exclusive, tax, "S", vat_rate),),
    )


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


def with_supplier(invoice: Invoice, **changes: object) -> Records:
    """Records in which everything agrees, the supplier changed as said."""
    records = books(invoice)
    own = replace(own_supplier(records), **changes)  # type: ignore[arg-type]
    return replace(records, suppliers=(own, *(each for each in records.suppliers if each.id != own.id)))
