"""A job description is read strictly: every mistake is named with field, line and the nearest word."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.formats import as_text, schemas
from agents.job.description import parse_job, read_job
from agents.job.diff import Change, diff
from agents.job.digest import digest
from agents.job.loading import load_job
from agents.job.raci import acts_for, informed_of, people_of, performed_by_people, step_of
from agents.job.readiness import readiness
from agents.job.schema import Schema, check
from agents.job.yaml_text import MAX_BYTES, parse_yaml
from agents.playbook.cel import CelCompiler
from storage.errors import BadInput
from tests.agents.jobs import JOBS, MINIMAL, job


def refused(text: str | bytes) -> str:
    with pytest.raises(BadInput) as caught:
        parse_job(text, "job.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("purpos: x", "purpose: Decide refunds.", ["line 3", "`purpos`", "Did you mean `purpose`?"]),
        ("x-knd: a", "x-kind: a", ["`outcome.properties.result.x-knd`", "Did you mean `x-kind`?"]),
        ("type: strng", "type: boolean", ["line 16", "`strng`", "Did you mean `string`?"]),
        ("call: lookup", "call: look_up", ["line 23", "no tool `lookup`", "Did you mean `look_up`?"]),
        ("cal: look_up", "call: look_up", ["`plan.steps[0].cal`", "Did you mean `call`?"]),
    ],
)
def test_a_mistake_names_field_line_and_the_nearest(wrong: str, right: str, said: list[str]) -> None:
    text = MINIMAL.replace("result: {type: string, enum", "result: {x-kind: a, type: string, enum")
    text = text.replace("confidence_permille: {type: integer}", "confidence_permille: {type: boolean}")
    parse_job(text)
    message = refused(text.replace(right, wrong))
    assert all(part in message for part in said), message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINIMAL + "tier: 7\n", "at most 4"),
        (MINIMAL + 'tier: "3"\n', "a whole number is expected"),
        (MINIMAL + "name: other\n", "the key `name` is here a second time"),
        (MINIMAL + "scope: [\n", "not valid YAML"),
        (MINIMAL + "scope: !!python/object:os.system {}\n", "the tag"),
        (MINIMAL + "raci: {fnd: {R: agent}}\n", "Did you mean `find`?"),
        (MINIMAL + "raci: {find: {R: agent, A: agent}}\n", "only R can be the agent"),
        (MINIMAL + "confidence: {field: confidence}\n", "the outcome has no field `confidence`"),
        (MINIMAL + "cases: {outcome: {reslt: category}}\n", "Did you mean `result`?"),
        (MINIMAL.replace("id: end", "id: find"), "another step has the id `find`"),
        ("- 1\n", "a mapping of `key: value` lines is expected"),
        ("", "not nothing"),
        (b"name: \xff\n", "not UTF-8"),
        ("a: &a [x, x]\nb: *c\n", "no anchor before it"),
        ("[" * 5000, "nested deeper"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(text: str | bytes, said: str) -> None:
    assert said in refused(text)


def test_aliases_cannot_multiply() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert "aliases count every time" in refused(bomb)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 << 20)
    with pytest.raises(BadInput, match="52,428,800 bytes"):
        read_job(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_job(tmp_path / "none.yaml")
    assert MAX_BYTES < 50 << 20


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_never_a_traceback(text: str) -> None:
    with contextlib.suppress(BadInput):
        parse_job(text)


def test_words_of_other_yaml_versions_stay_words() -> None:
    assert parse_yaml("a: no\nb: on\nc: 2024-01-01\nd: 1_0\ne: 007\nf: true").value == {
        "a": "no", "b": "on", "c": "2024-01-01", "d": "1_0", "e": "007", "f": True,
    }  # fmt: skip


def test_the_digest_is_of_the_content_not_of_the_writing() -> None:
    lines = MINIMAL.splitlines(keepends=True)
    moved = "# a comment\n" + "".join([lines[0], lines[2], lines[1], *lines[3:]])
    assert digest(parse_job(moved)) == digest(job())
    one, other = "{find: {R: bob}, end: {A: eve}}", "{end: {A: eve}, find: {R: bob}}"
    assert digest(job(raci=one)) == digest(job(raci=other))
    assert digest(job(tier="3")) == digest(job())
    assert digest(job(tier="2")) != digest(job())


def test_a_diff_names_each_changed_field() -> None:
    old = job(criteria="[{id: a, holds: 'true', measure: m}, {id: b, holds: 'true', measure: m}]")
    new = job(criteria="[{id: b, holds: 'true', measure: n}]", tier="1")
    assert diff(old, old) == []
    changes = {change.path: change for change in diff(old, new)}
    assert changes["criteria.b.measure"] == Change("criteria.b.measure", "m", "n")
    assert changes["criteria.a"].after is None
    assert changes["tier"].after == 1


def test_a_job_leaves_draft_only_with_a_person_a_measure_and_an_escalation_rule() -> None:
    assert [missing.field for missing in readiness(job())] == ["accountable", "criteria", "escalation"]
    complete = job(
        accountable="[ann]",
        criteria="[{id: a, holds: 'true', measure: m}]",
        escalation="[{id: b, when: 'false', to: ann, because: x}]",
    )
    assert readiness(complete) == []


def test_raci_says_who_acts() -> None:
    roles = job(accountable="[ann]", raci="{find: {R: bob, C: [cem], I: [dee, ann]}, end: {A: eve, I: [ann]}}")
    find = acts_for(roles, "outer[3].find[2]")
    assert (find.performer, find.approvers, find.consulted) == ("bob", ("ann",), ("cem",))
    assert acts_for(roles, "end").approvers == ("eve",)
    assert acts_for(roles, "elsewhere").performer is None
    assert step_of("find.handoff") == "find"
    assert performed_by_people(roles) == {"find"}
    assert informed_of(roles, ("find", "find[2]", "end")) == ("dee", "ann")
    assert set(people_of(roles)) == {"ann", "bob", "cem", "dee", "eve"}


def test_expressions_are_checked_when_the_job_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "job.yaml"
    wrong = MINIMAL.replace("${case.text}", "${case.txt}")
    for text, said in (
        (wrong, r"line 23(.|\n)*Did you mean `text`"),
        (MINIMAL + "criteria: [{id: a, holds: outcome.reslt == 'x', measure: m}]\n", "Did you mean `result`"),
        (MINIMAL + "escalation: [{id: a, when: steps.fnd.x, to: a, because: b}]\n", "Did you mean `find`"),
        (MINIMAL + "criteria: [{id: a, holds: '1 + 1', measure: m}]\n", "true or false"),
    ):
        path.write_text(text)
        with pytest.raises(BadInput, match=said):
            load_job(path, CelCompiler())
    path.write_text(MINIMAL)
    assert load_job(path, CelCompiler(), {"files_read"}).policy is None
    with pytest.raises(BadInput, match="no tool of the kind `files_read`"):
        load_job(path, CelCompiler(), {"file_read"})


@pytest.mark.parametrize("name", ["support-triage", "invoice-matching"])
def test_the_jobs_that_ship_are_complete(name: str) -> None:
    loaded = load_job(JOBS / f"{name}.yaml", CelCompiler())
    assert readiness(loaded.job) == []
    assert loaded.policy is not None
    assert set(loaded.job.raci)


def test_values_are_checked_exactly() -> None:
    schema = Schema.model_validate({"type": "object", "properties": {"n": {"type": "integer", "minimum": 2}}})
    assert check(schema, {"n": 2}) == []
    assert [fault.why for fault in check(schema, {"n": True, "m": 1})] == [
        "a whole number is expected, not true",
        "this field is not known",
    ]


@pytest.mark.parametrize("name", ["job", "playbook", "policy", "cases"])
def test_the_published_schemas_are_current(name: str) -> None:
    path = Path(__file__).parents[2] / "docs" / "formats" / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == as_text(schemas()[name]), "run python -m agents.formats"
    json.loads(path.read_text(encoding="utf-8"))
