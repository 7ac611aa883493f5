"""A store with a small job that follows a playbook, and engines on it: in this process, or in one of their own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from agents.engine.client import Client
from agents.engine.compose import Ground, working
from agents.engine.operations.service import Operations
from storage.credentials import Credentials, NoKeyring
from tests.agents.workbench import job_text, make_files

Json = Any
PATIENCE_S = 20.0
ASKING = """\
plan:
  format: 1
  steps:
    - {id: find, call: look_up, with: {id: "${case.account}"}}
    - {id: set, call: change, with: {id: "${case.account}", balance: 5000}}
    - {id: done, finish: {outcome: {result: changed}}}
"""
PLAYBOOK = "model: {route: playbook}\n"


def shop(folder: Path, plan: str = ASKING, **replaced: str) -> Path:
    """Make a workspace whose job asks before it changes a balance; return the store's path."""
    make_files(folder, job_text(plan=plan, model=PLAYBOOK, **replaced))
    return folder / "centaur.db"


def cases(folder: Path, count: int = 1) -> str:
    """Write a file of cases; return its path."""
    path = folder / "cases.jsonl"
    rows = [{"id": f"case-{n}", "account": f"A{n % 5 + 1}"} for n in range(count)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(path)


def started(folder: Path, count: int = 1, **more: Json) -> dict[str, Json]:
    """Parameters of a live pilot over these cases."""
    return {"job": str(folder / "keeper.yaml"), "cases": cases(folder, count), "mode": "live", **more}


def ground(store: Path) -> Ground:
    """A machine without a keyring."""
    keyring = NoKeyring("There is none in this test.")
    return Ground(store, Credentials(keyring, {}), store.parent / "heads")


@asynccontextmanager
async def engine(store: Path, **changed: Any) -> AsyncIterator[Operations]:
    """An engine in this process, its socket open."""
    async with working(ground(store), grace_us=0, **changed) as operations:
        yield operations


@asynccontextmanager
async def process(store: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Client]:
    """An engine in a process of its own; what it logs goes to `engine.log` beside the store."""
    with (store.parent / "engine.log").open("ab") as log:
        client = await Client.spawn(store, environment=environment, stderr=log.fileno())
    async with client:
        yield client


class Notices:
    """What a client was told, and a way to wait for it."""

    def __init__(self, client: Client) -> None:
        self.heard: list[tuple[str, Mapping[str, Json]]] = []
        self._news = asyncio.Event()
        client.on_notice.append(self._take)

    def _take(self, method: str, params: Mapping[str, Json]) -> None:
        self.heard.append((method, params))
        self._news.set()

    async def until(self, met: Callable[[], bool]) -> None:
        """Return when the condition holds; it is looked at whenever something was heard."""
        async with asyncio.timeout(PATIENCE_S):
            while not met():
                self._news.clear()
                await self._news.wait()

    def seqs(self) -> list[int]:
        return [event["seq"] for method, params in self.heard if method == "events" for event in params["events"]]

    async def of_kind(self, kind: str, count: int = 1) -> None:
        """Return when so many events of a kind were told."""
        await self.until(
            lambda: sum(e["kind"] == kind for m, p in self.heard if m == "events" for e in p["events"]) >= count
        )


async def one_request(client: Client, folder: Path, **more: Json) -> Json:
    """Start a pilot of one case and return the approval request that it comes to."""
    notices = Notices(client)
    await client.perform("pilot.start", started(folder, **more))
    await notices.of_kind("approval.requested")
    return (await client.perform("approvals.list"))["approvals"][0]


PYTHON = sys.executable
