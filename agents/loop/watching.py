"""Waiting for a change: a read is looked at now and then, until its result differs from what it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.loop.charter import digest
from agents.own_json import dump
from agents.tools.control import Wait
from agents.tools.tool import CallContext, Reader, ToolFailed

Json = Any


class Watching:
    """Looks at watched reads with the readers of one toolbox."""

    def __init__(self, readers: Mapping[str, Reader], run: str) -> None:
        self._readers = readers
        self._run = run

    async def begin(self, wanted: Wait) -> dict[str, Json] | str:
        """Return what is watched with its present digest, or why it cannot be watched."""
        if wanted.watch is None:
            return "watch: nothing is named."
        tool, arguments = wanted.watch
        if tool not in self._readers:
            return f"watch: `{tool}` is not a read that this agent has."
        try:
            seen = await self._look(tool, arguments)
        except ToolFailed as error:
            return f"watch: {error}"
        return {"tool": tool, "arguments": dict(arguments), "digest": seen}

    async def changed(self, watch: Mapping[str, Json]) -> bool:
        """Return whether the watched result differs from what it was. A read that fails has not changed."""
        try:
            return bool(await self._look(watch["tool"], watch["arguments"]) != watch["digest"])
        except ToolFailed:
            return False

    async def _look(self, tool: str, arguments: Mapping[str, Json]) -> str:
        context = CallContext(self._run, "watch", f"{self._run}/watch")
        try:
            return digest(dump(await self._readers[tool].read(arguments, context)))
        except ToolFailed:
            raise
        except Exception as error:
            raise ToolFailed(f"{tool}: {type(error).__name__}: {error}") from error
