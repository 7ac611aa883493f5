"""A litellm model at an endpoint on loopback, and a clock that it never waits on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.models.litellm_model import LiteLLMModel
from agents.models.model import (
    ModelFailed,
    Prompt,
)
from agents.models.retries import Clock, Retries
from agents.models.routing import Route
from agents.tools.tool import ToolSpec
from tests.wire.openai_endpoint import (
    OpenAIEndpoint,
)

SECRET = "sk-canary-7d1f0a-do-not-leak"
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class FakeTime:
    """A clock that moves only when someone sleeps on it."""

    elapsed: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds

    def clock(self) -> Clock:
        return Clock(self.sleep, lambda: self.elapsed, lambda: NOW.timestamp() + self.elapsed, lambda: 1.0)


def route(endpoint: OpenAIEndpoint, **changes: Any) -> Route:
    # A first call imports much of litellm within its time.
    made = Route("main", "openai/gpt-4o-mini", endpoint.url, credential="main", timeout_s=60)
    return replace(made, **changes)


def model(endpoint: OpenAIEndpoint, time: FakeTime | None = None, **changes: Any) -> LiteLLMModel:
    """A model at the endpoint that never waits."""
    retries = changes.pop("retries", Retries())
    clock = (time or FakeTime()).clock()
    return LiteLLMModel(route(endpoint, **changes), lambda: SECRET, retries=retries, clock=clock)


ONCE = Retries(attempts=1)
TOOL = ToolSpec("erp.find", "Find an order.", {"type": "object", "properties": {"id": {"type": "string"}}})
PROMPT = Prompt("run-1", "Match invoices.", {"invoice": "A-1"}, (TOOL, replace(TOOL, name="book")))


async def failed(asked: LiteLLMModel) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await asked.reply(PROMPT)
    return caught.value
