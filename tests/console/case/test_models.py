"""A case as a timeline: each event once, in the order of time, in words; erased texts say so."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.case import by_day, spoken, story
from console.models.case_values import plain_values, shortened
from console.place import Place
from storage.events import approvals, calls, cases
from storage.events.workspace import BlobErased
from tests.console.case.histories import DIGEST, MINUTE, NOW, event, every_kind, history, record, ref, run, started

DAY = 24 * 60 * MINUTE


def test_every_kind_is_told_in_words() -> None:
    told = story(history(every_kind()), you="bob")
    lines = {entry.key: (entry.title, entry.detail) for entry in told.entries}
    assert lines == {
        1: ("Case received", "Nordlys Bakeri AS"),
        2: ("Invoice matching v3 began", "Live · 8 min · 0 turns · 0.00 USD"),
        3: ("Ann Berg said to the agent", "Look at the credit note."),
        4: ("Ann Berg paused the run", ""),
        5: ("Ann Berg let the run go on", ""),
        6: ("Book 12.00 EUR for Nordlys.", "Asked finance-lead, by the rule limit"),
        7: ("You tried to decide and was refused", "not approver"),
        8: ("Ann Berg rejected", "The goods came back."),
        9: ("Ann Berg took the decision back", ""),
        10: ("Nobody decided in time", "It counts as rejected."),
        11: ("The request no longer stands", ""),
        12: ("Nobody knows whether book happened", "It waits for a person to find out."),
        13: ("Ann Berg found that book happened", "It is in the ERP."),
        14: ("Waits for Ann Berg to reply", "Is that right?"),
        15: ("Ann Berg replied", "Yes."),
        16: ("Finance-lead was informed", "The case is finished."),
        17: ("The agent's outcome", "result: posted · amount: 12.00"),
        18: ("Handed to Ann Berg", "A limit was reached"),
        19: ("The run failed", "No answer."),
        20: ("Ann Berg stopped the run", "Wrong case."),
    }
    assert all(entry.icon and entry.meaning for entry in told.entries)
    assert all(spoken(entry) for entry in told.entries)


def test_each_entry_opens_its_run_and_what_waits_opens_the_inbox() -> None:
    told = story(history([e for e in every_kind() if e.seq <= 6]))
    places = {entry.key: entry.place for entry in told.entries}
    assert places[1] is None
    assert places[2] == Place("live", "run", "run-1")
    assert places[6] == Place("inbox", "approval", "ap-1")
    decided = story(history(every_kind()))
    assert {entry.key: entry.place for entry in decided.entries}[6] == Place("live", "run", "run-1")


@given(st.data())
def test_whatever_the_order_of_reading_the_order_is_that_of_time(data: st.DataObject) -> None:
    times = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=40))
    given_events = [event(1, cases.CaseReceived("case-1", "a", ref("content")), None, ts=NOW)]
    given_events += [
        event(seq, approvals.ApprovalWithdrawn("ap", "c"), "run-1", "person:ann", ts=NOW + at * MINUTE)
        for seq, at in enumerate(times, 2)
    ]
    shuffled = data.draw(st.permutations(given_events))
    told = story(history(shuffled)).entries
    assert told == story(history(given_events)).entries
    assert sorted(entry.key for entry in told) == [each.seq for each in given_events]
    assert [(entry.at, entry.key) for entry in told] == sorted((entry.at, entry.key) for entry in told)


@given(st.lists(st.integers(0, 3 * DAY), max_size=60), st.sampled_from(["UTC", "Europe/Oslo", "Asia/Kathmandu"]))
def test_days_hold_every_entry_once_and_in_order(times: list[int], zone: str) -> None:
    events = [event(seq, approvals.ApprovalWithdrawn("ap", "c"), ts=NOW + at) for seq, at in enumerate(times, 1)]
    entries = story(history(events)).entries
    groups = by_day(entries, zone, NOW)
    assert [entry for _, held in groups for entry in held] == list(entries)
    assert len({group.title for group, _ in groups}) == len(groups)
    assert all(group.rows == len(held) for group, held in groups)


def test_today_and_yesterday_are_named() -> None:
    entries = story(history([event(1, cases.CaseReceived("case-1", "a", ref("content")), None, ts=NOW)])).entries
    assert by_day(entries, "UTC", NOW)[0][0].title.startswith("Today, ")
    assert by_day(entries, "UTC", NOW + DAY)[0][0].title.startswith("Yesterday, ")
    assert "," not in by_day(entries, "UTC", NOW + 4 * DAY)[0][0].title


def test_shadow_says_that_it_only_would_have() -> None:
    shadow = run(mode="shadow")
    told = story(history([e for e in every_kind() if e.seq in (1, 2, 17)], runs=(shadow,)))
    assert told.head.mode == "shadow"
    assert [entry.mode for entry in told.entries] == ["", "shadow", "shadow"]
    assert told.entries[-1].title == "The agent would have decided"
    assert "shadow" in spoken(told.entries[-1])


def test_one_live_run_makes_the_case_live() -> None:
    both = (run("run-1", "live"), run("run-2", "shadow"))
    told = story(history([event(2, started()), event(3, started(mode=cases.Mode.SHADOW), "run-2")], runs=both))
    assert told.head.mode == "live"
    assert [entry.run for entry in told.entries] == [1, 2]


def test_a_persons_outcome_stands_where_it_came() -> None:
    known = record(outcome=ref("theirs"), minutes=7, outcome_at=NOW + 3 * MINUTE)
    told = story(history([e for e in every_kind() if e.seq in (1, 2, 17)], case=known))
    assert [entry.title for entry in told.entries] == [
        "Case received", "Invoice matching v3 began", "A person's outcome", "The agent's outcome"
    ]  # fmt: skip
    theirs = told.entries[2]
    assert (theirs.detail, dict(theirs.facts)["Took them"]) == ("result: rejected", "7 min")


def test_erasing_is_one_act_and_erased_texts_say_so() -> None:
    erased = [
        event(seq, BlobErased(ref(name), ref("erasure")), None, "person:ann", ts=NOW + 60 * MINUTE + seq)
        for seq, name in enumerate(("content", "outcome", "note", "external"), 30)
    ]
    told = story(history([*every_kind(), *erased], case=record(external_id=None)))
    act = told.entries[-1]
    assert (act.title, act.detail) == ("Ann Berg erased 4 texts", "Asked by the supplier.")
    assert told.head.erased
    assert told.head.title == "(id erased)"
    by_key = {entry.key: entry for entry in told.entries}
    assert by_key[1].detail == "(erased)"
    assert by_key[1].documents[0].gone
    assert by_key[8].detail == "(erased)"
    assert not by_key[3].documents[0].gone


def test_two_acts_of_erasing_stay_two() -> None:
    erased = [
        event(seq, BlobErased(ref(name), ref("erasure")), None, actor, ts=NOW + seq * MINUTE)
        for seq, name, actor in ((30, "content", "person:ann"), (31, "note", "person:ann"), (32, "why", "person:bob"))
    ]
    assert len(story(history(erased)).entries) == 3


def test_a_run_without_an_end_holds_the_case() -> None:
    assert story(history([], runs=(run(ended_at=None, state="asking"),))).head.open_run == "run-1"
    assert story(history([])).head.open_run == ""


def test_a_case_that_nobody_worked_yet() -> None:
    told = story(history([every_kind()[0]], runs=()))
    assert (told.head.state, told.head.mode, told.head.runs) == (None, "", 0)


def test_what_people_decided_says_who_and_whether_it_is_signed() -> None:
    body = approvals.ApprovalDecided("ap-1", "c1", approvals.Choice.APPROVE, DIGEST, NOW)
    signed = story(history([event(2, body, "run-1", "person:ann", signature="x")])).entries[0]
    assert (signed.title, dict(signed.facts)["Signed"], dict(signed.facts)["By"]) == (
        "Ann Berg approved",
        "yes",
        "Ann Berg",
    )
    plain = story(history([event(2, body, "run-1", "person:ann")])).entries[0]
    assert dict(plain.facts)["Signed"] == "no"


@pytest.mark.parametrize("verdict", list(calls.DoubtVerdict))
def test_every_verdict_has_words(verdict: calls.DoubtVerdict) -> None:
    raised = event(2, calls.DoubtRaised("c1", "book", calls.DoubtCause.CRASH))
    told = story(history([raised, event(3, calls.DoubtResolved("c1", verdict), "run-1", "person:ann")]))
    assert "Ann Berg" in told.entries[-1].title
    assert "book" in told.entries[-1].title


def test_500_entries() -> None:
    events = [event(seq, approvals.ApprovalWithdrawn("ap", "c"), "run-1", "person:ann") for seq in range(1, 501)]
    random.Random(1).shuffle(events)
    assert [entry.key for entry in story(history(events)).entries] == list(range(1, 501))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a_b": 1, "c": null, "d": true, "e": [1, 2], "f": {"g": 1}}',
         "a b: 1 · c: – · d: yes · e: 2 items · f: 1 fields"),
        ("no  json\nat all", "no json at all"), ("[1, 2]", "[1, 2]"), ('{"broken": ', '{"broken":'),
        ('{"text": "In words."}', "In words."),
    ],
)  # fmt: skip
def test_values_in_a_line(text: str, line: str) -> None:
    assert plain_values(text) == line


@given(st.text(max_size=1_000))
def test_a_line_is_never_long(text: str) -> None:
    assert len(shortened(text)) <= 400
