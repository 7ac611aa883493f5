"""The fold of a run's events: any portions give the same tree; steps, waits, failures and sums have their place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.trace import Trace
from console.models.trace_axis import Axis, Gap, gaps
from console.models.trace_items import DECISION, END, MODEL, TOOL, WAIT, Row
from console.views.live.reading import Portion, portion
from storage.queries import Queries
from tests.console.live.stage import SECOND, Writer, scene, target


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Portion]]:
    folder = tmp_path_factory.mktemp("stage")
    writer = Writer(folder)
    scene(writer)
    target(writer)
    writer.close()
    with closing(Queries(writer.path)) as queries, queries.view() as view:
        names = ("run-target", "run-failed", "run-INV-2026-0418", "run-old-003")
        yield {name: portion(view, name, 0) for name in names}


def _whole(found: Portion) -> Trace:
    trace = Trace()
    trace.take(found.events, found.plans)
    return trace


def _names(rows: Sequence[Row]) -> list[tuple[int, str, str]]:
    return [(row.depth, row.item.kind, row.item.name) for row in rows]


@given(cuts=st.lists(st.integers(0, 60), max_size=8), name=st.sampled_from(["run-target", "run-failed"]))
def test_any_portions_give_the_same_tree(runs: dict[str, Portion], cuts: list[int], name: str) -> None:
    found, trace = runs[name], Trace()
    bounds = sorted({0, *(min(cut, len(found.events)) for cut in cuts), len(found.events)})
    for start, stop in itertools.pairwise(bounds):
        trace.take(found.events[max(0, start - 2) : stop], found.plans)  # what was taken before changes nothing
    whole = _whole(found)
    assert trace.rows() == whole.rows()
    assert trace.totals(10**16) == whole.totals(10**16)


def test_steps_stand_in_the_plan_in_order(runs: dict[str, Portion]) -> None:
    trace = _whole(runs["run-target"])
    titles = [row.item.name for row in trace.rows() if row.folded is not None or row.item.start is None]
    assert titles == ["Read the invoice", "Match order and receipt", "Decide on the difference", "Book the invoice",
                      "Tell the buyer", "Finish and check criteria"]  # fmt: skip
    assert trace.steps() == ["done", "done", "done", "active", "planned", "planned"]
    assert trace.rows()[0].item.name == "Plan the work"


def test_a_wait_ends_with_who_decided(runs: dict[str, Portion]) -> None:
    wait = next(item for item in _whole(runs["run-target"]).items() if item.kind == WAIT)
    assert (wait.name, wait.note, wait.state) == ("Ingrid Moen", "approved", "ended")
    assert (wait.end or 0) - (wait.start or 0) == pytest.approx(116.1 * SECOND, abs=SECOND)


def test_a_failed_call_says_what_came_next(runs: dict[str, Portion]) -> None:
    trace = _whole(runs["run-failed"])
    tools = [(item.state, item.note) for item in trace.items() if item.kind == TOOL]
    assert tools == [("failed", "timeout, tried again"), ("failed", "timeout, nothing was done")]
    assert trace.rows()[-1].item.kind == END


def test_what_the_model_is_told_is_what_happened_since(runs: dict[str, Portion]) -> None:
    last = [item for item in _whole(runs["run-target"]).items() if item.kind == MODEL][-1]
    assert [(role, name) for role, name, _ in last.added] == [
        ("tool", "erp.book_invoice"),
        ("supervisor", "Ingrid Moen"),
    ]


def test_folded_steps_leave_out_their_children(runs: dict[str, Portion]) -> None:
    trace = _whole(runs["run-target"])
    all_, folded = trace.rows(), trace.rows(frozenset({"read", "book"}))
    assert len(all_) - len(folded) == sum(row.item.step in ("read", "book") and row.depth for row in all_)
    assert [row.number for row in all_ if row.number] == list(range(1, len(trace.items()) + 1))


def test_an_asked_call_has_its_rule(runs: dict[str, Portion]) -> None:
    decision = next(i for i in _whole(runs["run-INV-2026-0418"]).items() if i.kind == DECISION)
    assert decision.name == "account-unproven"
    assert decision.decision is not None
    assert [origin.proven for origin in decision.decision.origins or ()] == [True, False]


def test_long_waits_fold_so_that_work_keeps_its_width(runs: dict[str, Portion]) -> None:
    trace = _whole(runs["run-target"])
    begin = trace.started or 0
    folded = gaps(trace.items(), begin, begin + 180 * SECOND)
    assert [(gap.waited, round((gap.end - gap.start) / SECOND)) for gap in folded] == [(True, 116)]
    axis = Axis(begin, begin + 180 * SECOND, folded, 400, 64)
    assert axis.bands[0].right - axis.bands[0].left == 64
    labels = [tick.label for tick in axis.ticks(56) if tick.label]
    assert labels[0] == "0 s"
    assert len(labels) >= 3


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 10**8)), max_size=6), st.integers(1, 10**8),
    st.lists(st.integers(0, 10**9), min_size=2, max_size=12),
)  # fmt: skip
def test_the_axis_never_goes_back(stretches: list[tuple[int, int]], rest: int, times: list[int]) -> None:
    at, folded = 0, []
    for work, wait in stretches:
        folded.append(Gap(at + work, at + work + wait, True))
        at += work + wait
    axis = Axis(0, at + rest, folded, 300, 64)
    xs = [axis.x(time) for time in sorted(times)]
    assert xs == sorted(xs)
    assert all(0 <= x <= 300 for x in xs)
    assert axis.x(at + rest) == pytest.approx(300, abs=0.01)
