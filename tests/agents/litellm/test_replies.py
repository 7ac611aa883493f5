"""The litellm model over real HTTP on loopback, against an endpoint that is scripted per request."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from agents.models.model import (
    CallResult,
    ProposedCall,
    Reply,
    ResultStatus,
    Turn,
    Usage,
)
from agents.models.prices import Price
from tests.agents.litellm.asking import PROMPT, SECRET, model
from tests.wire.openai_endpoint import (
    Answer,
    OpenAIEndpoint,
    calls,
    piece,
    says,
)
from tests.wire.openai_endpoint import usage as usage_object

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("stream", [True, False])
async def test_text_arrives_in_pieces_and_as_a_whole_with_tokens_and_cost(stream: bool) -> None:
    heard: list[str] = []
    with OpenAIEndpoint([says("Hel", "lo", " there", tokens=(1_000_000, 10))]) as endpoint:
        reply = await model(endpoint, stream=stream).reply(PROMPT, heard.append)
    assert reply.text == "Hello there"
    assert heard == (["Hel", "lo", " there"] if stream else ["Hello there"])
    # gpt-4o-mini in the bundled list: 0.15 and 0.60 dollars per million tokens.
    assert reply.usage == Usage(1_000_000, 10, 150_006)
    assert reply.model == "openai/gpt-4o-mini"
    sent = endpoint.received[0]
    assert sent.headers["authorization"] == f"Bearer {SECRET}"
    assert sent.path == "/v1/chat/completions"
    assert [tool["function"]["name"] for tool in sent.body["tools"]] == ["erp_find", "book"]


@pytest.mark.parametrize("stream", [True, False])
async def test_parallel_calls_are_assembled_from_interleaved_pieces(stream: bool) -> None:
    first, second = '{"id": "Ä-1"}', '{"id": "B-2", "deep": {"x": [1, 2]}}'
    pieces = [piece(0, id="a", name="erp_find"), piece(1, id="b", name="book")]
    for one, other in zip(first.ljust(len(second)), second, strict=True):
        pieces += [piece(0, arguments=one), piece(1, arguments=other)]
    with OpenAIEndpoint([calls(*pieces)]) as endpoint:
        reply = await model(endpoint, stream=stream).reply(PROMPT)
    assert [(call.id, call.tool) for call in reply.calls] == [("a", "erp.find"), ("b", "book")]
    assert [call.arguments.decode().strip() for call in reply.calls] == [first, second]


async def test_malformed_arguments_pass_untouched_and_none_at_all_are_an_empty_object() -> None:
    pieces = [
        piece(0, id="a", name="book", arguments='{"amount": 12,'),
        piece(1, id="b", name="book", arguments="not json"),
        piece(2, id="c", name="book"),
        piece(3, id="d", name="unknown tool!", arguments="{}"),
    ]
    with OpenAIEndpoint([calls(*pieces)]) as endpoint:
        reply = await model(endpoint).reply(PROMPT)
    assert [call.arguments for call in reply.calls] == [b'{"amount": 12,', b"not json", b"{}", b"{}"]
    assert reply.calls[3].tool == "unknown tool!"


async def test_missing_and_repeated_ids_become_unique_in_the_run() -> None:
    pieces = [
        piece(0, name="book", arguments="{}"),
        piece(1, id="call_0", name="book", arguments="{}"),
        piece(1, id="call_x", name="erp_find", arguments="{}"),  # a second call at an index already used
    ]
    before = Reply(calls=(ProposedCall("call_0", "book", b"{}"),))
    turn = Turn(before, (CallResult(before.calls[0], ResultStatus.OK, {}),))
    with OpenAIEndpoint([calls(*pieces)]) as endpoint:
        reply = await model(endpoint).reply(replace(PROMPT, turns=(turn,)))
    assert [call.id for call in reply.calls] == ["call_1_0", "call_0_2", "call_x"]


@pytest.mark.parametrize(
    ("changes", "answer", "expected"),
    [
        ({"model": "openai/of-our-own"}, says("a"), Usage(10, 5, None)),
        (
            {"model": "openai/of-our-own", "price": Price(Decimal("0.1"), Decimal(2))},
            says("a"),
            Usage(10, 5, 11),
        ),
        ({"price": Price(Decimal(0), Decimal(0))}, says("a"), Usage(10, 5, 0)),
        (
            {},
            replace(says("a"), usage=usage_object(1000, 0, prompt_tokens_details={"cached_tokens": 800})),
            Usage(1000, 0, 90),
        ),
        ({"stream": False}, says("a", tokens=None), Usage(0, 0, None)),
    ],
    ids=["unknown price", "own price", "free", "cached tokens", "no usage"],
)
async def test_cost_is_exact_or_unknown_but_never_zero_by_default(
    changes: dict[str, Any], answer: Answer, expected: Usage
) -> None:
    with OpenAIEndpoint([answer]) as endpoint:
        assert (await model(endpoint, **changes).reply(PROMPT)).usage == expected


async def test_tokens_that_litellm_guessed_have_no_cost() -> None:
    with OpenAIEndpoint([says("Hello", tokens=None)]) as endpoint:
        usage = (await model(endpoint).reply(PROMPT)).usage
    assert usage.tokens_in > 0
    assert usage.cost_micros is None
