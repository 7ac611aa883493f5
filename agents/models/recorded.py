"""A model that answers as a logged run did, and reports where the present run leaves the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.models.model import CallResult, ModelFailed, OnChunk, Prompt, Reply, Turn

Json = Any


class Diverged(ModelFailed):
    """The present run is not the recorded one any more.

    Attributes:
        step: the id of the call, or `turn N` where it is not one call.
        expected: what the record holds.
        got: what happened now.
    """

    def __init__(self, step: str, expected: Json, got: Json) -> None:
        super().__init__(
            f"The run left its record at {step}: recorded was {_short(expected)}, now it is {_short(got)}.",
            category="bad_request",
            transient=False,
        )
        self.step = step
        self.expected = expected
        self.got = got


class RecordedModel:
    """Replays the turns of one logged run.

    Before each reply, the turns so far are compared with the record: another call, other arguments or another
    result raises Diverged. After the last recorded turn it has nothing more to do.
    """

    def __init__(self, turns: Sequence[Turn], *, name: str = "recorded") -> None:
        self._turns = tuple(turns)
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def remote(self) -> bool:
        return False

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        """The recorded reply of this turn, or Diverged."""
        divergence = first_divergence(self._turns, prompt.turns)
        if divergence is not None:
            raise divergence
        turn = len(prompt.turns)
        if turn < len(self._turns):
            return self._turns[turn].reply
        return Reply(text="The record ends here.", model=self._name)


def first_divergence(recorded: Sequence[Turn], now: Sequence[Turn]) -> Diverged | None:
    """The first place where a run differs from its record so far, or None; a shorter run is no divergence."""
    for number, (old, new) in enumerate(zip(recorded, now, strict=False), start=1):
        found = _between(f"turn {number}", old, new)
        if found is not None:
            return found
    if len(now) > len(recorded) and any(turn.reply.calls for turn in now[len(recorded) :]):
        return Diverged(f"turn {len(recorded) + 1}", "the end", "a further turn")
    return None


def _between(where: str, old: Turn, new: Turn) -> Diverged | None:
    if len(old.reply.calls) != len(new.reply.calls):
        return Diverged(where, _calls(old), _calls(new))
    for before, after in zip(old.reply.calls, new.reply.calls, strict=True):
        if (before.id, before.tool) != (after.id, after.tool):
            return Diverged(before.id, before.tool, f"{after.tool} ({after.id})")
        if before.arguments != after.arguments:
            return Diverged(
                before.id, before.arguments.decode(errors="replace"), after.arguments.decode(errors="replace")
            )
    results = {result.call.id: result for result in new.results}
    for result in old.results:
        differs = _result_differs(result, results.get(result.call.id))
        if differs is not None:
            return differs
    return None


def _result_differs(old: CallResult, new: CallResult | None) -> Diverged | None:
    if new is None:
        return Diverged(old.call.id, str(old.status), "no result")
    if old.status is not new.status:
        return Diverged(old.call.id, str(old.status), str(new.status))
    if old.content != new.content:
        return Diverged(old.call.id, old.content, new.content)
    return None


def _calls(turn: Turn) -> list[str]:
    return [f"{call.tool} ({call.id})" for call in turn.reply.calls]


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f"{text[:200]}…" if len(text) > 200 else text
