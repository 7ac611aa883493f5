"""The fold of a run's events to the items of its trace; pure, in any portions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from console.models.trace_items import (
    CHECK,
    DECISION,
    DOUBT,
    END,
    LIMIT,
    MODEL,
    PLAN,
    SAID,
    WAIT,
    Item,
    PlanStep,
    asked,
    kind_of_tool,
    person_of,
    plan_of,
)
from storage.events import approvals, calls, runs
from storage.events.body import Ref
from storage.events.envelope import Event

_COPY = re.compile(r"(\[.*|'+)$")
"""What is behind a plan step's id in the id of a call made for it: its place in a loop, or a mark of a second one."""


@dataclass
class Folded:
    """What is known of a run after some of its events.

    Attributes:
        turn: the id of the model's newest item; `turn_of` the calls that it asked for.
        added: what the model will be told with its next turn.
    """

    started: int | None = None
    ended: int | None = None
    mode: str = ""
    model: str = ""
    plan: tuple[PlanStep, ...] = ()
    planned: frozenset[str] = frozenset()
    items: dict[str, Item] = field(default_factory=dict)
    turn: str = ""
    tool_of: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, Ref] = field(default_factory=dict)
    turn_of: dict[str, str] = field(default_factory=dict)
    decided: dict[str, calls.CallDecided] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    added: list[tuple[str, str, Ref]] = field(default_factory=list)
    plans: int = 0
    pauses: int = 0
    paused: str = ""

    def take(self, event: Event, plans: Mapping[Ref, str | None]) -> None:
        """Take in the next event."""
        fold = FOLDS.get(type(event.body))
        if fold is not None:
            fold(self, event, event.body)
        elif isinstance(event.body, runs.PlanSet):
            self.plan_set(event, event.body, plans.get(event.body.plan))

    def put(self, item: Item) -> None:
        """Keep an item."""
        self.items[item.id] = item

    def change(self, id_: str | None, event: Event, **changes: Any) -> None:
        """Change an item that is known."""
        item = self.items.get(id_ or "")
        if item is not None:
            self.items[item.id] = item._replace(seqs=(*item.seqs, event.seq), **changes)

    def step_of(self, call: str) -> str:
        """Return the plan step that a call belongs to."""
        base = _COPY.sub("", call)
        if base in self.planned:
            return base
        return self.active()

    def active(self) -> str:
        """Return the id of the plan's active step, "" without one."""
        return next((step.id for step in self.plan if step.state == "active"), "")

    def plan_set(self, event: Event, body: runs.PlanSet, text: str | None) -> None:
        """Take in a plan, or its change."""
        self.plans += 1
        before, first = self.planned, not self.plan
        self.plan = plan_of(text) if text is not None else self.plan
        self.planned = frozenset(step.id for step in self.plan)
        turn = self.items.get(self.turn)
        mine = [call for call, of in self.turn_of.items() if turn is not None and of == turn.id]
        alone = turn is not None and bool(mine) and all(self.tool_of.get(call) == "plan" for call in mine)
        id_ = f"plan-{self.plans}"
        if not alone and not first and body.cause is None and self.planned == before:
            self.replanned(turn)  # only how far it has come: that shows in the brackets
            return
        if alone and turn is not None:
            del self.items[turn.id]
            self.put(turn._replace(id=id_, kind=PLAN, name="", step="", seqs=(*turn.seqs, event.seq)))
        else:
            at = turn.start if turn is not None and any(self.tool_of.get(call) == "plan" for call in mine) else event.ts
            self.put(Item(id_, PLAN, start=at, end=at, seqs=(event.seq,)))
        note = f"{len(self.plan)} steps" if len(self.plan) != 1 else "1 step"
        refs = {"result": body.plan} | ({"message": body.cause} if body.cause else {})
        self.items[id_] = self.items[id_]._replace(
            name="Plan the work" if first else "Change the plan", note=note, refs=refs
        )
        self.replanned(None if alone else turn)

    def replanned(self, turn: Item | None) -> None:
        """Put calls to their steps: in a playbook the first turn plans and acts, so that they are known only now."""
        for other in list(self.items.values()) if self.plans == 1 else ():
            if other.call and not other.step:
                self.put(other._replace(step=self.step_of(other.call)))
        if turn is not None:
            self.give_step(turn.id)

    def give_step(self, turn: str) -> None:
        """Put a model call to the step that it worked for."""
        item = self.items.get(turn)
        mine = [call for call, of in self.turn_of.items() if of == turn and self.tool_of.get(call) != "plan"]
        if item is not None and item.kind == MODEL:
            self.put(item._replace(step=self.step_of(mine[0]) if mine else item.step or self.active()))

    def answered(self, event: Event, body: runs.ModelFinished) -> None:
        """Take in what the model answered."""
        turn = self.turn
        if turn not in self.items:
            turn = self.turn = f"model-{body.turn}-1"
            self.put(Item(turn, MODEL, start=event.ts - body.duration_us))
        self.turn_of.clear()
        for call in body.calls or ():
            self.tool_of[call.call], self.arguments[call.call] = call.tool, call.arguments
            self.turn_of[call.call] = turn
        tools = [call.tool for call in body.calls or () if call.tool != "plan"]
        refs = {"text": body.text} if body.text else {}
        refs |= {f"call {call.call}": call.arguments for call in body.calls or ()}
        self.change(
            turn, event, name=body.model or self.model, state="ok", end=event.ts, tokens_in=body.tokens_in,
            tokens_out=body.tokens_out, cost=body.cost or 0, partial=body.cost is None, note=asked(tools),
            note_ref=body.text if not tools else None, refs=refs,
        )  # fmt: skip
        self.give_step(turn)


