"""One loop for each module, as in the engine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest_asyncio

from agents.models.litellm_model import close_connections


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def one_loop() -> AsyncIterator[None]:
    """One long-lived loop, as in the engine; its worker threads exist before a test counts threads."""
    width = 4
    executor = ThreadPoolExecutor(width)
    asyncio.get_running_loop().set_default_executor(executor)
    together = threading.Barrier(width)
    await asyncio.gather(*(asyncio.to_thread(together.wait) for _ in range(width)))
    yield
    await close_connections()
