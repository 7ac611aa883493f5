"""Draws a trace: who worked what and how it stands, then each step at its time, then the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agents.cli.brief import in_brief, in_full, shortened
from agents.cli.show_call import call_lines, indented
from agents.cli.trace_parts import (
    CallStep,
    CheckStep,
    ModelStep,
    NoteStep,
    PlanLine,
    PlanStep,
    RunSummary,
    Step,
    Trace,
    WaitStep,
)
from agents.cli.words import STATE_STYLES, cost, count, duration, moment, moment_exact, offset, state_words

Json = Any
Line = tuple[str, RenderableType]
"""What stands in the margin (a time, or nothing), and beside it."""

_PLAN_MARKS = {
    "done": ("✓", "green"), "active": ("▸", "blue"), "failed": ("✗", "red"), "skipped": ("–", "dim"),
    "planned": ("·", "dim"),
}  # fmt: skip


def trace_view(trace: Trace, *, full: bool = False, now: int) -> RenderableType:
    """Return a trace for printing.

    Args:
        full: arguments and results in full, as JSON.
        now: UTC microseconds.
    """
    parts: list[RenderableType] = [_header(trace.run, now), Text(), _case(trace, full)]
    steps = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    steps.add_column(justify="right", style="dim", no_wrap=True)
    steps.add_column(ratio=1, overflow="fold")
    plan, timeline = _plan_and_timeline(trace)
    for index, step in enumerate(timeline):
        if index and not isinstance(step, NoteStep):
            steps.add_row("", "")
        for margin, content in _lines(step, full, now):
            steps.add_row(margin, content)
    if plan is not None:
        parts += [Text(), Text("Plan", "bold"), *(indented(line) for line in _plan_lines(plan))]
    parts += [Text(), steps, Text(), _end(trace, full)]
    return Group(*parts)


def _plan_and_timeline(trace: Trace) -> tuple[PlanStep | None, list[Step]]:
    """Take the first plan out of the timeline; it is shown above it with what became of each line since."""
    plans = [step for step in trace.steps if isinstance(step, PlanStep)]
    if not plans:
        return None, trace.steps
    ended = trace.run.ended_at is not None
    shown = replace(plans[-1], steps=[_with_progress(line, trace, ended) for line in plans[-1].steps])
    return shown, [step for step in trace.steps if step is not plans[0]]


def _with_progress(line: PlanLine, trace: Trace, ended: bool) -> PlanLine:
    """Return a plan's line with what became of the call of the same name; its own word counts where it has one."""
    if line.state in ("done", "failed", "skipped"):
        return line
    calls = [call for step in trace.steps if isinstance(step, ModelStep) for call in step.calls if call.call == line.id]
    if not calls:
        return replace(line, state="planned")
    if calls[-1].tool in ("finish", "escalate"):
        return replace(line, state="done" if ended else "active")
    known = {"ok": "done", "recorded": "done", "answered": "done"}
    failed = {"failed": "failed", "refused": "failed", "rejected": "failed"}
    return replace(line, state=(known | failed).get(calls[-1].status, "active"))


def _header(run: RunSummary, now: int) -> RenderableType:
    took = duration((run.ended_at or now) - run.started_at)
    heading = Text.assemble(
        (run.agent, "bold"), "  ", run.external_id or run.case, "  ",
        (state_words(run.state), f"bold {STATE_STYLES.get(run.state, '')}"),
        (f" ({run.cause.replace('_', ' ')})" if run.cause else "", "dim"),
    )  # fmt: skip
    used = [
        took if run.ended_at else f"for {took}",
        count(run.turns, "turn"),
        count(run.calls, "call"),
        count(run.tokens_in + run.tokens_out, "token"),
        cost(run.cost, partial=run.cost_partial),
    ]
    return Group(
        heading,
        _facts(run.run, f"{run.mode} mode", f"stage {run.stage}", f"tier {run.tier}", f"version {run.version[:12]}",
               f"model {run.model}"),
        _facts(moment_exact(run.started_at), *used),
    )  # fmt: skip


def _facts(*facts: str) -> Text:
    return Text(" · ".join(facts), "dim")


def _case(trace: Trace, full: bool) -> RenderableType:
    text = in_full(trace.case) if full else in_brief(trace.case, 400)
    case = Text.assemble(("Case     ", "bold"), text)
    if trace.human_outcome is None:
        return case
    return Group(case, Text.assemble(("Person   ", "bold"), in_brief(trace.human_outcome, 400)))


def _lines(step: Step, full: bool, now: int) -> Iterable[Line]:
    match step:
        case ModelStep():
            yield from _model(step, full, now)
        case PlanStep():
            yield from _plan(step)
        case CheckStep():
            yield from _check(step)
        case WaitStep():
            yield from _wait(step)
        case NoteStep():
            yield offset(step.at), Text.assemble(("• ", "dim"), (f"{step.actor}: ", "dim"), step.text)
        case CallStep():  # it stands under its model's reply
            return
        case _:
            assert_never(step)