def _run_started(state: Folded, event: Event, body: runs.RunStarted) -> None:
    state.started, state.mode, state.model = event.ts, body.mode.value, body.model


def _model_started(state: Folded, event: Event, body: runs.ModelStarted) -> None:
    state.turn = f"model-{body.turn}-{body.attempt}"
    while state.turn in state.items:
        state.turn += "'"
    state.put(Item(state.turn, MODEL, state.model, "running", event.ts, step=state.active(),
                    added=tuple(state.added), seqs=(event.seq,)))  # fmt: skip
    state.added.clear()


def _model_failed(state: Folded, event: Event, body: runs.ModelFailed) -> None:
    state.change(
        state.turn, event, state="failed", end=event.ts, tokens_in=body.tokens_in, tokens_out=body.tokens_out,
        cost=body.cost or 0, partial=body.cost is None and body.tokens_in + body.tokens_out > 0,
        note=body.category.replace("_", " "), refs={"message": body.message},
    )  # fmt: skip


def _decided(state: Folded, event: Event, body: calls.CallDecided) -> None:
    state.decided[body.call] = body
    if body.ruling is calls.Ruling.ALLOW:
        return
    refs = {"arguments": body.args} | ({"message": body.message} if body.message else {})
    denied = body.ruling is calls.Ruling.DENY
    if denied and body.message:
        state.added.append(("tool", body.tool, body.message))
    state.put(Item(
        f"decision-{body.call}-{event.seq}", DECISION, body.rule, "denied" if denied else "ok", event.ts, event.ts,
        step=state.step_of(body.call), call=body.call, note=body.tool, refs=refs, decision=body, seqs=(event.seq,),
    ))  # fmt: skip


def _tool_started(state: Folded, event: Event, body: calls.ToolStarted) -> None:
    decided = state.decided.get(body.call)
    arguments = decided.args if decided is not None else state.arguments.get(body.call)
    proposed = state.arguments.get(body.call)
    refs = {"arguments": arguments} if arguments else {}
    if decided is not None and decided.by and proposed:
        refs["proposed"] = proposed
    id_ = f"tool-{body.call}-{body.attempt}"
    state.running[body.call] = id_
    state.put(Item(
        id_, kind_of_tool(body.tool), body.tool, "running", event.ts, step=state.step_of(body.call), call=body.call,
        note_ref=arguments, refs=refs, decision=decided, seqs=(event.seq,),
    ))  # fmt: skip


def _tool_finished(state: Folded, event: Event, body: calls.ToolFinished) -> None:
    item = state.items.get(state.running.get(body.call, ""))
    if item is not None and item.start is not None:
        end = min(event.ts, item.start + body.duration_us) if body.duration_us else event.ts
        state.change(item.id, event, state="ok", end=end, refs={**item.refs, "result": body.result})
        state.added.append(("tool", item.name, body.result))


