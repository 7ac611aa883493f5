"""Sends a person's decision to the engine, lets the run go on until it rests, and says what happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from agents.cli.brief import in_brief
from agents.cli.connect import Connection, connected, until_rest
from agents.cli.list_runs import read_trace
from agents.cli.output import Output
from agents.cli.reading import reading
from agents.cli.trace_parts import Trace
from agents.cli.words import state_words
from storage.errors import BadInput
from storage.ids import now_us
from storage.queries import decisions, work

Json = Any
_VERDICTS = {"happened": "happened", "did-not": "did_not", "try-again": "try_again"}


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision led to. `signed` is None where nothing was signed by nature; `outcome` what the run came to."""

    approval: str | None
    choice: str
    signed: bool | None
    effective_at: int | None
    run: str
    state: str
    outcome: Json
    handoff: Json


def decide(path: Path, method: str, approval: str, params: dict[str, object], person: str | None, out: Output) -> None:
    """Decide a request for approval."""
    with reading(path) as store:
        record = decisions.approval(store.connection, approval)

    async def work_it() -> Json:
        async with connected(path, out) as engine:
            sent = {**params, "approval": record.approval, "person": person}
            decided = await engine.perform(method, {k: v for k, v in sent.items() if v is not None})
            await _take_effect(engine, path, record.run, decided, out)
            return decided

    decided = asyncio.run(work_it())
    _report(path, record.run, out, record.approval, decided["choice"], decided["signed"], decided["effective_at"])


async def _take_effect(engine: Connection, path: Path, run: str, decided: Json, out: Output) -> None:
    """Wait until the decision has led to something; Ctrl+C in its grace takes it back."""
    grace = decided["effective_at"] - now_us()
    if grace > 0:
        out.say(Text(f"Takes effect in {grace / 1e6:.0f} s; Ctrl+C takes it back.", "dim"))
    try:
        await until_rest(path, run)
    except asyncio.CancelledError:
        if decided["effective_at"] > now_us():
            await engine.perform("approval.withdraw", {"approval": decided["approval"]})
            out.say(Text("Taken back: the request is open again.", "yellow"))
        raise


def reply_to_wait(path: Path, wait: str, text: str, person: str | None, out: Output) -> None:
    """Answer what a run waits for."""

    async def work_it() -> Json:
        async with connected(path, out) as engine:
            params = {"wait": wait, "text": text} | ({"person": person} if person else {})
            answered = await engine.perform("wait.reply", params)
            await until_rest(path, answered["run"])
            return answered

    _report(path, asyncio.run(work_it())["run"], out, None, "reply", None, None)


def withdraw(path: Path, approval: str, person: str | None, out: Output) -> None:
    """Take a decision back before it takes effect."""
    with reading(path) as store:
        record = decisions.approval(store.connection, approval)

    async def work_it() -> None:
        async with connected(path, out) as engine:
            params = {"approval": record.approval} | ({"person": person} if person else {})
            await engine.perform("approval.withdraw", params)

    asyncio.run(work_it())
    _report(path, record.run, out, record.approval, "withdraw", None, None)


def resolve(path: Path, run: str, call: str, verdict: str, note: str, person: str | None, out: Output) -> None:
    """Say whether an action in doubt happened."""
    if verdict not in _VERDICTS:
        raise BadInput(f"`{verdict}` is no verdict.", hint=f"One of: {', '.join(_VERDICTS)}.")
    with reading(path) as store:
        whole = work.run(store.connection, run).run

    async def work_it() -> None:
        async with connected(path, out) as engine:
            params = {"run": whole, "call": call, "verdict": _VERDICTS[verdict], "note": note}
            await engine.perform("doubt.resolve", params | ({"person": person} if person else {}))
            await until_rest(path, whole)

    asyncio.run(work_it())
    _report(path, whole, out, None, verdict, None, None)


def _report(
    path: Path, run: str, out: Output, approval: str | None, choice: str, signed: bool | None, effective_at: int | None
) -> None:
    trace = read_trace(path, run)
    document = DecisionResult(
        approval, choice, signed, effective_at, run, trace.run.state, trace.outcome, trace.handoff
    )
    out.result(document, _said(trace, choice, signed))


def _said(trace: Trace, choice: str, signed: bool | None) -> Text:
    words = {
        "approve": "Approved", "edit": "Edited and approved", "reject": "Rejected", "respond": "Answered",
        "reply": "Answered", "withdraw": "Taken back",
    }.get(choice, f"Noted: {choice}")  # fmt: skip
    unsigned = " (not signed)" if signed is False else ""
    text = Text.assemble((f"{words}{unsigned}.", "bold"), f" The run is {state_words(trace.run.state)}")
    if isinstance(trace.outcome, dict):
        text.append(f": {in_brief(trace.outcome, 300)}")
    elif isinstance(trace.handoff, dict):
        text.append(f": {in_brief(trace.handoff.get('summary'), 300)}")
    elif trace.error is not None:
        text.append(f": {trace.error}")
    text.append(f"\nAll of it: centaur show {trace.run.run}", "dim")
    return text
