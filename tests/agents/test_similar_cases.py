"""Similar past cases: the right label, honest confidence, no crash on any text."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.pilots.statistics import at_threshold
from agents.tools.similar.calibrate import NEVER, calibrate
from agents.tools.similar.index import Settings, SimilarCases
from agents.tools.similar.past import PastCase, digest, read_past_cases, without
from agents.tools.similar.words import same_text, words
from agents.tools.similar_cases import SimilarCasesConfig, SimilarCasesTool
from agents.tools.tool import CallContext, Effect, Json, LivePermit, ToolFailed
from storage.errors import BadInput

SAMPLES = Path(__file__).parents[2] / "resources/samples/triage"
CONTEXT = CallContext("run-1", "call-1", "key-1")


def case(text: str, label: str) -> PastCase:
    return PastCase(text, label, text[:8])


SMALL = (
    case("Where is my parcel?", "delivery"),
    case("The parcel has not arrived", "delivery"),
    case("I was charged twice", "billing"),
    case("There is a wrong amount on my bill", "billing"),
    case("我的包裹在哪里", "delivery"),
    case("Wo bleibt meine Rechnung?", "billing"),
)


@pytest.fixture(scope="module")
def past() -> tuple[PastCase, ...]:
    tests = read_past_cases(SAMPLES / "cases.csv", "text", "category", "id")
    return without(read_past_cases(SAMPLES / "past.csv", "text", "category"), (c.text for c in tests))


def test_a_case_gets_the_label_of_past_cases_worded_alike() -> None:
    index = SimilarCases.in_memory(SMALL)
    match = index.match("my PARCEL is late", evidence=2)
    assert match.label == "delivery"
    assert {near.case.label for near in match.nearest} == {"delivery"}
    assert match.nearest[0].score_permille == 1000
    assert index.match("包裹").label == "delivery"
    assert index.match("rechnung").label == "billing"


@pytest.mark.parametrize("text", ["", "   ", "?!…", "_", "zzz qqq", "\x00", "\ud800"])
def test_a_text_that_resembles_nothing_gets_no_label(text: str) -> None:
    match = SimilarCases.in_memory(SMALL).match(text)
    assert (match.label, match.confidence_permille, match.nearest) == ("", 0, ())


INDEX = SimilarCases.in_memory(SMALL)


@given(st.text(max_size=300) | st.sampled_from(['a" OR b', "x NEAR(y z)", "AND", "words:*", "-parcel^", "'; DROP"]))
@settings(deadline=None, max_examples=60)
def test_any_text_is_only_words_to_the_index(text: str) -> None:
    match = INDEX.match(text)
    assert 0 <= match.confidence_permille <= 1000
    assert match.label in {"", "billing", "delivery"}
    assert match == INDEX.match(text)


@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(min_size=1, max_size=5)), max_size=12),
    st.text(max_size=30),
)
@settings(deadline=None, max_examples=40)
def test_any_past_cases_can_be_indexed(rows: list[tuple[str, str]], text: str) -> None:
    rows = [(t, label.encode("utf-8", "replace").decode()) for t, label in rows]
    index = SimilarCases.in_memory([PastCase(t, label, "1") for t, label in rows])
    assert index.match(text).label in {"", *(label for _, label in rows)}
    index.close()


def test_a_tie_is_broken_by_the_labels_name_and_has_no_confidence() -> None:
    index = SimilarCases.in_memory([case("same words", "b"), case("same words", "a")])
    match = index.match("same words")
    assert (match.label, match.runner_up, match.confidence_permille) == ("a", "b", 0)


def test_the_order_of_the_past_cases_does_not_matter(past: tuple[PastCase, ...]) -> None:
    some = list(past[:1500:3])
    mixed = random.Random(3).sample(some, len(some))
    one, other = SimilarCases.in_memory(some), SimilarCases.in_memory(mixed)
    for asked in past[1:1500:150]:
        assert one.match(asked.text)[:3] == other.match(asked.text)[:3]


def test_a_very_long_case_is_answered_in_time(past: tuple[PastCase, ...]) -> None:
    index = SimilarCases.in_memory(past)
    text = "\n".join(c.text for c in past) * 20
    start = time.perf_counter()
    assert index.match(text).label
    assert time.perf_counter() - start < 1


def test_test_texts_are_dropped_from_the_past_whatever_their_spelling() -> None:
    kept = without(SMALL, ["where is MY  parcel", "unrelated"])
    assert [c.text for c in kept] == [c.text for c in SMALL[1:]]
    assert same_text("Café, now!") == same_text("CAFÉ now")


def test_words_of_scripts_without_spaces_are_characters() -> None:
    assert words("ＡＢＣ 包裹 Straße don't") == ["abc", "包", "裹", "strasse", "don", "t"]


def test_the_threshold_is_set_on_held_out_past_cases_only(past: tuple[PastCase, ...]) -> None:
    """The pilot's aim: 0.86 overall, 0.97 on 0.70 of the cases, with the threshold fixed beforehand."""
    threshold = calibrate(past, 970, seed=1)
    assert threshold.reachable
    assert threshold.correct * 1000 >= 970 * threshold.covered
    index = SimilarCases.in_memory(past)
    judged = []
    start = time.perf_counter()
    tests = read_past_cases(SAMPLES / "cases.csv", "text", "category", "id")
    for test in tests:
        match = index.match(test.text)
        judged.append((match.confidence_permille, match.label == test.label))
    assert (time.perf_counter() - start) / len(tests) < 0.05
    point = at_threshold(judged, threshold.permille)
    assert sum(right for _, right in judged) / len(judged) >= 0.86
    assert point.coverage >= 0.70
    assert point.precision >= 0.97


