"""A playbook is followed step by step; what fails takes another way or goes to a person, never nowhere."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.job.description import parse_playbook
from agents.job.schema import Schema
from agents.models.model import CallResult, ModelFailed, ProposedCall, Reply, ResultStatus, Turn
from agents.models.playbook import PlaybookModel
from agents.playbook.cel import CelCompiler
from agents.playbook.format import EscalateStep
from agents.playbook.interpreter import play
from agents.playbook.plan_view import PlanView
from agents.playbook.program import Program, build_program
from agents.playbook.templates import Place, split
from agents.tools.control import Finish, Handoff, Plan, Wait, read_control
from storage.errors import BadInput
from tests.agents.jobs import accepted, answer, playbook, program, prompt

Json = Any
ANY = Schema.model_validate({"type": "object", "additionalProperties": True})


def worked(made: Program, case: dict[str, Json], given: dict[str, Json] | None = None) -> list[ProposedCall]:
    """Every call of a run; `given` says what a call (by id) comes back with."""
    playing = play(made, case)
    calls: list[ProposedCall] = []
    try:
        reply = next(playing)
        while True:
            calls.extend(reply.calls)
            reply = playing.send(tuple(_result(call, given or {}) for call in reply.calls))
    except StopIteration:
        return calls


def _result(call: ProposedCall, given: dict[str, Json]) -> CallResult:
    found = given.get(call.id)
    return answer(call, found[1], found[0]) if isinstance(found, tuple) else answer(call, found)


def said(call: ProposedCall) -> Json:
    return orjson.loads(call.arguments)


def test_the_plan_is_shown_with_the_first_call_and_ids_are_the_steps() -> None:
    calls = worked(
        program("""\
- {id: a, call: x, with: {t: "${case.t}", n: "${case.n}"}}
- {id: f, finish: {outcome: {o: "${steps.a.l}"}}}
"""),
        {"t": "hi", "n": Decimal("12345678901234567890.10")},
        {"a": {"l": "q"}},
    )
    assert [call.id for call in calls] == ["plan", "a", "f"]
    assert said(calls[0])["steps"] == [
        {"id": "a", "title": "A (x)", "state": "active"},
        {"id": "f", "title": "F (finish)", "state": "planned"},
    ]
    assert said(calls[1]) == {"t": "hi", "n": "12345678901234567890.10"}
    assert said(calls[2]) == {"outcome": {"o": "q"}}


def test_a_branch_goes_the_first_true_way() -> None:
    steps = """\
- id: b
  branch:
    - {when: case.n > 5, then: [{id: big, finish: {outcome: {}}}]}
    - {when: case.n > 3, then: [{id: mid, finish: {outcome: {}}}]}
    - {else: [{id: small, finish: {outcome: {}}}]}
"""
    assert [worked(program(steps), {"n": n})[-1].id for n in (6, 4, 1)] == ["big", "mid", "small"]
    lost = worked(program(steps), {})[-1]
    assert (lost.id, lost.tool) == ("b.handoff", "escalate")
    assert "could not be decided" in said(lost)["summary"]


def test_a_loop_gathers_results_and_numbers_its_calls() -> None:
    made = program("""\
- id: each
  for_each: case.lines
  as: line
  do:
    - {id: look, call: x, with: {n: "${line.n}"}}
- {id: f, finish: {outcome: {all: "${steps.each.map(e, e.look.ok)}"}}}
""")
    calls = worked(made, {"lines": [{"n": 1}, {"n": 2}]})
    assert [call.id for call in calls] == ["plan", "each[1].look", "each[2].look", "f"]
    assert said(calls[-1]) == {"outcome": {"all": [True, True]}}
    assert worked(made, {"lines": [{"n": 1}] * 101})[-1].tool == "escalate"


@pytest.mark.parametrize(
    ("given", "said_so"),
    [
        (
            (ResultStatus.FAILED, {"error": "no route", "category": "unreachable"}),
            "failed (unreachable): no route",
        ),
        (
            (ResultStatus.REFUSED, {"error": "not allowed", "rule": "r1"}),
            "refused by the rule r1: not allowed",
        ),
        ((ResultStatus.REJECTED, {"error": "no", "reason": "too dear"}), "rejected x: too dear"),
        ((ResultStatus.ANSWERED, {"answer": "use the other one"}), "a person replied: use the other one"),
        ({"orders": [], "note": None}, "came back with nothing"),
    ],
)
def test_what_goes_wrong_is_handed_over_with_its_cause(given: Json, said_so: str) -> None:
    calls = worked(program("- {id: a, call: x}\n- {id: f, finish: {outcome: {}}}"), {}, {"a": given})
    assert [call.id for call in calls] == ["plan", "a", "a.handoff"]
    handed = read_control("escalate", calls[-1].arguments, ANY)
    assert isinstance(handed, Handoff)
    assert said_so in handed.summary
    assert handed.options
    assert handed.recommendation


def test_a_failed_call_is_tried_again_and_then_takes_the_other_way_with_the_cause() -> None:
    made = program("""\
