"""Case files of every common make are read row by row; a broken row is reported and the others run."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.cases import BrokenRow, CaseRow, read_cases
from agents.cases.delimited import read_delimited
from agents.cases.whole_text import WholeText
from agents.job.description import Job
from storage.errors import BadInput
from tests.agents.jobs import MINIMAL, job

SOURCE = "{id: ref, outcome: {result: decision}}"


@pytest.fixture
def refunds() -> Job:
    return job(cases=SOURCE)


def read(folder: Path, name: str, content: str | bytes, made: Job) -> tuple[list[CaseRow], list[str]]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows = list(read_cases(path, made))
    broken = [str(row) for row in rows if isinstance(row, BrokenRow)]
    return [row for row in rows if isinstance(row, CaseRow)], broken


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, refunds: Job, encoding: str, delimiter: str) -> None:
    lines = ["ref,text,amount,decision", "a,für mich,12.50,paid", "b,zu spät,,"]
    content = "\r\n".join(lines).replace(",", delimiter).encode(encoding)
    cases, broken = read(tmp_path, "cases.csv", content, refunds)
    assert not broken
    assert cases == [
        CaseRow(1, "a", {"text": "für mich", "amount": Decimal("12.50")}, {"result": "paid"}),
        CaseRow(2, "b", {"text": "zu spät"}, None),
    ]


HALVES = [r"x\ud800y", r"x\uDC00", r"\ud83d", r"\ud83d\ud83d\ude00", r"\\\ud800"]
WHOLES = [r"x\ud83d\ude00", r"\\ud800", r"\\\\ud800 \\ udc00", r"\" \u0041"]


@pytest.mark.parametrize("text", [*HALVES, *WHOLES])
@pytest.mark.parametrize("wrap", ["[%s]", '{"format": 1, "cases": [%s]}', "%s"])
def test_half_a_character_breaks_its_row_in_every_make_of_json(
    tmp_path: Path, refunds: Job, text: str, wrap: str
) -> None:
    rows = [f'{{"ref": "{n}", "text": "{words}", "amount": 1}}' for n, words in enumerate(["a", text, "b"])]
    content = wrap % ("\n" if wrap == "%s" else ",").join(rows)
    cases, broken = read(tmp_path, "cases.jsonl" if wrap == "%s" else "cases.json", content, refunds)
    halved = text in HALVES
    assert [case.external_id for case in cases] == (["0", "2"] if halved else ["0", "1", "2"])
    assert ["half a character" in words for words in broken] == [True] * halved
    if not halved:
        assert cases[1].case["text"] == json.loads(f'"{text}"')


REPEATED = ['{"ref": "x", "ref": "y", "text": "t"}', '{"ref": "x", "text": "t", "more": [{"a": 1, "a": 1}]}']


@pytest.mark.parametrize("row", REPEATED)
@pytest.mark.parametrize("wrap", ["[%s]", '{"format": 1, "cases": [%s]}', "%s"])
def test_a_key_given_twice_breaks_its_row_in_every_make_of_json(
    tmp_path: Path, refunds: Job, row: str, wrap: str
) -> None:
    """Which of two values is meant, nobody can know."""
    content = wrap % ("\n" if wrap == "%s" else ",").join(
        ['{"ref": "1", "text": "a"}', row, '{"ref": "3", "text": "b"}']
    )
    cases, broken = read(tmp_path, "cases.jsonl" if wrap == "%s" else "cases.json", content, refunds)
    assert [case.external_id for case in cases] == ["1", "3"]
    assert len(broken) == 1
    assert broken[0].startswith("row 2")
    assert "twice in one object" in broken[0]


@given(st.lists(st.sampled_from([*HALVES, *WHOLES, "abc", "ü"])), st.integers(1, 20))
def test_halves_are_found_wherever_a_stream_is_cut(parts: list[str], size: int) -> None:
    content = "".join(parts).encode()

    def shown(size: int) -> bytes:
        stream = WholeText(io.BytesIO(content))
        return b"".join(iter(lambda: stream.read(size), b""))

    assert shown(size) == shown(1_000_000)
    assert shown(size).count(rb"\ufdd0") == sum(part in HALVES for part in parts)


def test_broken_rows_are_named_and_the_others_run(tmp_path: Path, refunds: Job) -> None:
    content = """\
