"""Questions to the store: answered beside the window, the newest wins, a store that is to come is waited for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from console.console import Console
from storage.errors import NotFound
from storage.queries import View, runs
from tests.console.conftest import Loop
from tests.console.sample import Workspace

_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_question_is_answered_in_another_thread_on_one_moment(console: Console, loop: Loop) -> None:
    def question(view: View) -> tuple[int, int, str]:
        return view.seq, len(runs(view.connection, limit=3)), threading.current_thread().name

    seq, found, thread = loop.run(console.reads.ask(question))
    assert seq > 100
    assert found == 3
    assert thread != threading.current_thread().name


def test_a_newer_question_of_the_same_key_ends_the_older_one(console: Console, loop: Loop) -> None:
    began = threading.Event()

    def endless(view: View) -> object:
        began.set()
        return view.connection.execute(_ENDLESS).fetchone()

    older = console.reads.ask(endless, key="search")
    loop.until(began.is_set)
    newer = console.reads.ask(lambda view: "found", key="search")
    assert loop.run(newer) == "found"
    with pytest.raises(asyncio.CancelledError):
        loop.run(older)
    loop.until(lambda: not console.reads._running)  # it was interrupted, not only forgotten


def test_every_reader_can_be_interrupted_and_asked_again(console: Console, loop: Loop) -> None:
    for _ in range(5):
        asked = [console.reads.ask(lambda view: view.connection.execute(_ENDLESS).fetchone()) for _ in range(4)]
        loop.until(lambda: len(console.reads._running) == 3)
        for each in asked:
            each.cancel()
        answers = [console.reads.ask(lambda view, n=n: n) for n in range(20)]  # type: ignore[misc]
        assert loop.run(_all(answers)) == list(range(20))


def test_what_a_question_raises_is_raised(console: Console, loop: Loop) -> None:
    with pytest.raises(NotFound, match="no run 'nowhere'"):
        loop.run(console.reads.ask(_no_such_run))
    with pytest.raises(ZeroDivisionError):
        loop.run(console.reads.ask(lambda view: 1 // 0))


def _no_such_run(view: View) -> object:
    from storage.queries import resolve_run

    return resolve_run(view.connection, "nowhere")


def test_a_store_that_does_not_exist_yet_is_waited_for(empty_console: Console, loop: Loop) -> None:
    asked = empty_console.reads.ask(lambda view: view.seq)
    loop.until(lambda: empty_console.reads._held)
    assert not asked.done()
    empty_console.engine.start()
    assert loop.run(asked) >= 1


def test_payloads_come_whole_and_in_pieces(console: Console, workspace: Workspace, loop: Loop) -> None:
    def card(view: View) -> str:
        sql = "SELECT card FROM approval WHERE approval = ?"
        return str(view.connection.execute(sql, (workspace.edited,)).fetchone()[0])

    ref = loop.run(console.reads.ask(card))
    whole = loop.run(console.reads.text(ref))
    piece = loop.run(console.reads.payload(ref, 10, 20))
    assert whole.startswith("{")
    assert piece.content.decode() == whole[10:30]
    assert piece.size == len(whole.encode())


async def _all(answers: list[asyncio.Future[int]]) -> list[int]:
    return list(await asyncio.gather(*answers))
