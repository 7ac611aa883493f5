"""What the command field finds, in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.shell.finding import Entry, found, match, merged
from console.shell.key_words import key_words


def words_of(typed: str, *words: str) -> list[str]:
    return [each.entry.words for each in found(typed, [Entry("actions", each) for each in words])]


def test_the_beginning_of_a_word_counts_more_than_its_middle() -> None:
    assert words_of("go", "Cargo", "Let it go on", "Go to Live") == ["Go to Live", "Let it go on", "Cargo"]


def test_initials_are_enough() -> None:
    assert words_of("sa", "Stop all", "Backup")[0] == "Stop all"
    assert words_of("gtl", "Go to Live", "Go to Agents") == ["Go to Live"]


def test_scattered_letters_find_nothing() -> None:
    assert words_of("xyz", "Extra boxy zone") == []
    assert words_of("agnt", "a very long sentence in which the letters lie far apart") == []


def test_what_is_behind_the_words_is_found_but_stands_below() -> None:
    entries = [Entry("actions", "Approve", "Inbox"), Entry("actions", "Go to the Inbox")]
    assert [each.entry.words for each in found("inbox", entries)] == ["Go to the Inbox", "Approve"]


def test_the_group_with_the_best_match_comes_first() -> None:
    entries = [Entry("actions", "Go to the Inbox: invoices"), Entry("agent", "invoice-matching")]
    assert [each.entry.group for each in found("invoice", entries)] == ["agent", "actions"]


def test_nothing_typed_lists_everything_in_its_order() -> None:
    assert words_of("", "b", "a") == ["b", "a"]


@given(st.text(max_size=12), st.text(max_size=30))
def test_what_is_found_is_there_in_order(typed: str, words: str) -> None:
    hit = match(typed, words)
    if hit is not None and len(words.casefold()) == len(words):
        shown = "".join(words.casefold()[at] for at in hit[1])
        assert shown in (typed.casefold().strip(), typed.casefold().strip().replace(" ", ""))
        assert list(hit[1]) == sorted(set(hit[1]))


def test_an_entry_is_listed_once() -> None:
    assert len(merged([Entry("run", "a")], [Entry("run", "a"), Entry("case", "a")])) == 2


def test_keys_are_written_as_they_stand_on_the_keys() -> None:
    assert key_words("Ctrl+Shift+X") == "Ctrl Shift X"
    assert key_words("Ctrl++") == "Ctrl +"
    assert key_words("Return") == "Enter"
    assert key_words("?") == "?"
