"""What holds for the provenance of any value: parts, kinds, spellings, texts."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from agents.policy.authority import collect
from agents.policy.kinds import normalised
from agents.policy.provenance import origins
from agents.tools.tool import Sink
from tests.agents.policy.orders import CASE_SCHEMA

KINDS = ["amount", "currency", "iban", "email", "url", "phone", "password", "name", "id:order", "id:file"]
TOKENS = st.text("abcXYZ0123456789-@.", min_size=1, max_size=12)


@given(TOKENS, TOKENS, st.sampled_from(KINDS))
def test_a_part_never_proves_the_whole_nor_the_whole_its_part(value: str, more: str, kind: str) -> None:
    schema = {"type": "object", "properties": {"it": {"type": "string", "x-kind": kind}}}
    for known, asked in itertools.permutations((value, value + more, more + value), 2):
        assume(normalised(kind, known) != normalised(kind, asked))
        assert not origins({"it": asked}, [Sink("it", kind)], collect({"it": known}, schema))[0].proven


@given(TOKENS, st.sampled_from(list(itertools.permutations(KINDS, 2))))
def test_one_kind_never_proves_another(value: str, kinds: tuple[str, str]) -> None:
    schema = {"type": "object", "properties": {"it": {"type": "string", "x-kind": kinds[0]}}}
    assert not origins({"it": value}, [Sink("it", kinds[1])], collect({"it": value}, schema))[0].proven


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["plain", "comma", "point", "float", "zeros"]))
def test_the_usual_spellings_of_an_amount_are_one(amount: Any, spelling: str) -> None:
    english = f"{amount:,.2f}"
    written = {
        "plain": str(amount),
        "comma": english,
        "point": english.translate(str.maketrans(",.", ".,")),
        "float": float(amount),
        "zeros": f"{amount}000",
    }[spelling]
    assert normalised("amount", written) == normalised("amount", amount)


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    authority = collect({"words": text}, CASE_SCHEMA)
    origins({"note": text}, [Sink("note", "text")], authority)
    for kind in KINDS:
        normalised(kind, text)
