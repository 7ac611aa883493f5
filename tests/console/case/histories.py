"""Histories of cases, made by hand: of any length, in any order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from storage.events import approvals, calls, cases, runs
from storage.events.body import Body, references
from storage.events.envelope import Event
from storage.events.workspace import BlobErased, Stage
from storage.queries.case_page import History
from storage.queries.live import Beginning
from storage.records import CaseRecord, RunRecord

MINUTE = 60_000_000
NOW = 1_795_360_000_000_000
DIGEST = "d" * 43


def ref(name: str) -> str:
    """A payload's address."""
    return name.ljust(43, "_")


def event(seq: int, body: Any, run: str | None = "run-1", actor: str = "engine", ts: int = 0, **more: Any) -> Event:
    """What happened at a minute."""
    return Event(seq, None, ts or NOW + seq * MINUTE, type(body).kind, 1, actor, body, b"", run, **more)


def record(**changed: Any) -> CaseRecord:
    """A case."""
    given = CaseRecord(
        "case-1", "invoice-matching", ref("content"), ref("external"), "INV-7", None, NOW, None, None, None, "run-1", 1
    )
    return given._replace(**changed)


def run(name: str = "run-1", mode: str = "live", **changed: Any) -> RunRecord:
    """A run."""
    values: dict[str, Any] = dict.fromkeys(RunRecord._fields, 0)
    values |= {
        "run": name, "agent": "invoice-matching", "version": DIGEST, "case_id": "case-1", "mode": mode,
        "stage": "canary", "model": "playbook", "pilot": None, "origin": None, "state": "finished", "cause": None,
        "started_at": NOW + MINUTE, "ended_at": NOW + 9 * MINUTE, "outcome": None, "handoff": None,
    }  # fmt: skip
    return RunRecord(**{**values, **changed})


def started(name: str = "run-1", mode: cases.Mode = cases.Mode.LIVE) -> runs.RunStarted:
    """A run's beginning."""
    return runs.RunStarted("invoice-matching", DIGEST, "case-1", mode, Stage.CANARY, 2, "playbook", 1)


def every_kind() -> list[Event]:
    """One event of each kind that a page tells, in a plausible order."""
    bodies: list[tuple[Body, str]] = [
        (started(), "engine"),
        (runs.MessageSent(ref("message")), "person:ann"),
        (runs.RunPaused(), "person:ann"),
        (runs.RunResumed(), "person:ann"),
        (approvals.ApprovalRequested("ap-1", "c1", "book", "write", "limit", DIGEST, ("finance-lead",), NOW, False, 2,
                                     ref("card")), "engine"),
        (approvals.DecisionRefused("ap-1", "approve", approvals.RefusalCause.NOT_APPROVER), "person:bob"),
        (approvals.ApprovalDecided("ap-1", "c1", approvals.Choice.REJECT, DIGEST, NOW, None, ref("note")),
         "person:ann"),
        (approvals.ApprovalWithdrawn("ap-1", "c1"), "person:ann"),
        (approvals.ApprovalExpired("ap-1", "c1"), "engine"),
        (approvals.ApprovalSuperseded("ap-1", "c1"), "engine"),
        (calls.DoubtRaised("c1", "book", calls.DoubtCause.TIMEOUT), "engine"),
        (calls.DoubtResolved("c1", calls.DoubtVerdict.HAPPENED, None, ref("why")), "person:ann"),
        (runs.WaitStarted("w1", "c2", runs.WaitFor.REPLY, None, "ann", ref("question")), "engine"),
        (runs.WaitEnded("w1", "c2", runs.WaitEnd.REPLIED, ref("answer")), "person:ann"),
        (runs.Informed("finance-lead", "finish", ref("summary")), "engine"),
        (runs.RunFinished(ref("outcome")), "engine"),
        (runs.RunHandedOff(runs.HandoffCause.LIMIT, ref("handoff"), "ann"), "engine"),
        (runs.RunFailed(runs.ErrorCategory.TIMEOUT, ref("failure")), "engine"),
        (runs.RunStopped(runs.StopCause.PERSON, ref("stop")), "person:ann"),
    ]  # fmt: skip
    received = event(1, cases.CaseReceived("case-1", "invoice-matching", ref("content"), ref("external")), None)
    return [received, *(event(seq, body, "run-1", actor) for seq, (body, actor) in enumerate(bodies, 2))]


TEXTS = {
    "content": '{"supplier": "Nordlys Bakeri AS", "id": "INV-7"}', "message": "Look at the credit note.",
    "card": '{"sentence": "Book 12.00 EUR for Nordlys."}', "note": "The goods came back.", "why": "It is in the ERP.",
    "question": "Is that right?", "answer": "Yes.", "outcome": '{"result": "posted", "amount": "12.00"}',
    "summary": '{"text": "The case is finished."}', "failure": "No answer.", "stop": "Wrong case.",
    "handoff": "{}", "erasure": "Asked by the supplier.", "theirs": '{"result": "rejected"}',
}  # fmt: skip


def history(events: Iterable[Event], **changed: Any) -> History:
    """A history with texts for what its events name."""
    given = list(events)
    gone = frozenset(e.body.address for e in given if isinstance(e.body, BlobErased))
    names = {ref(name): text for name, text in TEXTS.items()}
    refs = {ref("content"), ref("theirs"), *(each for e in given for each in references(e.body))}
    texts = {each: Beginning(None if each in gone else names.get(each, "text"), 9) for each in refs}
    values: dict[str, Any] = {
        "seq": 99, "case": record(), "runs": (run(),), "numbers": {("invoice-matching", DIGEST): 3},
        "events": tuple(given), "names": {"ann": "Ann Berg"}, "texts": texts, "gone": gone, "source": "/data/in.csv",
        "zone": "UTC",
    }  # fmt: skip
    return History(**{**values, **changed})