def _model(step: ModelStep, full: bool, now: int) -> Iterable[Line]:
    margin = offset(step.at)
    if step.error is not None:
        yield margin, Text.assemble(("✗ the model failed: ", "red"), step.error)
        return
    facts = [step.model or "model"]
    if step.tokens_in or step.tokens_out:
        facts += [f"{step.tokens_in:,} + {step.tokens_out:,} tokens"]
        facts += ["price unknown" if step.cost is None else cost(step.cost, partial=False)]
        facts += [duration(step.duration_us or 0)]
    if step.text or step.tokens_in:
        yield margin, Text.assemble((f"turn {step.turn}  ", "bold"), (" · ".join(facts), "dim"))
        margin = ""
        if step.text:
            yield "", Text(step.text if full else shortened(step.text, 600), "italic")
    for call in step.calls:
        for line in call_lines(call, full=full, now=now):
            yield margin, line
            margin = ""


def _plan(step: PlanStep) -> Iterable[Line]:
    why = f"  because {step.cause}" if step.cause else ""
    yield offset(step.at), Text.assemble(("plan changed", "bold"), (why, "dim"))
    for line in _plan_lines(step):
        yield "", indented(line)


def _plan_lines(step: PlanStep) -> Iterable[Text]:
    for line in step.steps:
        mark, style = _PLAN_MARKS.get(line.state, ("·", "dim"))
        title_style = "" if line.state in ("done", "active", "failed") else "dim"
        yield Text.assemble((f"{mark} ", style), (line.title, title_style))


def _check(step: CheckStep) -> Iterable[Line]:
    word, style = ("✓ outcome meets the criteria", "green") if step.passed else ("✗ outcome turned down", "red")
    yield offset(step.at), Text(word, style)
    for result in step.criteria:
        mark, mark_style = ("✓", "green") if result.passed else ("✗", "red")
        why = f": {result.error}" if result.error else ""
        yield "", Text.assemble("  ", (f"{mark} ", mark_style), (f"{result.criterion}{why}", "dim"))
    if step.message:
        yield "", Text(f"  {step.message}", "dim")


def _wait(step: WaitStep) -> Iterable[Line]:
    what = {"reply": "a reply", "change": "a change", "until": "a time"}.get(step.waits_for, step.waits_for)
    of = f" from {step.to}" if step.to else ""
    until = f", until {moment(step.until)}" if step.until else ""
    style = "yellow" if step.end is None else ""
    yield offset(step.at), Text.assemble(("◷ ", "yellow"), (f"waits for {what}{of}{until}", style))
    if step.question:
        yield "", Text(f"  {shortened(step.question, 400)}")
    if step.end is None:
        yield "", Text.assemble("  answer with  ", (f"centaur approvals reply {step.wait} --text '…'", "bold"))
    else:
        words = {"replied": "replied", "changed": "it changed", "time": "the time came"}.get(step.end, step.end)
        answer = f": {shortened(step.answer, 400)}" if step.answer else ""
        yield offset(step.ended_at or step.at), Text(f"  {words}{answer}")


def _end(trace: Trace, full: bool) -> RenderableType:
    if trace.error is not None:
        return Text.assemble(("Failed   ", "bold red"), trace.error)
    if isinstance(trace.handoff, dict):
        return _handoff(trace, full)
    if trace.outcome is not None:
        text = in_full(trace.outcome) if full else in_brief(trace.outcome, 400)
        return Text.assemble(("Outcome  ", "bold green"), text)
    waits = {"asking": "A person must decide before it goes on.", "doubt": "A person must say whether it happened."}
    return Text(waits.get(trace.run.state, f"It is {state_words(trace.run.state)}."), "yellow")


def _handoff(trace: Trace, full: bool) -> RenderableType:
    handoff = trace.handoff
    to = f" to {trace.handed_to}" if trace.handed_to else ""
    most = 10_000 if full else 300
    parts: list[RenderableType] = [
        Text.assemble((f"Handed over{to}", "bold cyan")),
        Padding(Text(str(handoff.get("summary", ""))), (0, 0, 0, 2)),
    ]
    if handoff.get("evidence"):
        parts.append(Text("  Evidence", "bold"))
        for item in handoff["evidence"]:
            source = f"  ({item['source']})" if isinstance(item, dict) and item.get("source") else ""
            text = item.get("text", "") if isinstance(item, dict) else item
            parts.append(Padding(Text.assemble("· ", shortened(str(text), most), (source, "dim")), (0, 0, 0, 4)))
    if handoff.get("options"):
        parts.append(Text("  Options", "bold"))
        for number, option in enumerate(handoff["options"], 1):
            label = option.get("label", "") if isinstance(option, dict) else option
            parts.append(Padding(Text(f"{number}. {label}"), (0, 0, 0, 4)))
    if handoff.get("recommendation"):
        parts.append(Text.assemble(("  Recommendation  ", "bold"), str(handoff["recommendation"])))
    return Group(*parts)
