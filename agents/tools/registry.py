"""The kinds of tools that a job can name, and how each is built from its configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.job.sections import ToolEntry
from agents.tools.control import CONTROL_TOOLS
from agents.tools.files import Folder, ListFiles, ReadFile, WriteFile
from agents.tools.invoices.tools import invoice_tools
from agents.tools.similar_cases import SimilarCasesConfig, SimilarCasesTool
from agents.tools.sql import SqlQuery, SqlQueryConfig, SqlStatement, SqlStatementConfig
from agents.tools.tool import Effect, LivePermit, Previewer, Reader, Sink, ToolSource, ToolSpec, Writer
from storage.errors import BadInput

Json = Any


@dataclass(frozen=True, slots=True)
class Site:
    """Where a job's tools find their files.

    Attributes:
        base: relative paths in a tool's configuration start here (the job's folder).
        cache: what can be built again at any time.
        examined: texts that the agent will be examined on; past cases with the same words are not learnt from.
        on_progress: hears of long preparations (done, all).
        declared_only: the tools are looked at and never called: what takes long to prepare is left out.
    """

    base: Path
    cache: Path
    examined: tuple[str, ...] = ()
    on_progress: Callable[[int, int], None] | None = field(default=None, compare=False)
    declared_only: bool = False

    def path(self, entry: ToolEntry, name: str) -> Path:
        """Return a configured path. Raises BadInput if it is not configured."""
        value = entry.config.get(name)
        if not isinstance(value, str):
            raise BadInput(
                f"Tool `{entry.name}`: its configuration needs `{name}`, a path.",
                hint="Paths start at the job's folder.",
            )
        return self.base / value


@dataclass(frozen=True, slots=True)
class Overridden:
    """A tool of a kind, with what the job says of it in place of the kind's own declaration."""

    source: ToolSource
    spec: ToolSpec

    def reader(self) -> Reader | None:
        """Return the kind's reader."""
        return self.source.reader()

    def writer(self, permit: LivePermit) -> Writer | None:
        """Return the kind's writer."""
        return self.source.writer(permit)

    def previewer(self) -> Previewer | None:
        """Return the kind's previewer."""
        return self.source.previewer()


@dataclass(frozen=True, slots=True)
class DeclaredTool:
    """A tool of which only the declaration is needed; it has no executor."""

    spec: ToolSpec

    def reader(self) -> Reader | None:
        """Return none."""
        return None

    def writer(self, permit: LivePermit) -> Writer | None:
        """Return none."""
        return None

    def previewer(self) -> Previewer | None:
        """Return none."""
        return None


Build = Callable[[ToolEntry, Site], ToolSource]


def _invoice(kind: str) -> Build:
    def build(entry: ToolEntry, site: Site) -> ToolSource:
        folder = site.path(entry, "folder")
        erp = folder if kind == "read_einvoice" else site.path(entry, "erp")
        tools = invoice_tools(folder, erp)
        return next(tool for tool in tools if tool.spec.name == kind)

    return build


def _similar(entry: ToolEntry, site: Site) -> ToolSource:
    options = _only(entry, "path", "text", "label", "id", "target_permille", "evidence", "seed")
    config = SimilarCasesConfig(**{**options, "path": site.path(entry, "path"), "name": entry.name})
    if site.declared_only:
        return DeclaredTool(SimilarCasesTool.declared(config))
    return SimilarCasesTool.prepare(config, site.cache, site.examined, site.on_progress)


def _query(entry: ToolEntry, site: Site) -> ToolSource:
    options = _only(entry, "database", "sql", "parameters", "authority", "retrieval")
    return SqlQuery(
        SqlQueryConfig(
            **{**options, "database": site.path(entry, "database")}, name=entry.name,
            description=entry.description or "", trusted_read=bool(entry.trusted_read), sentence=entry.sentence,
        )
    )  # fmt: skip


def _statement(entry: ToolEntry, site: Site) -> ToolSource:
    options = _only(entry, "database", "sql", "parameters", "rows", "before", "reversible", "undo")
    return SqlStatement(
        SqlStatementConfig(
            **{**options, "database": site.path(entry, "database")}, name=entry.name,
            description=entry.description or "", sentence=entry.sentence,
        )
    )  # fmt: skip


def _only(entry: ToolEntry, *known: str) -> dict[str, Any]:
    for name in entry.config:
        if name not in known:
            raise BadInput(
                f"Tool `{entry.name}`: a tool of the kind `{entry.kind}` has no setting `{name}`.",
                hint=f"It has: {', '.join(known)}.",
            )
    return dict(entry.config)


KINDS: Mapping[str, Build] = {
    "einvoice": _invoice("read_einvoice"),
    "find_purchase_order": _invoice("find_purchase_order"),
    "match_invoice": _invoice("match_invoice"),
    "book_invoice": _invoice("book_invoice"),
    "park_invoice": _invoice("park_invoice"),
    "similar_cases": _similar,
    "sql_query": _query,
    "sql_statement": _statement,
    "read_file": lambda entry, site: ReadFile(Folder(site.path(entry, "folder")), entry.name),
    "list_files": lambda entry, site: ListFiles(Folder(site.path(entry, "folder")), entry.name),
    "write_file": lambda entry, site: WriteFile(Folder(site.path(entry, "folder")), entry.name),
}
"""Every kind by its name."""


def build_tools(entries: Iterable[ToolEntry], site: Site) -> dict[str, ToolSource]:
    """Build the tools of a job. Raises BadInput for a configuration that does not fit."""
    built: dict[str, ToolSource] = {}
    for entry in entries:
        if entry.name in CONTROL_TOOLS:
            raise BadInput(
                f"Tool `{entry.name}`: an agent steers its run with a tool of this name.",
                hint=f"Choose another name than {', '.join(sorted(CONTROL_TOOLS))}.",
            )
        source = KINDS[entry.kind](entry, site)
        built[entry.name] = Overridden(source, declared(source.spec, entry))
    return built


def declared(spec: ToolSpec, entry: ToolEntry) -> ToolSpec:
    """Return a kind's declaration with the job's own words and limits; a job can trust a read, never a write."""
    changes: dict[str, Any] = {"name": entry.name}
    for name in ("description", "requested_by", "sentence", "shadow_result"):
        value = getattr(entry, name)
        if value is not None:
            changes[name] = value
    if entry.sinks is not None:
        changes["sinks"] = tuple(Sink(sink.path, sink.kind) for sink in entry.sinks)
    if entry.trusted_read is not None and spec.effect is Effect.READ:
        changes["trusted_read"] = entry.trusted_read
    if entry.limits.seconds is not None:
        changes["timeout_s"] = float(entry.limits.seconds)
    if entry.limits.retries is not None:
        changes["retries"] = entry.limits.retries
    return replace(spec, **changes)
