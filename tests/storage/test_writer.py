"""The writer answers everybody, whatever one of them, a listener or the disk does."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage.anchors import AnchorKey
from storage.errors import BadInput, NotFound, Refused, StoreFailed
from storage.events.approvals import ApprovalDecided, ApprovalRequested, Choice
from storage.events.cases import OutcomeReceived
from storage.events.envelope import Draft, Event
from storage.events.workspace import SettingChanged
from storage.lanes import GROUP_EVENTS, Job, Lanes
from storage.preconditions import NotOpen, approval_open
from storage.rebuild import differences
from storage.requests import AppendRequest
from storage.store import Store
from storage.verify import verify
from tests.storage.builders import SECRET, fill, open_store, outcome


def _setting(value: int) -> Draft:
    return Draft(SettingChanged("limit", value), "engine")


async def _held(store: Store) -> threading.Event:
    """Keep the writer busy until the event is set, so that what is asked meanwhile becomes one group."""
    go, began = threading.Event(), threading.Event()

    def wait(connection: sqlite3.Connection) -> None:
        began.set()
        go.wait(10)

    threading.Thread(target=store._writer.perform, args=(wait,), daemon=True).start()
    await asyncio.to_thread(began.wait, 10)
    return go


async def test_many_tasks_and_threads_at_once(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:

        def from_a_thread(n: int) -> None:
            for i in range(20):
                store.ledger.append_now([_setting(n * 100 + i)] * (1 + i % 3))

        tasks = [store.ledger.append([_setting(n)], bulk=n % 5 == 0) for n in range(300)]
        threads = [asyncio.to_thread(from_a_thread, n) for n in range(8)]
        answers = await asyncio.gather(*tasks, *threads)
        seqs = [event.seq for events in answers[:300] for event in events or []]
        assert len(set(seqs)) == 300
        assert store.ledger.head == 2 + 300 + 8 * (7 + 7 * 2 + 6 * 3)
        assert [event.seq for event in store.ledger.events()] == list(range(1, store.ledger.head + 1))
        assert verify(store.path, AnchorKey(SECRET), tmp_path / "heads").ok
    assert differences(tmp_path / "store.db") == []


async def test_a_refused_condition_disturbs_nobody_in_its_group(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        go = await _held(store)
        ref = store.ledger.payloads.ref(b"card")
        asked = Draft(
            ApprovalRequested("ap", "c", "pay", "write", "r", "b", ("pe-a",), 9, True, 3, ref),
            "engine",
            "run-a",
        )
        work = [
            asyncio.ensure_future(store.ledger.append([_setting(1)])),
            asyncio.ensure_future(store.ledger.append([_setting(2)], condition=approval_open("ap", "b"))),
            asyncio.ensure_future(store.ledger.append([asked], {ref: b"card"})),
            asyncio.ensure_future(store.ledger.append([_setting(3)], condition=approval_open("ap", "b"))),
            asyncio.ensure_future(store.ledger.append([_setting(4)], condition=approval_open("ap", "other"))),
        ]
        await asyncio.sleep(0)
        go.set()
        one, early, request, late, other = await asyncio.gather(*work, return_exceptions=True)
        assert isinstance(early, NotOpen)
        assert early.state == "unknown"
        assert isinstance(other, NotOpen)
        assert [got[0].seq for got in (one, request, late) if isinstance(got, list)] == [3, 4, 5]
        with closing(sqlite3.connect(store.path)) as connection:
            assert connection.execute("SELECT seq FROM anchor ORDER BY seq DESC LIMIT 1").fetchone() == (5,)


async def test_a_request_at_fault_does_not_fail_its_group_mates(tmp_path: Path) -> None:
    def wrong_table(connection: sqlite3.Connection) -> None:
        connection.execute("SELECT * FROM nowhere")

    def wrong_code(connection: sqlite3.Connection) -> None:
        raise ZeroDivisionError("a condition of ours has a defect")

    with open_store(tmp_path) as store:
        go = await _held(store)
        bad_zone = Draft(SettingChanged("time_zone", "Mars/Olympus"), "engine")
        no_text = Draft(SettingChanged("x", 2**70), "engine")
        work = [
            asyncio.ensure_future(store.ledger.append([_setting(1)])),
            asyncio.ensure_future(store.ledger.append([_setting(2)], condition=wrong_table)),
            asyncio.ensure_future(store.ledger.append([_setting(3)], condition=wrong_code)),
            asyncio.ensure_future(store.ledger.append([_setting(4), bad_zone])),
            asyncio.ensure_future(store.ledger.append([no_text])),
            asyncio.ensure_future(store.ledger.append([_setting(5)])),
        ]
        await asyncio.sleep(0)
        go.set()
        answers = await asyncio.gather(*work, return_exceptions=True)
        assert [answer[0].seq for answer in answers if isinstance(answer, list)] == [3, 4]
        said = [str(answer) for answer in answers if isinstance(answer, BaseException)]
        assert "nowhere" in said[0]
        assert "ZeroDivisionError" in said[1]
        assert "Mars/Olympus" in said[2]
        assert len(said) == 4
        assert store.ledger.head == 4
        await store.ledger.append([_setting(6)])
    assert verify(tmp_path / "store.db", AnchorKey(SECRET), tmp_path / "heads").ok
    assert differences(tmp_path / "store.db") == []


async def test_who_was_refused_for_what_never_came_to_be_is_asked_again(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        ref = store.ledger.payloads.ref(b"card")
        asked = ApprovalRequested("ap", "c", "pay", "write", "r", "b", ("pe-a",), 9, True, 3, ref)
        store.ledger.append_now([Draft(asked, "engine", "run-a")], {ref: b"card"})
        go = await _held(store)
        decided = Draft(ApprovalDecided("ap", "c", Choice.APPROVE, "b", 0), "person:pe-a", "run-a")
        bad_zone = Draft(SettingChanged("time_zone", "Mars/Olympus"), "engine")
        fails = asyncio.ensure_future(store.ledger.append([decided, bad_zone]))
        second = asyncio.ensure_future(store.ledger.append([decided], condition=approval_open("ap", "b")))
        await asyncio.sleep(0)
        go.set()
        answers = await asyncio.gather(fails, second, return_exceptions=True)
        assert isinstance(answers[0], BadInput)
        assert isinstance(answers[1], list)


async def test_a_listener_that_fails_is_recorded_and_nothing_waits(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []

    def listen(events: list[Event]) -> None:
        heard.extend(event.seq for event in events)
        raise RuntimeError("the window is gone")

    with open_store(tmp_path) as store:
        store.ledger.on_commit(listen)
        await store.ledger.append([_setting(1)])
        await store.ledger.append([_setting(2)])
        assert heard == [3, 4]
    assert "A listener to commits failed" in caplog.text


async def test_closing_commits_what_waits_and_then_refuses(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    go = await _held(store)
    waiting = [asyncio.ensure_future(store.ledger.append([_setting(n)], bulk=n % 2 == 0)) for n in range(20)]
    await asyncio.sleep(0)
    closing_ = asyncio.create_task(asyncio.to_thread(store.close))
    go.set()
    await closing_
    assert len({events[0].seq for events in await asyncio.gather(*waiting)}) == 20
    with pytest.raises(StoreFailed, match="closed"):
        await store.ledger.append([_setting(0)])
    with pytest.raises(StoreFailed, match="closed"):
        store.ledger.append_now([_setting(0)])
    store.close()


def test_closing_while_others_append_leaves_nobody_waiting(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    refused = []

    def work() -> None:
        try:
            while True:
                store.ledger.append_now([_setting(1)])
        except StoreFailed as error:
            refused.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    fill(store, groups=5)
    store.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert len(refused) == 6


async def test_live_events_go_before_bulk_and_bulk_is_not_starved(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        go = await _held(store)
        bulk = [asyncio.ensure_future(store.ledger.append([_setting(n)] * 400, bulk=True)) for n in range(3)]
        await asyncio.sleep(0)
        live = [asyncio.ensure_future(store.ledger.append([_setting(n)])) for n in range(5)]
        await asyncio.sleep(0)
        go.set()
        first_bulk = (await asyncio.gather(*bulk))[0][0].seq
        last_live = max(events[0].seq for events in await asyncio.gather(*live))
        assert last_live < first_bulk


def test_bulk_passes_between_live_groups_that_never_end() -> None:
    lanes = Lanes()
    bulk = AppendRequest([_setting(0)] * 10, {})
    lanes.put(bulk, bulk=True)
    taken = []
    for _ in range(100):
        lanes.put(AppendRequest([_setting(1)] * GROUP_EVENTS, {}))
        taken.append(lanes.take())
        if taken[-1] == [bulk]:
            break
    assert taken[-1] == [bulk]
    assert len(taken) > 10


def test_groups_stay_below_their_size_and_keep_the_order() -> None:
    lanes = Lanes()
    requests = [AppendRequest([_setting(0)] * size, {}) for size in (300, 200, 100, 600, 1)]
    for request in requests:
        lanes.put(request)
    job = Job(lambda connection: None)
    lanes.put(job)
    lanes.close()
    assert [lanes.take() for _ in range(6)] == [
        requests[:2],
        [requests[2]],
        [requests[3]],
        [requests[4]],
        job,
        None,
    ]
    assert lanes.put(requests[0]) is False


async def test_a_cancelled_waiter_changes_nothing_for_the_others(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        go = await _held(store)
        gone = asyncio.ensure_future(store.ledger.append([_setting(1)]))
        stays = asyncio.ensure_future(store.ledger.append([_setting(2)]))
        await asyncio.sleep(0)
        gone.cancel()
        go.set()
        assert (await stays)[0].seq == 4


def test_a_waiter_whose_loop_was_closed_changes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        loop = asyncio.new_event_loop()
        future: asyncio.Future[list[Event]] = loop.create_future()
        loop.close()
        store._writer.submit(AppendRequest([_setting(1)], {}, future=future))
        assert store.ledger.append_now([_setting(2)])[0].seq == 4


def test_payloads_and_events_are_read_from_many_threads(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.ledger.payloads._room = 200  # so that most are read from the file
        wrong: list[object] = []

        def work(n: int) -> None:
            for i in range(30):
                draft, blobs = outcome(store, f"text {n}.{i} " * 20)
                assert isinstance(draft.body, OutcomeReceived)
                (event,) = store.ledger.append_now([draft], blobs)
                content = store.ledger.payloads.read(draft.body.outcome).decode()
                newest = max(event.seq for event in store.ledger.events(after=event.seq - 1))
                if content != f"text {n}.{i} " * 20 or newest < event.seq:
                    wrong.append((n, i))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert store.ledger.payloads._held <= 1000


def test_an_unfinished_reading_does_not_hide_later_events(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, groups=2)
        reading = store.ledger.events()
        next(reading)
        fill(store, groups=1)
        assert max(event.seq for event in store.ledger.events()) == store.ledger.head == 11
        assert len(list(reading)) == 10


def test_the_tables_are_rebuilt_while_others_append(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, groups=3)
        with closing(sqlite3.connect(store.path)) as vandal:
            vandal.execute("DELETE FROM setting")
            vandal.execute("INSERT INTO setting VALUES ('made up', '1', 1)")
            vandal.commit()
        worker = threading.Thread(target=lambda: [store.ledger.append_now([_setting(n)]) for n in range(50)])
        worker.start()
        store.rebuild()
        worker.join()
    assert differences(tmp_path / "store.db") == []


def test_what_was_never_stored_is_not_found(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with pytest.raises(NotFound):
            store.ledger.payloads.read("A" * 43)
        with pytest.raises(Refused):
            store.ledger.append_now([_setting(1)], condition=approval_open("none", "b"))
