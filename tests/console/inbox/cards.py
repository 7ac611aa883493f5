"""Cards and items of other kinds than the sample's: a payment that nobody can take back, long words, many rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from console.models.inbox_card import Card, Precedents, Step, arguments_of
from console.models.inbox_evidence import weighed
from console.models.inbox_risk import Risk
from console.models.inbox_values import changes
from storage.queries.inbox import OpenItem

Json = Any
MINUTE = 60_000_000
NOW = 1_795_360_000_000_000
LONG = "Rechtsschutzversicherungsgesellschaftsangestelltenvertretung und menneskerettighetsorganisasjonsmedarbeider"


def payment(**changed: Json) -> Card:
    """A payment to an account that is proven by nothing, in a job of tier 4."""
    values = {"payee": "V-2041 Snippevegen Mat AS", "account": "NO93 8601 1117 947", "amount": Decimal("22712.50"),
              "reference": "KID 2026 0418 7", "pay_on": "2026-11-24"}  # fmt: skip
    origins = [
        {"path": "payee", "proven": True, "source": "system of record: vendor_master.vendor.name (call 2)"},
        {"path": "account", "proven": False, "seen_in": "read_mail.body (call 3)"},
        {"path": "amount", "proven": True, "source": "case field amount (invoice)"},
        {"path": "reference", "proven": True, "source": "case field reference (invoice)"},
        {"path": "pay_on", "proven": True, "source": "system of record: payment_calendar.next (call 4)"},
    ]
    results = [
        {"call": "order", "tool": "read_order", "status": "ok", "result": {"order": "4500018841", "amount": "22712.5"}},
        {"call": "master", "tool": "vendor_master", "status": "ok",
         "result": {"account": "NO47 1503 4128 805", "payee": "V-2041 Snippevegen Mat AS", "since": "2024-03-11"}},
        {"call": "mail", "tool": "read_mail", "status": "ok",
         "result": {"from": "faktura@snippevegen-mat.co", "body": "please use our new account NO93 8601 1117 947"}},
    ]  # fmt: skip
    before = {"invoice": "Matched", "payment run 2026-W48": "14 pcs", "account paid": "NO47 1503 4128 805"}
    after = {"invoice": "Paid", "payment run 2026-W48": "15 pcs", "account paid": "NO93 8601 1117 947"}
    given: dict[str, Json] = {
        "kind": "approval", "id": "ap-1", "run": "run-1", "call": "pay", "tool": "payments.release",
        "binding": "9f3c71abXYZ", "risk": Risk.HIGH,
        "title": "Pay 22,712.50 NOK to Snippevegen Mat AS, account NO93 8601 1117 947, today.",
        "agent": "invoice-matching-clerk", "version": "v12abc", "stage": "canary", "mode": "live", "tier": 4,
        "case": "INV-2026-0418", "case_id": "case-1", "due": NOW + 25 * MINUTE, "since": NOW - 23 * MINUTE,
        "for_": ("finance-lead",), "values": values, "arguments": arguments_of(values, origins),
        "can_show_change": True, "changes": changes(before, after), "reversible": False,
        "undo": "Until the bank's cut-off you can cancel it in payment run 2026-W48.",
        "rule": "pay.unproven-account", "because": "a changed account by mail is a common invoice fraud.",
        "evidence": weighed(results, values, origins), "recommendation": "Pay it today: everything agrees.",
        "steps": [Step("Read invoice", NOW - 30 * MINUTE, "ok"), Step("Asked a person", NOW - 23 * MINUTE, "wait")],
        "worked_us": 192_000_000, "cost": 41_000, "precedents": Precedents({"reject": 8, "edit": 2, "approve": 1}, 90),
        "you": "Ingrid Moen",
    }  # fmt: skip
    return Card(**{**given, **changed})


def long_words() -> Card:
    """The same with words that no line is long enough for, and nested arguments."""
    values = {"empfaenger": LONG, "positionen": [{"beschreibung": LONG * 3, "menge": 2}], "verwendungszweck": "x" * 900}
    return payment(title=f"{LONG} {LONG}", values=values, arguments=arguments_of(values, []),
                   changes=changes({"zustand": LONG}, {"zustand": LONG * 2}), because=LONG, agent=LONG,
                   case=LONG, rule=LONG, undo=LONG)  # fmt: skip


def item(number: int, **changed: Json) -> OpenItem:
    """One request that waits."""
    given = OpenItem(
        "approval", f"ap-{number}", f"run-{number}", "pay", "pay", "above-the-limit", 2, False,
        NOW + number * MINUTE, NOW - MINUTE, (), None, "clerk", "v1", "canary", "live", f"case-{number}",
        f"INV-{number}", number,
    )  # fmt: skip
    return given._replace(**changed)


def many(count: int) -> list[OpenItem]:
    """So many requests, of every risk."""
    return [item(n, tier=4 if n % 97 == 0 else 3, irreversible=n % 50 == 0) for n in range(count)]
