"""Times, money and long values in few words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cli.brief import in_brief, shortened
from agents.cli.editing import edited_arguments
from agents.cli.words import cost, duration, offset
from storage.errors import BadInput

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("us", "said"),
    [(900, "0.9 ms"), (340_000, "340 ms"), (2_400_000, "2.4 s"), (185_000_000, "3 min 5 s"),
     (2 * 86_400_000_000 + 4 * 3_600_000_000, "2 d 4 h")],
)  # fmt: skip
def test_durations(us: int, said: str) -> None:
    assert duration(us) == said


def test_offsets_and_costs() -> None:
    assert offset(12_000) == "+0.012 s"
    assert cost(4_200, partial=False) == "0.0042 USD"
    assert cost(0, partial=True) == "≥ 0.00 USD"


@given(json_values, st.integers(5, 200))
def test_a_value_in_brief_is_one_line_of_the_length_asked_for(value: object, most: int) -> None:
    said = in_brief(value, most)
    assert len(said) <= most
    assert "\n" not in said


@given(st.text(), st.integers(1, 50))
def test_shortened_text_says_that_it_was_shortened(text: str, most: int) -> None:
    said = shortened(text, most)
    assert said == " ".join(text.split()) or said.endswith("…")


def test_a_text_stays_a_text_when_it_is_set() -> None:
    given_ = {"amount": "1125.00", "count": 1}
    assert edited_arguments(given_, ["amount=900.00", "count=2"], None) == {"amount": "900.00", "count": 2}
    assert edited_arguments(given_, ['more={"a": 1}'], None)["more"] == {"a": 1}
    with pytest.raises(BadInput):
        edited_arguments(given_, ["amount"], None)


def test_brief_keeps_decimals() -> None:
    value = json.loads('{"amount": 1.10}', parse_float=str)
    assert in_brief(value) == "amount 1.10"
