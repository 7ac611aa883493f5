"""Does an invoice add up? The rules of EN 16931-1 (BR-CO-10 to 17), flagged and never repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from agents.tools.invoices.document import Invoice, Line, plain
from agents.tools.invoices.money import minor_unit, rounded

# UNTDID 1001 codes that EN 16931 (BR-CL-01) gives to credit notes only.
_CREDIT_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
_BREAKS = True
_NOTE = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up.

    Attributes:
        rule: the standard's rule, such as BR-CO-15.
        where: the field or line.
        stated, computed: decimals as written in the document, and as they follow from its other fields.
        blocking: the document contradicts itself, so it cannot be booked. Otherwise it is a remark: a line
            whose net is not quantity times price is common, and decided by what the purchase order says.
    """

    rule: str
    where: str
    stated: Decimal
    computed: Decimal
    message: str
    blocking: bool


def checks(invoice: Invoice) -> list[Finding]:
    """Everything that does not add up, in the order of the document."""
    return [*_totals(invoice), *_taxes(invoice), *_consistency(invoice), *_lines(invoice)]


def _sum(amounts: Iterable[Decimal]) -> Fraction:
    return sum((Fraction(each) for each in amounts), Fraction(0))


def _differs(rule: str, where: str, stated: Decimal, computed: Fraction, why: str) -> Iterator[Finding]:
    if Fraction(stated) != computed:
        shown = rounded(computed)
        message = f"{where} is {plain(stated)}, but {why} is {plain(shown)}."
        yield Finding(rule, where, stated, shown, message, _BREAKS)


def _totals(invoice: Invoice) -> Iterator[Finding]:
    sums, parts = invoice.totals, invoice.adjustments
    allowances = _sum(each.amount for each in parts if not each.charge)
    charges = _sum(each.amount for each in parts if each.charge)
    exclusive = Fraction(sums.lines) - Fraction(sums.allowances) + Fraction(sums.charges)
    inclusive = Fraction(sums.exclusive) + Fraction(sums.tax)
    payable = Fraction(sums.inclusive) - Fraction(sums.prepaid) + Fraction(sums.rounding)
    lines = _sum(line.net for line in invoice.lines)
    yield from _differs("BR-CO-10", "sum of lines", sums.lines, lines, "the lines' sum")
    yield from _differs("BR-CO-11", "sum of allowances", sums.allowances, allowances, "the allowances' sum")
    yield from _differs("BR-CO-12", "sum of charges", sums.charges, charges, "the charges' sum")
    yield from _differs("BR-CO-13", "total without VAT", sums.exclusive, exclusive, "lines - allowances + charges")
    yield from _differs("BR-CO-15", "total with VAT", sums.inclusive, inclusive, "total without VAT + VAT")
    yield from _differs("BR-CO-16", "amount due", sums.payable, payable, "total with VAT - prepaid + rounding")


def _taxes(invoice: Invoice) -> Iterator[Finding]:
    if invoice.taxes:
        total = _sum(each.tax for each in invoice.taxes)
        yield from _differs("BR-CO-14", "VAT", invoice.totals.tax, total, "the VAT breakdown's sum")
    for row in invoice.taxes:
        exact = Fraction(row.taxable) * Fraction(row.rate or 0) / 100
        off = abs(Fraction(row.tax) - exact)
        if off > Fraction(minor_unit(invoice.currency)) / 2:
            where = f"VAT {row.category} {'' if row.rate is None else plain(row.rate)}%"
            message = f"{where} on {plain(row.taxable)} is {plain(row.tax)}; the rate gives {plain(rounded(exact))}."
            # The standard's own validation lets VAT summed over lines differ by less than one unit of
            # currency.
            yield Finding("BR-CO-17", where, row.tax, rounded(exact), message, off >= 1)


def _consistency(invoice: Invoice) -> Iterator[Finding]:
    """What sums cannot show: mixed currencies, a credit that calls itself an invoice, odd corrections."""
    sums = invoice.totals
    if invoice.other_currency:
        shown = ", ".join(invoice.other_currency[:3])
        message = f"The document is in {invoice.currency}, but has amounts in another currency ({shown})."
        yield Finding("BT-5", "currency", Decimal(0), Decimal(0), message, _BREAKS)
    if invoice.type_code and (invoice.type_code in _CREDIT_CODES) != invoice.credit:
        message = f"The document is a UBL {invoice.kind}, but its type code {invoice.type_code} says otherwise."
        yield Finding("BR-CL-01", "type", Decimal(0), Decimal(0), message, _BREAKS)
    if abs(sums.rounding) > 1:
        message = f"The amount due is rounded by {plain(sums.rounding)}, more than rounding explains."
        yield Finding("BT-114", "rounding", sums.rounding, Decimal(0), message, _BREAKS)
    if sums.prepaid < 0 < sums.payable:
        message = f"A negative prepaid amount ({plain(sums.prepaid)}) makes the amount due larger than the invoice."
        yield Finding("BT-113", "prepaid", sums.prepaid, Decimal(0), message, _BREAKS)


def _lines(invoice: Invoice) -> Iterator[Finding]:
    half = Fraction(minor_unit(invoice.currency)) / 2
    for line in invoice.lines:
        exact = line_net(line)
        if exact is None:
            message = f"Line {line.id} has a price for 0 units, so its net amount cannot be computed."
            yield Finding("BR-LINE", f"line {line.id}", line.net, Decimal(0), message, _NOTE)
        elif abs(Fraction(line.net) - exact) > half:
            message = (
                f"Line {line.id} states {plain(line.net)}, but {plain(line.quantity)} x {plain(line.price)}"
                f" / {plain(line.price_base)} with its allowances and charges is {plain(rounded(exact))}."
            )
            yield Finding("BR-LINE", f"line {line.id}", line.net, rounded(exact), message, _NOTE)


def line_net(line: Line) -> Fraction | None:
    """Quantity x price / base quantity + charges - allowances of a line; None for a base of 0."""
    if line.price_base == 0:
        return None
    goods = Fraction(line.quantity) * Fraction(line.price) / Fraction(line.price_base)
    return goods + _sum(each.signed for each in line.adjustments)
