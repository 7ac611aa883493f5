"""A tool that fails at its first call and works from then on, put in the place of a real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from agents.job.sections import ToolEntry
from agents.tools import registry
from agents.tools.tool import CallContext, LivePermit, Previewer, Reader, ToolSource, ToolSpec, Writer


class FailingOnce:
    """A tool whose first call fails."""

    def __init__(self, source: ToolSource, failure: Exception) -> None:
        self.source, self.failure, self.failed = source, failure, False

    @property
    def spec(self) -> ToolSpec:
        return self.source.spec

    def fail_once(self) -> None:
        if not self.failed:
            self.failed = True
            raise self.failure

    def reader(self) -> Reader | None:
        inner = self.source.reader()
        return None if inner is None else _Reads(self, inner)

    def writer(self, permit: LivePermit) -> Writer | None:
        inner = self.source.writer(permit)
        return None if inner is None else _Writes(permit, self, inner)

    def previewer(self) -> Previewer | None:
        return self.source.previewer()


class _Reads:
    def __init__(self, tool: FailingOnce, inner: Reader) -> None:
        self.tool, self.inner = tool, inner

    async def read(self, args: Mapping[str, Any], context: CallContext) -> Any:
        self.tool.fail_once()
        return await self.inner.read(args, context)


class _Writes(Writer):
    def __init__(self, permit: LivePermit, tool: FailingOnce, inner: Writer) -> None:
        super().__init__(permit)
        self.tool, self.inner = tool, inner

    async def write(self, args: Mapping[str, Any], context: CallContext) -> Any:
        self.tool.fail_once()
        return await self.inner.write(args, context)


def break_tool(monkeypatch: pytest.MonkeyPatch, kind: str, failure: Exception) -> list[FailingOnce]:
    """Have the tool of this kind fail once, as a plug-in that is broken would."""
    made: list[FailingOnce] = []
    build = registry.KINDS[kind]

    def broken(entry: ToolEntry, site: registry.Site) -> ToolSource:
        made.append(FailingOnce(build(entry, site), failure))
        return made[-1]

    monkeypatch.setattr(registry, "KINDS", {**registry.KINDS, kind: broken})
    return made