- id: a
  call: x
  on_failure:
    retry: 1
    steps: [{id: other, call: y, with: {why: "${cause}"}}]
- {id: f, finish: {outcome: {}}}
""")
    failed = (ResultStatus.FAILED, {"error": "down"})
    calls = worked(made, {}, {"a": failed, "a[2]": failed})
    assert [call.id for call in calls] == ["plan", "a", "a[2]", "plan[2]", "other", "f"]
    changed = read_control("plan", calls[3].arguments, ANY)
    assert isinstance(changed, Plan)
    assert changed.cause == "A (x): x failed: down."
    states = {step.id: step.state for step in changed.steps}
    assert states == {"a": "failed", "other": "active", "f": "planned"}
    assert said(calls[4]) == {"why": "A (x): x failed: down."}
    assert [call.id for call in worked(made, {}, {"a": failed})] == ["plan", "a", "a[2]", "f"]


def test_continue_goes_on_and_says_so() -> None:
    made = program("- {id: a, call: x, on_failure: continue}\n- {id: b, call: y}\n- {id: f, finish: {outcome: {}}}")
    calls = worked(made, {}, {"a": (ResultStatus.FAILED, {"error": "down"})})
    assert [call.id for call in calls] == ["plan", "a", "plan[2]", "b", "f"]


@pytest.mark.parametrize(("confidence", "end"), [(400, "sure"), (399, "unsure")])
def test_classify_goes_by_the_threshold(confidence: int, end: str) -> None:
    made = program("""\
- id: c
  classify: similar
  at_least: 400
  sure: [{id: sure, finish: {outcome: {}}}]
  unsure: [{id: unsure, escalate: {summary: s, options: "${[steps.c.label]}", recommendation: r}}]
