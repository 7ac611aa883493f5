"""Clients of one engine over its socket: served side by side, told what happens, none held up by another."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.engine import host, protocol
from agents.engine.client import Client, EngineError
from agents.engine.operations.service import Operations
from agents.engine.server import Server
from storage.errors import BadInput, NotFound, StoreLocked
from storage.events.envelope import Draft
from storage.events.runs import RunPaused
from storage.lock import read_holder
from storage.records import RunRecord
from tests.agents.engine.shop import PATIENCE_S, Notices, engine, one_request, shop, started

Json = Any


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


def at(store: Path) -> Path:
    return Path(read_holder(store)["socket"])


async def happen(operations: Operations, count: int, at_once: int = 500) -> None:
    """Append so many events."""
    for _ in range(count // at_once):
        drafts = [Draft(RunPaused(), "person:ann", "run-x") for _ in range(at_once)]
        await operations._engine.ledger.append(drafts)


class Raw:
    """A client that speaks in bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *lines: Json) -> None:
        for line in lines:
            self.writer.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")

    async def hear(self) -> Json:
        async with asyncio.timeout(PATIENCE_S):
            return json.loads(await self.reader.readuntil(b"\n"))

    async def answer(self) -> Json:
        """Return the next message that is no notification."""
        while True:
            message = await self.hear()
            if isinstance(message, list) or "method" not in message:
                return message


@asynccontextmanager
async def raw(path: Path, *, greet: bool = True) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_unix_connection(path, limit=1 << 20)
    client = Raw(reader, writer)
    if greet:
        client.send(ask("initialize", {"protocol": 1}, 0))
        await client.answer()
    try:
        yield client
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def ask(method: str, params: Mapping[str, Json] | None = None, id_: Json = 1) -> dict[str, Json]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params or {}}


async def test_the_socket_and_its_folder_are_the_owners_alone_and_gone_at_the_end(store: Path) -> None:
    async with engine(store):
        path = at(store)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert len(os.fsencode(path)) <= 100
    assert not path.exists()
    assert read_holder(store) == {}


async def test_a_stale_socket_is_replaced_and_a_folder_open_to_others_is_not_used(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = host.socket_path(store)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    async with engine(store):
        assert at(store) == path
        async with await Client.connect(path) as client:
            assert client.hello["store"]["path"] == str(store)
    shared = tmp_path / "run"
    (shared / "centaur").mkdir(parents=True)
    (shared / "centaur").chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(shared))
    assert shared not in host.socket_path(store).parents


async def test_a_second_engine_is_refused_with_the_pid_and_socket_of_the_first(store: Path) -> None:
    async with engine(store):
        with pytest.raises(StoreLocked) as refused:
            async with engine(store):
                pass
        assert refused.value.pid == os.getpid()
        assert refused.value.socket == str(at(store))


async def test_two_clients_are_served_at_the_same_time(store: Path) -> None:
    async with engine(store), await Client.connect(at(store)) as one, await Client.connect(at(store)) as two:
        await one.perform("people.add", {"person": "ann", "name": "Ann"})
        heard = Notices(two)
        request = await one_request(one, store.parent)
        await heard.of_kind("approval.requested")
        decided = await two.perform("approval.approve", {"approval": request["approval"], "person": "ann"})
        assert decided["choice"] == "approve"
        await heard.of_kind("run.finished")
        with pytest.raises(NotFound):
            await one.perform("run.show", {"run": "run-nobody"})


async def test_the_first_request_is_initialize_with_our_version(store: Path) -> None:
    async with engine(store), raw(at(store), greet=False) as client:
        client.send(ask("store.info", id_=7))
        assert (await client.hear())["error"]["code"] == protocol.NOT_INITIALIZED
        for wrong in ({}, {"protocol": 2}, {"protocol": True}, {"protocol": "1"}):
            client.send(ask("initialize", wrong))
            refused = (await client.hear())["error"]
            assert (refused["code"], refused["data"]["field"]) == (protocol.WRONG_PROTOCOL, "protocol")
        client.send(ask("initialize", {"protocol": 1, "client": "x"}), ask("store.info", id_=8))
        assert (await client.hear())["result"]["protocol"] == 1
        assert (await client.hear())["id"] == 8


async def test_what_is_wrong_with_a_request_is_said(store: Path) -> None:
    async with engine(store), raw(at(store)) as client:
        for sent, code, word in [
            (b"{\n", protocol.PARSE_ERROR, "JSON"),
            ([], protocol.INVALID_REQUEST, "batch"),
            ([ask("store.info")] * 101, protocol.INVALID_REQUEST, "batch"),
            (ask("run.shw"), protocol.UNKNOWN_METHOD, "run.show"),
            (ask("run.show", {"rum": "x"}), protocol.INVALID_PARAMS, "rum"),
            ({**ask("run.show"), "params": [1]}, protocol.INVALID_PARAMS, "params"),
            (b"x" * 300_000 + b"\n", protocol.LINE_TOO_LONG, "262144"),
        ]:  # fmt: skip
            client.send(sent)
            error = (await client.answer())["error"]
            assert error["code"] == code
            assert word in json.dumps(error)
        client.send(ask("runs.list", id_="still here"))
        assert (await client.answer())["id"] == "still here"


async def test_a_batch_is_answered_as_one_and_a_notification_not_at_all(store: Path) -> None:
    async with engine(store), raw(at(store)) as client:
        silent = {"jsonrpc": "2.0", "method": "runs.list"}
        client.send(silent, [silent], [ask("runs.list", id_=1), silent, ask("nope.nope", id_=2), 3])
        answers = await client.answer()
        assert [answer["id"] for answer in answers] == [1, 2, None]
        assert [("result" in answer) for answer in answers] == [True, False, False]


