"""What a person is shown before deciding, in the order of the approval card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.loop.charter import Charter
from agents.loop.judging import Judgement
from agents.models.model import Turn
from agents.policy.sentences import describe_call
from agents.tools.control import CONTROL_TOOLS
from agents.tools.tool import ToolSpec

Json = Any
_EVIDENCE = 6


def card(
    charter: Charter, spec: ToolSpec, call: str, judgement: Judgement, turns: Sequence[Turn], *,
    change: tuple[Json, Json] | None, recommendation: str, consulted: Sequence[Mapping[str, str]] = (),
) -> dict[str, Json]:  # fmt: skip
    """Return the approval card.

    Keys: sentence (made from the call, not by the model), arguments and their origins, before and after, reversible
    and undo, rule and because, evidence, what consulted people said, the agent's own recommendation last.
    """
    decision = judgement.decision
    return {
        "sentence": describe_call(spec, judgement.values),
        "arguments": dict(judgement.values),
        "origins": [
            {
                "path": o.path,
                "kind": o.kind,
                "value": o.value,
                "proven": o.proven,
                "source": o.source,
                "seen_in": o.seen_in,
            }
            for o in judgement.provenance.origins
        ],
        "before": change[0] if change else None,
        "after": change[1] if change else None,
        "can_show_change": change is not None,
        "reversible": spec.reversible,
        "undo": spec.undo,
        "rule": judgement.rule,
        "because": decision.because if decision else "",
        "asked_by": list(decision.asked_by) if decision else [],
        "evidence": _evidence(turns, call),
        "consulted": [dict(item) for item in consulted],
        "recommendation": recommendation,
        "agent": charter.job.name,
    }


def _evidence(turns: Sequence[Turn], asked: str) -> list[dict[str, Json]]:
    found = [
        {
            "call": result.call.id,
            "tool": result.call.tool,
            "status": result.status.value,
            "result": result.content,
        }
        for turn in turns
        for result in turn.results
        if result.call.tool not in CONTROL_TOOLS and result.call.id != asked
    ]
    return found[-_EVIDENCE:]
