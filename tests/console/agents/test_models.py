"""What the room of agents shows, worked out without a window."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.models.agents import PilotRow, agreed, grouped, people, road
from console.models.agents import agent_rows as rows_of_answer
from console.models.agents_start import estimate, fits, left, mapping_of, slots
from console.models.job_form import DESCRIPTION, LIMITS, RACI, TOOLS, Table, edit_of, free_name, read, shown, value_at
from console.models.job_form import Field as Spec
from console.models.plan import new_step, token_range
from console.models.versions import Fold, compared, folded, pairs

Json = Any
TEXTS = st.lists(st.sampled_from(["a", "b", "c: d", "", "long " * 20]), max_size=30)


def agent(**more: Json) -> dict[str, Json]:
    return {
        "agent": "x", "title": "X", "purpose": "Does.", "tier": 3, "kinds": ["similar_cases"], "problem": "",
        "stage": "draft", "version": "", "versions": 0, "published_at": None, "file": "", "modes": {}, **more,
    }  # fmt: skip


def page(**more: Json) -> dict[str, Json]:
    return {"time_zone": "UTC", "road": [], "modes": {}, "versions": [], "pilots": [], **more}


def test_a_list_of_none_few_and_many() -> None:
    assert grouped([]) == []
    many = rows_of_answer({"agents": [agent(agent=f"a{n}", title=f"Agent {n}") for n in range(10_000)]})
    assert [group.rows for group, _ in grouped(many)] == [10_000]
    assert [row.agent for _, held in grouped(many, "agent 9999") for row in held] == ["a9999"]


def test_a_draft_says_what_it_misses() -> None:
    row = rows_of_answer({"agents": [agent(missing="criteria, escalation")]})[0]
    assert row.line == "incomplete: criteria, escalation"
    assert rows_of_answer({"agents": [agent(problem="line 3: x")]})[0].line == "job description has faults"


def test_the_road_promises_nothing() -> None:
    row = rows_of_answer({"agents": [agent(stage="shadow", version="v", versions=1)]})[0]
    entered = {"version": "v", "stage": "shadow", "ts": 1_795_000_000_000_000, "actor": "person:a", "seq": 3}
    stations = road(row, page(road=[entered], modes={"shadow": {"started": 20}}), 1_795_000_000_000_000)
    assert [each.state for each in stations] == ["passed", "here", "ahead", "ahead"]
    assert stations[1].lines[1].endswith("20 runs")
    assert stations[3].lines[1] == "not offered by this version of Centaur"


def test_what_was_never_stopped_at_is_not_shown_as_done() -> None:
    row = rows_of_answer({"agents": [agent(stage="canary", version="v", versions=1)]})[0]
    entered = {"version": "v", "stage": "canary", "ts": 1_795_000_000_000_000, "actor": "person:a", "seq": 3}
    stations = road(row, page(road=[entered], modes={"live": {"started": 16}}), 1_795_000_000_000_000)
    assert [each.state for each in stations] == ["passed", "skipped", "here", "ahead"]
    worked = road(row, page(road=[entered], modes={"shadow": {"started": 3}}), 1_795_000_000_000_000)
    assert worked[1].state == "passed"


def test_agreement_is_shown_only_where_cases_were_compared() -> None:
    row = PilotRow("p", "shadow", "v1", 0, 1, 20, 0, False, {})
    value = {"estimate": "0.9", "low": "0.68", "high": "0.99"}
    assert agreed(row, {"agreement": value, "compared": 20}).agreement == "0.900 [0.680, 0.990]"
    assert agreed(row, {"agreement": value, "compared": 0}).agreement == ""
    assert agreed(row, {"agreement": {"estimate": "NaN", "low": 0, "high": 1}, "compared": 3}).agreement == ""


def test_people_have_their_duties() -> None:
    job = {
        "accountable": ["ann"],
        "raci": {"pay": {"R": "agent", "A": "bob", "I": ["ann"]}},
        "escalation": [{"to": "bob"}],
    }
    assert [(row.person, row.duties) for row in people(job)] == [
        ("ann", "accountable, informed"), ("bob", "decides, escalations"),
    ]  # fmt: skip
    assert people({"accountable": "ann", "raci": [1], "escalation": None}) == []


@given(st.sampled_from(["line", "prose", "code", "words", "lines"]), st.text("ab ,\n", max_size=20))
def test_what_a_field_shows_is_what_it_reads(kind: Any, text: str) -> None:
    spec = Spec(("x",), "X", kind)
    value = read(spec, text)
    assert read(spec, shown(spec, value)) == (
        value if kind != "code" and kind != "line" else read(spec, " ".join(text.split()))
    )


def test_an_empty_field_takes_its_line_away_and_a_number_is_a_number() -> None:
    spec = Spec(("limits", "run", "turns"), "Turns", "number")
    assert edit_of(spec, spec.at, " ") == {"at": ["limits", "run", "turns"], "do": "remove"}
    assert edit_of(spec, spec.at, "12")["value"] == 12
    assert edit_of(spec, spec.at, "twelve")["value"] == "twelve"  # told by the check, not swallowed


def test_every_field_of_the_form_is_named_once() -> None:
    places = [part.at for section in (*DESCRIPTION, *LIMITS, *RACI, *TOOLS) for part in section.parts]
    assert len(places) == len(set(places))
    table = next(part for part in RACI[0].parts if isinstance(part, Table))
    assert free_name(table, {"raci": {"new_step": {}}}, "new_step") == "new_step_2"
    assert value_at({"a": [{"b": 1}]}, ("a", 0, "b")) == 1
    assert value_at({"a": []}, ("a", 0, "b")) is None


@given(TEXTS, TEXTS)
def test_both_sides_of_a_comparison_are_whole(old: list[str], new: list[str]) -> None:
    left_text, right_text = "\n".join(old), "\n".join(new)
    rows = pairs(left_text, right_text)
    assert [row.left for row in rows if row.left is not None] == left_text.splitlines()
    assert [row.right for row in rows if row.right is not None] == right_text.splitlines()
    unfolded = [row for item in folded(rows) for row in (item.rows if isinstance(item, Fold) else (item,))]
    assert unfolded == rows
    assert all(row.left == row.right for row in rows if row.kind == "equal")


def test_parts_without_a_difference_are_only_named() -> None:
    version = {"texts": {"job": "a: 1\n", "plan": "", "policy": ""}, "tools": [], "model": "playbook"}
    parts = compared(version, {**version, "model": "gpt"}, {"job": "Job", "plan": "Plan", "model": "Model"})
    assert [(part.title, part.changed, len(part.rows)) for part in parts] == [("Job", 0, 0), ("Model", 1, 1)]


def preview(**more: Json) -> dict[str, Json]:
    field = {"name": "text", "type": "string", "required": True, "description": ""}
    return {
        "columns": ["nr", "Text", "cat"], "fields": [field], "outcome": [{**field, "name": "queue"}],
        "mapping": {"id": "id", "fields": {}, "outcome": {"queue": "category"}, "ignore": ["*"]},
        "suggested": {"text": "Text"}, "rows": [], "counted": 3, "broken": 1, "more": False, "errors": [], **more,
    }  # fmt: skip


def test_columns_are_proposed_and_mapped() -> None:
    found = slots(preview())
    assert [(slot.section, slot.column) for slot in found] == [("id", ""), ("fields", "Text"), ("outcome", "")]
    chosen = [found[0]._replace(column="nr"), found[1], found[2]._replace(column="cat")]
    assert mapping_of(chosen, True) == {
        "id": "nr",
        "fields": {"text": "Text"},
        "outcome": {"queue": "cat"},
        "ignore": ["*"],
    }


def test_rows_and_times_are_said_plainly() -> None:
    assert fits(preview()) == "3 rows; 1 cannot be used and will be refused, the others go on."
    assert fits(preview(counted=0)) == "There is no row in this file."
    last = PilotRow("p", "shadow", "v1", 0, 20_000_000, 20, 0, False, {})
    assert estimate([last], "shadow", 60) == "about 1 min, by the pilot of 20 cases"
    assert estimate([last], "live", 60) == ""
    state = {"states": {"finished": 10, "running": 5}, "skipped": 0, "refused": 0, "total": 40}
    assert left(state, 10_000_000) == (10, 40, "about 30 s left")
    assert left({**state, "total": None}, 1)[1:] == (None, "reading the cases")


def test_the_wrong_word_is_found_in_its_text() -> None:
    from console.models.job_form_draft import Fault

    fault = Fault("plan", (), "", 3, None, "why", ("case.txt", 6))
    assert token_range("Say ${case.txt} now", fault) == (11, 14)
    assert token_range("something else", fault) is None


def test_a_new_step_has_a_free_id() -> None:
    assert new_step("call", ["call_1"], "look_up")["id"] == "call_2"
    for kind in ("call", "classify", "branch", "for_each", "wait", "finish", "escalate"):
        assert kind in new_step(kind, [], "t")
