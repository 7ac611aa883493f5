"""The settings in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.models.settings import cannot_know, keyring_banner, place_of_key, price, said_of_test, verified
from console.views.settings.about import licences, our_licence
from console.views.settings.backup_card import default_name
from console.views.settings.page import at_field
from storage.errors import BadInput

SOUND: dict[str, Any] = {"ok": True, "events": 12, "anchored_to": 12, "findings": [], "cannot_know": [], "notes": []}


@pytest.mark.parametrize("place", ["environment", "keyring", "session", "missing", "unknown"])
def test_every_place_of_a_key_has_a_word_and_a_sentence(place: str) -> None:
    told = place_of_key({"name": "openai", "place": place, "variable": "CENTAUR_SECRET_OPENAI", "problem": None})
    assert told.word
    assert told.icon
    assert told.sentence.endswith(".")
    if place in ("environment", "missing"):
        assert "CENTAUR_SECRET_OPENAI" in told.sentence


def test_a_locked_keyring_says_so_itself() -> None:
    key = {"name": "a", "place": "unknown", "problem": {"message": "The keyring is locked.", "hint": "Unlock it."}}
    assert place_of_key(key).sentence == "The keyring is locked. Unlock it."


def test_an_unknown_price_is_never_nothing() -> None:
    assert "≥" in price({"price_of": "", "input": None, "output": None})
    shown = price({"price_of": "file", "input": "3", "output": "15.5"})
    assert "3.00 USD sent, 15.50 USD received per 1M tokens" in shown


def test_a_test_that_went_well() -> None:
    answer = {"ok": True, "model": "gpt", "latency_ms": 640, "tokens_in": 11, "tokens_out": 2, "cost": None}
    told = said_of_test(answer)
    assert (told.meaning, told.title) == ("ok", "It answered in 640 ms")
    assert told.text == "gpt · 11 tokens sent, 2 received · cost unknown"


@pytest.mark.parametrize(
    "category",
    [
        "refused_credentials",
        "unreachable",
        "rate_limit",
        "overloaded",
        "cut_stream",
        "empty_reply",
        "bad_request",
        "new",
    ],
)
def test_a_refusal_says_what_to_do_first(category: str) -> None:
    told = said_of_test({"ok": False, "category": category, "message": "HTTP 401: no.", "hint": "Check the key."})
    assert told.meaning == "err"
    assert told.title
    assert told.text == "Check the key. It said: HTTP 401: no."


def test_no_key_is_no_refused_key() -> None:
    message = "The model x gave no usable reply: the credential 'a' could not be used: it is not set."
    answer = {"ok": False, "category": "refused_credentials", "message": message, "hint": "Store it."}
    assert said_of_test(answer).title == "There is no key for it"


def test_a_verification_says_what_is_proven() -> None:
    assert "up to event 12" in verified(SOUND).text
    assert "No anchor proves it" in verified({**SOUND, "anchored_to": 0}).text


def test_a_verification_that_found_something() -> None:
    findings = [
        {"kind": "edited", "seq": 4, "words": "Event 4 was edited."},
        {"kind": "edited", "seq": 5, "words": "x"},
    ]
    told = verified({**SOUND, "ok": False, "findings": findings})
    assert told.meaning == "err"
    assert "Event 4 was edited and 1 more findings." in told.text
    tables = verified({**SOUND, "ok": False, "differences": [1, 2]})
    assert "2 rows differ" in tables.text
    assert "Rebuild" in tables.text


def test_what_cannot_be_known_is_listed() -> None:
    assert cannot_know({"cannot_know": ["a."], "notes": ["b."]}) == ["a.", "b."]


def test_the_keyring_in_words() -> None:
    assert keyring_banner(None) is None
    assert keyring_banner({"usable": True, "locked": False, "why": "", "backend": "x"}) is None
    locked = keyring_banner({"usable": True, "locked": True, "why": "", "backend": "x"})
    none = keyring_banner({"usable": False, "locked": False, "why": "None here.", "backend": ""})
    assert locked is not None
    assert "locked" in locked.title
    assert none is not None
    assert "None here." in none.text


def test_a_backup_is_named_after_its_time() -> None:
    name = default_name(Path("/data/centaur.db"), datetime(2026, 11, 24, 15, 42, tzinfo=UTC))
    assert name == Path("/data/centaur-2026-11-24-1542.db")


def test_every_licence_can_be_read() -> None:
    texts = licences()
    assert set(texts) == {"centaur", "inter", "jetbrains", "lucide"}
    assert all(len(text) > 500 for _, text in texts.values())
    assert "Apache License" in our_licence()


def test_at_a_field_stand_no_names_of_methods() -> None:
    assert at_field(BadInput("`model.set`: model: it needs the provider.", hint="x")) == "It needs the provider."
    assert at_field(BadInput("There is one already.", hint="Choose.")) == "There is one already. Choose."
