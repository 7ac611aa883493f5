"""Why a request that is not open cannot be decided: what became of it, and through whom."""

from __future__ import annotations

from storage.events.approvals import RefusalCause
from storage.records import ApprovalRecord

_DECIDED = "already decided{by}"
_WORDS = {
    "decided": _DECIDED,
    "spent": f"{_DECIDED}, and the call was performed",
    "expired": "expired: nobody decided in time",
    "superseded": "superseded: its run ended, or its call changed",
}
_CAUSES = {"expired": RefusalCause.EXPIRED, "superseded": RefusalCause.SUPERSEDED}


def why_closed(request: ApprovalRecord) -> tuple[RefusalCause, str]:
    """Return the cause and the sentence with which a decision on this request is refused."""
    by = f" by {request.person.removeprefix('person:')}" if request.person else ""
    words = _WORDS.get(request.state, request.state).format(by=by)
    return _CAUSES.get(request.state, RefusalCause.ALREADY_DECIDED), f"The request is {words}."
