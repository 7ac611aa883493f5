"""Asks one model after another until one answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agents.models.model import Model, ModelFailed, OnChunk, Prompt, Reply, Usage
from agents.models.prices import together

_ANOTHER_MAY_ANSWER = frozenset({"rate_limit", "overloaded", "unreachable", "cut_stream", "refused_credentials"})


class FallbackModel:
    """Asks the first model, and the next only where the one before could not be reached or did not serve.

    A request that is itself at fault, or an answer that was withheld or empty, is not offered to another
    model: a person has to look at it. The reply names the model that gave it.
    """

    def __init__(self, models: Sequence[Model]) -> None:
        if not models:
            raise ValueError("a fallback needs at least one model")
        self._models = tuple(models)

    @property
    def name(self) -> str:
        """The first model's name: the one that was wanted."""
        return self._models[0].name

    @property
    def remote(self) -> bool:
        return any(model.remote for model in self._models)

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        """The first reply, its usage with what the failed models had consumed; else the last ModelFailed."""
        spent, last = Usage(), None
        for model in self._models:
            try:
                reply = await model.reply(prompt, on_chunk)
            except ModelFailed as failed:
                spent, last = together(spent, failed.usage), failed
                if failed.category not in _ANOTHER_MAY_ANSWER:
                    break
            else:
                return replace(reply, usage=together(spent, reply.usage))
        if last is None:
            raise AssertionError("there is at least one model, and it replied or failed")
        last.usage = spent
        raise last
