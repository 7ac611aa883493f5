"""A disk that fills up while runs are worked: told to clients, and the runs go on when there is space again."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from agents.loop.scheduler import Rested
from storage.errors import CentaurError, StoreFailed
from tests.agents.engine.shop import engine, shop


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


async def test_a_run_that_the_disk_stopped_is_told_and_tried_again(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine(store) as operations:
        made = operations._engine
        told: list[StoreFailed] = []
        alarms: list[str] = []
        made.on_trouble.append(told.append)
        monkeypatch.setattr(made.scheduler, "alarm", lambda run, at: alarms.append(run))

        async def refuse(*_: Any, **__: Any) -> Any:
            raise StoreFailed("The disk is full.", hint="Free some space.")

        monkeypatch.setattr(made.ledger, "append", refuse)
        made._rested(Rested("run-1", None, None, CentaurError("A defect.")))  # its end cannot be written either
        await asyncio.gather(*made._background)
        made._rested(Rested("run-2", None, None, StoreFailed("The disk is full.")))
        assert alarms == ["run-1", "run-2"]
        assert [each.message for each in told] == ["The disk is full.", "The disk is full."]


async def test_an_error_of_sqlite_under_a_run_is_no_defect(
    store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with engine(store) as operations:
        made = operations._engine
        rested: list[Rested] = []
        made.on_rest.append(rested.append)

        async def broken(run: str) -> Any:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

        monkeypatch.setattr(made.scheduler, "_make", broken)
        made.scheduler.wake("run-1")
        await made.scheduler.idle()
        assert isinstance(rested[0].error, StoreFailed)
        assert "defect" not in caplog.text
