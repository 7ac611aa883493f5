"""A model that says what a script tells it: for tests and drills."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agents.models.model import ModelFailed, OnChunk, Prompt, Reply

Script = Callable[[Prompt], Reply | ModelFailed]
"""Answers a prompt; a ModelFailed that it returns is raised."""

_DONE = Reply(text="The script has ended.", model="scripted")


class ScriptedModel:
    """Answers from a list, by the number of turns so far, or from a function of the prompt.

    A list is read by position, so one model serves any number of runs at once, and a restarted run goes on
    where it was. After the end of the list it has nothing more to do. A ModelFailed in a list is raised each
    time.
    """

    def __init__(
        self,
        script: Sequence[Reply | ModelFailed] | Script,
        *,
        name: str = "scripted",
        remote: bool = False,
    ) -> None:
        self._script = script
        self._name = name
        self._remote = remote

    @property
    def name(self) -> str:
        return self._name

    @property
    def remote(self) -> bool:
        return self._remote

    async def reply(self, prompt: Prompt, on_chunk: OnChunk | None = None) -> Reply:
        """The script's answer; its text is streamed word by word where someone listens."""
        found = self._answer(prompt)
        if isinstance(found, ModelFailed):
            raise found
        if on_chunk is not None:
            for word in found.text.split(" "):
                on_chunk(word + " ")
        return found

    def _answer(self, prompt: Prompt) -> Reply | ModelFailed:
        if callable(self._script):
            return self._script(prompt)
        turn = len(prompt.turns)
        return self._script[turn] if turn < len(self._script) else _DONE
