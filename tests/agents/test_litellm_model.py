"""The litellm model over real HTTP on loopback, against an endpoint that is scripted per request."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
import pytest_asyncio

from agents.models.litellm_model import LiteLLMModel, close_connections
from agents.models.model import (
    CallResult,
    ModelFailed,
    Prompt,
    ProposedCall,
    Reply,
    ResultStatus,
    Turn,
    Usage,
)
from agents.models.prices import Price
from agents.models.retries import Clock, Retries
from agents.models.routing import Route
from agents.tools.tool import ToolSpec
from storage.errors import CredentialError
from tests.wire.openai_endpoint import (
    Answer,
    Ending,
    OpenAIEndpoint,
    calls,
    fails,
    piece,
    says,
)
from tests.wire.openai_endpoint import usage as usage_object

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "sk-canary-7d1f0a-do-not-leak"
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class FakeTime:
    """A clock that moves only when someone sleeps on it."""

    elapsed: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds

    def clock(self) -> Clock:
        return Clock(self.sleep, lambda: self.elapsed, lambda: NOW.timestamp() + self.elapsed, lambda: 1.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def one_loop() -> AsyncIterator[None]:
    """One long-lived loop, as in the engine; its worker threads exist before a test counts threads."""
    width = 4
    executor = ThreadPoolExecutor(width)
    asyncio.get_running_loop().set_default_executor(executor)
    together = threading.Barrier(width)
    await asyncio.gather(*(asyncio.to_thread(together.wait) for _ in range(width)))
    yield
    await close_connections()


def route(endpoint: OpenAIEndpoint, **changes: Any) -> Route:
    made = Route("main", "openai/gpt-4o-mini", endpoint.url, credential="main", timeout_s=10)
    return replace(made, **changes)


def model(endpoint: OpenAIEndpoint, time: FakeTime | None = None, **changes: Any) -> LiteLLMModel:
    """A model at the endpoint that never waits."""
    retries = changes.pop("retries", Retries())
    clock = (time or FakeTime()).clock()
    return LiteLLMModel(route(endpoint, **changes), lambda: SECRET, retries=retries, clock=clock)


ONCE = Retries(attempts=1)
TOOL = ToolSpec("erp.find", "Find an order.", {"type": "object", "properties": {"id": {"type": "string"}}})
PROMPT = Prompt("run-1", "Match invoices.", {"invoice": "A-1"}, (TOOL, replace(TOOL, name="book")))


async def failed(asked: LiteLLMModel) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await asked.reply(PROMPT)
    return caught.value


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


async def test_a_missing_or_unreadable_credential_sends_nothing() -> None:
    def locked() -> str | None:
        raise CredentialError("The keyring is locked.")

    with OpenAIEndpoint() as endpoint:
        for getter in (None, lambda: None, locked):
            failure = await failed(LiteLLMModel(route(endpoint), getter, clock=FakeTime().clock()))
            assert (failure.category, failure.transient) == ("refused_credentials", False)
            assert "'main'" in str(failure)
        assert endpoint.received == []


async def test_an_endpoint_without_a_key_is_not_sent_one_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with OpenAIEndpoint([says("a")]) as endpoint:
        await LiteLLMModel(route(endpoint, credential=None)).reply(PROMPT)
        assert SECRET not in json.dumps(dict(endpoint.received[0].headers))


@pytest.fixture
def contacted(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Every address that this process connects to or looks up."""
    seen: set[Any] = set()
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        seen.add(address)
        return connect(self, address)

    def connecting_ex(self: socket.socket, address: Any) -> int:
        seen.add(address)
        return connect_ex(self, address)

    def looking_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        seen.add((host, port))
        return look_up(host, port, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket.socket, "connect_ex", connecting_ex)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return seen


async def test_nothing_but_the_endpoint_is_contacted(contacted: set[Any]) -> None:
    script = [fails(500), says("a", tokens=None), calls(piece(0, id="a", name="book", arguments="{}"))]
    with OpenAIEndpoint(script) as endpoint:
        for _ in range(2):
            await model(endpoint).reply(PROMPT)
        assert {address[:2] for address in contacted} == {("127.0.0.1", endpoint.port)}


async def test_the_secret_is_in_no_log_output_repr_or_environment(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before = dict(os.environ)
    caplog.set_level(logging.DEBUG)
    script = [fails(401, f"Incorrect API key provided: {SECRET}"), says("a"), fails(500, f"echo {SECRET}")]
    with OpenAIEndpoint(script) as endpoint:
        asked = model(endpoint, retries=ONCE)
        shown = [repr(await failed(asked)), repr(await asked.reply(PROMPT)), repr(await failed(asked))]
        shown += [repr(asked), repr(vars(asked))]
    out, err = capfd.readouterr()
    records = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert SECRET not in "".join([out, err, *records, *shown])
    assert "LiteLLM" not in out + err
    talkative = {"httpx", "httpcore", "openai", "LiteLLM"}  # what they log may hold keys: addresses, headers
    assert not talkative & {record.name.split(".")[0] for record in caplog.records}
    assert dict(os.environ) == before


async def test_check_says_how_long_and_who_or_why_not() -> None:
    with OpenAIEndpoint([says("OK", finish="length"), fails(401)]) as endpoint:
        checked = await model(endpoint).check()
        assert checked.model == "gpt-4o-mini"
        assert checked.latency_ms >= 0
        assert "stream" not in endpoint.received[0].body
        with pytest.raises(ModelFailed, match="refused the key"):
            await model(endpoint).check()


FIRST_CALL = """
import asyncio, os, sys
from agents.models.litellm_model import LiteLLMModel, close_connections
from agents.models.model import Prompt
from agents.models.routing import Route

contacted, environment = set(), dict(os.environ)
def note(event, args):
    if event in ("socket.connect", "socket.sendto"):
        contacted.add(str(args[1][:2]))
    elif event == "socket.getaddrinfo":
        contacted.add(str((args[0], args[1])))
sys.addaudithook(note)
assert "litellm" not in sys.modules, "imported before the first call"

async def main():
    route = Route("main", "openai/gpt-4o-mini", sys.argv[1], credential="main")
    reply = await LiteLLMModel(route, lambda: "sk-x").reply(Prompt("r", "Do it.", {}, ()))
    await close_connections()
    return reply

reply = asyncio.run(main())
assert dict(os.environ) == environment, "the environment of child processes changed"
print(reply.text, *contacted)
"""


async def test_the_first_call_imports_late_and_fetches_prints_and_changes_nothing() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LITELLM")}
    with OpenAIEndpoint([says("done")]) as endpoint:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", FIRST_CALL, endpoint.url),
            env=clean,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        port = endpoint.port
    assert (out.decode(), err.decode()) == (f"done ('127.0.0.1', {port})\n", "")
