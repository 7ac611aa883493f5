"""What the status bar says of the ledger is never more than the check could know."""

from __future__ import annotations

from console.shell.stating import Verified, parts
from console.shell.status_bar import Part
from storage.queries.standing import Standing

AT = 1_795_000_000_000_000
STANDING = Standing(0, 0, 0, 0, 0, 12, (), 1)


def ledger(verified: Verified | None) -> Part:
    return next(part for part in parts("ready", STANDING, 0.0, verified) if part.id == "ledger")


def test_not_checked_is_said() -> None:
    assert ledger(None).words == "Ledger, 12 events"


def test_verified_is_said_only_where_nothing_was_left_unknown() -> None:
    assert ledger(Verified(AT, True)).dot == "ok"
    assert ledger(Verified(AT, True)).words.startswith("Ledger verified")
    without_key = ledger(Verified(AT, True, "", ("Without a key: events 1-12.",)))
    assert without_key.dot == "wait"
    assert without_key.words.endswith("not proven")
    assert "Without a key" in without_key.about


def test_what_was_found_is_said() -> None:
    found = ledger(Verified(AT, False, "Event 7 was edited."))
    assert (found.dot, found.about) == ("err", "Event 7 was edited.")
