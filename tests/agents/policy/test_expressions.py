"""Each trap of CEL has its test: what is wrong is said when saved, what fails later is a value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policy.declarations import Declarations, Kind, OneOf, Schema
from agents.policy.expressions import (
    EvaluationError,
    bind,
    compile_condition,
    compile_expression,
)
from agents.policy.faults import ExpressionError
from agents.policy.preparing import prepare

CASE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "orderId": {"type": "string"},
        "amount": {"type": "number"},
        "count": {"type": "integer"},
        "vip": {"type": ["boolean", "null"]},
        "status": {"enum": ["open", "closed"]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "by_item": {"type": "object", "additionalProperties": {"$ref": "#/$defs/line"}},
        "anything": {},
    },
    "additionalProperties": False,
    "$defs": {
        "line": {
            "type": "object",
            "properties": {
                "price": {"type": "string"},
                "quantity": {"type": "integer"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/line"}},
            },
        }
    },
}
DECLARED = Declarations(
    {
        "case": Schema(CASE),
        "tool": OneOf(("book", "find")),
        "hour": Kind.INT,
        "labels": Kind.STRINGS,
        "item": Kind.ANY,
    }
)


def value(text: str, **bindings: Any) -> Any:
    return compile_expression(text, DECLARED).evaluate(bindings)


@pytest.mark.parametrize(
    ("text", "reason", "hint", "column"),
    [
        ("case.order_idd == 'x'", "`case` has no field `order_idd`", "`order_id`", 6),
        ("case.lines.exists(l, l.prize == '1')", "`case.lines[]` has no field `prize`", "`price`", 24),
        ("case.lines.all(l, l.parts.all(p, p.pric == ''))", "has no field `pric`", "`price`", 36),
        ("case.by_item['a'].quantiti > 1", "has no field `quantiti`", "`quantity`", 19),
        ("toool == 'book'", "Nothing is called `toool`", "`tool`", 1),
        ("case.amount > 10", "`>` cannot be used with a decimal number and a whole number", "10.0", None),
        ("case.order_id == null", "a text and null", "has(", None),
        ("case['order_id'] == 'x'", "in brackets", ".name", None),
        ("tool == 'boook'", 'This can never be "boook"', '"book"', 9),
        ("tool in ['find', 'boook']", 'This can never be "boook"', '"book"', 18),
        ("case.status == 'opn'", 'This can never be "opn"', '"open"', 16),
        ("tool ==", "ends too early", "", 8),
        ("case.order_id", "must be true or false", "", 1),
        ("money(tool, hour) > 1", "takes other arguments", "", None),
        ("", "is empty", "", 1),
    ],
)
def test_a_wrong_expression_is_refused_with_the_place_and_the_nearest_name(
    text: str, reason: str, hint: str, column: int | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition(text, DECLARED)
    assert reason in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "t.Case" not in str(caught.value)
    assert "INVALID_ARGUMENT" not in str(caught.value)
    if column is not None:
        assert caught.value.column == column
        assert caught.value.message.splitlines()[-1] == "  " + " " * (column - 1) + "^"


def test_the_pointer_stands_under_the_right_line_of_a_long_condition() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition("tool == 'book' &&\n  case.cuont > 1", DECLARED)
    assert caught.value.line == 2
    assert caught.value.message.splitlines()[-2:] == ["    case.cuont > 1", "         ^"]


def test_numbers_have_the_type_that_the_schema_says() -> None:
    case = {"amount": 5, "count": 3.0}
    assert value("case.amount + 0.5 == 5.5", case=case) is True
    assert value("case.count + 1 == 4", case=case) is True
    assert value("case.amount > 4.9", case={"amount": Decimal("5")}) is True


def test_null_is_as_good_as_absent() -> None:
    assert value("has(case.vip)", case={"vip": None}) is False
    assert value("has(case.lines[0].quantity)", case={"lines": [{"quantity": None}]}) is False


def test_a_missing_amount_is_an_error_and_not_zero() -> None:
    missing = value("case.amount < 10.0", case={})
    assert isinstance(missing, EvaluationError)
    assert "amount" in missing.reason


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("1 / hour == 1", {"hour": 0}),
        ("tool == 'book'", {}),
        ("item.a == 1", {"item": None}),
        ("money(case.order_id) > 1", {"case": {"order_id": "1.000,00"}}),
        ("case.count > 1", {"case": {"count": 2**70}}),
        ("item == 'x'", {"item": "\ud800"}),
        ("item.exists(a, item.exists(b, a + b == -1))", {"item": list(range(300))}),
        ("sum(item) > 1", {"item": [1, "2"]}),
        ("item", {"item": "not a truth"}),
    ],
)
def test_what_cannot_be_evaluated_is_an_error_value(text: str, bindings: dict[str, Any]) -> None:
    assert isinstance(compile_condition(text, DECLARED).holds(bindings), EvaluationError)


def test_the_iteration_budget_is_an_error_and_the_expression_works_again_afterwards() -> None:
    expression = compile_condition("item.exists(a, item.exists(b, a + b == -1))", DECLARED)
    assert isinstance(expression.holds({"item": list(range(500))}), EvaluationError)
    assert expression.holds({"item": [1, -2]}) is True


def test_one_binding_serves_several_expressions() -> None:
    bound = bind({"hour": 3, "labels": ("pii",)}, DECLARED.environment)
    assert compile_condition("hour < 6", DECLARED).holds(bound) is True
    assert compile_condition("'pii' in labels", DECLARED).holds(bound) is True


@pytest.mark.parametrize(
    "text",
    [
        "money('12.50') == 12500000",
        "money(case.amount) == money('0.1') + money('0.2')",
        "sum(case.lines.map(l, money(l.price))) == money('3.35')",
        "sum([1.5, 2.5]) == 4.0",
        "day('2026-03-01T23:59:00+01:00') == day('2026-03-01')",
        "days_between('2026-02-27', '2026-03-01') == 2",
        "folded('  Crème  BRÛLÉE') == folded('creme brulee')",
    ],
)
def test_functions(text: str) -> None:
    case = {"amount": Decimal("0.3"), "lines": [{"price": "1.10"}, {"price": "2.25"}]}
    assert compile_condition(text, DECLARED).holds({"case": case}) is True


def test_a_sum_of_texts_is_refused_when_saved() -> None:
    with pytest.raises(ExpressionError, match=r"sum\(\)"):
        compile_condition("sum(case.lines.map(l, l.price)) > 1", DECLARED)


def test_a_schema_that_refers_to_itself_and_one_with_odd_names_compile() -> None:
    odd: dict[str, Any] = {
        "type": "object",
        "properties": {
            "content-type": {"type": "string"},
            "in": {"type": "string"},
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "nested": {
                "anyOf": [
                    {"type": "array", "items": {"$ref": "#"}},
                    {"type": "array", "items": {"type": "object", "properties": {"a": {"$ref": "#"}}}},
                ]
            },
        },
    }
    declared = Declarations({"case": Schema(odd)})
    assert compile_condition("case.next.next.either == 'x'", declared).result == "BOOL"
    with pytest.raises(ExpressionError):
        compile_condition("case.next.nxt.either == 'x'", declared)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_no_value_whatever_makes_evaluation_raise(case: Any) -> None:
    for text in ("case.amount > 1.0", "has(case.vip) && case.vip", "case.lines.exists(l, l.quantity > 1)"):
        assert isinstance(compile_condition(text, DECLARED).holds({"case": case}), bool | EvaluationError)


@given(JSON)
def test_prepared_values_hold_no_null_member_and_no_decimal(anything: Any) -> None:
    def clean(found: Any) -> bool:
        if isinstance(found, dict):
            return all(member is not None and clean(member) for member in found.values())
        return all(map(clean, found)) if isinstance(found, list) else not isinstance(found, Decimal)

    assert clean(prepare(anything, CASE))
