"""A shop with an engine at work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agents.crash.shop import Shop, build_shop


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = build_shop(tmp_path / "shop")
    await shop.open()
    yield shop
    await shop.close()
