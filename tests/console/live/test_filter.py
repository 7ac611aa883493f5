"""A filter of runs: what is typed is understood or said to be wrong, and the store gives the runs that fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.run_filter import parse, written
from console.models.runs import sources
from console.signs import MODE, STATE
from storage.queries import Queries, View
from storage.queries.run_filter import RunFilter
from storage.queries.run_list import RunRow, Searched, Section
from tests.console.live.stage import Writer, scene

_NAME = st.text("abcdefgh-_0123456789", min_size=1, max_size=8)
_DAY = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
_WORD = st.text(st.characters(codec="utf-8", exclude_characters='"', exclude_categories=("C", "Z")), min_size=1)


@given(st.builds(
    RunFilter, st.just("") | _NAME, st.sampled_from(["", *MODE]), st.lists(st.sampled_from([*STATE])).map(tuple),
    st.just("") | _NAME, _DAY, _DAY, st.lists(_WORD, max_size=3).map(tuple),
))  # fmt: skip
def test_a_filter_is_read_as_it_is_written(wanted: RunFilter) -> None:
    if wanted.first and wanted.last and wanted.first > wanted.last:
        assert "No day" in parse(written(wanted)).problem
    else:
        assert parse(written(wanted)) == (wanted, "")


@given(st.text())
def test_whatever_is_typed_is_a_filter_or_a_problem(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed.filter, RunFilter)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("agnet:x", "There is no filter “agnet:”"),
        ("mode:shade", "There is no mode “shade”"),
        ("state:failed,odd", "There is no state “odd”"),
        ("from:2026-11", "“2026-11” is no day"),
        ("from:2026-11-09 to:2026-11-08", "No day is from 2026-11-09"),
    ],
)
def test_what_is_not_understood_is_said(text: str, problem: str) -> None:
    assert parse(text).problem.startswith(problem)


def test_a_key_that_is_being_typed_asks_for_nothing() -> None:
    assert parse("agent: mode:").filter.empty
    assert parse('"agnet:x"').filter.words == ("agnet:x",)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path)
    yield made
    made.close()


@pytest.fixture
def view(writer: Writer) -> Iterator[View]:
    scene(writer)
    queries = Queries(writer.path)
    with queries.view() as found:
        yield found
    queries.close()


def _found(view: View, text: str) -> list[RunRow]:
    return [row for source in sources(parse(text).filter) for row in source.page(view, None, None, 1_000)]


def test_each_key_narrows(view: View) -> None:
    everything = _found(view, "")
    for text, fits in (
        ("agent:support-triage", lambda row: row.agent == "support-triage"),
        ("mode:shadow", lambda row: row.mode == "shadow"),
        ("state:failed", lambda row: row.state == "failed"),
        ("state:asking,failed", lambda row: row.state in ("asking", "failed")),
        ("agent:support-triage state:running", lambda row: (row.agent, row.state) == ("support-triage", "running")),
        ("q-880 11", lambda row: "Q-880" in (row.external_id or "") and "11" in (row.external_id or row.run)),
        ("pilot:none", lambda row: False),
    ):  # fmt: skip
        found = _found(view, text)
        assert found == [row for row in everything if fits(row)], text
        assert found or text == "pilot:none"


def test_a_run_is_of_the_day_on_which_it_ended_or_began(view: View) -> None:
    everything = _found(view, "")
    days = {datetime.fromtimestamp((row.ended_at or row.started_at) / 1e6, UTC).date() for row in everything}
    for day in days:
        mine = [r for r in everything if datetime.fromtimestamp((r.ended_at or r.started_at) / 1e6, UTC).date() == day]
        assert _found(view, f"from:{day} to:{day}") == mine
    assert _found(view, f"from:{min(days)} to:{max(days)}") == everything


def test_a_walk_in_stretches_finds_what_one_walk_finds(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    section, searched = Section((), parse("agent:support-triage").filter), Searched()
    whole = section.rows(view.connection, None, None, 1_000)
    ranges = section.ranges(view.connection, 16)
    monkeypatch.setattr("storage.queries.run_list._SHORTEST", 7)
    cut = Section((), section.filter, searched)
    assert cut.rows(view.connection, None, None, 1_000) == whole
    assert cut.ranges(view.connection, 16) == ranges
    assert sum(rows for rows, _ in ranges) == len(whole) == section.count(view.connection, None, None)
    after = -whole[40].seq
    assert cut.rows(view.connection, after, None, 10) == whole[41:51]
    assert 0 < searched.share < 1  # it need not go to the end