async def test_a_defect_is_told_by_a_number_and_logged_not_shown(store: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with engine(store) as operations, await Client.connect(at(store)) as client:
        operations._engine.run_record = broken  # type: ignore[method-assign]
        with pytest.raises(EngineError) as caught:
            await client.perform("run.pause", {"run": "any"})
        assert caught.value.code == protocol.INTERNAL
        assert "division" not in str(caught.value)
        assert caught.value.data["id"] in caplog.text
        assert "ZeroDivisionError" in caplog.text


def broken(run: str) -> RunRecord:
    """A method with a defect."""
    raise ZeroDivisionError("division")


async def test_an_answer_longer_than_a_line_comes_in_pieces(store: Path) -> None:
    async with engine(store) as operations:
        async with await Client.connect(at(store)) as client:
            roles = [f"role-{n}-{'x' * 200}€" for n in range(300)]
            for person in range(6):
                await operations.perform("people.add", {"person": f"p{person}", "name": "P", "roles": roles})
            people = (await client.perform("people.list"))["people"]
            assert [person["roles"] for person in people] == [roles] * 6
        async with raw(at(store)) as client:
            client.send(ask("people.list"), [ask("people.list", id_=2), ask("runs.list", id_=3)])
            assert set((await client.answer())["result"]) == {"in_pieces"}
            batch = await client.answer()
            assert [("in_pieces" in answer["result"]) for answer in batch] == [True, False]


async def test_a_slow_client_gets_a_gap_and_holds_nobody_up(store: Path) -> None:
    async with engine(store) as operations, raw(at(store)) as slow, await Client.connect(at(store)) as quick:
        heard = Notices(quick)
        async with asyncio.timeout(PATIENCE_S):
            while "gap" not in str(_session_states(operations)):
                await happen(operations, 5_000)
        last = operations._engine.ledger.head
        await heard.until(lambda: bool(heard.seqs()) and heard.seqs()[-1] == last)
        assert not [method for method, _ in heard.heard if method == "gap"]
        slow.send(ask("runs.list", id_="late"))
        told: list[Json] = []
        while not told or told[-1].get("method") != "gap":
            told.append(await slow.hear())
        assert told[-1]["params"]["last_seq"] <= last
        await happen(operations, 500)
        while "method" not in told[-1] or told[-1]["params"].get("to_seq") != last + 500:
            told.append(await slow.hear())
        assert sum(message.get("method") == "gap" for message in told) == 1
        assert any(message.get("id") == "late" for message in told)


def _session_states(operations: Operations) -> list[str]:
    """Whether a client's notifications were dropped, as the outboxes know it."""
    listener = operations._engine.ledger._writer.on_commit
    server = listener.__self__  # type: ignore[union-attr]
    return ["gap" if session._outbox._lost else "" for session in server._sessions]


async def test_five_thousand_events_leave_round_trips_small_and_are_told_in_order(store: Path) -> None:
    async with engine(store) as operations, await Client.connect(at(store)) as client:
        heard, took = Notices(client), []
        before = operations._engine.ledger.head
        storm = asyncio.create_task(happen(operations, 5_000, at_once=20))
        while not storm.done():
            begun = time.perf_counter()
            await client.perform("people.list")
            took.append(time.perf_counter() - begun)
        await storm
        await heard.until(lambda: len(heard.seqs()) >= 5_000)
        assert heard.seqs() == list(range(before + 1, before + 5_001))
        assert sorted(took)[len(took) // 2] < 0.1
        assert max(len(params["events"]) for method, params in heard.heard if method == "events") > 20


async def test_a_command_goes_on_when_its_client_is_gone(store: Path) -> None:
    async with engine(store) as operations:
        async with raw(at(store)) as client:
            client.send(ask("pilot.start", started(store.parent, command_id="p-1")))
            await client.writer.drain()
        answer = await operations.perform("pilot.start", started(store.parent, command_id="p-1"))
        await operations._engine.pilots.finished(answer["pilot"])
        assert len((await operations.perform("pilots.list"))["pilots"]) == 1


@given(
    st.lists(
        st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b"[1]", b'{"jsonrpc":"2.0","id":1,"method":5}']),
        max_size=8,
    )
)
@example([b"\x00" * 300_000, b'{"jsonrpc":"2.0","id":{},"method":"initialize"}', b"[" * 3_000])
def test_whatever_a_client_sends_the_session_goes_on(lines: list[bytes]) -> None:
    lines = [line for part in lines for line in part.split(b"\n") if line.strip()]
    asyncio.run(_survives(lines))


async def _survives(lines: list[bytes]) -> None:
    async def greet() -> Mapping[str, Json]:
        return {"hello": True}

    server = Server(greet)
    server.failed(BadInput("There is no engine in this test."))
    ours, theirs = socket.socketpair()
    serving = asyncio.create_task(server.serve(*await asyncio.open_connection(sock=theirs)))
    reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 20)
    client = Raw(reader, writer)
    client.send(*(line + b"\n" for line in lines), ask("initialize", {"protocol": 1}, "end"))
    answers: list[Json] = []
    while not answers or not isinstance(answers[-1], dict) or answers[-1]["id"] != "end":
        answers.append(await client.hear())
    assert answers[-1]["result"] == {"hello": True}
    assert len(answers) <= len(lines) + 1
    writer.close()
    await serving
