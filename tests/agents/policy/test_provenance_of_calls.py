"""What a write as a whole needs: to be asked for, proofs that belong together, and none of them twice."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from agents.policy.authority import FinishedCall, collect
from agents.policy.decide import decide
from agents.policy.provenance import MIXED, NO_SINK, NOT_REQUESTED, SPENT, trace
from agents.policy.requests import Requests
from agents.policy.rules import RuleEffect, load_policy
from agents.tools.tool import Effect, Sink
from tests.agents.policy.builders import FIND, PAY, SUPPLIERS, TEXT, facts, tool
from tests.agents.policy.orders import CASE_SCHEMA, CATALOGUE, EVIL, IBAN, ORDER, call


class TestAWrite:
    CASE: ClassVar = {"amount": "10", "iban": IBAN}
    ARGS: ClassVar = {"amount": "10.00", "iban": IBAN}

    def test_is_proven_once(self) -> None:
        authority = collect(self.CASE, CASE_SCHEMA)
        first = trace(PAY, self.ARGS, authority)
        assert first.unproven == ()
        assert trace(PAY, self.ARGS, authority, spent=set(first.spends)).unproven == (SPENT,)

    def test_must_be_asked_for(self) -> None:
        assert trace(PAY, self.ARGS, collect(self.CASE, CASE_SCHEMA), requested=False).unproven == (NOT_REQUESTED,)

    def test_needs_something_that_can_be_proven(self) -> None:
        bare = tool("post", {"note": TEXT}, Effect.WRITE, sinks=(Sink("note", "text"),))
        assert trace(bare, {"note": "Hello"}, collect({}, None)).unproven == (NO_SINK,)
        assert trace(tool("wipe", {}, Effect.WRITE), {}, collect({}, None)).unproven == (NO_SINK,)

    def test_takes_amount_and_account_from_one_payment(self) -> None:
        case = {
            "payments": [
                {"amount": "10", "iban": IBAN},
                {"amount": "20", "iban": EVIL},
                {"amount": "10", "iban": IBAN},
            ]
        }
        authority = collect(case, CASE_SCHEMA)
        assert trace(PAY, {"amount": "20", "iban": IBAN}, authority).unproven == (MIXED,)
        spent: set[Any] = set()
        for _ in range(2):
            paid = trace(PAY, {"amount": "10", "iban": IBAN}, authority, spent=spent)
            assert paid.unproven == ()
            spent |= set(paid.spends)
        assert trace(PAY, {"amount": "10", "iban": IBAN}, authority, spent=spent).unproven == (SPENT,)

    def test_a_record_read_twice_is_not_twice_the_authority(self) -> None:
        case, spent = {"order_id": "PO-1"}, set()
        first = trace(PAY, {"amount": "99.5", "iban": IBAN}, collect(case, CASE_SCHEMA, [ORDER, CATALOGUE]))
        assert first.unproven == ()
        spent |= set(first.spends)
        again = [
            ORDER,
            CATALOGUE,
            call(8, FIND, ORDER.result, order_id="PO-1"),
            call(9, SUPPLIERS, CATALOGUE.result),
        ]
        assert trace(
            PAY, {"amount": "99.5", "iban": IBAN}, collect(case, CASE_SCHEMA, again), spent=spent
        ).unproven == (SPENT,)

    def test_a_value_proven_in_two_places_is_spent_once(self) -> None:
        case = {**self.CASE, "words": f"Pay EUR 10 to {IBAN}"}
        authority = collect(case, CASE_SCHEMA)
        first = trace(PAY, self.ARGS, authority)
        assert first.unproven == ()
        assert trace(PAY, self.ARGS, authority, spent=set(first.spends)).unproven == (SPENT,)

    def test_a_read_needs_no_request(self) -> None:
        assert trace(FIND, {}, collect({}, None), requested=False).unproven == ()


def test_a_case_asks_in_the_words_that_the_tool_declares() -> None:
    spec = tool("send", {}, Effect.WRITE, requested_by='folded(case.words).contains("send")')
    requests = Requests({"send": spec, "pay": PAY}, CASE_SCHEMA)
    assert requests.asked("send", {"words": "Please SEND it"})
    assert not requests.asked("send", {"words": "Please read it"})
    assert not requests.asked("send", {})
    assert requests.asked("pay", {})


@given(st.permutations([ORDER, CATALOGUE, call(5, FIND, {"order_id": "PO-9", "supplier_id": "S-8", "total": 1})]))
def test_the_order_of_calls_does_not_matter(calls: list[FinishedCall]) -> None:
    authority = collect({"order_id": "PO-1"}, CASE_SCHEMA, calls)
    proven = {iban: bool(authority.of("iban", iban)) for iban in (IBAN, EVIL)}
    assert proven == {IBAN: True, EVIL: False}


def decisions(*writes: dict[str, Any]) -> list[tuple[Any, str]]:
    """Judge writes one after the other, as a run does; only what is allowed runs and spends."""
    policy = load_policy("format: 1\nrules: [{id: proven, effect: allow, because: So., when: size(unproven) == 0}]")
    authority = collect({"order_id": "PO-1"}, CASE_SCHEMA, [ORDER, CATALOGUE])
    spent: set[Any] = set()
    found = []
    for args in writes:
        provenance = trace(PAY, args, authority, spent=spent)
        decision = decide(policy, facts(PAY, args=args, unproven=provenance.unproven))
        spent |= set(provenance.spends) if decision.effect is RuleEffect.ALLOW else set()
        found.append((decision.effect, args["iban"]))
    return found


def test_a_hijack_that_comes_first_is_decided_as_one_that_comes_last() -> None:
    asked_for, hijack = {"amount": "99.50", "iban": IBAN}, {"amount": "99.50", "iban": EVIL}
    expected = {(RuleEffect.ALLOW, IBAN), (RuleEffect.ASK, EVIL)}
    assert set(decisions(asked_for, hijack)) == set(decisions(hijack, asked_for)) == expected