ref,text,amount,kind,decision
a,one,1,goods,paid
b,,1,goods,paid
c,three,much,goods,paid
d,four,1,good,paid
e,five,1,goods,payed
a,six,1,goods,paid
,seven,1,goods,paid
h,eight,1,goods,paid,extra
i,"nine
lines, and ""quotes\""",1,goods,paid
j,"never closed,1,goods,paid
k,eleven,1,goods,paid
"""
    cases, broken = read(tmp_path, "cases.csv", content, refunds)
    assert [case.external_id for case in cases] == ["a", "i", "k"]
    assert cases[1].case["text"] == 'nine\nlines, and "quotes"'
    assert broken == [
        "row 2, `text`: this is empty.",
        "row 3, `amount`: a number is expected, not `much`.",
        "row 4, `kind`: `good` is not one of the 2 possible values. Did you mean `goods`?",
        "row 5, `outcome.result`: `payed` is not one of the 2 possible values. Did you mean `paid`?",
        "row 6, `ref`: row 1 has the same id, a.",
        "row 7, `ref`: the row has no id.",
        "row 8: 6 columns where the header has 5.",
        "row 10: a quote is opened and never closed.",
    ]


def test_an_unknown_column_is_not_passed_over(tmp_path: Path, refunds: Job) -> None:
    _, broken = read(tmp_path, "cases.csv", "ref,txt\na,b\n", refunds)
    said = "row 1, `txt`: the job does not know this column; map or ignore it. Did you mean `text`?"
    assert broken == [said]


def test_json_lines_keep_every_digit(tmp_path: Path, refunds: Job) -> None:
    content = """\
{"ref": "a", "text": "one", "amount": 1.10, "decision": "paid"}
{"ref": 12345678901234567890123, "text": "two"}
{"ref": "c", "text":
[1]
{"ref": "e", "text": 5}
{"id": "f", "case": {"text": "native"}, "outcome": {"result": "declined"}}
"""
    cases, broken = read(tmp_path, "cases.jsonl", content, refunds)
    assert [(case.external_id, case.outcome) for case in cases] == [
        ("a", {"result": "paid"}),
        ("12345678901234567890123", None),
        ("f", {"result": "declined"}),
    ]
    assert str(cases[0].case["amount"]) == "1.10"
    assert [line[:5] for line in broken] == ["row 3", "row 4", "row 5"]


def test_an_array_is_streamed_and_a_cut_one_gives_what_came_before(tmp_path: Path, refunds: Job) -> None:
    cases, broken = read(tmp_path, "a.json", '[{"ref": "a", "text": "x", "amount": 0.1}, {"ref": ', refunds)
    assert cases == [CaseRow(1, "a", {"text": "x", "amount": Decimal("0.1")}, None)]
    assert broken[0].startswith("row 2: from here on the file is not valid JSON")
    own = '{"format": 1, "cases": [{"id": "a", "case": {"text": "x"}}]}'
    assert len(read(tmp_path, "b.json", own, refunds)[0]) == 1
    with pytest.raises(BadInput, match="format: 1"):
        read(tmp_path, "c.json", own.replace("1,", "2,"), refunds)
    lines = '{"format": 1}\n{"id": "a", "case": {"text": "x"}}\n'
    assert len(read(tmp_path, "d.jsonl", lines, refunds)[0]) == 1


def test_a_folder_gives_one_case_a_file(tmp_path: Path) -> None:
    fields = "text: {type: string}\n    file: {type: string}"
    text = MINIMAL.replace("text: {type: string, minLength: 1}", fields)
    source = '{folder: {glob: "*.xml", field: file, max_bytes: 10}}'
    made = job(text.replace("required: [text]", "required: [file]"), cases=source)
    (tmp_path / "b.xml").write_text("<b/>")
    (tmp_path / "a.xml").write_text("<a/>" * 10)
    (tmp_path / "c.txt").write_text("")
    broken, case = list(read_cases(tmp_path, made))
    assert case == CaseRow(2, "b.xml", {"file": "b.xml"}, None)
    assert str(broken) == "row 1: a.xml has 40 bytes, at most 10 are allowed."


def test_memory_does_not_grow_and_a_huge_case_is_refused_alone(tmp_path: Path, refunds: Job) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as stream:
        stream.write("ref,text\n")
        stream.write("a," + "x" * (8 << 20) + "\n")
        stream.writelines(f"r{number},a text\n" for number in range(2_000))
    tracemalloc.start()
    kinds = [type(row) for row in read_cases(path, refunds)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kinds == [BrokenRow] + [CaseRow] * 2_000
    assert peak < 7 << 20


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cases.csv", "", "no header line"),
        ("cases.csv", "ref,text,text\n", "two columns called `text`"),
        ("cases.xls", "", "no case file of a known kind"),
        ("cases.json", "text", "neither a JSON array nor an object"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, refunds: Job, name: str, content: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read(tmp_path, name, content, refunds)
    with pytest.raises(BadInput, match="cannot be read"):
        list(read_cases(tmp_path / "none.csv", refunds))


@given(st.lists(st.lists(st.text(alphabet='ab",\n; ', max_size=6), min_size=2, max_size=2), max_size=8))
def test_what_a_spreadsheet_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["x", "y"], *rows])
    assert [list(row.values.values()) for row in read_delimited(path, 10_000, ",", None)] == rows
