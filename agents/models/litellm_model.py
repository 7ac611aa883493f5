"""A language model at any provider or local endpoint, asked through litellm: the only file that imports it.

litellm takes seconds and 200 MB to import, so this happens at the first call and on a worker thread. It is
told to fetch nothing, log nothing and retry nothing: the price list is the bundled one, the retries are ours.
Use one long-lived event loop: litellm keeps its connections per loop.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from agents.models import failures
from agents.models.messages import Caps, messages, tool_schemas
from agents.models.model import ModelFailed, OnChunk, Prompt, Reply, Usage
from agents.models.prices import Tokens, cost_by_entry, cost_by_price, entry_for, together
from agents.models.retries import Clock, Retries, wait_before_next
from agents.models.routing import Route
from agents.models.stream import Assembly
from storage.errors import CredentialError

Credential = Callable[[], str | None]
"""Fetches the secret at each call; it is kept nowhere else. May block: it is called on a worker thread."""

_NO_KEY = (
    "none"  # sent to an endpoint without a key, lest litellm send it the key of another provider it finds
)
_IMPORT_ENVIRONMENT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
_IMPORT_LOCK = threading.Lock()  # the import changes the process's environment for a moment


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a test call found: milliseconds from asking to the whole answer, and the model that answered."""

    latency_ms: int
    model: str


