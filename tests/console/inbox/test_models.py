"""What the inbox is made of, without a window: risk, order, evidence, differences, forms, what goes together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.inbox_bulk import why_not
from console.models.inbox_card import arguments_of, warnings_of
from console.models.inbox_evidence import weighed
from console.models.inbox_headline import Headline
from console.models.inbox_list import InboxRows, by_day, by_risk, matches
from console.models.inbox_risk import Risk, in_order, risk, risk_of
from console.models.inbox_schema import Wrong, collected, fault_at, fields_of, typed, written
from console.models.inbox_values import changes, leaves, same
from console.views.inbox.drafts import Drafts
from console.views.inbox.shelf import Shelf
from storage.queries.inbox import Closed
from tests.console.inbox.cards import NOW, item, many, payment

SCHEMA = {
    "type": "object", "required": ["amount"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^\d+\.\d\d$"}, "count": {"type": ["integer", "null"], "minimum": 1},
        "kind": {"type": "string", "enum": ["a", "b"]}, "lines": {"type": "array"}, "urgent": {"type": "boolean"},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "tier", "irreversible", "rule", "expected"),
    [
        ("doubt", 1, False, "", Risk.HIGH),
        ("approval", 1, True, "no-match", Risk.HIGH),
        ("wait", 4, False, "", Risk.HIGH),
        ("approval", 3, False, "no-match", Risk.MEDIUM),
        ("approval", 1, False, "above-the-limit", Risk.MEDIUM),
        ("approval", 1, False, "unproven-arguments", Risk.MEDIUM),
        ("handoff", 1, False, "escalated", Risk.MEDIUM),
        ("approval", 2, False, "no-match", Risk.LOW),
        ("wait", 2, False, "reply", Risk.LOW),
    ],
)
def test_the_rule_of_risk(kind: str, tier: int, irreversible: bool, rule: str, expected: Risk) -> None:
    assert risk(kind, tier, irreversible=irreversible, rule=rule) is expected


def test_order_is_risk_then_doubt_then_deadline_then_age() -> None:
    doubt = item(1, kind="doubt", id="d", due=None, since=NOW)
    soon, late = item(2, tier=4, due=NOW + 1), item(3, tier=4, due=NOW + 2)
    old, new = item(4, kind="handoff", due=None, since=1), item(5, kind="handoff", due=None, since=2)
    medium, low = item(6, due=NOW), item(7, about="no-match")
    assert in_order([low, new, old, medium, late, soon, doubt]) == [doubt, soon, late, medium, old, new, low]


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 99)), max_size=30))
def test_groups_hold_every_item_once_in_order(drawn: list[tuple[int, bool, int]]) -> None:
    items = in_order(item(n, tier=t, irreversible=i, due=d) for n, (t, i, d) in enumerate(drawn))
    assert [each for _, held in by_risk(items) for each in held] == items
    assert [risk_of(each) for each in items] == sorted(risk_of(each) for each in items)


def test_arguments_are_flat_and_say_where_they_come_from() -> None:
    found = {a.path: (a.value, a.origin, a.source) for a in payment().arguments}
    assert found["account"] == ("NO93 8601 1117 947", "unproven", "Seen only in read mail")
    assert found["payee"][1:] == ("record", "Vendor master")
    assert found["amount"] == ("22712.50", "case", "Invoice")
    nested = arguments_of({"lines": [{"price": 1}, {"price": None}], "on": True}, [])
    assert [(a.path, a.value) for a in nested] == [("lines[0].price", "1"), ("on", "yes")]


def test_what_is_wrong_with_the_whole_call_is_said() -> None:
    assert warnings_of([{"path": "(request)", "proven": False}]) == ["The case does not ask for this kind of action"]


def test_evidence_says_only_what_can_be_told() -> None:
    found = {one.call: one for one in payment().evidence}
    assert found["master"].verdict == "differs"
    assert "NO47 1503 4128 805 here" in found["master"].said
    assert found["order"].verdict == "agrees"
    assert (found["mail"].verdict, found["mail"].doubtful) == ("", True)
    assert [one.doubtful for one in payment().evidence] == [True, True, False]


def test_a_failed_result_is_said_to_have_failed() -> None:
    failed = {"call": "x", "tool": "x", "status": "failed", "result": {"error": "No answer."}}
    (one,) = weighed([failed], {}, [])
    assert (one.verdict, one.said) == ("failed", "No answer.")


@given(st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8))  # fmt: skip
def test_nothing_changes_between_a_value_and_itself(value: object) -> None:
    assert changes(value, value) == []
    assert len(list(leaves(value))) >= 1


def test_changes_are_sorted_as_people_count_and_numbers_are_numbers() -> None:
    found = changes({"l.10": "1", "l.2": "1", "n": "1.0"}, {"l.10": "2", "l.2": "2", "n": Decimal("1.00")})
    assert [change.path for change in found] == ["l.2", "l.10"]
    assert not same("007", "7")
    assert not same(True, 1)


def test_a_form_has_a_field_for_each_argument_and_reads_what_is_typed() -> None:
    fields = {field.name: field for field in fields_of(SCHEMA, {"amount": "1.00", "extra": "x"})}
    assert list(fields) == ["amount", "count", "kind", "lines", "urgent", "extra"]
    assert typed(fields["count"], "3") == 3
    assert typed(fields["count"], "") is None
    assert typed(fields["lines"], "[1]") == [1]
    assert typed(fields["urgent"], "true") is True
    for name, text in (
        ("amount", "1,00"),
        ("amount", ""),
        ("count", "0"),
        ("count", "x"),
        ("kind", "c"),
        ("lines", "["),
    ):
        with pytest.raises(Wrong):
            typed(fields[name], text)


def test_only_what_was_typed_changes() -> None:
    before = {"amount": "1.00", "count": None, "lines": [Decimal("1.10")]}
    fields = fields_of(SCHEMA, before)
    texts = {field.name: written(before.get(field.name)) for field in fields} | {"amount": "2.00"}
    assert collected(fields, texts, before) == {**before, "amount": "2.00"}


def test_the_engines_words_go_to_their_field() -> None:
    fields = fields_of(SCHEMA, {})
    assert fault_at("Not accepted: amount: 'x' does not match", fields) == ("amount", "'x' does not match")
    assert fault_at("Not accepted: lines[0].n: is wrong", fields)[0] == "lines"
    assert fault_at("Not accepted: Policy refuses it.", fields) == ("", "Policy refuses it.")


def test_only_one_rule_and_tool_and_what_can_be_undone_goes_together() -> None:
    assert why_not([item(1), item(2)]) == ""
    for other in (
        item(2, about="x"),
        item(2, tool="x"),
        item(2, irreversible=True),
        item(2, kind="doubt"),
        item(2, tier=4),
    ):
        assert why_not([item(1), other])


def test_a_filter_finds_agent_case_and_rule() -> None:
    assert matches(item(7), "inv-7")
    assert matches(item(7), "above clerk")
    assert not matches(item(7), "nobody")


def test_rows_are_a_sound_model(qtmodeltester: object) -> None:
    rows = InboxRows()
    rows.show(by_risk(in_order(many(50))))
    qtmodeltester.check(rows)  # type: ignore[attr-defined]
    first = rows.row(0)
    assert first is not None
    rows.told([first.item], {first.item.id: Headline("Pay it", True)})
    assert rows.items()[0] == first.item
    assert str(rows.data(rows.index(0))).startswith("High risk. Approval: Pay it.")
    rows.show(by_risk(in_order(many(50))))
    assert str(rows.data(rows.index(0))).startswith("High risk. Approval: Pay it.")


def test_decisions_are_grouped_by_day() -> None:
    closed = Closed("approval", "a", "r", "c", "t", "rule", 2, False, "approve", "person:ann", True, NOW, None, None,
                    None, "clerk", "v", "canary", "case", "INV", 1)  # fmt: skip
    days = by_day([closed, closed._replace(id="b", at=NOW - 86_400_000_000)], NOW, "UTC")
    assert [(group.title, len(held)) for group, held in days] == [("Today", 1), ("Yesterday", 1)]


def test_what_ended_while_it_was_looked_at_stays_until_one_moves_on() -> None:
    from console.models.inbox_reading import Listed

    shelf, one, two = Shelf(), item(1), item(2)
    shelf.take(Listed([one, two], [], 0, 1), frozenset(), one, "mine")
    assert shelf.take(Listed([two], [], 0, 2), frozenset(), one, "mine")
    assert [i for _, held in shelf.groups("mine", "", NOW, "UTC") for i in held] == [one, two]
    shelf.ghost = None
    shelf.leaving.add(("approval", "ap-2"))
    assert shelf.mine == 0
    assert not shelf.take(Listed([two], [], 0, 3), frozenset({("approval", "ap-2")}), None, "mine")
    assert shelf.mine == 1, "it was taken back meanwhile"


def test_drafts_are_kept_by_thing_and_verb_and_bounded() -> None:
    drafts = Drafts()
    for number in range(150):
        drafts.keep(("approval", str(number)), "reject", f"because {number}")
    assert drafts.text(("approval", "149"), "reject") == "because 149"
    assert drafts.text(("approval", "0"), "reject") == ""
    again = Drafts()
    again.recall(drafts.remember())
    assert again.text(("approval", "149"), "reject") == "because 149"
    again.recall("nonsense")