def test_a_smaller_past_gets_its_own_stricter_threshold(past: tuple[PastCase, ...]) -> None:
    few = random.Random(5).sample(past, 385)
    assert calibrate(few, 900).permille > 261
    assert calibrate(few, 900) == calibrate(few, 900)


@pytest.mark.parametrize("few", [(), SMALL[:1], SMALL[:2], SMALL, tuple(case(f"only {i}", "one") for i in range(9))])
def test_too_few_past_cases_are_never_believed(few: tuple[PastCase, ...]) -> None:
    assert calibrate(few, 900).permille == NEVER


def test_meaningless_past_cases_are_never_believed() -> None:
    rng = random.Random(1)
    noise = [case(" ".join(rng.choices("abcdefgh", k=4)), rng.choice("xyz")) for _ in range(200)]
    assert calibrate(noise, 970).permille == NEVER


@pytest.mark.parametrize("target", [0, 1001, -5])
def test_an_impossible_target_is_refused(target: int) -> None:
    with pytest.raises(BadInput):
        calibrate(SMALL, target)


# --- files ---


def config(folder: Path, content: str, name: str = "past.csv") -> SimilarCasesConfig:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return SimilarCasesConfig(path)


CSV = "text,label\n" + "".join(f'"parcel late p{i}",delivery\n"wrong bill b{i}",billing\n' for i in range(40))


async def ask(tool: SimilarCasesTool, text: str) -> Json:
    return await tool.reader().read({"text": text}, CONTEXT)


async def test_the_tool_answers_with_integers_and_evidence(tmp_path: Path) -> None:
    tool = SimilarCasesTool.prepare(config(tmp_path, CSV), tmp_path / "cache")
    answer = await ask(tool, "the parcel is late")
    assert answer["label"] == "delivery"
    assert answer["runner_up"] == ""
    assert answer["confident"] is True
    assert len(answer["nearest"]) == 5
    assert set(answer["nearest"][0]) == {"id", "text", "label", "score_permille"}
    assert "." not in json.dumps([answer[k] for k in ("confidence_permille", "threshold_permille")])
    nothing = await ask(tool, "qqq")
    assert (nothing["label"], nothing["confident"]) == ("", False)


