"""Waiting, pricing and falling back, without any network."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.models.fallback import FallbackModel
from agents.models.model import ModelFailed, OnChunk, Prompt, Reply, Usage
from agents.models.prices import Price, Tokens, cost_by_entry, cost_by_price, entry_for, together
from agents.models.retries import Retries, retry_after_seconds, wait_before_next

PROMPT = Prompt("run-1", "", {}, ())


def failure(category: str = "overloaded", *, transient: bool = True, wait_s: float | None = None) -> ModelFailed:
    return ModelFailed("It failed.", category=category, transient=transient, retry_after_s=wait_s)


@given(st.integers(1, 50), st.floats(0, 1), st.floats(0, 1000), st.none() | st.floats(0, 5000))
def test_waiting_never_passes_its_bounds(attempt: int, jitter: float, elapsed_s: float, asked_s: float | None) -> None:
    retries = Retries(attempts=5, total_s=60, first_wait_s=0.5, longest_wait_s=8)
    wait_s = wait_before_next(failure(wait_s=asked_s), retries, attempt, elapsed_s, jitter)
    if wait_s is not None:
        assert attempt < 5
        assert elapsed_s + wait_s < 60
        assert wait_s == asked_s if asked_s is not None else 0.25 <= wait_s <= 8
    assert wait_before_next(failure(transient=False), retries, attempt, elapsed_s, jitter) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu Jan  1 00:01:40 1970", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("Thu, 99 Jan 1970 00:00:01 GMT", None),
    ],
)
def test_a_retry_after_header_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, now=10.0) == seconds


ENTRY = {
    "litellm_provider": "gemini",
    "input_cost_per_token": 1.25e-06,
    "input_cost_per_token_above_200k_tokens": 2.5e-06,
    "output_cost_per_token": 1e-05,
    "output_cost_per_token_above_200k_tokens": 1.5e-05,
    "cache_read_input_token_cost": 1.25e-07,
}


@pytest.mark.parametrize(
    ("tokens", "micros"),
    [
        (Tokens(1000, 100), 2250),
        (Tokens(200_000, 0), 250_000),
        (Tokens(300_000, 10), 750_150),
        (Tokens(1000, 0, cached=1000), 125),
        (Tokens(1000, 0, cache_writes=1000), 1250),
    ],
)
def test_a_price_list_entry_gives_exact_micro_dollars(tokens: Tokens, micros: int) -> None:
    assert cost_by_entry(ENTRY, tokens) == micros


def test_what_has_no_plain_price_has_no_cost() -> None:
    assert cost_by_entry({"output_cost_per_token": 1e-06}, Tokens(1, 1)) is None
    assert cost_by_entry({**ENTRY, "tiered_pricing": [{}]}, Tokens(1, 1)) is None
    assert cost_by_entry({}, Tokens(1, 1)) is None


def test_a_price_of_ones_own_is_dollars_per_million() -> None:
    assert cost_by_price(Price(Decimal("0.15"), Decimal("0.6")), Tokens(10, 5)) == 5  # 4.5, rounded half up


def test_an_entry_is_taken_only_from_the_same_provider() -> None:
    prices = {"gemini-x": ENTRY, "mistral/large": {"litellm_provider": "mistral"}}
    assert entry_for(prices, "gemini/gemini-x", "gemini") is ENTRY
    assert entry_for(prices, "hosted_vllm/gemini-x", "hosted_vllm") is None
    assert entry_for(prices, "mistral/large", "mistral") == {"litellm_provider": "mistral"}
    assert entry_for(prices, "openai/none", "openai") is None


def test_an_unknown_part_makes_the_sum_unknown() -> None:
    assert together(Usage(1, 2, 3), Usage(1, 2, 3)) == Usage(2, 4, 6)
    assert together(Usage(1, 2, None), Usage(1, 2, 3)) == Usage(2, 4, None)


class Answering:
    """A model that answers with what it was given."""

    def __init__(self, name: str, answer: Reply | ModelFailed) -> None:
        self.name, self.remote, self.asked, self._answer = name, True, 0, answer

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        self.asked += 1
        if isinstance(self._answer, ModelFailed):
            raise self._answer
        return self._answer


async def test_the_next_model_answers_where_the_first_is_not_there() -> None:
    broken = failure("unreachable")
    broken.usage = Usage(1, 0, None)
    models = [Answering("a", broken), Answering("b", Reply("yes", usage=Usage(2, 3, 4), model="b"))]
    fallback = FallbackModel(models)
    assert await fallback.reply(PROMPT) == Reply("yes", usage=Usage(3, 3, None), model="b")
    assert (fallback.name, fallback.remote) == ("a", True)


@pytest.mark.parametrize("category", ["bad_request", "empty_reply"])
async def test_a_fault_of_the_request_is_not_offered_to_another_model(category: str) -> None:
    second = Answering("b", Reply("yes"))
    with pytest.raises(ModelFailed):
        await FallbackModel([Answering("a", failure(category)), second]).reply(PROMPT)
    assert second.asked == 0


async def test_when_all_fail_the_last_failure_carries_what_was_spent() -> None:
    first, last = failure("overloaded"), failure("rate_limit")
    first.usage, last.usage = Usage(1, 1, 1), Usage(2, 2, 2)
    with pytest.raises(ModelFailed) as caught:
        await FallbackModel([Answering("a", first), Answering("b", last)]).reply(PROMPT)
    assert caught.value is last
    assert last.usage == Usage(3, 3, 3)
