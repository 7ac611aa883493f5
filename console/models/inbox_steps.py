"""The run so far in a few steps: what it called, and what it waits for last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console import words
from console.models.inbox_card import Step
from console.models.inbox_reading import Reading, json_of
from storage.events import calls, runs
from storage.events.approvals import ApprovalRequested
from storage.events.envelope import Event
from storage.queries import inbox


def plan_titles(view: Reading, run: str) -> dict[str, str]:
    """Return what a run's plan calls its steps, by their ids."""
    event = inbox.latest(view.connection, run, "plan.set")
    plan = json_of(view, event.body.plan) if event is not None and isinstance(event.body, runs.PlanSet) else None
    steps = plan.get("steps", []) if isinstance(plan, dict) else plan if isinstance(plan, list) else []
    return {str(s["id"]): str(s.get("title") or s["id"]) for s in steps if isinstance(s, dict) and "id" in s}


def run_so_far(events: Sequence[Event], titles: Mapping[str, str]) -> list[Step]:
    """Return what a run did, one step a call, and what it waits for last."""
    steps: dict[str, Step] = {}
    for event in events:
        match event.body:
            case calls.ToolStarted(call=call, tool=tool):
                steps[call] = Step(titles.get(call) or words.in_words(tool), event.ts, "run")
            case calls.ToolFinished(call=call) | calls.ToolRecorded(call=call) if call in steps:
                steps[call] = steps[call]._replace(at=event.ts, state="ok")
            case calls.ToolFailed(call=call) if call in steps:
                steps[call] = steps[call]._replace(at=event.ts, state="failed")
            case ApprovalRequested(call=call):
                steps[f"{call}?"] = Step("Asked a person", event.ts, "wait")
            case calls.DoubtRaised(call=call):
                steps.pop(call, None)
                steps[f"{call}?"] = Step("In doubt", event.ts, "doubt")
            case runs.WaitStarted(call=call):
                steps[f"{call}?"] = Step("Waits", event.ts, "wait")
            case runs.RunHandedOff():
                steps["/"] = Step("Handed over", event.ts, "wait")
            case _:
                pass
    return list(steps.values())
