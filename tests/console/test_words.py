"""Figures as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from console import words
from console.signs import APPROVAL, CHOICE, EFFECT, EVENT, KIND, MODE, RULING, STAGE, STATE, sign
from console.theme.tokens import MEANINGS, PALETTES
from storage.events.union import KINDS

NOON = int(datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp()) * words.MICRO


@pytest.mark.parametrize(("us", "shown"), [
    (0, "0 ms"), (340_000, "340 ms"), (999_499, "999 ms"), (999_500, "1.0 s"), (8_440_000, "8.4 s"),
    (59_949_000, "59.9 s"), (59_950_000, "1 min"), (60_000_000, "1 min"), (192_000_000, "3 min 12 s"),
    (3_599_600_000, "1 h"), (4_200_000_000, "1 h 10 min"), (187_200_000_000, "2 d 4 h"), (None, "–"),
    (-8_400_000, "−8.4 s"),
])  # fmt: skip
def test_durations(us: int | None, shown: str) -> None:
    assert words.duration(us) == shown


def test_durations_in_prose_are_whole_seconds() -> None:
    assert words.duration(8_400_000, prose=True) == "8 s"
    assert words.seconds(116_200_000) == "116 s"


def test_a_deadline_says_what_is_left() -> None:
    assert words.until(NOON + 25 * words.MINUTE + 30 * words.MICRO, NOON) == "25 min"
    assert words.until(NOON + 70 * words.MINUTE, NOON) == "1 h 10 min"
    assert words.until(NOON + 3 * words.HOUR + words.MINUTE, NOON) == "3 h"
    assert words.until(NOON - 1, NOON) == "overdue"
    assert words.ago(NOON - 23 * words.MINUTE, NOON) == "23 min ago"
    assert words.ago(NOON, NOON) == "just now"


def test_moments_are_local() -> None:
    assert words.clock(NOON, "Europe/Oslo") == "13:00"
    assert words.clock(NOON, "No/Such") == "12:00"
    assert words.day(NOON) == "24 Nov"
    assert words.day(NOON - 400 * words.DAY, now=NOON) == "20 Oct 2025"
    assert words.moment(NOON, NOON) == "12:00"
    assert words.moment(NOON + words.DAY, NOON) == "25 Nov"


def test_sums_and_shares() -> None:
    assert words.count(13_130) == "13,130"
    assert words.percent(0.142) == "14.2 %"
    assert words.points(0.012) == "+1.2 pt"
    assert words.points(-0.004) == "−0.4 pt"
    assert words.points(-0.0001) == "0.0 pt"
    assert words.interval(0.9312, 0.9749) == "[0.931, 0.975]"
    assert words.amount("22712.5", "NOK") == "22,712.50 NOK"
    assert words.amount("a lot") == "a lot"
    assert words.size(4_200_000) == "4.2 MB"
    assert words.size(999) == "999 B"
    assert words.grouped("NO9386011117947") == "NO93\xa08601\xa01117\xa0947"


def test_a_cost_of_which_parts_are_unknown_is_at_least() -> None:
    assert words.money(4_180_000, partial=True) == "≥ 4.18 USD"
    assert words.money(41_000) == "0.041 USD"
    assert words.money(0) == "0.00 USD"
    assert words.money(120) == "0.00012 USD"


def test_every_sign_has_an_icon_and_a_colour() -> None:
    for table in (STATE, MODE, EFFECT, STAGE, CHOICE, RULING, APPROVAL, KIND, EVENT):
        for each in table.values():
            assert files("resources").joinpath("icons", f"{each.icon}.svg").is_file(), each
            assert each.meaning in (*MEANINGS, "text"), each
            assert each.meaning in PALETTES["light"]


def test_every_kind_of_event_has_a_sign() -> None:
    assert set(EVENT) == set(KINDS)


def test_what_a_newer_store_says_is_shown_as_it_is() -> None:
    assert sign(STATE, "half_done").word == "half done"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("find_purchase_order", "Find purchase order"),
        ("invoice-matching-clerk", "Invoice matching clerk"),
        ("2026-11-24", "2026-11-24"),
        ("gpt-4", "Gpt-4"),
        ("a well-known issue", "A well-known issue"),
        ("", ""),
    ],
)
def test_names_of_the_machine_in_words(name: str, written: str) -> None:
    assert words.in_words(name) == written
    assert words.in_words("card_not_working", capital=False) == "card not working"
