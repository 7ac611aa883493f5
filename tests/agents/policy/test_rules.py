"""A policy file is checked when it is read, and every fault is named where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import resources
from agents.policy.rules import load_policy, policy_json_schema
from agents.policy.sentences import rule_sentence
from storage.errors import BadInput
from tests.agents.policy.builders import TOOLS

CASE = {"type": "object", "properties": {"vip": {"type": "boolean"}, "order_id": {"type": "string"}}}
GOOD = """\
format: 1
rules:
  - id: large
    effect: ask
    approvers: [finance-lead]
    because: Large amounts need a second look.
    when: >-
      tool == "pay" && money(args.amount) > money("10000.00")
  - id: night
    effect: deny
    because: Nobody is there.
    when: effect != "read" && hour < 6
"""


def load(text: str) -> object:
    return load_policy(text, TOOLS, CASE, name="p.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("args.amount", "args.amuont", ["line 7", "`args` has no field `amuont`", "`amount`"]),
        ('"pay"', '"pya"', ['can never be "pya"', '"pay"']),
        ('"read"', '"reed"', ["line 12", '"read"']),
        ("id: night", "id: large", ["line 9", "`large` is taken by the rule on line 3"]),
        ("because: Nobody", "becuase: Nobody", ["line 11", "`becuase` is not known", "`because`"]),
        ("effect: deny", "effect: dney", ["line 10", "`deny`"]),
        ("effect: deny", "effect: deny\n    effect: allow", ["a second time"]),
        ("hour < 6", "hour", ["line 12", "with a yes/no value and a whole number"]),
        ("format: 1", "format: 2", ["format"]),
        ("when: effect", "when: !effect", ["line 12"]),
        ("hour < 6", "case.vipp", ["`case` has no field `vipp`", "`vip`"]),
    ],
)
def test_a_fault_names_its_line_and_what_was_meant(old: str, new: str, said: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        load(GOOD.replace(old, new))
    for words in said:
        assert words in str(caught.value)


def test_all_faulty_rules_are_named_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        load(GOOD.replace("args.amount", "args.amuont").replace("hour", "huor"))
    assert "`large`" in str(caught.value)
    assert "`night`" in str(caught.value)


def test_a_field_must_exist_in_a_tool_that_the_rule_concerns() -> None:
    load(GOOD.replace('tool == "pay" && ', "has(args.amount) && "))
    with pytest.raises(BadInput, match="`amount`"):
        load(GOOD.replace('"pay"', '"find_order"'))


def test_layout_does_not_change_the_digest_and_content_does() -> None:
    digest = load_policy(GOOD, TOOLS, CASE).digest
    assert load_policy("# a comment\n" + GOOD.replace("format: 1\n", "") + "format: 1\n", TOOLS, CASE).digest == digest
    assert load_policy(GOOD.replace("hour < 6", "hour < 7"), TOOLS, CASE).digest != digest


def test_without_a_job_the_policies_that_ship_can_be_checked_and_said() -> None:
    folder = Path(resources.__file__).parent / "policies"
    files = sorted(folder.glob("*.yaml"))
    assert {file.stem for file in files} >= {"default", "invoices", "triage"}
    for file in files:
        policy = load_policy(file.read_bytes(), name=file.name)
        assert policy.rules
        for rule in policy.rules:
            assert "&&" not in rule_sentence(rule)


def test_the_schema_of_the_format_refuses_unknown_keys() -> None:
    schema = policy_json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["$defs"]["RuleText"]["properties"]) == {
        "id",
        "effect",
        "when",
        "because",
        "approvers",
        "controls",
    }


def test_a_rule_that_would_deny_every_call_of_a_tool_is_refused() -> None:
    with pytest.raises(BadInput, match="would deny every call of `fetch`, `find_order`, `list_suppliers`"):
        load(GOOD.replace('tool == "pay" && ', ""))
    load(GOOD.replace('tool == "pay" && ', '!(effect == "read") && '))
