"""The desk of every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agents.cli.desk import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return make_desk(tmp_path, capsys)
