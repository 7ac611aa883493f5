"""Changes of a YAML text: only what was meant changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.job.editing import Edit, edited, merge
from agents.job.yaml_text import parse_yaml
from storage.errors import BadInput

JOBS = sorted(Path("resources/jobs").glob("*.yaml"))


def lines(text: str) -> list[str]:
    return text.splitlines()


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_a_title_changes_one_line(path: Path) -> None:
    text = path.read_text("utf-8")
    at = ("title",) if "title" in parse_yaml(text).value else ("steps", 0, "title")
    made = edited(text, [Edit(at, "set", "Another: title")])
    assert sum(a != b for a, b in zip(lines(text), lines(made), strict=True)) == 1
    assert "'Another: title'" in made


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_a_change_and_its_opposite_give_the_text_back(path: Path) -> None:
    text = path.read_text("utf-8")
    at = ("tier",) if "tier" in parse_yaml(text).value else ("name",)
    before = parse_yaml(text).value[at[0]]
    there = edited(text, [Edit(at, "set", 1 if isinstance(before, int) else "other")])
    assert edited(there, [Edit(at, "set", before)]) == text


def test_what_is_removed_takes_no_remark_of_its_neighbour_with_it() -> None:
    text = "a: 1\nb:\n  c: 2\n\n# of d\nd: 3\n"
    assert edited(text, [Edit(("b",), "remove")]) == "a: 1\n\n# of d\nd: 3\n"


def test_a_key_is_renamed_in_its_place() -> None:
    text = "raci:\n  one: {R: agent} # first\n  two: {R: ann}\n"
    made = edited(text, [Edit(("raci", "one"), "rename", "three")])
    assert made == "raci:\n  three: {R: agent} # first\n  two: {R: ann}\n"
    with pytest.raises(BadInput, match="another `two`"):
        edited(text, [Edit(("raci", "one"), "rename", "two")])


def test_elements_move_with_their_remarks() -> None:
    text = "steps:\n  # the first\n  - id: a\n  - id: b\n"
    made = parse_yaml(edited(text, [Edit(("steps", 0), "move", 1)])).value
    assert [step["id"] for step in made["steps"]] == ["b", "a"]


def test_a_way_that_is_not_there_is_made_and_a_place_that_is_not_there_is_told() -> None:
    assert parse_yaml(edited("a: 1\n", [Edit(("b", "c", 0), "set", "x")])).value == {"a": 1, "b": {"c": ["x"]}}
    with pytest.raises(BadInput, match="no place"):
        edited("a: []\n", [Edit(("a", 3), "set", 1)])
    with pytest.raises(BadInput, match="line 2"):
        edited("a: [\n", [Edit(("a",), "set", 1)])


def test_long_prose_is_folded_and_means_the_same() -> None:
    prose = "word " * 60
    made = edited("purpose: short # why\nname: x\n", [Edit(("purpose",), "set", prose.strip())])
    assert max(map(len, lines(made))) < 120
    assert parse_yaml(made).value["purpose"] == prose.strip()


TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x85\u2028\u2029\ufeff"), max_size=60
)


@given(TEXTS)
def test_every_text_that_is_set_is_read_again(text: str) -> None:
    made = edited("a: x\nb: [1, two] # remark\n", [Edit(("a",), "set", text)])
    assert parse_yaml(made).value == {"a": text, "b": [1, "two"]}
    assert "# remark" in made


@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.lists(st.sampled_from("abcdef"), max_size=12))
def test_merging_into_the_text_itself_is_the_change(before: list[str], after: list[str]) -> None:
    old, new = ("".join(f"{line}\n" for line in text) for text in (before, after))
    assert merge(old, old, new) == new
    assert merge(new, old, old) == new