def _tool_failed(state: Folded, event: Event, body: calls.ToolFailed) -> None:
    item = state.items.get(state.running.get(body.call, ""))
    if item is None:
        return
    then = (
        "tried again" if body.will_retry else "nothing was done" if body.did_nothing else "nobody knows if it was done"
    )
    note = f"{body.category.replace('_', ' ')}, {then}"
    state.change(item.id, event, state="failed", end=event.ts, note=note, refs={**item.refs, "message": body.message})
    if not body.will_retry and body.message:
        state.added.append(("tool", item.name, body.message))


def _tool_recorded(state: Folded, event: Event, body: calls.ToolRecorded) -> None:
    decided = state.decided.get(body.call)
    tool = decided.tool if decided is not None else state.tool_of.get(body.call, "")
    refs = {name: ref for name, ref in (
        ("arguments", decided.args if decided is not None else state.arguments.get(body.call)),
        ("result", body.result), ("before", body.before), ("after", body.after)) if ref}  # fmt: skip
    state.put(Item(
        f"tool-{body.call}-recorded", kind_of_tool(tool), tool, "recorded", event.ts, event.ts,
        step=state.step_of(body.call), call=body.call, note="recorded, not performed", refs=refs, decision=decided,
        seqs=(event.seq,),
    ))  # fmt: skip
    state.added.append(("tool", tool, body.result))


def _requested(state: Folded, event: Event, body: approvals.ApprovalRequested) -> None:
    id_ = f"wait-{body.approval}"
    decided = state.decided.get(body.call)
    refs = {"card": body.card} | ({"arguments": decided.args} if decided is not None else {})
    state.put(Item(
        id_, WAIT, ", ".join(body.approvers) or "a person", "waiting", event.ts, step=state.step_of(body.call),
        call=body.call, note=body.tool, refs=refs, decision=decided, seqs=(event.seq,),
    ))  # fmt: skip


_CHOSEN = {"approve": "approved", "edit": "edited", "reject": "rejected", "respond": "replied"}


def _approved(state: Folded, event: Event, body: approvals.ApprovalDecided) -> None:
    item = state.items.get(f"wait-{body.approval}")
    if item is None:
        return
    refs = {
        **item.refs,
        **({"edited": body.args} if body.args else {}),
        **({"message": body.note} if body.note else {}),
    }
    if body.note:
        state.added.append(("person", item.note, body.note))
    state.change(item.id, event, name=person_of(event.actor), state="ended", end=event.ts, refs=refs,
                  note=_CHOSEN.get(body.choice, body.choice))  # fmt: skip


def _withdrawn(state: Folded, event: Event, body: approvals.ApprovalWithdrawn) -> None:
    state.change(f"wait-{body.approval}", event, state="waiting", end=None, note="decision withdrawn")


def _closed(state: Folded, event: Event, body: approvals.ApprovalExpired | approvals.ApprovalSuperseded) -> None:
    note = "nobody decided in time" if isinstance(body, approvals.ApprovalExpired) else "no longer needed"
    item = state.items.get(f"wait-{body.approval}")
    if item is not None and item.end is None:
        state.change(item.id, event, state="ended", end=event.ts, note=note)


def _doubt_raised(state: Folded, event: Event, body: calls.DoubtRaised) -> None:
    state.put(Item(f"doubt-{body.call}", DOUBT, body.tool, "waiting", event.ts, step=state.step_of(body.call),
                    call=body.call, note=f"did it happen? ({body.cause})", seqs=(event.seq,)))  # fmt: skip


def _doubt_resolved(state: Folded, event: Event, body: calls.DoubtResolved) -> None:
    refs = {name: ref for name, ref in (("message", body.reason), ("result", body.result)) if ref}
    state.change(f"doubt-{body.call}", event, state="ended", end=event.ts, refs=refs,
                  note=f"{person_of(event.actor)}: {body.verdict.replace('_', ' ')}")  # fmt: skip


def _wait_started(state: Folded, event: Event, body: runs.WaitStarted) -> None:
    name = {"reply": body.to or "a person", "change": "a change", "until": "a time"}[body.waits_for.value]
    refs = {key: ref for key, ref in (("arguments", body.question), ("watch", body.watch)) if ref}
    state.put(Item(f"wait-{body.wait}", WAIT, name, "waiting", event.ts, step=state.step_of(body.call),
                    call=body.call, note_ref=body.question, refs=refs, seqs=(event.seq,)))  # fmt: skip


def _wait_ended(state: Folded, event: Event, body: runs.WaitEnded) -> None:
    item = state.items.get(f"wait-{body.wait}")
    if item is not None:
        refs = {**item.refs, **({"result": body.answer} if body.answer else {})}
        if body.answer:
            state.added.append(("person", item.name, body.answer))
        state.change(item.id, event, state="ended", end=event.ts, note=body.end.value, note_ref=None, refs=refs)


