"""One request to a model route: what is sent through litellm, and how its answer is read.

The library is passed in, for it is imported late and in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from agents.models import failures
from agents.models.messages import Caps, messages, tool_schemas
from agents.models.model import ModelFailed, OnChunk, Prompt, Reply, Usage
from agents.models.prices import Tokens, cost_by_entry, cost_by_price, entry_for
from agents.models.retries import Clock
from agents.models.routing import Route
from agents.models.stream import Assembly

_NO_KEY = "none"  # sent to an endpoint without a key, lest litellm send it a key found in the environment


class Exchange:
    """One request to a route and the reading of its answer.

    Attributes:
        library: litellm, once it is imported.
        secret: the key, for as long as the request lasts.
        started: a part of the answer had arrived.
        listener_failed: what the listener to the pieces raised: a fault of ours, not of the model.
    """

    def __init__(self, route: Route, clock: Clock) -> None:
        self._route = route
        self._clock = clock
        self.library: Any = None
        self.secret: str | None = None
        self.started = False
        self.listener_failed: Exception | None = None

    @property
    def attempt(self) -> failures.Attempt:
        """What is being tried, for messages."""
        host = urlsplit(self._route.api_base).netloc if self._route.api_base else "its provider"
        target = f"The model {self._route.model} at {host}"
        return failures.Attempt(self._route.name, target, self.secret, self.started, self._clock.wall())

    async def ask(self, prompt: Prompt, caps: Caps, on_chunk: OnChunk | None) -> Reply | ModelFailed:
        """Send the prompt and read the reply."""
        request: dict[str, Any] = {"messages": messages(prompt, caps)}
        if prompt.tools:
            request["tools"] = tool_schemas(prompt.tools)
        if self._route.stream:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        answer = await self._send(request)
        read = self._read_stream if self._route.stream else self._read_whole
        return await read(answer, prompt, on_chunk)

    async def checked(self) -> tuple[str, Usage] | ModelFailed:
        """Ask for a word; the model's name as the server gives it, and what that consumed."""
        asked = {"role": "user", "content": "Reply with OK."}
        answer = await self._send({"messages": [asked], "max_tokens": 16})
        if not answer.choices:
            return failures.no_answer(self.attempt, self._usage(answer))
        return str(answer.model or self._route.model), self._usage(answer)

    async def _send(self, request: Mapping[str, Any]) -> Any:
        """Send a request with the route's settings; litellm's response, or its stream."""
        route = self._route
        settings: dict[str, Any] = {
            **route.parameters,
            "model": route.model,
            "timeout": route.timeout_s,
            "max_retries": 0,
            "num_retries": 0,
            "api_key": self.secret or (_NO_KEY if route.api_base else None),
            "api_base": route.api_base,
            "max_tokens": route.max_tokens,
            "temperature": None if route.temperature is None else float(route.temperature),
        }
        given = {name: value for name, value in settings.items() if value is not None}
        return await self.library.acompletion(**(given | dict(request)))

    async def _read_stream(self, stream: Any, prompt: Prompt, on_chunk: OnChunk | None) -> Reply | ModelFailed:
        """Read to the end; the HTTP stream is closed whatever happens, a cancellation included."""
        assembly, counted = Assembly(), None
        try:
            async for chunk in stream:
                self.started = True
                counted = chunk if getattr(chunk, "usage", None) else counted
                if chunk.choices and (text := assembly.add(chunk.choices[0].delta)):
                    self._tell(on_chunk, text)
        finally:
            await stream.aclose()
        # Where a provider sends no usage litellm guesses it with a tokeniser: that gives tokens, no price.
        guessed = not any(getattr(chunk, "usage", None) for chunk in stream.chunks)
        usage = self._usage(counted, guessed=guessed)
        # litellm ends a stream that broke off with a "stop" of its own; these hold only what was sent.
        finish = stream.received_finish_reason or stream.intermittent_finish_reason
        if finish is None and not assembly.empty:
            return failures.cut_stream(self.attempt)
        return self._concluded(assembly, finish, usage, prompt)

    async def _read_whole(self, answer: Any, prompt: Prompt, on_chunk: OnChunk | None) -> Reply | ModelFailed:
        assembly = Assembly()
        finish = answer.choices[0].finish_reason if answer.choices else None
        if answer.choices and (text := assembly.add(answer.choices[0].message)):
            self._tell(on_chunk, text)
        return self._concluded(assembly, finish, self._usage(answer), prompt)

    def _tell(self, on_chunk: OnChunk | None, text: str) -> None:
        if on_chunk is None:
            return
        try:
            on_chunk(text)
        except Exception as error:
            self.listener_failed = error
            raise

    def _concluded(self, assembly: Assembly, finish: str | None, usage: Usage, prompt: Prompt) -> Reply | ModelFailed:
        """The reply, unless the provider says that it is not whole or it holds nothing."""
        if finish in ("length", "content_filter"):
            return failures.stopped_early(self.attempt, finish, usage)
        if assembly.empty:
            return failures.no_answer(self.attempt, usage)
        return Reply(assembly.text, assembly.calls(prompt), usage, self._route.model)

    def _usage(self, answer: Any, *, guessed: bool = False) -> Usage:
        """Tokens and cost as the answer states them; a cost that cannot be known is None, never 0."""
        tokens = _tokens(getattr(answer, "usage", None))
        if guessed or not (tokens.sent or tokens.received):
            return Usage(tokens.sent, tokens.received, None)
        return Usage(tokens.sent, tokens.received, self._cost(tokens))

    def _cost(self, tokens: Tokens) -> int | None:
        if self._route.price is not None:
            return cost_by_price(self._route.price, tokens)
        provider = str(self.library.get_llm_provider(self._route.model, api_base=self._route.api_base)[1])
        entry = entry_for(self.library.model_cost, self._route.model, provider)
        return None if entry is None else cost_by_entry(entry, tokens)


def _tokens(usage: Any) -> Tokens:
    """A provider's usage object as litellm normalises it; parts never exceed their whole."""
    sent, received = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    details = getattr(usage, "prompt_tokens_details", None)
    cached = min(_count(details, "cached_tokens"), sent)
    writes = min(_count(details, "cache_creation_tokens"), sent - cached)
    reasoning = min(_count(getattr(usage, "completion_tokens_details", None), "reasoning_tokens"), received)
    return Tokens(sent, received, cached, writes, reasoning)


def _count(owner: Any, name: str) -> int:
    return int(getattr(owner, name, None) or 0)
