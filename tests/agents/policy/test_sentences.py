"""Rules and calls in plain words; what has no words is shown as written."""

from __future__ import annotations

import pytest

from agents.policy.rules import RuleText
from agents.policy.sentences import describe_call, rule_sentence
from tests.agents.policy.builders import FIND, PAY


def said(effect: str, when: str, *approvers: str) -> str:
    return rule_sentence(
        RuleText.model_validate({"id": "r", "effect": effect, "when": when, "because": "So.", "approvers": approvers})
    )


@pytest.mark.parametrize(
    ("effect", "when", "sentence"),
    [
        ("deny", "true", "Deny every action."),
        ("deny", 'tool == "pay"', "Deny an action of pay."),
        (
            "allow",
            'tool in ["a", "b"] && tier > 2',
            "Allow an action of a or b when the tier is more than 2.",
        ),
        (
            "ask",
            'tool == "pay" && money(args.amount) > money("10000")',
            "Ask finance-lead about an action of pay when its amount is more than 10,000.00.",
        ),
        (
            "deny",
            "!(hour >= 6 && hour < 20)",
            "Deny an action when (the hour is less than 6 or the hour is at least 20).",
        ),
        ("allow", "size(unproven) == 0", "Allow an action when every argument that matters is proven."),
        ("deny", "!has(case.order_id)", "Deny an action when the case's order id is not given."),
        (
            "deny",
            'args.to.endsWith("@evil.org") && "pii" in labels',
            'Deny an action when its to ends with "@evil.org" and it carries data labelled pii.',
        ),
    ],
)
def test_a_rule_in_words(effect: str, when: str, sentence: str) -> None:
    assert said(effect, when, "finance-lead") == sentence


@pytest.mark.parametrize("when", ["args.lines.exists(l, l.q > 2)", "1 + hour > 2", "hour > 2 ? true : reversible"])
def test_what_has_no_words_is_shown_as_written(when: str) -> None:
    assert said("deny", when) == f"Deny an action when {when}."


def test_a_call_in_words() -> None:
    assert describe_call(PAY, {"amount": "10.00"}) == "Pay 10.00 to (none)"
    assert describe_call(FIND, {"order_id": "PO-1"}) == "find_order (order_id: PO-1)"
    assert "{amount}" not in describe_call(PAY, {"amount": "{iban}", "iban": "x" * 500})
    assert describe_call(PAY, {"amount": "{iban}", "iban": "X"}) == "Pay {iban} to X"
