"""What came of a pilot: the shadow report, or case by case what was done, handed over and what waits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agents.cli.brief import in_brief, shortened
from agents.cli.pilot import CaseResult, PilotResult, RefusedCase
from agents.cli.reading import Reading, reading
from agents.cli.words import STATE_STYLES, count, state_words
from agents.pilots.report_json import report_of
from storage.queries import decisions, work
from storage.records import PilotRow

Json = Any
_SHOWN = 12
_ORDER = ("asking", "doubt", "waiting", "paused", "failed", "stopped", "handed_off", "finished", "running")


def read_result(path: Path, state: Mapping[str, Json], shadow: Json | None) -> PilotResult:
    """Read what came of a pilot from the store."""
    with reading(path) as store:
        record = work.pilot(store.connection, state["pilot"])
        refused = [_refused(store, row.row, row.reason) for row in work.refused_rows(store.connection, record.pilot)]
        asked = {a.run: a for a in decisions.approvals(store.connection, state="requested", limit=100_000)}
        rows = list(work.pilot_rows(store.connection, record.pilot))
        runs = {row.run for row in rows}
        results = [_result(store, row, asked) for row in rows]
    waiting = [a.approval for run, a in asked.items() if run in runs]
    return PilotResult(
        record.pilot, record.agent, record.version, record.mode, state["total"], dict(state["states"]),
        state["skipped"], state["cancelled"], state["error"], refused, results, sorted(waiting), shadow,
    )  # fmt: skip


def _refused(store: Reading, row: int, reason: str) -> RefusedCase:
    value = store.value(reason)
    if not isinstance(value, dict):
        return RefusedCase(row, None, str(value))
    near = f" Did you mean {value['near']}?" if value.get("near") else ""
    return RefusedCase(row, value.get("field") or None, f"{value.get('why')}{near}")


def _result(store: Reading, row: PilotRow, asked: Mapping[str, Any]) -> CaseResult:
    said = ""
    if row.outcome is not None:
        said = in_brief(store.value(row.outcome), 200)
    elif row.handoff is not None:
        handoff = store.value(row.handoff)
        said = str(handoff.get("summary", "")) if isinstance(handoff, dict) else str(handoff)
    elif row.run is not None and row.run in asked:
        card = store.value(asked[row.run].card)
        said = str(card.get("sentence", "")) if isinstance(card, dict) else ""
    elif row.state == "failed" and row.run is not None:
        said = _why_failed(store, row.run)
    return CaseResult(row.external_id or row.case_id, row.run, row.state, row.cause, said)


def _why_failed(store: Reading, run: str) -> str:
    from storage.events.runs import RunFailed

    failed = [event.body for event in work.run_events(store.connection, run) if isinstance(event.body, RunFailed)]
    return store.text(failed[-1].message) or "" if failed else ""


# -- for reading --------------------------------------------------------------------------------------------------


def result_view(result: PilotResult) -> RenderableType:
    """Return what came of a pilot, for printing."""
    parts: list[RenderableType] = []
    if result.report is not None:
        from agents.pilots.report import renderables

        parts.append(renderables(report_of(result.report)))
    else:
        parts.append(_live(result))
    if result.refused:
        parts += [Text(), _refused_view(result)]
    failed = result.states.get("failed", 0)
    if failed and result.report is not None:
        parts += [
            Text(),
            Text(f"{count(failed, 'run')} failed: centaur runs --pilot {result.pilot} --state failed", "red"),
        ]
    if result.error:
        parts += [Text(), Text(f"The pilot stopped before its end: {result.error}", "red")]
    if result.approvals:
        parts += [Text(), _to_decide(result)]
    parts += [Text(), Text(f"{result.pilot} · all its runs: centaur runs --pilot {result.pilot} --all", "dim")]
    return Group(*parts)


def _live(result: PilotResult) -> RenderableType:
    heading = Text.assemble((result.agent, "bold"), (f"  {result.mode}", "dim"))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Case", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("State", no_wrap=True)
    table.add_column("What", overflow="fold")
    more: list[RenderableType] = []
    for state in _ORDER:
        group = [each for each in result.results if each.state == state]
        for each in group[:_SHOWN]:
            said = Text(shortened(each.said, 160))
            table.add_row(Text(each.case), Text(state_words(state), STATE_STYLES.get(state, "")), said)
        if len(group) > _SHOWN:
            command = f"centaur runs --pilot {result.pilot} --state {state} --all"
            more.append(Text(f"{len(group) - _SHOWN:,} more {state_words(state)}: {command}", "dim"))
    if result.skipped:
        more.append(Text(f"{count(result.skipped, 'case')} worked live before, not worked again.", "dim"))
    sums = ", ".join(_sum(state, result.states[state]) for state in _ORDER if result.states.get(state))
    return Group(heading, Text(f"{count(len(result.results), 'case')}: {sums or 'nothing new'}"), Text(), table, *more)


def _sum(state: str, number: int) -> str:
    words = state_words(state)
    return f"{number:,} {words.replace('waits', 'wait') if number != 1 else words}"


def _refused_view(result: PilotResult) -> RenderableType:
    lines: list[RenderableType] = [
        Text(f"{count(len(result.refused), 'row')} could not be used; the others ran.", "yellow")
    ]
    for row in result.refused[:_SHOWN]:
        field = f", {row.field}" if row.field else ""
        lines.append(Text(f"  row {row.row:,}{field}: {row.why}"))
    if len(result.refused) > _SHOWN:
        lines.append(Text(f"  and {len(result.refused) - _SHOWN:,} more: --json lists all.", "dim"))
    return Group(*lines)


def _to_decide(result: PilotResult) -> RenderableType:
    first = result.approvals[0]
    wait = "waits" if len(result.approvals) == 1 else "wait"
    return Group(
        Text(f"{count(len(result.approvals), 'request')} {wait} for a person. To decide:", "bold yellow"),
        Text("  centaur approvals", "cyan"),
        Text(f"  centaur approvals show {first}", "cyan"),
        Text(f"  centaur approvals approve {first}", "cyan"),
        Text(f"  centaur approvals reject {first} --reason '…'", "cyan"),
    )


# -- the shadow report from its JSON --------------------------------------------------------------------------


def html_of(shadow: Mapping[str, Json]) -> str:
    """Return the shadow report as one HTML page."""
    from agents.pilots.report_html import html

    return html(report_of(shadow))
