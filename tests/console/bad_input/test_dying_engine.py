"""An engine that ends while it is asked something: nothing false is said of the ledger."""

from __future__ import annotations

import os
import signal

import pytest
from PySide6.QtCore import QObject

from console.app import Composed
from console.console import Console
from console.shell.stating import Verified, parts
from console.shell.watch import Watch
from storage.queries.standing import Standing
from tests.console.conftest import Loop


@pytest.fixture
def console_of_a_process(composed: Composed, loop: Loop) -> Console:
    """A console whose engine is a process that may be killed."""
    console = composed.console
    console.engine.start()
    loop.until(lambda: console.engine.state == "ready", what="the engine answers")
    return console


def test_a_check_that_the_engine_did_not_survive_says_nothing_against_the_ledger(
    console_of_a_process: Console, loop: Loop
) -> None:
    console, owner = console_of_a_process, QObject()
    watch = Watch(console, owner)
    pid = console.engine.pid
    assert pid not in (0, os.getpid())
    checking = console.tasks.start(watch.verify(), "verify")
    loop.until(lambda: bool(console.engine._requests._asked), what="it was asked")
    os.kill(pid, signal.SIGKILL)
    loop.run(checking)
    assert watch.verified is None
    # The next engine is asked anew, and answers.
    loop.until(lambda: watch.verified is not None, what="it is checked again")
    assert watch.verified is not None
    assert watch.verified.ok
    watch.end()


def test_a_check_that_could_not_be_made_is_no_finding() -> None:
    standing = Standing(0, 0, 0, 0, 0, 12, (), 1)
    verified = Verified(1, False, "No key.", checked=False)
    told = next(part for part in parts("ready", standing, 0.0, verified) if part.id == "ledger")
    assert "does not verify" not in told.words
    assert told.about == "No key."
