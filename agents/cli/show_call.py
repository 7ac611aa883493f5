"""Draws one tool call: what it does, what policy said and why, where its arguments come from, who was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from agents.cli.brief import in_brief, in_full
from agents.cli.trace_parts import Asked, CallStep, Origin, Ruled
from agents.cli.words import duration, moment

Json = Any
_CONTROL = {"plan": "plans", "finish": "finishes", "escalate": "hands over", "wait": "waits"}
_MARKS = {
    "proposed": ("·", "dim"), "asked": ("◷", "yellow"), "approved": ("◷", "yellow"), "started": ("▸", "blue"),
    "ok": ("✓", "green"), "recorded": ("○", "cyan"), "failed": ("✗", "red"), "refused": ("⊘", "red"),
    "rejected": ("⊘", "red"), "answered": ("↩", "cyan"), "doubt": ("?", "bold red"),
}  # fmt: skip
_RULING = {"allow": ("allowed", "green"), "ask": ("asks a person", "yellow"), "deny": ("denied", "red")}
_WHOLE = {
    "(request)": "The case does not ask for this kind of action.",
    "(sinks)": "Nothing in the call could be proven.",
    "(combination)": "The proofs belong to different things.",
    "(spent)": "What proves it was used already.",
}
_RESULT = 240


def call_lines(call: CallStep, *, full: bool, now: int) -> Iterator[RenderableType]:
    """Yield the lines of a call."""
    if call.tool in _CONTROL:
        yield from _control(call, full)
        return
    mark, style = _MARKS.get(call.status, ("·", "dim"))
    told = call.sentence or _plain(call.arguments)
    took = f"  {duration(call.duration_us)}" if call.duration_us is not None else ""
    effect = f" {call.effect}" if call.effect not in (None, "read") else ""
    would = "would do: " if call.status == "recorded" else ""
    yield Text.assemble(
        (f"{mark} ", style), (call.tool, "bold"), (effect, "magenta"), "  ",
        would, told, (took, "dim"),
    )  # fmt: skip
    if full or (call.sentence and call.effect != "read"):
        yield _indented(in_full(call.arguments) if full else in_brief(call.arguments, 400), "dim")
    for ruled in call.rulings:
        if ruled.approval is None:
            yield from ruling_lines(ruled, brief=call.effect == "read" and ruled.ruling == "allow")
    for asked in call.approvals:
        yield from _asked(asked, now)
    for ruled in call.rulings:
        if ruled.approval is not None:  # what a person wrote instead was judged again
            yield from ruling_lines(ruled)
    yield from _came_to(call, full)


def _control(call: CallStep, full: bool) -> Iterator[RenderableType]:
    if call.tool == "plan" and call.error is None:
        return  # the plan itself stands right below
    mark, style = ("✗", "red") if call.error else ("→", "dim")
    detail = in_full(call.arguments) if full else ""
    if call.tool == "finish" and not full and isinstance(call.arguments, dict):
        detail = in_brief(call.arguments.get("outcome"), 300)
    yield Text.assemble((f"{mark} ", style), (_CONTROL[call.tool], "bold"), "  ", detail)
    if call.error:
        yield _indented(call.error, "red")


def ruling_lines(ruled: Ruled, *, brief: bool = False) -> Iterator[RenderableType]:
    """Yield what policy said, by which rule and why, and where each argument that matters comes from."""
    word, style = _RULING[ruled.ruling]
    edited = " (as edited)" if ruled.approval else ""
    if brief:
        yield _indented(f"{word}: {ruled.rule}", "dim")
        return
    why = f": {ruled.because}" if ruled.because else ""
    yield Text.assemble("  ", (f"{word}{edited}", style), f" by {ruled.rule}{why}")
    if ruled.message and ruled.ruling != "deny":
        yield _indented(ruled.message, "dim")
    yield from origin_lines(ruled.origins)


def origin_lines(origins: list[Origin]) -> Iterator[RenderableType]:
    """Yield where the authority of each argument comes from; unproven ones stand out."""
    width = max((len(o.path) for o in origins if o.path not in _WHOLE), default=0)
    for origin in origins:
        if origin.path in _WHOLE:
            yield Text.assemble("    ", ("! ", "yellow"), (_WHOLE[origin.path], "yellow"))
            continue
        value = f" {origin.value}" if origin.value else ""
        line = Text.assemble("    ", ("✓ " if origin.proven else "! ", "green" if origin.proven else "yellow"))
        line.append(origin.path.ljust(width), "dim" if origin.proven else "yellow")
        line.append(value)
        if origin.proven:
            line.append(f"  proven by {origin.source}", "dim")
        else:
            line.append(f"  unproven: {f'seen in {origin.seen_in}' if origin.seen_in else 'seen nowhere'}", "yellow")
        yield line


def _asked(asked: Asked, now: int) -> Iterator[RenderableType]:
    who = " or ".join(asked.approvers) or "anyone"
    for refusal in asked.refusals:
        yield _indented(refusal, "red")
    match asked.state:
        case "requested":
            left = max(0, asked.expires_at - now)
            yield Text.assemble(
                "  ", ("◷ ", "yellow"), (f"waits for {who}", "yellow"), (f", expires in {duration(left)}", "dim"),
            )  # fmt: skip
            yield Text.assemble("    decide with  ", (f"centaur approvals show {asked.approval}", "bold"))
        case "decided":
            word = {"approve": "approved", "edit": "edited and approved", "reject": "rejected", "respond": "answered"}
            signed = "signed" if asked.signed else "not signed"
            yield Text.assemble(
                "  ", f"{word.get(asked.choice or '', asked.choice or '')} by ", (str(asked.person), "bold"),
                (f" at {moment(asked.decided_at or 0)}, {signed}", "dim"), f": {asked.note}" if asked.note else "",
            )  # fmt: skip
        case state:
            yield _indented(f"the request is {state}", "yellow")


def _came_to(call: CallStep, full: bool) -> Iterator[RenderableType]:
    if call.attempts > 1:
        yield _indented(f"tried {call.attempts} times", "dim")
    if call.before is not None or call.after is not None:
        yield from change_lines(call.before, call.after)
    if call.doubt is not None:
        yield _indented(
            f"Nobody knows whether it happened ({call.doubt}).", "bold red" if call.status == "doubt" else ""
        )
    if call.error is not None:
        yield _indented(call.error, "red")
    elif call.result is not None:
        yield _indented(f"↳ {in_full(call.result) if full else in_brief(call.result, _RESULT)}", "dim")


def change_lines(before: Json, after: Json) -> Iterator[RenderableType]:
    """Yield what changes: each member that differs, before → after; the rest is left out."""
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        yield Text.assemble("    ", (in_brief(before), "red"), " → ", (in_brief(after), "green"))
        return
    old, new = before or {}, after or {}
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) == new.get(name):
            continue
        line = Text.assemble("    ", f"{name.replace('_', ' ')}: ")
        line.append(in_brief(old[name], 160) if name in old else "nothing", "red")
        line.append(" → ")
        line.append(in_brief(new[name], 160) if name in new else "nothing", "green")
        yield line


def _plain(arguments: Json) -> str:
    return in_brief(arguments, 200) if arguments else ""


def _indented(text: str, style: str = "") -> Text:
    return Text("\n".join(f"  {line}" for line in text.splitlines()) or "  ", style)
