"""The litellm model keeps its secret, talks to its endpoint only, and changes nothing around it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from agents.models.litellm_model import LiteLLMModel
from agents.models.model import (
    ModelFailed,
)
from storage.errors import CredentialError
from tests.agents.litellm.asking import ONCE, PROMPT, SECRET, FakeTime, failed, model, route
from tests.wire.openai_endpoint import (
    OpenAIEndpoint,
    calls,
    fails,
    piece,
    says,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
