"""The engine as a process of its own: greets at once, keeps its pipe clean, goes with its console."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.engine.client import Client, EngineGone
from agents.engine.watchdog import Watchdog
from storage.errors import StoreLocked
from storage.lock import read_holder
from tests.agents.engine.shop import PATIENCE_S, PYTHON, Notices, cases, engine, one_request, process, shop, started

Json = Any
HELLO = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol":1}}\n'
NOISY_JOB = """\
tools:
  - {name: shout, kind: noisy}
"""
NOISY_PLAN = """\
plan:
  format: 1
  steps:
    - {id: shout, call: shout}
    - {id: done, finish: {outcome: {result: done}}}
"""
QUIET_POLICY = "policy: {format: 1}\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@contextmanager
def bare(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """An engine process spoken to in bytes; ended by its id if a test leaves it running."""
    with subprocess.Popen(
        [PYTHON, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        try:
            yield child
        finally:
            child.kill()


async def test_a_process_greets_works_keeps_its_secrets_and_ends_with_its_input(store: Path) -> None:
    secret = "s3cret-of-the-model-7731"
    async with process(store, {**os.environ, "CENTAUR_SECRET_MODEL": secret}) as client:
        assert client.hello["store"]["path"] == str(store)
        assert client.hello["pid"] == client.process.pid  # type: ignore[union-attr]
        assert not client.hello["anchored"]
        assert client.hello["warnings"]
        await client.perform("people.add", {"person": "ann", "name": "Ann"})
        heard = Notices(client)
        request = await one_request(client, store.parent)
        await client.perform("approval.approve", {"approval": request["approval"], "person": "ann", "now": True})
        await heard.of_kind("run.finished")
        assert any(method == "pilot.progress" for method, _ in heard.heard)
    assert client.process is not None
    assert client.process.returncode == 0
    assert read_holder(store) == {}
    assert secret not in json.dumps([client.hello, heard.heard])
    written = [path for path in store.parent.rglob("*") if path.is_file()]
    assert store in written
    assert not [path.name for path in written if secret.encode() in path.read_bytes()]
    with pytest.raises(EngineGone):
        await client.perform("store.info")


async def test_engine_stop_answers_first_and_ends_the_process(store: Path) -> None:
    async with process(store) as client:
        assert await client.perform("engine.stop") == {"stopping": True}
        assert client.process is not None
        async with asyncio.timeout(PATIENCE_S):
            assert await client.process.wait() == 0


async def test_a_second_process_is_refused_with_the_pid_and_the_first_serves_its_client(store: Path) -> None:
    async with process(store) as first:
        await first.perform("store.info")  # it listens by now
        with pytest.raises(StoreLocked) as refused:
            await Client.spawn(store, stderr=subprocess.DEVNULL)
        assert refused.value.pid == first.hello["pid"]
        assert refused.value.socket is not None
        async with await Client.connect(refused.value.socket) as second:
            assert second.hello["pid"] == first.hello["pid"]
        with bare("-m", "agents", "--store", str(store)) as other:
            out, err = await asyncio.to_thread(other.communicate, HELLO, PATIENCE_S)
            error = json.loads(out)["error"]["data"]
            assert (error["kind"], error["pid"]) == ("StoreLocked", first.hello["pid"])
            assert other.returncode == 1
            assert f"process {first.hello['pid']}" in err.decode()
            assert "Traceback" not in err.decode()


def test_what_a_tool_prints_does_not_reach_the_protocol(tmp_path: Path) -> None:
    store = shop(tmp_path / "shop", NOISY_PLAN, tools=NOISY_JOB, policy=QUIET_POLICY)
    given = started(store.parent)
    start = {"jsonrpc": "2.0", "id": 2, "method": "pilot.start", "params": given}
    with bare("-m", "tests.agents.engine.noisy_engine", str(store)) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(HELLO + json.dumps(start).encode() + b"\n")
        child.stdin.flush()
        lines = []
        while b"run.finished" not in (line := child.stdout.readline()):
            assert line
            assert "error" not in json.loads(line), line
            lines.append(json.loads(line))
        rest, noise = child.communicate(timeout=PATIENCE_S)
        messages = lines + [json.loads(line) for line in rest.splitlines()]
    assert all(message["jsonrpc"] == "2.0" for message in messages)
    assert not any(message.get("result") == "forged" for message in messages)
    for word in ("forged", "more noise", "raw noise", "noise of a shell", "child"):
        assert word in noise.decode()
    assert child.returncode == 0


def test_a_killed_console_ends_the_engine_even_if_its_pipe_is_held_and_approvals_are_back(store: Path) -> None:
    files = cases(store.parent)
    ours, theirs = os.pipe()
    client = subprocess.Popen(
        [PYTHON, "-m", "tests.agents.engine.doomed_client", *map(str, (store, store.parent / "keeper.yaml", files))],
        stdout=subprocess.PIPE, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    assert client.stdout is not None
    try:
        approval, held = client.stdout.readline().decode().split()
    finally:
        client.kill()
        client.wait()
        client.stdout.close()
    try:
        with os.fdopen(ours, "rb") as errors:
            told = errors.read()  # ends when the last process that could write to it has ended: the engine
    finally:
        os.kill(int(held), signal.SIGKILL)
    assert b"Traceback" not in told
    asyncio.run(_is_back(store, approval))


async def _is_back(store: Path, approval: str) -> None:
    assert read_holder(store) == {}  # it let go properly, it was not cut off
    async with engine(store) as operations:
        found = (await operations.perform("approvals.list"))["approvals"]
        assert [request["approval"] for request in found] == [approval]
        again = await operations.perform("pilot.start", started(store.parent, command_id="p-1"))
        assert [p["pilot"] for p in (await operations.perform("pilots.list"))["pilots"]] == [again["pilot"]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_ends_the_engine_properly(store: Path, number: int) -> None:
    with bare("-m", "agents", "--store", str(store)) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(HELLO)
        child.stdin.flush()
        child.stdout.readline()
        child.send_signal(number)
        assert child.wait(PATIENCE_S) == 0
    assert read_holder(store) == {}


def test_files_instead_of_pipes_are_refused_in_words(store: Path, tmp_path: Path) -> None:
    with (tmp_path / "in").open("w+b") as incoming, (tmp_path / "out").open("w+b") as outgoing:
        done = subprocess.run(
            [PYTHON, "-m", "agents", "--store", str(store)], stdin=incoming, stdout=outgoing, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "pipes" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_little_is_loaded_before_the_first_answer() -> None:
    code = "import sys, agents.engine.stdio; print(*sys.modules)"
    loaded = subprocess.run([PYTHON, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    heavy = {
        "pydantic",
        "sqlmodel",
        "sqlalchemy",
        "litellm",
        "cel_expr_python",
        "jsonschema",
        "typer",
        "rich",
        "yaml",
        "keyring",
    }
    assert heavy.isdisjoint(loaded)


def test_the_watchdog_tells_when_the_parent_has_changed() -> None:
    gone = threading.Event()
    dog = Watchdog(iter([1, 2]).__next__, gone.set)
    assert gone.wait(PATIENCE_S)
    dog.close()
