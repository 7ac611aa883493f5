"""While another engine holds the store, commands are done by it over its local socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agents.engine import host
from agents.engine.compose import Ground, working
from tests.agents.cli.desk import Desk, note

pytestmark = pytest.mark.skipif(not host.offers_sockets(), reason="no local sockets here")


@contextmanager
def engine_elsewhere(desk: Desk) -> Iterator[None]:
    """Run an engine on the desk's store in a thread of its own, as another process would."""
    ready, loop_of, stop_of = threading.Event(), [], []

    async def serve() -> None:
        stop = asyncio.Event()
        async with working(Ground(desk.store)):
            loop_of.append(asyncio.get_running_loop())
            stop_of.append(stop)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        loop_of[0].call_soon_threadsafe(stop_of[0].set)
        thread.join(10)


def test_a_pilot_a_decision_and_a_kill_are_done_by_the_engine_that_holds_the_store(desk: Desk) -> None:
    desk.pilot(desk.cases(note(1)), "--mode", "live")
    desk.run("people", "add", "ann")
    with engine_elsewhere(desk):
        more = desk.pilot(desk.cases(note(2), name="more.jsonl"), "--mode", "live", "--json")
        assert (more.status, more.json["states"]) == (0, {"asking": 1}), more.err
        assert "holds the store" in more.err
        requests = desk.run("approvals", "list", "--json").json["approvals"]
        decided = desk.run("approvals", "approve", requests[0]["approval"], "--as", "ann", "--now", "--json")
        assert decided.json["state"] == "finished", decided.err
        refused = desk.run("approvals", "approve", requests[0]["approval"], "--as", "ann", "--now")
        assert (refused.status, "already" in refused.err) == (1, True)
        killed = desk.run("kill", "--json").json["kills"][0]
        assert (killed["reached"], killed["contained"]) == ("engine", True)
        assert desk.run("rebuild", "--json").status == 0
        assert desk.run("verify", "--json").json["ok"]
    states = {run["external_id"]: run["state"] for run in desk.run("runs", "--json").json["runs"]}
    assert sorted(states.values()) == ["finished", "stopped"]
