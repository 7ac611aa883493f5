"""Puts the pieces of a streamed answer together: text, tool calls from their deltas, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agents.models.messages import WireNames
from agents.models.model import Prompt, ProposedCall


@dataclass(slots=True)
class _Call:
    """A tool call under way."""

    index: int
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Assembly:
    """Collects deltas in any order: calls interleave by index, and their arguments are cut anywhere."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._calls: list[_Call] = []

    @property
    def text(self) -> str:
        return "".join(self._texts)

    @property
    def empty(self) -> bool:
        """Neither a visible character nor a call."""
        return not self._calls and not self.text.strip()

    def add(self, delta: Any) -> str:
        """Take a delta or a whole message (both have `content` and `tool_calls`); returns its new text."""
        text = getattr(delta, "content", None) or ""
        if text:
            self._texts.append(text)
        for position, piece in enumerate(getattr(delta, "tool_calls", None) or ()):
            self._add_call(piece, position)
        return text

    def _add_call(self, piece: Any, position: int) -> None:
        index = getattr(piece, "index", None)
        call = self._call(position if index is None else index, piece.id or "", piece.function.name or "")
        call.id = call.id or piece.id or ""
        name = piece.function.name or ""
        if name != call.name:  # some servers repeat the name in every piece
            call.name += name
        if piece.function.arguments:
            call.arguments.append(piece.function.arguments)

    def _call(self, index: int, id: str, name: str) -> _Call:
        """The latest call at this index; a new id together with a name begins another one there."""
        for call in reversed(self._calls):
            if call.index == index and not (id and call.id and id != call.id and name):
                return call
        self._calls.append(_Call(index))
        return self._calls[-1]

    def calls(self, prompt: Prompt) -> tuple[ProposedCall, ...]:
        """The calls in the order in which they began, with ids unique in the run and our names for the tools.

        Arguments are passed on as they came, malformed or not; none at all are an empty object.
        """
        names = WireNames(prompt.tools)
        used = {call.id for turn in prompt.turns for call in turn.reply.calls}
        proposed = []
        for position, call in enumerate(self._calls):
            id = _unused(call.id or f"call_{len(prompt.turns)}_{position}", used)
            used.add(id)
            arguments = "".join(call.arguments).encode("utf-8", "replace")
            proposed.append(ProposedCall(id, names.to_ours(call.name), arguments or b"{}"))
        return tuple(proposed)


def _unused(id: str, used: set[str]) -> str:
    """The id itself, or a variant that no call of the run has: some servers count from 0 in each reply."""
    candidate, count = id, 2
    while candidate in used:
        candidate, count = f"{id}_{count}", count + 1
    return candidate
