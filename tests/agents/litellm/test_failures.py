"""What fails is named, tried again within bounds, and never passes for a reply."""

from __future__ import annotations

import asyncio
import socket
import sys
import traceback
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from agents.models.litellm_model import LiteLLMModel
from agents.models.model import (
    Usage,
)
from agents.models.retries import Retries
from agents.models.routing import Route
from tests.agents.litellm.asking import NOW, ONCE, PROMPT, SECRET, FakeTime, failed, model
from tests.wire.openai_endpoint import (
    Answer,
    Ending,
    OpenAIEndpoint,
    fails,
    says,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("answer", "category", "transient"),
    [
        (fails(401, f"bad key {SECRET}"), "refused_credentials", False),
        (fails(403), "refused_credentials", False),
        (fails(402), "refused_credentials", False),
        (fails(429), "rate_limit", True),
        (fails(429, "You exceeded your current quota", code="insufficient_quota"), "rate_limit", False),
        (fails(500), "overloaded", True),
        (fails(503), "overloaded", True),
        (fails(529), "overloaded", True),
        (fails(404, "no such model"), "bad_request", False),
        (fails(400, "bad parameter"), "bad_request", False),
        (fails(400, "maximum context length is 10 tokens"), "bad_request", False),
        (fails(413), "bad_request", False),
        (says(), "empty_reply", True),
        (says(" ", "\n"), "empty_reply", True),
        (replace(says("x"), choices=False), "empty_reply", True),
        (says("half of it", finish="length"), "empty_reply", False),
        (says("half of it", finish="content_filter"), "empty_reply", False),
    ],
)
async def test_every_failure_has_a_category_and_keeps_the_secret(
    answer: Answer, category: str, transient: bool, stream: bool
) -> None:
    with OpenAIEndpoint([answer]) as endpoint:
        failure = await failed(model(endpoint, stream=stream, retries=ONCE))
    assert (failure.category, failure.transient) == (category, transient)
    assert failure.hint
    assert "127.0.0.1" in failure.message
    assert failure.__cause__ is None
    assert failure.__context__ is None
    assert SECRET not in "".join(traceback.format_exception(failure))


async def test_a_context_that_is_too_long_says_so() -> None:
    answer = fails(400, "This model's maximum context length is 10 tokens.", code="context_length_exceeded")
    with OpenAIEndpoint([answer]) as endpoint:
        assert "too long" in str(await failed(model(endpoint)))
        assert len(endpoint.received) == 1


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.QUIET])
async def test_a_stream_that_breaks_off_is_never_a_reply(ending: Ending) -> None:
    cut = replace(says("Pay the", " invoice"), finish=None, ending=ending)
    with OpenAIEndpoint([cut]) as endpoint:
        failure = await failed(model(endpoint, retries=ONCE))
    assert (failure.category, failure.transient) == ("cut_stream", True)
    assert failure.usage.cost_micros is None


async def test_after_a_cut_stream_the_whole_answer_is_asked_again_and_the_cost_stays_unknown() -> None:
    cut = replace(says("Pay the"), finish=None, ending=Ending.CUT)
    heard: list[str] = []
    with OpenAIEndpoint([cut, says("Pay", " all")]) as endpoint:
        reply = await model(endpoint).reply(PROMPT, heard.append)
    assert reply.text == "Pay all"
    assert heard == ["Pay the", "Pay", " all"]
    assert reply.usage == Usage(10, 5, None)


async def test_an_answer_that_is_not_json_is_transient() -> None:
    with OpenAIEndpoint([Answer(body=b"{not json")]) as endpoint:
        failure = await failed(model(endpoint, stream=False, retries=ONCE))
    assert (failure.category, failure.transient) == ("cut_stream", True)


async def test_a_refused_connection_is_unreachable_and_tried_within_bounds() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can answer there
        time = FakeTime()
        address = f"http://127.0.0.1:{held.getsockname()[1]}/v1"
        nowhere = Route("main", "openai/x", address, credential="main")
        asked = LiteLLMModel(nowhere, lambda: SECRET, retries=Retries(attempts=3), clock=time.clock())
        failure = await failed(asked)
    assert (failure.category, failure.transient) == ("unreachable", True)
    assert time.slept == [0.5, 1.0]


async def test_an_import_error_inside_litellm_is_not_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    # What happens where `mcp` is not installed: litellm imports this at each call with tools.
    monkeypatch.setitem(sys.modules, "litellm.responses.mcp.chat_completions_handler", None)
    time = FakeTime()
    with OpenAIEndpoint() as endpoint:
        failure = await failed(model(endpoint, time))
    assert (failure.category, failure.transient) == ("bad_request", False)
    assert "install" in str(failure)
    assert time.slept == []


async def test_retry_after_in_seconds_and_as_a_date_is_honoured() -> None:
    date = format_datetime(NOW + timedelta(seconds=9), usegmt=True)
    time = FakeTime()
    script = [fails(429, retry_after="2"), fails(503, retry_after=date), fails(500), says("done")]
    with OpenAIEndpoint(script) as endpoint:
        reply = await model(endpoint, time).reply(PROMPT)
    assert reply.text == "done"
    assert time.slept == [2.0, 7.0, 2.0]  # 9 s after NOW, of which 2 have passed; then our own doubling
    assert reply.usage == Usage(10, 5, 5)  # a refused request costs nothing (4.5 rounded)


async def test_a_wait_beyond_the_total_is_handed_back_to_the_caller() -> None:
    time = FakeTime()
    with OpenAIEndpoint([fails(429, retry_after="3600")]) as endpoint:
        failure = await failed(model(endpoint, time, retries=Retries(total_s=60)))
    assert failure.retry_after_s == 3600
    assert "It asks to wait 60 min." in str(failure)
    assert failure.transient
    assert time.slept == []


async def test_attempts_are_bounded_and_litellm_adds_none() -> None:
    with OpenAIEndpoint([fails(500)] * 9) as endpoint:
        await failed(model(endpoint, retries=Retries(attempts=3)))
        assert len(endpoint.received) == 3


async def test_a_silent_server_times_out() -> None:
    silent = Answer(deltas=({"content": "a"},), finish=None, ending=Ending.HANG)
    with OpenAIEndpoint([silent]) as endpoint:
        failure = await failed(model(endpoint, retries=ONCE, timeout_s=0.2))
        assert await asyncio.to_thread(endpoint.client_left.wait, 5)
    assert (failure.category, failure.transient) == ("cut_stream", True)


async def test_cancelling_closes_the_connection_and_passes_through() -> None:
    hanging = Answer(deltas=({"content": "a"},), finish=None, ending=Ending.HANG)
    heard = asyncio.Event()
    with OpenAIEndpoint([hanging]) as endpoint:
        task = asyncio.create_task(model(endpoint).reply(PROMPT, lambda text: heard.set()))
        await asyncio.wait_for(heard.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(endpoint.client_left.wait, 1)
        assert len(endpoint.received) == 1


async def test_a_fault_of_the_listener_is_its_own_and_closes_the_connection() -> None:
    def broken(text: str) -> None:
        raise ZeroDivisionError("the listener's own fault")

    hanging = Answer(deltas=({"content": "a"},), finish=None, ending=Ending.HANG)
    with OpenAIEndpoint([hanging]) as endpoint:
        with pytest.raises(ZeroDivisionError):
            await model(endpoint).reply(PROMPT, broken)
        assert await asyncio.to_thread(endpoint.client_left.wait, 1)
