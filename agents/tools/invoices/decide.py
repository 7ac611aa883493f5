"""May this invoice be booked? All that is checked, in one pure function over document and records."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from agents.tools.invoices.arithmetic import checks
from agents.tools.invoices.compare import compare
from agents.tools.invoices.document import Invoice, plain
from agents.tools.invoices.identity import code_key, look_alike, number_key
from agents.tools.invoices.locate import FoundOrder, find_orders, find_supplier
from agents.tools.invoices.match import Difference, Kind, LineComparison, Match, Proposal, Tolerance
from agents.tools.invoices.records import Booking, Order, Records, Supplier


def decide(
    invoice: Invoice, records: Records, *, order_id: str | None = None, tolerance: Tolerance | None = None
) -> Match:
    """Compare an invoice with what the ERP holds.

    Args:
        order_id: the order it is said to belong to; it must be the one that the records lead to.
        tolerance: roundings that pass, by default those of the invoice's currency.
    """
    tolerance = tolerance or Tolerance.of(invoice.currency)
    findings = checks(invoice)
    found = find_supplier(invoice, records.suppliers)
    supplier = found.supplier
    differences = [
        Difference(
            Kind.SUM if each.rule.startswith("BR-CO") else Kind.DOCUMENT,
            each.where,
            plain(each.computed),
            plain(each.stated),
            abs(each.stated - each.computed),
            f"{each.rule}: {each.message}",
        )
        for each in findings
        if each.blocking
    ]
    differences += found.differences
    if supplier is not None:
        differences += _booked_before(invoice, supplier, records.bookings, tolerance)
        differences += _accounts(invoice, supplier)
    order, lines, of_order = _against_order(invoice, supplier, records, order_id, tolerance)
    differences += of_order
    remarks = [each.message for each in findings if not each.blocking]
    remarks += _remarks(invoice, supplier, order, records)
    proposal = None
    if not differences and supplier is not None and order is not None:
        proposal = _proposal(invoice, supplier, order, records.company)
    return Match(
        agrees=proposal is not None,
        invoice=invoice.number,
        company=records.company,
        currency=invoice.currency,
        amount=invoice.owed,
        supplier=supplier.id if supplier else None,
        order=order.id if order else None,
        lines=lines,
        differences=tuple(differences),
        remarks=tuple(remarks),
        booking=proposal,
    )


def _booked_before(
    invoice: Invoice, supplier: Supplier, bookings: tuple[Booking, ...], tolerance: Tolerance
) -> Iterator[Difference]:
    """The same number twice at one supplier, or a look-alike of it for the same money."""
    number, stake = number_key(invoice.number), abs(invoice.owed)
    for booking in bookings:
        if booking.supplier != supplier.id:
            continue
        amount = f"{plain(booking.amount)} {booking.currency}"
        if number_key(booking.invoice_number) == number:
            evidence = f"Number {invoice.number} of supplier {supplier.id} is already booked for {amount}."
            yield Difference(Kind.DUPLICATE, "number", booking.invoice_number, invoice.number, stake, evidence)
            continue
        same_money = booking.currency == invoice.currency and abs(booking.amount - invoice.owed) <= tolerance.total
        same_day = booking.issued == invoice.issued.isoformat()
        how = look_alike(invoice.number, booking.invoice_number, same_day=same_day) if same_money else None
        if how:
            evidence = f"{booking.invoice_number} of this supplier is booked for {amount}; {invoice.number} {how}."
            yield Difference(Kind.NEAR_DUPLICATE, "number", booking.invoice_number, invoice.number, stake, evidence)


def _accounts(invoice: Invoice, supplier: Supplier) -> Iterator[Difference]:
    """Every account to be paid must be on file: an added one is how payments are diverted."""
    known = {code_key(each) for each in supplier.accounts}
    for account in invoice.accounts:
        if code_key(account) not in known:
            ours = ", ".join(supplier.accounts)
            evidence = f"The invoice asks for payment to {account}; on file for {supplier.id}: {ours or 'no account'}."
            yield Difference(Kind.ACCOUNT, "account", ours, account, abs(invoice.owed), evidence)


def _against_order(
    invoice: Invoice, supplier: Supplier | None, records: Records, order_id: str | None, tolerance: Tolerance
) -> tuple[Order | None, tuple[LineComparison, ...], list[Difference]]:
    found = find_orders(invoice, supplier, records)
    order, unsure = _choose(invoice, found, order_id, tolerance)
    if order is None:
        return None, (), unsure
    differences = unsure + list(_order_differences(invoice, supplier, order))
    if order.currency != invoice.currency:
        evidence = f"The invoice is in {invoice.currency}; order {order.number} was placed in {order.currency}."
        differences.append(
            Difference(Kind.CURRENCY, "currency", order.currency, invoice.currency, abs(invoice.owed), evidence)
        )
        return order, (), differences
    lines, of_lines = compare(invoice, order, tolerance)
    return order, lines, differences + list(of_lines)


def _choose(
    invoice: Invoice, found: FoundOrder, order_id: str | None, tolerance: Tolerance
) -> tuple[Order | None, list[Difference]]:
    """The one order, or the best to show beside the reason why it is not certain."""
    stake, orders = abs(invoice.owed), found.candidates
    if not orders:
        what = f"order {invoice.order!r}, which the ERP does not have" if found.by_reference else "no known order"
        evidence = f"The invoice belongs to {what}."
        return None, [Difference(Kind.ORDER, "order", "", invoice.order, stake, evidence)]
    agreeing = [
        each for each in orders if each.currency == invoice.currency and not compare(invoice, each, tolerance)[1]
    ]
    fitting = agreeing or list(orders)
    named = next((each for each in orders if each.id == order_id), None)
    chosen = named or fitting[0]
    if len(fitting) > 1:
        shown = ", ".join(each.number for each in fitting[:5])
        evidence = f"The invoice fits {len(fitting)} orders ({shown}); which one it bills cannot be told."
        return chosen, [Difference(Kind.ORDER, "order", shown, invoice.order, stake, evidence)]
    if order_id is not None and chosen.id != order_id:
        evidence = f"Order {order_id} was named, but the invoice belongs to {chosen.id}."
        return chosen, [Difference(Kind.ORDER, "order", chosen.id, order_id, stake, evidence)]
    if named is not None and named not in fitting:
        evidence = f"Order {named.id} was named, but the invoice fits {fitting[0].id}."
        return named, [Difference(Kind.ORDER, "order", fitting[0].id, named.id, stake, evidence)]
    return chosen, []


def _order_differences(invoice: Invoice, supplier: Supplier | None, order: Order) -> Iterator[Difference]:
    stake = abs(invoice.owed)
    if supplier is not None and order.supplier != supplier.id:
        evidence = f"Order {order.number} was placed with supplier {order.supplier}, not with {supplier.id}."
        yield Difference(Kind.SUPPLIER, "order", order.supplier, supplier.id, stake, evidence)
    if order.status != "open":
        evidence = f"Order {order.number} is {order.status}."
        yield Difference(Kind.ORDER, "order", order.status, invoice.order, stake, evidence)


def _remarks(invoice: Invoice, supplier: Supplier | None, order: Order | None, records: Records) -> Iterator[str]:
    """What a person should know and what does not decide."""
    number = number_key(invoice.number)
    for booking in records.bookings:
        other = supplier is not None and booking.supplier != supplier.id
        if other and number_key(booking.invoice_number) == number:
            yield (f"Supplier {booking.supplier} also has an invoice {booking.invoice_number}; that is another one.")
    if invoice.totals.prepaid > Decimal(0):
        yield f"{plain(invoice.totals.prepaid)} {invoice.currency} is stated as already paid."
    if invoice.payee is not None:
        yield f"Payment is asked for {invoice.payee.name or 'another payee'}, not for the seller."
    if order is not None and not invoice.order:
        yield f"The invoice quotes no order; {order.number} was found by supplier and items."


def _proposal(invoice: Invoice, supplier: Supplier, order: Order, company: str) -> Proposal:
    account = next(iter(invoice.accounts or supplier.accounts), None)
    return Proposal(
        company=company,
        order=order.id,
        supplier=supplier.id,
        invoice=invoice.number,
        amount=invoice.owed,
        currency=invoice.currency,
        iban=account,
        order_version=order.version,
    )