""")
    calls = worked(made, {}, {"c": {"label": "q", "confidence_permille": confidence}})
    assert calls[-1].id == end


def test_an_outcome_that_is_not_accepted_and_a_plan_without_end_go_to_a_person() -> None:
    made = program("- {id: f, finish: {outcome: {}}}")
    calls = worked(made, {}, {"f": (ResultStatus.FAILED, {"error": "criterion x does not hold"})})
    assert [call.id for call in calls] == ["plan", "f", "f.handoff"]
    assert worked(program("- {id: a, call: x}"), {})[-1].id == "end.handoff"


def test_a_step_that_a_person_performs_takes_the_answer_as_its_result() -> None:
    steps = "- {id: a, call: x}\n- {id: f, finish: {outcome: {o: '${steps.a.answer}'}}}"
    given = {"a": (ResultStatus.ANSWERED, {"answer": "done"})}
    assert said(worked(program(steps, frozenset({"a"})), {}, given)[-1]) == {"outcome": {"o": "done"}}


def test_a_wait_is_a_control_call() -> None:
    made = program("- {id: w, wait: {for: reply, question: 'Is ${case.n} right?', until: P3D}}")
    wait = read_control("wait", worked(made, {"n": 7})[1].arguments, ANY)
    assert wait == Wait("reply", "Is 7 right?", None, "P3D", None)


def test_control_calls_are_checked() -> None:
    outcome = Schema.model_validate({"type": "object", "properties": {"queue": {"type": "string"}}})
    assert read_control("finish", b'{"outcome": {"queue": "q"}}', outcome) == Finish({"queue": "q"})
    assert read_control("finish", b'{"outcome": {"queu": "q"}}', outcome) == [
        "outcome.queu: this field is not known. Did you mean `queue`?"
    ]
    late = read_control("wait", b'{"for": "until", "until": "soon"}', outcome)
    assert isinstance(late, list)
    assert late[0].startswith("until:")
    for broken in (b"{", b'{"a": 1, "a": 2}', b"\xff", b"NaN", b"[" * 100_000):
        faults = read_control("plan", broken, outcome)
        assert isinstance(faults, list)
        assert faults


def test_templates_find_the_end_of_a_place() -> None:
    assert split("a ${ {'}': 1}['}'] } b $${c}") == ("a ", Place("{'}': 1}['}']"), " b ${c}")
    with pytest.raises(BadInput, match="never closed"):
        split("${case.a")


CONDITIONS = ["case.n > 1", "case.nothing == 1", "has(status.s1)"]


def steps_of(depth: int) -> st.SearchStrategy[list[dict[str, Json]]]:
    inner = st.just([]) if depth == 0 else steps_of(depth - 1)
    call = st.fixed_dictionaries(
        {"call": st.sampled_from(["x", "y"])},
        optional={
            "on_failure": st.one_of(
                st.sampled_from(["escalate", "continue", "retry 2"]),
                inner.map(lambda s: {"retry": 1, "steps": s}),
            ),
            "on_empty": st.sampled_from(["escalate", "continue"]),
            "with": st.just({"t": "${case.t} and ${steps}"}),
        },
    )
    kinds: list[st.SearchStrategy[dict[str, Json]]] = [
        call,
        st.just({"finish": {"outcome": {"o": "${case.t}"}}}),
        st.just({"escalate": {"summary": "s ${case.nothing}", "recommendation": "r"}}),
        st.just({"wait": {"for": "reply", "question": "q"}}),
    ]
    if depth:
        kinds += [
            st.tuples(inner, inner, st.sampled_from(CONDITIONS)).map(
                lambda p: {"branch": [{"when": p[2], "then": p[0]}, {"else": p[1]}]}
            ),
            inner.filter(bool).map(lambda s: {"for_each": "case.lines", "do": s}),
            st.tuples(inner, inner).map(lambda p: {"classify": "x", "sure": p[0], "unsure": p[1]}),
        ]
    return st.lists(st.one_of(kinds), min_size=0 if depth < 2 else 1, max_size=3)


def numbered(value: Json, counter: list[int]) -> Json:
    """Give each step an id of its own."""
    if isinstance(value, list):
        return [numbered(element, counter) for element in value]
    if not isinstance(value, dict):
        return value
    made = {key: numbered(member, counter) for key, member in value.items()}
    if {"call", "finish", "escalate", "wait", "branch", "for_each", "classify"} & set(value):
        counter[0] += 1
        made["id"] = f"s{counter[0]}"
    return made


contents: st.SearchStrategy[Json] = st.sampled_from(
    [None, [], {}, {"confident": True}, {"confident": False}, {"a": 1}, "text", 5]
)


@settings(max_examples=150, deadline=None)
@given(steps_of(2), st.data())
def test_a_rebuilt_run_goes_on_as_the_live_one_and_every_run_ends(
    steps: list[dict[str, Json]], data: st.DataObject
) -> None:
    text = orjson.dumps({"format": 1, "steps": numbered(steps, [0])}).decode()

    made = build_program(parse_playbook(text), CelCompiler())
    case: dict[str, object] = {"t": "hi", "n": 2, "lines": [{"n": 1}, {"n": 2}]}
    live, ids = PlaybookModel(made), set[str]()
    turns: tuple[Turn, ...] = ()
    while True:
        reply = asyncio.run(live.reply(prompt(case, turns)))
        assert asyncio.run(PlaybookModel(made).reply(prompt(case, turns))) == reply
        if not reply.calls:
            break
        assert not ids & {call.id for call in reply.calls}
        ids |= {call.id for call in reply.calls}
        results = tuple(
            CallResult(call, data.draw(st.sampled_from(list(ResultStatus))), data.draw(contents))
            for call in reply.calls
        )
        turns = (*turns, Turn(reply, results))
        assert len(turns) < 2_000
    assert turns[-1].reply.calls[-1].tool in ("finish", "escalate")


def test_a_run_that_this_playbook_did_not_do_is_refused() -> None:
    model = PlaybookModel(program("- {id: a, call: x}"))
    other = Reply(calls=(ProposedCall("b", "y", b"{}"),))
    with pytest.raises(ModelFailed, match="does not lead to what this run did in turn 1"):
        asyncio.run(model.reply(prompt({}, (accepted(other),))))


def test_ids_are_unique_and_not_reserved() -> None:
    for steps in (
        "- {id: plan, call: x}",
        "- {id: a, call: x}\n- {id: a, call: x}",
        "- {id: 'a b', call: x}",
    ):
        with pytest.raises(BadInput):
            playbook(steps)


def test_a_way_that_was_not_taken_is_skipped_in_the_plan() -> None:
    handed = {"summary": "s", "evidence": [], "options": [], "recommendation": "r"}
    steps = [EscalateStep.model_validate({"id": name, "escalate": handed}) for name in ("park", "tell")]
    view = PlanView([("read", "Read"), ("park", "Park"), ("tell", "Tell")], {"park": "done"})
    view.skip(steps)
    assert view.state == {"park": "done", "tell": "skipped"}
    view.mark("tell", "active")
    assert view.state["tell"] == "active"