def _paused(state: Folded, event: Event, body: runs.RunPaused) -> None:
    state.pauses += 1
    state.paused = f"pause-{state.pauses}"
    state.put(Item(state.paused, WAIT, person_of(event.actor), "waiting", event.ts, note="paused", seqs=(event.seq,)))


def _resumed(state: Folded, event: Event, body: runs.RunResumed) -> None:
    state.change(state.paused, event, state="ended", end=event.ts)


def _criteria(state: Folded, event: Event, body: runs.CriteriaChecked) -> None:
    passed = sum(result.passed for result in body.results)
    note = f"{passed} of {len(body.results)} met" if body.results else ("met" if body.passed else "not met")
    refs = {
        name: ref for name, ref in (("message", body.message), ("arguments", state.arguments.get(body.call))) if ref
    }
    if body.message:
        state.added.append(("tool", "finish", body.message))
    state.put(Item(f"check-{event.seq}", CHECK, "Check the criteria", "ok" if body.passed else "failed", event.ts,
                    event.ts, step=state.step_of(body.call), call=body.call, note=note, refs=refs,
                    seqs=(event.seq,)))  # fmt: skip


def _limit(state: Folded, event: Event, body: runs.LimitReached) -> None:
    state.put(Item(f"limit-{event.seq}", LIMIT, body.limit, "failed", event.ts, event.ts,
                    note=f"{body.used} of {body.allowed}", seqs=(event.seq,)))  # fmt: skip


def _said(state: Folded, event: Event, body: runs.MessageSent) -> None:
    state.added.append(("supervisor", person_of(event.actor), body.text))
    state.put(Item(f"said-{event.seq}", SAID, person_of(event.actor), "ok", event.ts, event.ts, note_ref=body.text,
                    refs={"result": body.text}, seqs=(event.seq,)))  # fmt: skip


Over = runs.RunFinished | runs.RunHandedOff | runs.RunFailed | runs.RunStopped


def _ending(body: Over) -> tuple[str, str, str, dict[str, Ref]]:
    match body:
        case runs.RunFinished():
            return "Finished", "ok", "", {"result": body.outcome}
        case runs.RunHandedOff():
            return f"Handed to {body.to or 'a person'}", "ended", body.cause.replace("_", " "), {"result": body.handoff}
        case runs.RunFailed():
            return "Failed", "failed", body.category.replace("_", " "), {"message": body.message}
        case runs.RunStopped():
            refs = {"message": body.reason} if body.reason else {}
            return "Stopped", "failed", f"by {'Stop all' if body.cause == 'kill' else 'a person'}", refs


def _over(state: Folded, event: Event, body: Over) -> None:
    state.ended = event.ts
    name, how, note, refs = _ending(body)
    for item in list(state.items.values()):
        if item.end is None and item.start is not None:
            state.put(item._replace(end=event.ts, state="ended"))
    state.put(Item(f"end-{event.seq}", END, name, how, event.ts, event.ts, note=note, refs=refs, seqs=(event.seq,)))


FOLDS: dict[type[Any], Callable[[Folded, Event, Any], None]] = {
    runs.RunStarted: _run_started, runs.ModelStarted: _model_started, runs.ModelFinished: Folded.answered,
    runs.ModelFailed: _model_failed, calls.CallDecided: _decided, calls.ToolStarted: _tool_started,
    calls.ToolFinished: _tool_finished, calls.ToolFailed: _tool_failed, calls.ToolRecorded: _tool_recorded,
    calls.DoubtRaised: _doubt_raised, calls.DoubtResolved: _doubt_resolved,
    approvals.ApprovalRequested: _requested, approvals.ApprovalDecided: _approved,
    approvals.ApprovalWithdrawn: _withdrawn, approvals.ApprovalExpired: _closed,
    approvals.ApprovalSuperseded: _closed, runs.WaitStarted: _wait_started, runs.WaitEnded: _wait_ended,
    runs.RunPaused: _paused, runs.RunResumed: _resumed, runs.CriteriaChecked: _criteria,
    runs.LimitReached: _limit, runs.MessageSent: _said, runs.RunFinished: _over, runs.RunHandedOff: _over,
    runs.RunFailed: _over, runs.RunStopped: _over,
}  # fmt: skip
