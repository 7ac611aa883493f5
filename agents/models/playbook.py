"""The model that follows a playbook: no language model, no key, no network."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from agents.models.model import ModelFailed, OnChunk, Prompt, ProposedCall, Reply, Turn
from agents.playbook.interpreter import Playing, play
from agents.playbook.program import Program

_NOTHING_MORE = Reply(text="Nothing more to do.", model="playbook")
_KEPT = 2_048


@dataclass(slots=True)
class _Live:
    """A run being played: its generator, the turns it was sent (and the last), its reply to the next."""

    playing: Playing
    turns: int
    reply: Reply
    last: Turn | None = None


class PlaybookModel:
    """Answers with the playbook's next step.

    A run being played is kept for speed; it is rebuilt from the prompt's turns where it is not known (after a
    restart) or where the turns are not those it was sent. So replies depend on nothing but the prompt.
    """

    def __init__(self, program: Program, *, kept: int = _KEPT) -> None:
        self._program = program
        self._kept = kept
        self._live: OrderedDict[str, _Live] = OrderedDict()

    @property
    def name(self) -> str:
        return "playbook"

    @property
    def remote(self) -> bool:
        return False

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        """The next step; ModelFailed where the run's turns are not what this playbook does."""
        live = self._live.pop(prompt.run, None)
        if live is None or not _continues(live, prompt):
            live = self._rebuilt(prompt)
        elif len(prompt.turns) > live.turns:
            _advance(live, prompt.turns[-1])
        if live.reply.calls:
            self._live[prompt.run] = live
            if len(self._live) > self._kept:
                self._live.popitem(last=False)
        return live.reply

    def _rebuilt(self, prompt: Prompt) -> _Live:
        playing = play(self._program, prompt.case)
        live = _Live(playing, 0, _next(lambda: next(playing)))
        for number, turn in enumerate(prompt.turns, start=1):
            if not _same_calls(live.reply.calls, turn.reply.calls):
                raise ModelFailed(
                    f"The playbook does not lead to what this run did in turn {number}: "
                    f"{_named(live.reply.calls)} expected, {_named(turn.reply.calls)} recorded.",
                    category="bad_request",
                    transient=False,
                    hint="Work the run with the version of the agent that began it.",
                )
            _advance(live, turn)
        return live


def _continues(live: _Live, prompt: Prompt) -> bool:
    """Whether the prompt is the one answered last (asked again), or the next one."""
    if len(prompt.turns) < live.turns or len(prompt.turns) > live.turns + 1:
        return False
    if live.turns and prompt.turns[live.turns - 1] != live.last:
        return False
    return len(prompt.turns) == live.turns or _same_calls(live.reply.calls, prompt.turns[-1].reply.calls)


def _advance(live: _Live, turn: Turn) -> None:
    live.turns += 1
    live.last = turn
    if live.reply.calls:
        live.reply = _next(lambda: live.playing.send(turn.results))


def _next(step: Callable[[], Reply]) -> Reply:
    try:
        return step()
    except StopIteration:
        return _NOTHING_MORE


def _same_calls(left: tuple[ProposedCall, ...], right: tuple[ProposedCall, ...]) -> bool:
    return left == right


def _named(calls: tuple[ProposedCall, ...]) -> str:
    return ", ".join(f"{call.tool} ({call.id})" for call in calls) or "nothing"
