"""A run as its model sees it: past turns with their results, and a digest of all that was sent."""

from __future__ import annotations

import hashlib
from typing import Any

from agents.loop.state import Call, CallState, PastTurn, RunState
from agents.models.model import CallResult, ProposedCall, Reply, ResultStatus, Turn
from agents.own_json import load
from agents.tools.foreign_json import parse_foreign
from storage.blobs import Payloads, to_ref
from storage.errors import BadInput, NotFound
from storage.events.body import Digest, Ref

Json = Any
NUDGE = "You called no tool. Call `finish` with the outcome, or `escalate`."
ERASED = {"erased": True}


class Transcript:
    """The closed turns of one run, extended as they close; rebuilt from the state after a restart.

    Attributes:
        turns: what the model is shown.
    """

    def __init__(self, payloads: Payloads, opening: bytes) -> None:
        self._payloads = payloads
        self._digest = hashlib.sha256(b"centaur-prompt-1" + opening).digest()
        self.turns: list[Turn] = []

    @property
    def digest(self) -> Digest:
        """Return the digest over everything sent so far, so that a replay can name where it first differs."""
        return to_ref(self._digest)

    def extend(self, state: RunState) -> None:
        """Take in the turns that closed since the last call."""
        for past in state.past[len(self.turns) :]:
            self.turns.append(self._turn(past))
            self._digest = hashlib.sha256(self._digest + _outline(past)).digest()

    def text(self, ref: Ref | None) -> str:
        """Return a payload as text; empty where there is none or it was erased."""
        if ref is None:
            return ""
        try:
            return self._payloads.read(ref).decode("utf-8", "replace")
        except NotFound:
            return ""

    def result(self, call: Call) -> CallResult:
        """Return what a call came back with."""
        proposed = ProposedCall(call.id, call.tool, self._bytes(call.arguments))
        status = call.status or ResultStatus.REFUSED
        return CallResult(proposed, status, self._content(call, status))

    def _turn(self, past: PastTurn) -> Turn:
        results = tuple(self.result(call) for call in past.calls)
        reply = Reply(self.text(past.text), tuple(result.call for result in results), model=past.model)
        said = tuple(self.text(ref) for ref in past.said)
        return Turn(reply, results, said if past.calls else (*said, NUDGE))

    def _content(self, call: Call, status: ResultStatus) -> Json:
        match status:
            case ResultStatus.OK | ResultStatus.RECORDED:
                return self._json(call.result)
            case ResultStatus.FAILED:
                return {"error": self.text(call.result)}
            case ResultStatus.REFUSED:
                return {"error": self.text(call.result), "rule": call.rule}
            case ResultStatus.REJECTED:
                reason = self.text(call.result) or "Nobody decided in time."
                return {"error": "A person rejected this.", "reason": reason}
            case ResultStatus.ANSWERED:
                return {"answer": self.text(call.result)}

    def _json(self, ref: Ref | None) -> Json:
        if ref is None:
            return None
        try:
            return load(self._payloads.read(ref))
        except NotFound:
            return ERASED

    def _bytes(self, ref: Ref) -> bytes:
        try:
            return self._payloads.read(ref)
        except NotFound:
            return b"{}"


def turns_so_far(transcript: Transcript, state: RunState) -> list[Turn]:
    """Return the closed turns, and the calls of the present one that ended or stand: authority is spent once."""
    turns = list(transcript.turns)
    if state.calls:
        results = [(call, transcript.result(call)) for call in state.calls]
        known = tuple(result for call, result in results if call.state is not CallState.PROPOSED)
        turns.append(Turn(Reply("", tuple(result.call for _, result in results)), known))
    return turns


def arguments_of(result: CallResult) -> dict[str, Json]:
    """Return a past call's arguments as an object; empty where they could not be read."""
    try:
        value = parse_foreign(result.call.arguments)
    except BadInput:
        return {}
    return value if isinstance(value, dict) else {}


def _outline(past: PastTurn) -> bytes:
    parts = [past.text or "", *past.said]
    for call in past.calls:
        parts += [call.id, call.tool, call.arguments, call.status or "", call.result or ""]
    return "\n".join(parts).encode()
