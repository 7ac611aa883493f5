"""The engine's process: it crashes, is shared, refuses, will not start; and nothing that was asked is lost."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.engine.client import EngineGone
from console.app import Composed, compose
from console.console import Console
from console.engine_client import EngineClient, Lost
from console.news import News
from console.operations import Operations
from storage.errors import BadInput, NotFound, Refused
from storage.events.workspace import PersonAdded
from storage.queries import View, approvals, runs
from tests.agents.engine.shop import shop, started
from tests.console.conftest import Loop
from tests.console.sample import Workspace

RUNS = 200 if os.environ.get("CENTAUR_PROVE") else 50


@pytest.fixture
def shop_console(loop: Loop, tmp_path: Path) -> Iterator[Composed]:
    """A console on a store whose job asks before it writes; its engine answers."""
    made = compose(shop(tmp_path / "shop"), tmp_path / "console.json", tmp_path / "engine.log")
    made.console.engine.start()
    loop.until(lambda: made.console.engine.state == "ready", what="the engine answers")
    try:
        yield made
    finally:
        loop.run(made.close())


@pytest.fixture
def engine(engine_process: Console) -> Console:
    """A console whose engine is a process."""
    return engine_process


def kill(engine: EngineClient) -> None:
    os.kill(engine.pid, signal.SIGKILL)


def test_an_engine_killed_in_the_midst_of_runs_loses_nothing(shop_console: Composed, loop: Loop) -> None:
    console, news, lost = shop_console.console, list[News](), list[Lost]()
    console.engine.news.connect(news.append)
    console.engine.lost.connect(lost.append)
    loop.run(console.operations.add_person(console.you, "Ann"))
    pilot = console.operations.start_pilot(**_pilot(console.reads.store.parent))
    loop.until(lambda: console.engine.events > 2 * RUNS, what="runs are under way")
    commands = [console.operations.add_person(f"p{n}", f"Person {n}") for n in range(10)]
    kill(console.engine)
    commands += [console.operations.add_person(f"q{n}", f"Person {n}") for n in range(10)]
    loop.until(lambda: lost, what="it is noticed")
    assert lost[0].message == "The engine crashed."
    for command in commands:
        loop.run(command)
    assert loop.run(pilot)["pilot"]
    loop.until(lambda: _asking(console, loop) == RUNS, what="every run asks")
    head = loop.run(console.reads.ask(_head))
    loop.until(lambda: max(each.to_seq for each in news) >= head, what="the news reach the head")
    assert any(each.all for each in news)
    assert loop.run(console.operations.verify())["ok"]
    assert loop.run(console.reads.ask(_added)) == 21  # each person once, though commands were sent again


def _pilot(folder: Path) -> dict[str, Any]:
    return started(folder, RUNS, concurrency=RUNS)


def _asking(console: Console, loop: Loop) -> int:
    found = loop.run(console.reads.ask(lambda view: runs(view.connection, limit=2 * RUNS)))
    return sum(run.state == "asking" for run in found)


def _head(view: View) -> int:
    return view.seq


def _added(view: View) -> int:
    sql = "SELECT count(*) FROM event WHERE kind = ?"
    return int(view.connection.execute(sql, (PersonAdded.kind,)).fetchone()[0])


def test_a_question_without_a_command_id_fails_when_the_engine_is_killed(engine: Console, loop: Loop) -> None:
    asked = engine.engine.perform("store.verify")
    kill(engine.engine)
    with pytest.raises(EngineGone):
        loop.run(asked)
    loop.until(lambda: engine.engine.state == "ready", what="the next engine answers")


def test_what_is_asked_while_there_is_no_engine_waits_for_it(console: Console, loop: Loop) -> None:
    asked = console.engine.perform("people.list")
    assert console.engine.state == "starting"
    console.engine.start()
    assert loop.run(asked)["people"]


def test_a_long_answer_is_put_together_from_its_pieces(engine: Console, loop: Loop) -> None:
    answer = loop.run(engine.engine.perform("run.show", {"run": _longest(engine, loop), "limit": 500}))
    assert answer["steps"]
    shown = loop.run(engine.engine.perform("runs.list", {"limit": 500}))
    assert len(shown["runs"]) == 120  # some 100 KiB; more than one line with its cases
    listed = loop.run(engine.engine.perform("policy.check", _policy(engine)))
    assert listed["ok"]


def _longest(console: Console, loop: Loop) -> str:
    sql = "SELECT run FROM event WHERE run IS NOT NULL GROUP BY run ORDER BY count(*) DESC LIMIT 1"
    return str(loop.run(console.reads.ask(lambda view: view.connection.execute(sql).fetchone()[0])))


def _policy(console: Console) -> dict[str, str]:
    return {"path": str(console.reads.store.parent / "policies" / "invoices.yaml")}


def test_two_consoles_share_one_engine_and_the_second_takes_over_when_the_first_goes(
    engine: Console, workspace: Workspace, tmp_path: Path, loop: Loop
) -> None:
    second = compose(workspace.store, tmp_path / "second.json", tmp_path / "second.log")
    news: list[News] = []
    second.console.engine.news.connect(news.append)
    second.console.engine.start()
    loop.until(lambda: second.console.engine.state == "ready", what="the second one answers")
    assert second.console.engine.pid == engine.engine.pid
    loop.run(second.console.operations.add_person("berit", "Berit"))
    loop.until(lambda: any("person.added" in each.kinds for each in news), what="it is told")
    loop.run(engine.engine.close())
    asked = second.console.operations.add_person("carl", "Carl")
    assert loop.run(asked) == {"person": "carl"}
    assert second.console.engine.pid not in (0, engine.engine.pid)
    loop.run(second.close())


def test_a_refusal_is_told_once_with_what_to_do_and_raised(engine: Console, workspace: Workspace, loop: Loop) -> None:
    told: list[tuple[str, str]] = []
    operations = Operations(engine.engine, engine.tasks, lambda message, hint: told.append((message, hint)))
    engine.tasks.tell = lambda error: told.append(("again", str(error)))
    with pytest.raises(Refused):
        loop.run(operations.approve(workspace.rejected))
    with pytest.raises(NotFound):
        loop.run(operations.stop("nowhere"))
    assert len(told) == 2
    assert all(message for message, _ in told)
    assert "again" not in dict(told)


def test_a_file_that_is_no_store_is_told_and_tried_again(tmp_path: Path, loop: Loop) -> None:
    store = tmp_path / "centaur.db"
    store.write_bytes(b"This is a letter, and no database at all. " * 100)
    client, lost = EngineClient(store, tmp_path / "engine.log"), list[Lost]()
    client.lost.connect(lost.append)
    client.start()
    loop.until(lambda: len(lost) >= 2, what="it was tried twice")
    assert lost[0].kind == "StoreError"
    assert "is not a store" in lost[0].message
    assert lost[0].again_ms < lost[1].again_ms
    store.unlink()
    client.retry()
    loop.until(lambda: client.state == "ready", what="it answers")
    loop.run(client.close())


def test_an_engine_that_cannot_be_started_is_told(tmp_path: Path, loop: Loop) -> None:
    client, lost = EngineClient(tmp_path / "c.db", tmp_path / "log", command=("/no/such/program",)), list[Lost]()
    client.lost.connect(lost.append)
    client.start()
    loop.until(lambda: lost, what="it is told")
    assert "could not be started" in lost[0].message
    loop.run(client.close())


def test_an_engine_that_speaks_nonsense_is_logged_and_let_go(
    tmp_path: Path, loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    quiet = (sys.executable, "-c", "import sys; print('hello', flush=True); sys.stdin.read()")
    client = EngineClient(tmp_path / "c.db", tmp_path / "log", command=quiet)
    client.start()
    asked = client.perform("people.list")
    loop.until(lambda: "no JSON" in caplog.text)
    loop.run(client.close())
    with pytest.raises(EngineGone):
        loop.run(asked)
    with pytest.raises(EngineGone):
        client.perform("people.list")


def test_a_request_longer_than_a_line_is_refused_here(console: Console, loop: Loop) -> None:
    with pytest.raises(BadInput, match="longer than"):
        loop.run(console.engine.perform("run.say", {"run": "r", "text": "x" * 300_000}))


def test_open_approvals_are_back_with_the_next_engine(engine: Console, workspace: Workspace, loop: Loop) -> None:
    kill(engine.engine)
    loop.until(lambda: engine.engine.state == "lost", what="it is noticed")
    loop.until(lambda: engine.engine.state == "ready", what="the next engine answers")
    found = loop.run(engine.reads.ask(lambda view: approvals(view.connection, state="requested")))
    assert {each.approval for each in found} == set(workspace.open)