def test_the_tool_is_a_trusted_read_without_a_writer(tmp_path: Path) -> None:
    tool = SimilarCasesTool.prepare(config(tmp_path, CSV), tmp_path)
    assert (tool.spec.effect, tool.spec.trusted_read, tool.spec.retrieval) == (Effect.READ, True, True)
    assert tool.writer(LivePermit()) is None


async def test_an_argument_that_is_no_text_is_refused(tmp_path: Path) -> None:
    tool = SimilarCasesTool.prepare(config(tmp_path, CSV), tmp_path)
    with pytest.raises(ToolFailed) as failed:
        await tool.reader().read({"text": 5}, CONTEXT)
    assert failed.value.category == "bad_arguments"


def test_index_and_threshold_are_built_once_for_equal_past_cases(tmp_path: Path) -> None:
    cache, built = tmp_path / "cache", []
    first = SimilarCasesTool.prepare(config(tmp_path, CSV), cache, on_progress=lambda *_: built.append(1))
    files = {p.name: p.stat().st_mtime_ns for p in cache.iterdir()}
    assert built
    built.clear()
    second = SimilarCasesTool.prepare(config(tmp_path, CSV), cache, on_progress=lambda *_: built.append(1))
    assert not built
    assert first.threshold == second.threshold
    assert files == {p.name: p.stat().st_mtime_ns for p in cache.iterdir()}
    SimilarCasesTool.prepare(config(tmp_path, CSV), cache, exclude=["parcel late p3"])
    assert len(list(cache.iterdir())) == 2 * len(files)


def test_a_spoilt_index_says_what_to_do(tmp_path: Path) -> None:
    SimilarCasesTool.prepare(config(tmp_path, CSV), tmp_path / "cache")
    next((tmp_path / "cache").glob("*.sqlite")).write_bytes(b"not a database, certainly" * 9)
    with pytest.raises(BadInput, match="Delete the file"):
        SimilarCasesTool.prepare(config(tmp_path, CSV), tmp_path / "cache")


def test_the_index_file_cannot_be_changed_through_the_tool(tmp_path: Path) -> None:
    tool = SimilarCasesTool.prepare(config(tmp_path, CSV), tmp_path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        tool._index._db.execute("DELETE FROM past")


def test_json_lines_are_past_cases_too(tmp_path: Path) -> None:
    path = tmp_path / "past.jsonl"
    path.write_text('{"q":"a b","l":"x","n":7}\n\n{"q":"c","l":null,"n":8}\n', encoding="utf-8")
    assert read_past_cases(path, "q", "l", "n") == (PastCase("a b", "x", "7"),)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "text,queue\nhello,x\n", "line 2: there is no column 'label'"),
        ("a.jsonl", '{"text":"a","label":"b"}\n{"text"\n', "line 2: this is not JSON"),
        ("a.jsonl", "[1]\n", "line 1: a JSON object"),
        ("a.csv", "text,label\n", "holds no past case"),
    ],
)
def test_an_unusable_file_is_named_with_its_line(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        SimilarCasesTool.prepare(config(tmp_path, content, name), tmp_path)


def test_a_missing_or_foreign_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_past_cases(tmp_path / "none.csv", "text", "label")
    (tmp_path / "latin.csv").write_bytes("text,label\nK\xf6ln,x\n".encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_past_cases(tmp_path / "latin.csv", "text", "label")


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=5))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_digest_tells_cases_and_settings_apart(rows: list[tuple[str, str, str]]) -> None:
    cases = [PastCase(*row) for row in rows]
    assert digest(cases, *Settings().key()) == digest(list(cases), *Settings().key())
    assert digest(cases, *Settings().key()) != digest(cases, *Settings(hits=7).key())
    assert digest([*cases, case("one", "more")], 1) != digest(cases, 1)
