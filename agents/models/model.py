"""The one protocol that every kind of model follows: a prompt goes in, a reply comes out.

A playbook, a script, a recording and a language model differ only in how they answer `Model.reply`;
the loop, the trace, the policy and the figures are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from agents.tools.tool import ToolSpec
from storage.errors import CentaurError

Json = Any
"""A JSON value: dict, list, str, int, Decimal, bool or None. Foreign numbers are int or Decimal, never float."""


@dataclass(frozen=True, slots=True)
class ProposedCall:
    """A tool call that the model asks for; nothing has been checked yet.

    Attributes:
        id: unique within the run, minted by the model or by the playbook (`step` or `step[2]`).
        tool: the tool's name; control tools are `plan`, `finish`, `escalate` and `wait`.
        arguments: JSON text exactly as it was proposed (it may be malformed).
    """

    id: str
    tool: str
    arguments: bytes


class ResultStatus(StrEnum):
    """What became of a proposed call."""

    OK = "ok"  # performed; content is the tool's result
    RECORDED = "recorded"  # outside live: not performed; content is the tool's declared shadow result
    FAILED = "failed"  # the tool failed; content is {"error": text, "category": text}
    REFUSED = "refused"  # malformed, unknown, denied by policy or over a limit; content {"error": text, "rule": id}
    REJECTED = "rejected"  # a person said no; content {"error": text, "reason": text}
    ANSWERED = "answered"  # a person replied instead of allowing; content {"answer": text}


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a call came back with, as the model is told."""

    call: ProposedCall
    status: ResultStatus
    content: Json


@dataclass(frozen=True, slots=True)
class Usage:
    """What one model call cost.

    Attributes:
        tokens_in, tokens_out: tokens; 0 for a playbook.
        cost_micros: millionths of US dollars; None when the price is unknown (shown as "≥").
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int | None = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a model: text, calls, or both. No calls at all means it has nothing more to do."""

    text: str = ""
    calls: tuple[ProposedCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A past reply with the results of its calls (in the order of the calls) and what people said after it."""

    reply: Reply
    results: tuple[CallResult, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything a model may see when it is asked for its next reply.

    Attributes:
        run: the run's id.
        instructions: the job description as text for a language model.
        case: the case's fields (JSON object).
        tools: the tools on offer, control tools included.
        turns: what happened so far in this run.
        said: what people said before the first turn.
        seed: makes anything random in a model repeatable.
    """

    run: str
    instructions: str
    case: Mapping[str, Json]
    tools: tuple[ToolSpec, ...]
    turns: tuple[Turn, ...] = ()
    said: tuple[str, ...] = ()
    seed: int = 0


class ModelFailed(CentaurError):
    """The model gave no usable reply.

    Attributes:
        category: rate_limit | overloaded | cut_stream | empty_reply | refused_credentials | bad_request | unreachable
        transient: trying again may help.
        retry_after_s: seconds that the provider asked to wait, where it said so.
        usage: what was consumed before it failed.
    """

    def __init__(
        self,
        message: str,
        *,
        category: str,
        transient: bool,
        retry_after_s: float | None = None,
        usage: Usage | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.category = category
        self.transient = transient
        self.retry_after_s = retry_after_s
        self.usage = usage or Usage()


OnChunk = Callable[[str], None]
"""Called with each piece of streamed text; the pieces are shown live and never stored as events."""


class Model(Protocol):
    """What thinks. `remote` says that asking has an effect outside (cost, egress): the intent is committed first."""

    @property
    def name(self) -> str: ...

    @property
    def remote(self) -> bool: ...

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        """Answer the prompt, or raise ModelFailed."""
        ...
