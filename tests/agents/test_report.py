"""The report: readable, escaped, one file, and silent where there is nothing to say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from agents.pilots.report import renderables
from agents.pilots.report_html import html
from agents.pilots.report_words import days, money, reading, share
from agents.pilots.shadow import Cost, ShadowCase, ShadowReport, Status, Window, compare

HOSTILE = "<script>alert(1)</script>\"'&[bold red]x[/]\u202e\x00\ud800"
VOID = {"meta", "br", "wbr"}


class Page(HTMLParser):
    """Collects tags and texts, and checks that tags nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        self.text += data


def pilot(n: int = 60, word: str = "queue_a") -> ShadowReport:
    cases = [
        ShadowCase(
            f"C-{i:03}",
            word if i % 7 else "other",
            word,
            Status.HANDED_OFF if i % 5 == 0 else Status.FINISHED,
            (i * 37) % 1000,
            f"About {word}",
        )
        for i in range(n)
    ]
    return compare(
        cases,
        title=word,
        outcome_field=word,
        threshold_permille=300,
        window=Window(1_762_700_000_000_000, 1_763_990_000_000_000),
        cost=Cost(4_180_000, "USD", True),
        notes=[word],
    )


def terminal(report: ShadowReport) -> str:
    out = StringIO()
    Console(file=out, width=110, color_system=None).print(renderables(report))
    return out.getvalue()


@pytest.mark.parametrize("n", [0, 1, 9, 60])
def test_a_pilot_of_any_size_has_a_whole_page(n: int) -> None:
    page = Page(html(pilot(n)))
    assert f"{n:,} cases" in page.text
    assert ("pill" in {a.get("class") for _, a in page.tags}) is (n < 30)
    assert not re.search(r"\bnan\b", page.text)
    assert "nan" not in {v for _, a in page.tags for v in a.values()}


def test_nothing_foreign_becomes_markup() -> None:
    page = Page(html(pilot(60, HOSTILE)))
    assert "script" not in {tag for tag, _ in page.tags}
    assert "<script>alert(1)</script>" in page.text
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    html(pilot(60, HOSTILE)).encode("utf-8")
    assert "\u202e" not in html(pilot(60, HOSTILE))
    assert "[bold red]x[/]" in terminal(pilot(60, HOSTILE.replace("\ud800", "")))


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_word_gives_the_same_structure(word: str) -> None:
    tags = [tag for tag, _ in Page(html(pilot(40, "plain"))).tags if tag != "wbr"]
    assert [tag for tag, _ in Page(html(pilot(40, word))).tags if tag != "wbr"] == tags or word == "other"


def test_the_page_fetches_nothing() -> None:
    page = html(pilot())
    assert not re.search(r"https?:|//\w|url\(|@import|src=|href=", page)
    assert "prefers-color-scheme:dark" in page


def test_every_figure_on_the_page_is_in_the_report() -> None:
    report = pilot()
    page = Page(html(report)).text
    for value in (report.agreement, report.kappa, report.coverage, report.decided):
        assert f"{value.estimate:.3f}" in page
        assert f"[{value.low:.3f}, {value.high:.3f}]" in page
        assert f"n {value.n}" in page
    assert "≥ 4.18 USD" in page


def test_the_parts_of_the_bar_add_up_to_all_compared_cases() -> None:
    report = pilot()
    parts = [int(n) for n in re.findall(r"</i>[\w ]+<b>(\d+)</b>", html(report))]
    assert len(parts) == 4
    assert sum(parts) == report.compared


def test_the_terminal_shows_figures_with_interval_and_n() -> None:
    shown = terminal(pilot())
    assert re.search(r"Agreement, all compared cases\*\s+0\.\d{3}\s+\[0\.\d{3}, 0\.\d{3}\]\s+60", shown)
    assert "insufficient" in terminal(pilot(9))
    assert "nothing can be compared" in terminal(pilot(0))


def test_too_few_cases_are_called_so_in_words() -> None:
    assert "too few" in reading(pilot(9))
    none = compare([ShadowCase("1", None, "a", Status.FAILED)], title="t", outcome_field="f", threshold_permille=1)
    assert "decided none" in reading(none)
    Page(html(none))


def test_money_and_days_are_written_for_people() -> None:
    assert money(Cost(1_234_567_890_000, "EUR")) == "1,234,567.89 EUR"
    assert money(Cost(-1_500, "EUR", True)) == "≥ -0.0015 EUR"
    assert days(Window(1_763_900_000_000_000, 1_763_910_000_000_000)) == "23 Nov 2025"
    assert days(Window(1_762_700_000_000_000, 1_763_990_000_000_000)) == "9 Nov to 24 Nov 2025"
    assert share(float("nan")) == "–"
    assert json.loads(json.dumps(share(0.5))) == "0.500"
