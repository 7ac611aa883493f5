"""Live invoice runs are killed with SIGKILL again and again; what was acknowledged stands and nothing happens twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from agents.pilots.samples.workspace import SampleWorkspace, make_workspace
from storage.connections import open_reader
from storage.events.approvals import ApprovalDecided, Choice
from storage.events.calls import DoubtResolved, DoubtVerdict
from storage.events.cases import CaseReceived
from storage.events.envelope import Event
from storage.events.runs import RunFinished, RunHandedOff, RunStarted
from storage.queries import Queries, decisions
from tests.agents.crash.books import bookings, by_call, doubted, events, faults, in_flight
from tests.agents.crash.driver import Orders
from tests.agents.crash.observer import Followed, at_hang, beyond, never, run

EVENTS_A_CASE = 24


class Life:
    """One workspace that is worked, killed and worked again.

    Attributes:
        kills: how often the engine was killed, `waiting` how often while requests waited for a person.
    """

    def __init__(self, folder: Path, seed: int, cases: int) -> None:
        self.workspace: SampleWorkspace = make_workspace(folder / "workspace", seed, all_faults=True)
        self.cases = cases
        self.acknowledged: dict[int, str] = {}
        self.kills = self.waiting = self.mid_write = 0
        self.left_in_flight: set[tuple[str, str]] = set()

    def work(self, kill_when: Callable[[Followed], bool], lag_s: float = 0.0, *, finish: bool = False,
             hang: tuple[str, int] | None = None) -> Followed:  # fmt: skip
        """Work until killed; then everything that must hold is held against the files."""
        orders = Orders(finish=finish, hang=hang, limit=self.cases)
        followed = run(self.workspace.folder, orders, kill_when, lag_s)
        self.acknowledged.update(followed.acknowledged)
        assert faults(self.workspace, self.acknowledged) == []
        ledger = events(self.workspace)
        assert self.left_in_flight <= doubted(ledger) | in_flight(ledger), "a write of an earlier life is forgotten"
        if not followed.done:
            self.kills += 1
            self.left_in_flight = in_flight(ledger)
            self.mid_write += bool(self.left_in_flight)
            self.waiting += bool(self.open_requests())
        return followed

    @property
    def head(self) -> int:
        return max(self.acknowledged, default=0)

    def open_requests(self) -> int:
        if not self.workspace.store.exists():
            return 0
        with Queries(self.workspace.store) as queries, queries.view() as view:
            return len(decisions.approvals(view.connection, state="requested"))

    def finish(self) -> None:
        """Work to the end, with everything decided, and compare with the truth."""
        assert self.work(never, finish=True).done
        assert in_flight(events(self.workspace)) == set()
        assert wrong(self.workspace, self.cases) == []


def wrong(workspace: SampleWorkspace, cases: int) -> list[str]:
    """Return the cases that did not end as the truth wants: booked once, or with a person, and never both wrong."""
    truth = {(row := json.loads(line))["case"]: row for line in workspace.invoice_truth.read_text().splitlines()}
    rows = [json.loads(line) for line in workspace.invoice_cases.read_text().splitlines()][:cases]
    booked = {booking.company for booking in bookings(workspace)}
    ledger = events(workspace)
    refused = refused_by_people(ledger)
    ends = {e.run: e.body for e in ledger if isinstance(e.body, RunFinished | RunHandedOff)}
    runs = runs_of_cases(workspace, ledger)
    found = []
    for row in rows:
        name, mine = row["id"], runs.get(row["id"], [])
        must = truth[name]["must"] == "post"
        if len(mine) != 1 or mine[0] not in ends:
            found.append(f"{name} is lost: {len(mine)} runs")
        elif isinstance(ends[mine[0]], RunFinished) != (row["company"] in booked):
            found.append(f"{name} ended as {ends[mine[0]]} and is {'' if row['company'] in booked else 'not '}booked")
        elif must and row["company"] not in booked and mine[0] not in refused:
            found.append(f"{name} must be booked and is not")
        elif not must and row["company"] in booked:
            found.append(f"{name} must not be booked and is")
    return found


def refused_by_people(ledger: list[Event]) -> set[str]:
    """Runs whose write a person turned down, answered, or found not to have happened."""
    refused = set()
    for (run_id, _), history in by_call(ledger).items():
        for event in history:
            match event.body:
                case ApprovalDecided(choice=Choice.REJECT | Choice.RESPOND):
                    refused.add(run_id)
                case DoubtResolved(verdict=DoubtVerdict.DID_NOT):
                    refused.add(run_id)
    return refused


def runs_of_cases(workspace: SampleWorkspace, ledger: list[Event]) -> dict[str, list[str]]:
    """The runs of each case, by the id that the case file gives it."""
    reader = open_reader(workspace.store)
    names = dict(reader.execute("SELECT case_id, external_id FROM case_").fetchall())
    reader.close()
    assert set(names) == {e.body.case for e in ledger if isinstance(e.body, CaseReceived)}
    found: dict[str, list[str]] = {}
    for event in ledger:
        if isinstance(event.body, RunStarted) and event.run is not None:
            found.setdefault(names[event.body.case], []).append(event.run)
    return found


def live(life: Life, rng: Random, kills: int) -> None:
    """Kill the engine `kills` times, spread over the life of the pilot; a quarter of them around a write."""
    for number in range(kills):
        left = life.cases * EVENTS_A_CASE - life.head
        stride = max(20, 2 * left // (kills - number + 1))
        if number % 4 == 3:
            life.work(at_hang, hang=(rng.choice(["before", "after"]), rng.randint(1, 3)))
        else:
            life.work(beyond(life.head + rng.randint(1, stride)), rng.choice([0.0, rng.uniform(0, 0.004)]))
    life.finish()


def test_an_engine_killed_at_random_moments_loses_nothing_and_books_nothing_twice(tmp_path: Path) -> None:
    life = Life(tmp_path, seed=3, cases=48)
    live(life, Random(11), kills=4)
    assert life.kills == 4
    assert life.waiting > 0


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_around_a_write_leaves_it_in_doubt_for_a_person(tmp_path: Path, side: str) -> None:
    life = Life(tmp_path, seed=5, cases=16)
    life.work(at_hang, hang=(side, 1))
    writes = life.left_in_flight
    assert writes
    assert life.work(never).done  # worked again by an engine that decides no doubts
    histories = by_call(events(life.workspace))
    for write in writes:
        assert [e.kind for e in histories[write]].count("tool.started") == 1
        assert histories[write][-1].kind == "doubt.raised"
    life.finish()


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_kills(tmp_path: Path, seed: int) -> None:
    life = Life(tmp_path, seed=100 + seed, cases=251)
    live(life, Random(seed), kills=20)
    assert life.kills == 20
    assert life.waiting >= 5
    assert life.mid_write >= 3
