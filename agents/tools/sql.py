"""SQL tools that a job declares: one fixed statement each, values by parameter only.

A query opens its database read-only and cannot run longer, or return more, than declared. A statement is one
transaction that must change exactly the expected number of rows, or it is rolled back and did nothing.
Connections are made for each call, so no shadow run ever holds a writable one. SQLite databases only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.tools.sql_run import Limits, change, checked_parameters, select
from agents.tools.tool import (
    CallContext,
    Effect,
    Json,
    LivePermit,
    Previewer,
    Reader,
    Sink,
    ToolSpec,
    Writer,
)

KEY = "idempotency_key"
"""The parameter that a write statement may use: the same for every attempt of one call."""


@dataclass(frozen=True, slots=True)
class SqlQueryConfig:
    """A read that a job declares; `sql` is one SELECT with `:name` places for the arguments."""

    name: str
    description: str
    database: Path
    sql: str
    parameters: Mapping[str, Json]
    limits: Limits = field(default_factory=Limits)
    authority: Mapping[str, str] = field(default_factory=dict)
    trusted_read: bool = False
    retrieval: bool = False
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class SqlStatementConfig:
    """A write that a job declares.

    Attributes:
        sql: one INSERT, UPDATE or DELETE with `:name` places; `:idempotency_key` is always there.
        rows: how many rows it must change; any other number is rolled back.
        before: a SELECT with the same places that shows the record as it is now, for the approval card.
        effect: write, or irreversible.
        shadow_result, sinks, requested_by, reversible, undo, sentence: as in ToolSpec.
    """

    name: str
    description: str
    database: Path
    sql: str
    parameters: Mapping[str, Json]
    rows: int = 1
    before: str | None = None
    limits: Limits = field(default_factory=Limits)
    effect: Effect = Effect.WRITE
    sinks: tuple[Sink, ...] = ()
    requested_by: str | None = None
    reversible: bool = False
    undo: str | None = None
    sentence: str | None = None
    shadow_result: Mapping[str, Json] | None = None


class SqlQuery:
    """A declared read (a ToolSource)."""

    def __init__(self, config: SqlQueryConfig) -> None:
        """Raises BadInput when the SQL and the declared parameters do not fit."""
        checked_parameters(config.name, config.sql, config.parameters, writes=False)
        self.config = config

    @property
    def spec(self) -> ToolSpec:
        config = self.config
        return replace(
            _spec(config, Effect.READ),
            authority=config.authority,
            trusted_read=config.trusted_read,
            retrieval=config.retrieval,
        )

    def reader(self) -> Reader:
        return _SqlReader(self.config)

    def writer(self, permit: LivePermit) -> Writer | None:
        return None

    def previewer(self) -> Previewer | None:
        return None


class SqlStatement:
    """A declared write (a ToolSource)."""

    def __init__(self, config: SqlStatementConfig) -> None:
        """Raises BadInput when the SQL and the declared parameters do not fit."""
        checked_parameters(config.name, config.sql, config.parameters, writes=True)
        if config.before is not None:
            checked_parameters(config.name, config.before, config.parameters, writes=False)
        self.config = config

    @property
    def spec(self) -> ToolSpec:
        config = self.config
        return replace(
            _spec(config, config.effect),
            sinks=config.sinks,
            requested_by=config.requested_by,
            reversible=config.reversible,
            undo=config.undo,
            shadow_result=config.shadow_result,
        )

    def reader(self) -> Reader | None:
        return None

    def writer(self, permit: LivePermit) -> Writer:
        return _SqlWriter(permit, self.config)

    def previewer(self) -> Previewer | None:
        return _SqlPreviewer(self.config) if self.config.before is not None else None


def _spec(config: SqlQueryConfig | SqlStatementConfig, effect: Effect) -> ToolSpec:
    """What a read and a write declare alike."""
    return ToolSpec(
        name=config.name,
        description=config.description,
        parameters=config.parameters,
        effect=effect,
        sentence=config.sentence,
        timeout_s=config.limits.seconds + 5,
    )


@dataclass(frozen=True, slots=True)
class _SqlReader:
    config: SqlQueryConfig

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        """{"rows": [{column: value}], "more": whether rows were left out}."""
        config = self.config
        return await asyncio.to_thread(select, config.database, config.sql, args, config.limits)


class _SqlWriter(Writer):
    def __init__(self, permit: LivePermit, config: SqlStatementConfig) -> None:
        super().__init__(permit)
        self._config = config

    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        """{"changed": rows}; the ToolFailed of a rolled-back statement says that it did nothing."""
        config, given = self._config, {**args, KEY: context.key}
        changed = await asyncio.to_thread(change, config.database, config.sql, given, config.rows, config.limits)
        return {"changed": changed}


@dataclass(frozen=True, slots=True)
class _SqlPreviewer:
    config: SqlStatementConfig

    async def preview(self, args: Mapping[str, Json]) -> tuple[Json, Json]:
        """The rows as they are, and the arguments that would be written."""
        config = self.config
        before = await asyncio.to_thread(select, config.database, config.before or "", {**args, KEY: ""}, config.limits)
        return before["rows"], dict(args)
