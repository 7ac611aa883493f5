"""Deny outweighs ask, ask outweighs allow; an error never allows; silence asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policy.decide import Decision, Facts, decide
from agents.policy.rules import Policy, RuleEffect, load_policy
from agents.tools.tool import Effect
from storage.events.calls import Verdict
from tests.agents.policy.builders import FETCH, FIND, PAY, SUPPLIERS, TOOLS, facts

RANK = {RuleEffect.ALLOW: 0, RuleEffect.ASK: 1, RuleEffect.DENY: 2}
CONDITIONS = [
    'tool == "pay"',
    'effect != "read"',
    "hour > 12",
    'has(args.amount) && money(args.amount) > money("100")',
    'tool == "pay" && args.amount == "1"',
    "1 / (hour - 10) > 0",
    "size(unproven) > 0",
    "has(case.vip) && case.vip",
    "true",
]
Sketch = tuple[str, str]
SKETCHES = st.lists(st.tuples(st.sampled_from(["deny", "ask", "allow"]), st.sampled_from(CONDITIONS)), max_size=5)
FACTS = st.builds(
    facts,
    st.sampled_from([PAY, FIND, SUPPLIERS, FETCH]),
    hour=st.sampled_from([3, 10, 20]),
    unproven=st.sampled_from([(), ("amount",)]),
    case=st.sampled_from([{}, {"vip": True}, {"vip": None}]),
)


def policy(*sketches: Sketch) -> Policy:
    lines = ["format: 1", "rules:" if sketches else "rules: []"]
    for index, (effect, when) in enumerate(sketches):
        lines += [
            f"  - id: rule-{index}",
            f"    effect: {effect}",
            "    because: It is so.",
            "    when: >-",
            f"      {when}",
        ]
    return load_policy("\n".join(lines), TOOLS)


@given(SKETCHES, st.randoms(), FACTS)
def test_the_order_of_rules_does_not_change_the_effect(rules: list[Sketch], random: object, given_facts: Facts) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(policy(*rules), given_facts).effect is decide(policy(*shuffled), given_facts).effect


@given(SKETCHES, st.sampled_from(CONDITIONS), FACTS)
def test_an_allow_rule_never_lifts_a_deny_or_an_ask_of_a_rule(
    rules: list[Sketch], when: str, given_facts: Facts
) -> None:
    before = decide(policy(*rules), given_facts)
    after = decide(policy(*rules, ("allow", when)), given_facts)
    if before.rule.startswith("rule-") and before.effect is not RuleEffect.ALLOW:
        assert RANK[after.effect] >= RANK[before.effect]


@given(SKETCHES, st.sampled_from(["deny", "ask"]), st.sampled_from(CONDITIONS), FACTS)
def test_a_further_deny_or_ask_rule_never_makes_a_decision_milder(
    rules: list[Sketch], effect: str, when: str, given_facts: Facts
) -> None:
    before, after = decide(policy(*rules), given_facts), decide(policy(*rules, (effect, when)), given_facts)
    assert RANK[after.effect] >= RANK[before.effect]


@given(SKETCHES, FACTS)
def test_an_error_in_any_rule_denies_and_every_rule_has_its_verdict(rules: list[Sketch], given_facts: Facts) -> None:
    decision = decide(policy(*rules), given_facts)
    assert [verdict.rule for verdict in decision.verdicts] == [f"rule-{index}" for index in range(len(rules))]
    if any(verdict.verdict is Verdict.ERROR for verdict in decision.verdicts):
        assert decision.effect is RuleEffect.DENY


@given(SKETCHES, FACTS)
def test_what_is_not_proven_is_allowed_only_by_a_rule_that_speaks_of_it(
    rules: list[Sketch], given_facts: Facts
) -> None:
    decision = decide(policy(*rules), given_facts)
    if decision.effect is RuleEffect.ALLOW and given_facts.unproven:
        index = int(decision.rule.removeprefix("rule-"))
        assert "unproven" in rules[index][1]


def by(decision: Decision) -> tuple[str, str]:
    return decision.effect.value, decision.rule


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        (facts(FIND), ("allow", "no-match-read")),
        (facts(FETCH), ("ask", "no-match")),
        (facts(PAY), ("ask", "no-match")),
        (facts(PAY, unproven=("iban",)), ("ask", "unproven-arguments")),
        (facts(FETCH, unproven=("url",)), ("ask", "unproven-arguments")),
        (facts(None), ("deny", "unknown-tool")),
        (facts(FIND, tool="other"), ("deny", "unknown-tool")),
    ],
)
def test_without_a_rule(given_facts: Facts, expected: tuple[str, str]) -> None:
    assert by(decide(policy(), given_facts)) == expected


def test_an_error_names_its_rule_and_the_reason() -> None:
    decision = decide(policy(("allow", 'tool == "pay" && money(args.amount) > 0')), facts(args={}))
    assert by(decision) == ("deny", "rule-error:rule-0")
    assert '"amount" is missing' in decision.because


def test_an_error_hides_behind_nothing() -> None:
    decision = decide(policy(("allow", "true"), ("ask", "1 / (hour - 10) > 0")), facts(hour=10))
    assert by(decision) == ("deny", "rule-error:rule-1")


def test_every_rule_that_asks_is_named() -> None:
    decision = decide(policy(("ask", "hour > 1"), ("allow", "true"), ("ask", "true")), facts())
    assert decision.asked_by == ("rule-0", "rule-2")
    assert decision.sentence.startswith("A person is asked: pay, by rule-0.")


def test_what_the_policy_was_not_checked_against_is_unknown() -> None:
    narrow = load_policy("format: 1\nrules: []", {"find_order": FIND})
    assert by(decide(narrow, facts(PAY))) == ("deny", "unknown-tool")


def test_without_a_declared_effect_a_call_is_irreversible() -> None:
    assert facts(None).effect is Effect.IRREVERSIBLE
