"""From the bytes of a UBL 2.1 document to an `Invoice`, by the syntax binding of EN 16931-3-2."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from stdnum import iban

from agents.tools.invoices.document import (
    ZERO,
    Adjustment,
    Identifier,
    Invoice,
    Line,
    Party,
    TaxSubtotal,
    Totals,
)
from agents.tools.invoices.fields import Node
from agents.tools.invoices.safe_xml import XmlLimits, parse_xml
from storage.errors import BadInput

_ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": False,
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": True,
}
# Peppol's rule for "there is only a sales order": the mandatory purchase order reference then reads NA.
_NO_REFERENCE = {"NA", "N/A"}


def read_invoice(data: bytes, limits: XmlLimits | None = None) -> Invoice:
    """Parse an EN 16931 UBL document.

    Raises:
        BadInput: it is too large, not XML, hostile, not UBL, or lacks what every invoice must state.
    """
    root = parse_xml(data, limits)
    credit = _ROOTS.get(root.tag)
    if credit is None:
        raise BadInput(
            f"The document is XML but not a UBL invoice or credit note: its root is {_shown(root.tag)}.",
            hint="Ask the sender for an EN 16931 invoice in UBL 2.1 syntax.",
        )
    return _invoice(Node(root, "invoice"), credit)


def _shown(tag: str) -> str:
    namespace, _, name = tag.rpartition("}")
    place = f" in {namespace[1:101]}" if namespace else " in no namespace"
    return f"<{name[:60]}>{place}"


def _invoice(root: Node, credit: bool) -> Invoice:
    currency = root.needed("b:DocumentCurrencyCode", "its currency (BT-5)").upper()
    order = root.text("a:OrderReference/b:ID")
    lines = tuple(_line(node) for node in root.all("a:CreditNoteLine" if credit else "a:InvoiceLine"))
    if not lines:
        raise BadInput("The invoice has no lines (BG-25).")
    payee = root.first("a:PayeeParty")
    return Invoice(
        number=root.needed("b:ID", "its number (BT-1)"),
        issued=root.needed_date("b:IssueDate", "its issue date (BT-2)"),
        currency=currency,
        supplier=_party(_needed_party(root, "a:AccountingSupplierParty", "seller (BG-4)")),
        buyer=_party(_needed_party(root, "a:AccountingCustomerParty", "buyer (BG-7)")),
        lines=lines,
        totals=_totals(root, currency),
        credit=credit,
        type_code=root.text("b:CreditNoteTypeCode" if credit else "b:InvoiceTypeCode"),
        due=root.day("b:DueDate") or root.day("a:PaymentMeans/b:PaymentDueDate"),
        payee=_party(payee) if payee else None,
        order="" if order.upper() in _NO_REFERENCE else order,
        sales_order=root.text("a:OrderReference/b:SalesOrderID"),
        contracts=root.texts("a:ContractDocumentReference/b:ID"),
        preceding=root.texts("a:BillingReference/a:InvoiceDocumentReference/b:ID"),
        accounts=_accounts(root),
        adjustments=_adjustments(root),
        taxes=tuple(_subtotal(node) for node in _tax_total_nodes(root, currency)),
        other_currency=tuple(_other_currency(root.element, currency)),
        attachments=len(root.all("a:AdditionalDocumentReference/a:Attachment/b:EmbeddedDocumentBinaryObject")),
    )


def _needed_party(root: Node, path: str, what: str) -> Node:
    node = root.first(f"{path}/a:Party")
    if node is None:
        raise BadInput(f"The invoice does not name its {what}.")
    return node


def _party(node: Node) -> Party:
    vat = ""
    for scheme in node.all("a:PartyTaxScheme"):
        if scheme.text("a:TaxScheme/b:ID").upper() in {"VAT", ""}:
            vat = vat or scheme.text("b:CompanyID")
    trading = node.text("a:PartyName/b:Name")
    return Party(
        name=node.text("a:PartyLegalEntity/b:RegistrationName") or trading,
        trading_name=trading,
        vat=vat,
        legal=next(iter(_identifiers(node, "a:PartyLegalEntity/b:CompanyID")), None),
        identifiers=_identifiers(node, "a:PartyIdentification/b:ID"),
        endpoint=next(iter(_identifiers(node, "b:EndpointID")), None),
        country=node.text("a:PostalAddress/a:Country/b:IdentificationCode").upper(),
    )


def _identifiers(node: Node, path: str) -> tuple[Identifier, ...]:
    found = ((each.value, each.attribute("schemeID")) for each in node.all(path))
    return tuple(Identifier(value, scheme) for value, scheme in found if value)


def _accounts(root: Node) -> tuple[str, ...]:
    found = root.texts("a:PaymentMeans/a:PayeeFinancialAccount/b:ID")
    return tuple(dict.fromkeys(str(iban.compact(each)) for each in found))


def _adjustments(node: Node) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            each.flag("b:ChargeIndicator"),
            each.needed_decimal("b:Amount", "an amount"),
            each.text("b:AllowanceChargeReason"),
        )
        for each in node.all("a:AllowanceCharge")
    )


def _line(node: Node) -> Line:
    line = Node(node.element, f"line {node.text('b:ID') or '?'}")
    quantity = "b:CreditedQuantity" if line.first("b:CreditedQuantity") else "b:InvoicedQuantity"
    amount = line.first(quantity)
    base = line.decimal("a:Price/b:BaseQuantity")
    item = line.first("a:Item") or line
    rate = item.decimal("a:ClassifiedTaxCategory/b:Percent")
    return Line(
        id=line.needed("b:ID", "an identifier (BT-126)"),
        item=item.text("b:Name") or item.text("b:Description"),
        quantity=line.needed_decimal(quantity, "a quantity (BT-129)"),
        net=line.needed_decimal("b:LineExtensionAmount", "a net amount (BT-131)"),
        price=line.needed_decimal("a:Price/b:PriceAmount", "a price (BT-146)"),
        price_base=Decimal(1) if base is None else base,
        unit=amount.attribute("unitCode") if amount else "",
        description=item.text("b:Description"),
        seller_item=item.text("a:SellersItemIdentification/b:ID"),
        standard_item=item.text("a:StandardItemIdentification/b:ID"),
        buyer_item=item.text("a:BuyersItemIdentification/b:ID"),
        order_line=line.text("a:OrderLineReference/b:LineID"),
        vat_category=item.text("a:ClassifiedTaxCategory/b:ID"),
        vat_rate=rate,
        adjustments=_adjustments(line),
    )


def _totals(root: Node, currency: str) -> Totals:
    node = root.first("a:LegalMonetaryTotal")
    if node is None:
        raise BadInput("The invoice has no totals (BG-22).")
    sums = Node(node.element, "the totals")
    return Totals(
        lines=sums.needed_decimal("b:LineExtensionAmount", "the sum of lines (BT-106)"),
        exclusive=sums.needed_decimal("b:TaxExclusiveAmount", "the total without VAT (BT-109)"),
        inclusive=sums.needed_decimal("b:TaxInclusiveAmount", "the total with VAT (BT-112)"),
        payable=sums.needed_decimal("b:PayableAmount", "the amount due (BT-115)"),
        allowances=sums.decimal("b:AllowanceTotalAmount") or ZERO,
        charges=sums.decimal("b:ChargeTotalAmount") or ZERO,
        tax=_tax_total(root, currency),
        prepaid=sums.decimal("b:PrepaidAmount") or ZERO,
        rounding=sums.decimal("b:PayableRoundingAmount") or ZERO,
    )


def _in_currency(root: Node, currency: str) -> list[Node]:
    """The tax totals in the document's currency: a second one may state VAT in the seller's (BT-111)."""
    found = root.all("a:TaxTotal")
    return [each for each in found if each.attribute_of("b:TaxAmount", "currencyID").upper() in {currency, ""}]


def _tax_total(root: Node, currency: str) -> Decimal:
    own = _in_currency(root, currency)
    return own[0].decimal("b:TaxAmount") or ZERO if own else ZERO


def _tax_total_nodes(root: Node, currency: str) -> list[Node]:
    return [each for total in _in_currency(root, currency)[:1] for each in total.all("a:TaxSubtotal")]


def _subtotal(node: Node) -> TaxSubtotal:
    row = Node(node.element, "the VAT breakdown")
    return TaxSubtotal(
        taxable=row.needed_decimal("b:TaxableAmount", "a taxable amount (BT-116)"),
        tax=row.needed_decimal("b:TaxAmount", "a tax amount (BT-117)"),
        category=row.text("a:TaxCategory/b:ID"),
        rate=row.decimal("a:TaxCategory/b:Percent"),
    )


def _other_currency(root: Element, currency: str) -> Iterator[str]:
    """Amounts in another currency than the document's; only VAT in the seller's may be (BT-111)."""
    for child in root:
        local = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if local == "TaxTotal":
            continue
        for element in child.iter():
            named = (element.get("currencyID") or currency).strip().upper()
            if named != currency:
                yield f"{local}/{element.tag.rpartition('}')[2]}: {named}"