class LiteLLMModel:
    """Asks one route. Every failure is a ModelFailed; the credential appears in none of them.

    A failed attempt is tried again within `retries`. If text had been streamed by then, `on_chunk` receives
    the new attempt's text from its beginning: only the reply counts.
    """

    remote = True

    def __init__(
        self,
        route: Route,
        credential: Credential | None = None,
        *,
        retries: Retries | None = None,
        caps: Caps | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._route = route
        self._credential = credential
        self._retries = retries or Retries()
        self._caps = caps or Caps()
        self._clock = clock or Clock()

    @property
    def name(self) -> str:
        """The route's name."""
        return self._route.name

    def __repr__(self) -> str:
        return f"LiteLLMModel({self._route.name!r}, {self._route.model!r})"

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        """Answer the prompt, or raise ModelFailed; its usage and the reply's cover all attempts together."""
        begun, spent = self._clock.monotonic(), Usage()
        for attempt in itertools.count(1):
            left_s = self._retries.total_s - (self._clock.monotonic() - begun)
            outcome = await self._attempt(prompt, on_chunk, min(self._route.timeout_s, max(left_s, 1.0)))
            spent = together(spent, outcome.usage)
            if isinstance(outcome, Reply):
                return replace(outcome, usage=spent)
            elapsed_s = self._clock.monotonic() - begun
            wait_s = wait_before_next(outcome, self._retries, attempt, elapsed_s, self._clock.jitter())
            if wait_s is None:
                outcome.usage = spent
                raise outcome
            await self._clock.sleep(wait_s)
        raise AssertionError("the loop above ends by return or raise")

    async def check(self) -> Checked:
        """Ask for a word, once, to see that address, key and model name work; raises ModelFailed."""
        begun = self._clock.monotonic()
        outcome = await self._guarded(_Exchange.checked, self._route.timeout_s)
        if isinstance(outcome, ModelFailed):
            raise outcome
        return Checked(round((self._clock.monotonic() - begun) * 1000), outcome)

    async def _attempt(self, prompt: Prompt, on_chunk: OnChunk | None, limit_s: float) -> Reply | ModelFailed:
        async def ask(exchange: _Exchange) -> Reply | ModelFailed:
            return await exchange.ask(prompt, self._caps, on_chunk)

        return await self._guarded(ask, limit_s)

    async def _guarded(
        self, ask: Callable[[_Exchange], Coroutine[Any, Any, _T | ModelFailed]], limit_s: float
    ) -> _T | ModelFailed:
        """Where litellm ends: whatever it raises becomes a returned failure; a cancellation passes through.

        Failures are returned, not raised, so that litellm's exceptions, which hold the key, never become the
        cause or context of one that is logged.
        """
        exchange = _Exchange(self._route, self._clock)
        try:
            async with asyncio.timeout(limit_s):
                if refused := await self._take_credential(exchange):
                    return refused
                return await ask(exchange)
        except TimeoutError:
            return failures.timed_out(exchange.attempt, limit_s)
        except Exception as error:  # noqa: BLE001 - litellm raises anything; the failure records it
            return failures.failure(error, exchange.attempt)

    async def _take_credential(self, exchange: _Exchange) -> ModelFailed | None:
        """Fetch the secret for this exchange; a failure where the route names one and there is none."""
        wanted = self._route.credential
        try:
            exchange.secret = await asyncio.to_thread(self._credential) if self._credential else None
        except CredentialError as error:
            return failures.no_credential(exchange.attempt, wanted or "", error.message)
        return failures.no_credential(exchange.attempt, wanted) if wanted and not exchange.secret else None


class _Exchange:
    """One request to a route and the reading of its answer.

    Attributes:
        secret: the key, for as long as the request lasts.
        started: a part of the answer had arrived.
    """

    def __init__(self, route: Route, clock: Clock) -> None:
        self._route = route
        self._clock = clock
        self.secret: str | None = None
        self.started = False

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
        return await read(answer, prompt, on_chunk or _unheard)

    async def checked(self) -> str | ModelFailed:
        """Ask for a word; the model's name as the server gives it."""
        asked = {"role": "user", "content": "Reply with OK."}
        answer = await self._send({"messages": [asked], "max_tokens": 16})
        if not answer.choices:
            return failures.no_answer(self.attempt, self._usage(answer))
        return str(answer.model or self._route.model)

    async def _send(self, request: Mapping[str, Any]) -> Any:
        """Send a request with the route's settings; litellm's response, or its stream."""
        route = self._route
        self._library = await asyncio.to_thread(_litellm)
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
        return await self._library.acompletion(**(given | dict(request)))

    async def _read_stream(self, stream: Any, prompt: Prompt, on_chunk: OnChunk) -> Reply | ModelFailed:
        """Read to the end; the HTTP stream is closed whatever happens, a cancellation included."""
        assembly, counted = Assembly(), None
        try:
            async for chunk in stream:
                self.started = True
                counted = chunk if getattr(chunk, "usage", None) else counted
                if chunk.choices and (text := assembly.add(chunk.choices[0].delta)):
                    on_chunk(text)
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

    async def _read_whole(self, answer: Any, prompt: Prompt, on_chunk: OnChunk) -> Reply | ModelFailed:
        assembly = Assembly()
        finish = answer.choices[0].finish_reason if answer.choices else None
        if answer.choices and (text := assembly.add(answer.choices[0].message)):
            on_chunk(text)
        return self._concluded(assembly, finish, self._usage(answer), prompt)

    def _concluded(
        self, assembly: Assembly, finish: str | None, usage: Usage, prompt: Prompt
    ) -> Reply | ModelFailed:
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
        provider = str(self._library.get_llm_provider(self._route.model, api_base=self._route.api_base)[1])
        entry = entry_for(self._library.model_cost, self._route.model, provider)
        return None if entry is None else cost_by_entry(entry, tokens)


async def close_connections() -> None:
    """Close the connections that litellm keeps open; for the end of the engine's loop."""
    if "litellm" in sys.modules:
        await _litellm().close_litellm_async_clients()


def _litellm() -> Any:
    """The library, imported and silenced at the first call (seconds: call it on a worker thread)."""
    with _IMPORT_LOCK:
        if "litellm" not in sys.modules:
            before = {name: os.environ.get(name) for name in _IMPORT_ENVIRONMENT}
            os.environ.update(_IMPORT_ENVIRONMENT)
            try:
                import litellm
            finally:
                for name, value in before.items():  # child processes inherit nothing of this
                    if value is None:
                        del os.environ[name]
                    else:
                        os.environ[name] = value
            _silence(litellm)
        return sys.modules["litellm"]


def _silence(library: Any) -> None:
    """No log, no print, no callback, no retry of its own."""
    library.suppress_debug_info = True
    library.disable_streaming_logging = True
    library.turn_off_message_logging = True
    library.telemetry = False
    library.num_retries = None
    for hooks in ("callbacks", "input_callback", "success_callback", "failure_callback"):
        setattr(library, hooks, [])
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True
    for name in ("httpx", "httpcore", "openai"):  # at INFO and DEBUG they show addresses, headers and bodies
        logging.getLogger(name).setLevel(logging.WARNING)


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


def _unheard(text: str) -> None:
    """Nobody listens to the pieces."""
