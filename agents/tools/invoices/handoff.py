"""What a person gets when an invoice cannot be booked: findings, evidence, options, a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from agents.tools.invoices.document import as_json, plain
from agents.tools.invoices.match import Difference, Kind, LineComparison, Match

# What is asked first when several things differ: who it is and whether it was booked before come before the
# figures.
_FIRST = (
    Kind.DUPLICATE,
    Kind.ACCOUNT,
    Kind.SUPPLIER,
    Kind.VAT,
    Kind.NEAR_DUPLICATE,
    Kind.DOCUMENT,
    Kind.ORDER,
    Kind.CURRENCY,
    Kind.ITEM,
    Kind.QUANTITY,
    Kind.PRICE,
    Kind.TAX,
    Kind.SUM,
)
_CREDIT_NOTE = "Ask the supplier for a credit note over the difference, and book both"
_CLAIM = "Book the invoice in the ERP and claim the difference from the supplier"
_REJECT = "Return the invoice to the supplier with the reason"
_MASTER_DATA = "Correct the supplier's master data, after confirming it by a known telephone number"
_CORRECT_ORDER = "Correct the order with the purchaser's consent, and match again"

_TITLES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.SUPPLIER: "the supplier is not certain",
        Kind.VAT: "the VAT number differs from the one on file",
        Kind.ORDER: "no single open order fits",
        Kind.CURRENCY: "the currency differs from the order",
        Kind.DUPLICATE: "the invoice number is already booked",
        Kind.NEAR_DUPLICATE: "it may be an invoice that is already booked",
        Kind.ACCOUNT: "it asks for payment to an account that is not on file",
        Kind.ITEM: "something is billed that was not ordered",
        Kind.QUANTITY: "quantities differ from what was received",
        Kind.PRICE: "prices differ from what was agreed",
        Kind.TAX: "VAT rates differ from the order",
        Kind.SUM: "sums do not add up",
        Kind.DOCUMENT: "the document contradicts itself",
    }
)

# The first option of each is what is recommended.
_OPTIONS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.SUPPLIER: ("Find out who sent it before anything is paid", _MASTER_DATA, _REJECT),
        Kind.VAT: ("Have the VAT number checked (VIES), then correct the wrong side", _MASTER_DATA, _REJECT),
        Kind.ORDER: (
            "Ask the purchaser which order it belongs to",
            "Place the missing order, and match again",
            _REJECT,
        ),
        Kind.CURRENCY: ("Ask the purchaser which currency was agreed", _CORRECT_ORDER, _REJECT),
        Kind.DUPLICATE: (
            _REJECT,
            "Close it as a copy of the booked invoice",
            "Ask the supplier for a new number",
        ),
        Kind.NEAR_DUPLICATE: (
            "Lay both invoices side by side: are the goods the same?",
            "Close it as a copy of the booked invoice",
            "Release it for booking, if it is another delivery",
        ),
        Kind.ACCOUNT: (
            "Call the supplier on the telephone number on file, never on the one of the invoice",
            _MASTER_DATA,
            "Report it as an attempted fraud",
        ),
        Kind.ITEM: ("Ask the purchaser whether the replacement was accepted", _CREDIT_NOTE, _REJECT),
        Kind.QUANTITY: ("Have the goods receipt checked", _CREDIT_NOTE, _CLAIM),
        Kind.PRICE: (_CREDIT_NOTE, _CORRECT_ORDER, _CLAIM, _REJECT),
        Kind.TAX: ("Have the tax rate checked by accounting", _CREDIT_NOTE, _REJECT),
        Kind.SUM: (
            "Have order and invoice added up again, and the wrong one corrected",
            _CREDIT_NOTE,
            _REJECT,
        ),
        Kind.DOCUMENT: ("Ask the supplier for a corrected invoice", _REJECT),
    }
)


@dataclass(frozen=True, slots=True)
class HandoffContent:
    """What a person needs to decide; the four parts of every handoff.

    Attributes:
        summary: one or two sentences.
        evidence: each difference as a sentence, then the lines that differ, then remarks.
        options: what can be done, the recommended first.
        recommendation: one of the options, and why.
    """

    summary: str
    evidence: tuple[str, ...]
    options: tuple[str, ...]
    recommendation: str


def handoff_of(match: Match) -> HandoffContent | None:
    """What to hand to a person about this match; None when it agrees and there is nothing to hand over."""
    if match.agrees:
        return None
    ordered = sorted(match.differences, key=lambda each: _FIRST.index(each.kind))
    leading = ordered[0]
    kinds = list(dict.fromkeys(each.kind for each in ordered))
    options = dict.fromkeys(option for kind in kinds[:3] for option in _OPTIONS[kind])
    others = f", and {', '.join(_TITLES[kind] for kind in kinds[1:])}" if len(kinds) > 1 else ""
    recommended = _OPTIONS[leading.kind][0]
    return HandoffContent(
        summary=(
            f"Invoice {match.invoice} over {plain(match.amount)} {match.currency} was not booked:"
            f" {_TITLES[leading.kind]}{others}. At stake: {plain(match.stake)} {match.currency}."
        ),
        evidence=tuple(_evidence(ordered, match)),
        options=tuple(options),
        recommendation=f"{recommended}, because {_TITLES[leading.kind]}.",
    )


def _evidence(ordered: list[Difference], match: Match) -> list[str]:
    told = [each.evidence for each in ordered]
    told += [_line(each) for each in match.lines if not each.agrees and each.order_line]
    return told + [f"Remark: {each}" for each in match.remarks]


def _line(line: LineComparison) -> str:
    expected = "-" if line.expected is None else plain(line.expected)
    due = "-" if line.open_quantity is None else plain(line.open_quantity)
    price = "-" if line.order_price is None else plain(line.order_price)
    return (
        f"Line {line.line} beside order line {line.order_line}: quantity {plain(line.quantity)} / {due},"
        f" price {plain(line.price)} / {price}, net {plain(line.net)} / {expected}."
    )


def handoff_json(match: Match) -> dict[str, Any] | None:
    """The handoff as JSON, None when the match agrees."""
    content = handoff_of(match)
    return None if content is None else as_json(content)
