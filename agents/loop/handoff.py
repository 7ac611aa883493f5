"""What a person gets when a case is handed over: summary, evidence, options, recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.models.model import ResultStatus, Turn
from agents.tools.control import CONTROL_TOOLS, Handoff
from storage.events.runs import HandoffCause

Json = Any
_WHY = {
    HandoffCause.ESCALATION_RULE: "A rule of the job description sends this case to a person.",
    HandoffCause.CRITERION: "The outcome did not meet the success criteria.",
    HandoffCause.LIMIT: "The run reached a limit of the job description.",
    HandoffCause.MODEL_FAILED: "The model gave no usable answer.",
    HandoffCause.TOOL_FAILED: "A tool failed and the plan has no other way.",
    HandoffCause.NOTHING_TO_DO: "The agent neither finished the case nor called a tool.",
    HandoffCause.TAKEN_OVER: "A person took the case over.",
    HandoffCause.ERROR: "The run met a defect of the program.",
    HandoffCause.ROLE: "A person is responsible for this step.",
    HandoffCause.ESCALATED: "The agent asked for a person.",
}
_SHOWN = 5


def from_agent(handoff: Handoff) -> dict[str, Json]:
    """Return the handoff that the agent wrote, as it is stored."""
    return {
        "summary": handoff.summary,
        "evidence": [{"text": item.text, "source": item.source} for item in handoff.evidence],
        "options": [{"label": option.label, "outcome": option.outcome} for option in handoff.options],
        "recommendation": handoff.recommendation,
    }


def from_cause(cause: HandoffCause, detail: str, turns: Sequence[Turn], proposed: Json = None) -> dict[str, Json]:
    """Return a handoff that the program writes: why, what the run had found so far, what can be done."""
    evidence = [_seen(result.call.tool, result.status, result.content) for turn in turns for result in turn.results
                if result.call.tool not in CONTROL_TOOLS]  # fmt: skip
    options: list[dict[str, Json]] = [{"label": "Decide the case yourself", "outcome": None}]
    if proposed is not None:
        options.insert(0, {"label": "Take the outcome that the agent proposed", "outcome": proposed})
    return {
        "summary": f"{_WHY[cause]} {detail}".strip(),
        "evidence": evidence[-_SHOWN:],
        "options": options,
        "recommendation": "Look at the last steps of the run before you decide.",
    }


def _seen(tool: str, status: ResultStatus, content: Json) -> dict[str, Json]:
    words = {
        ResultStatus.OK: "answered", ResultStatus.RECORDED: "would have been called", ResultStatus.FAILED: "failed",
        ResultStatus.REFUSED: "was refused", ResultStatus.REJECTED: "was rejected by a person",
        ResultStatus.ANSWERED: "was answered by a person",
    }  # fmt: skip
    text = content.get("error") or content.get("answer") if isinstance(content, dict) else None
    return {"text": f"{tool} {words[status]}{f': {text}' if text else ''}", "source": tool}
