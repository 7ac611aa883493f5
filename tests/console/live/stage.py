"""A store whose runs are written event by event: the scene of the Live room, long runs, large payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from storage.events import approvals, calls, cases, runs
from storage.events.body import Body
from storage.events.envelope import Draft
from storage.events.runs import ProposedCallRef
from storage.events.workspace import Stage
from storage.ids import now_us
from storage.store import Store, no_keyring

SECOND = 1_000_000
DIGEST = "d" * 43


class Writer:
    """Writes the events of runs at times of its choosing."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "centaur.db"
        self.store = Store(self.path, no_keyring, folder / "heads")
        self._blobs: dict[str, bytes] = {}
        self._drafts: list[Draft] = []
        self.at = now_us()

    def keep(self, value: Any) -> str:
        """Keep a payload."""
        content = value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else \
            json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()  # fmt: skip
        ref = self.store.ledger.payloads.address(content)
        self._blobs[ref] = content
        return ref

    def say(self, run: str | None, body: Body, *, after: float = 0.0, actor: str = "engine") -> None:
        """Write an event, so many seconds after the one before."""
        self.at += round(after * SECOND)
        self._drafts.append(Draft(body, actor, run, self.at))  # type: ignore[arg-type]

    def commit(self) -> None:
        """Append what was said."""
        ledger = self.store.ledger
        for ref, content in self._blobs.items():
            ledger.payloads.ref(content)
            assert ref
        if self._drafts:
            ledger.append_now(self._drafts, blobs=dict(self._blobs))
        self._drafts.clear()
        self._blobs.clear()

    def begin(self, run: str, external: str, content: Mapping[str, Any], agent: str = "invoice-matching-clerk",
              mode: str = "live", ago: float = 0.0, stage: str = "canary") -> None:  # fmt: skip
        """Begin a run on a case of its own."""
        self.at = now_us() - round(ago * SECOND)
        case = f"case-{run}"
        self.say(None, cases.CaseReceived(case, agent, self.keep(content), self.keep(external)))
        self.say(run, runs.RunStarted(agent, DIGEST, case, cases.Mode(mode), Stage(stage), 2, "eu-large", 1))

    def think(self, run: str, turn: int, took: float, *proposed: tuple[str, str, Any], text: str = "",
              tokens: tuple[int, int] = (0, 0), cost: int | None = 0) -> None:  # fmt: skip
        """Ask the model, which answers."""
        self.say(run, runs.ModelStarted(turn, DIGEST))
        refs = tuple(ProposedCallRef(call, tool, self.keep(args)) for call, tool, args in proposed)
        self.say(run, runs.ModelFinished(turn, *tokens, round(took * SECOND), refs or None,
                 self.keep(text) if text else None, cost, "eu-large"), after=took)  # fmt: skip

    def act(self, run: str, call: str, tool: str, args: Any, result: Any, took: float, effect: str = "read") -> None:
        """Allow, perform and finish a call."""
        self.say(run, calls.CallDecided(call, tool, effect, calls.Ruling.ALLOW, "small-amounts", 10, self.keep(args)))
        self.say(run, calls.ToolStarted(call, tool, effect))
        self.say(run, calls.ToolFinished(call, round(took * SECOND), self.keep(result)), after=took)

    def plan(self, run: str, states: Mapping[str, tuple[str, str]]) -> None:
        """Set the plan: id -> (title, state)."""
        steps = [{"id": id_, "title": title, "state": state} for id_, (title, state) in states.items()]
        self.say(run, runs.PlanSet(self.keep({"steps": steps})))

    def ask(self, run: str, call: str, tool: str, args: Any, rule: str, *, person: str = "finance-lead") -> None:
        """Put a call to a person."""
        ref = self.keep(args)
        origins = (calls.ArgumentOrigin("amount", "money", "system of record (order 4500018853)"),
                   calls.ArgumentOrigin("iban", "account", None))  # fmt: skip
        self.say(run, calls.CallDecided(call, tool, "write", calls.Ruling.ASK, rule, 10, ref, DIGEST,
                 verdicts=(calls.RuleVerdict("new-account", calls.Verdict.MATCHED),), origins=origins))  # fmt: skip
        card = {"because": "The invoice is more than 2 % over the order.", "can_show_change": True,
                "before": {"booked": None, "owed": "412.00"}, "after": {"booked": args, "owed": "0.00"}}  # fmt: skip
        self.say(run, approvals.ApprovalRequested(f"ap-{run}-{call}", call, tool, "write", rule, DIGEST, (person,),
                 self.at + 10**9, True, 2, self.keep(card)), after=0.1)  # fmt: skip

    def approve(self, run: str, call: str, after: float, person: str = "Ingrid Moen") -> None:
        """Have a person allow it."""
        self.say(run, approvals.ApprovalDecided(f"ap-{run}-{call}", call, approvals.Choice.APPROVE, DIGEST,
                 self.at), after=after, actor=f"person:{person}")  # fmt: skip

    def end(self, run: str, outcome: Any = None) -> None:
        """Finish a run."""
        self.say(run, runs.RunFinished(self.keep(outcome or {"result": "done"})))

    def close(self) -> None:
        self.commit()
        self.store.close()


_STEPS = {"read": "Read the invoice", "match": "Match order and receipt", "decide": "Decide on the difference",
          "book": "Book the invoice", "tell": "Tell the buyer", "check": "Finish and check criteria"}  # fmt: skip


def target(writer: Writer, run: str = "run-target") -> str:
    """Write the run of the target image; it is still streaming."""
    w = writer
    w.begin(run, "INV-2026-0423", {"supplier": "Nordlys Kontor AS", "amount": "13294.00"}, ago=179.3)

    def plan(active: str) -> None:
        names = list(_STEPS)
        at = names.index(active)
        w.plan(run, {n: (t, "done" if i < at else "active" if i == at else "planned")
                     for i, (n, t) in enumerate(_STEPS.items())})  # fmt: skip

    w.think(run, 1, 4.2, ("p1", "plan", {}), tokens=(1500, 340), cost=2100)
    plan("read")
    w.think(run, 2, 0.1, ("c1", "invoice.parse_ubl", {"file": "0423.xml"}))
    w.act(run, "c1", "invoice.parse_ubl", {"file": "0423.xml"}, {"lines": 6}, 0.6)
    w.act(run, "c2", "knowledge.search", {"q": "price tolerance"}, {"passages": 4}, 1.1)
    w.think(run, 3, 7.9, ("p2", "plan", {}), ("c3", "erp.get_order", {"order": "4500018853"}), tokens=(1800, 410),
            cost=2300)  # fmt: skip
    plan("match")
    w.act(run, "c3", "erp.get_order", {"order": "4500018853"}, {"order": "4500018853", "lines": 6}, 1.4)
    w.act(run, "c4", "erp.get_receipts", {"receipts": "GR-7731, GR-7734"}, {"receipts": 2}, 2.2)
    w.think(run, 4, 12.0, ("p3", "plan", {}), ("c5", "erp.compare", {}), tokens=(3000, 460), cost=3600)
    plan("decide")
    w.say(run, runs.ModelStarted(5, DIGEST))
    w.say(run, runs.ModelFinished(5, 2500, 480, 8_400_000, (ProposedCallRef("book", "erp.book_invoice",
          w.keep({"amount": "13294.00"})),), None, 3000, "eu-large"), after=8.4)  # fmt: skip
    w.ask(run, "book", "erp.book_invoice", {"amount": "13294.00", "currency": "NOK"}, "price.over-tolerance")
    w.approve(run, "book", 116.1)
    plan("book")
    w.say(run, calls.ToolStarted("book", "erp.book_invoice", "write"))
    lines: list[dict[str, Any]] = [{"no": n, "ok": True} for n in range(1, 7)]
    lines[3] |= {"over_pct": 3.2, "approved_by": "i.moen"}
    result = {"document": "5100042277", "posted": "2026-11-24", "amount": "13294.00", "currency": "NOK", "lines": lines}
    w.say(run, calls.ToolFinished("book", 3_100_000, w.keep(result)), after=3.1)
    w.say(run, runs.MessageSent(w.keep("They gave notice.")), actor="person:Ingrid Moen")
    w.say(run, runs.ModelStarted(6, DIGEST))
    return run


def scene(writer: Writer) -> None:
    """Write the other runs of the image."""
    w = writer
    for n in range(118):
        run = f"run-old-{n:03}"
        w.begin(run, f"Q-{88000 + n}", {"text": "Where is my card"}, "support-triage", ago=90_000 - n * 100)
        w.think(run, 1, 1.2, tokens=(300, 40), cost=200)
        w.end(run)
    w.begin("run-failed", "Q-88236", {"text": "Top-up still pending"}, "support-triage", ago=800)
    w.think("run-failed", 1, 2.0, ("c1", "core.balance", {"account": "4711"}), tokens=(300, 40), cost=200)
    for attempt in (1, 2):
        if attempt == 1:
            args = w.keep({"account": "4711"})
            w.say("run-failed", calls.CallDecided("c1", "core.balance", "read", calls.Ruling.ALLOW, "reads", 9, args))
        w.say("run-failed", calls.ToolStarted("c1", "core.balance", "read", attempt))
        w.say("run-failed", calls.ToolFailed("c1", runs.ErrorCategory.TIMEOUT, True, 90_000_000, attempt, attempt == 1,
              w.keep("Core banking gave no answer within 90 seconds.")), after=90)  # fmt: skip
    w.say("run-failed", runs.RunFailed(runs.ErrorCategory.TIMEOUT, w.keep("Core banking timed out twice.")))
    waiting = (
        ("INV-2026-0402", "Fjellvann Catering", 3840, "credit-note"),
        ("REQ-10442", "Locked out after leave", 720, "reset-sign-in"),
        ("INV-2026-0418", "Snippevegen Mat AS", 1380, "account-unproven"),
    )
    for external, text, ago, rule in waiting:
        run = f"run-{external}"
        w.begin(run, external, {"text": text}, ago=ago)
        w.think(run, 1, 2.0, ("c1", "erp.book_invoice", {"amount": "1.00"}), tokens=(300, 40), cost=200)
        w.ask(run, "c1", "erp.book_invoice", {"amount": "1.00", "iban": "NO93"}, rule)
    going = (
        ("REQ-10444", "VPN drops at home", "it-service-desk", "shadow", 31),
        ("APP-2207", "Candidate M. Osei", "interview-scheduler", "live", 18),
        ("Q-88240", "Payment not recognised", "support-triage", "live", 42),
    )
    for external, text, agent, mode, ago in going:
        run = f"run-{external}"
        w.begin(run, external, {"text": text}, agent, mode, ago=ago)
        w.think(run, 1, 2.0, ("c1", "calendar.compare", {}), tokens=(300, 40), cost=200)
        w.act(run, "c1", "calendar.compare", {"week": 48}, {"free": 4}, 1.0)
    w.commit()


def shadow_run(writer: Writer, run: str = "run-shadow") -> str:
    """Write a shadow run whose write was recorded instead of performed, and denied once."""
    w = writer
    w.begin(run, "REQ-10450", {"text": "A printer that prints only every second page of long documents"},
            "it-service-desk", "shadow", ago=95)  # fmt: skip
    w.think(run, 1, 2.4, ("c1", "desk.search_similar_requests", {"q": "printer"}), ("c2", "desk.close_request", {}),
            text="I look for similar requests first, then I close this one.", tokens=(300, 40), cost=None)  # fmt: skip
    w.act(run, "c1", "desk.search_similar_requests", {"q": "printer"}, {"found": 3}, 0.021)
    args, message = w.keep({"request": "REQ-10450"}), w.keep("A request is closed by its reporter only.")
    w.say(run, calls.CallDecided("c2", "desk.close_request", "write", calls.Ruling.DENY, "reporter-closes", 9, args,
          message=message))  # fmt: skip
    w.think(run, 2, 1.2, ("c3", "desk.reply", {"text": "Please try the other tray."}), tokens=(420, 60), cost=900)
    args = w.keep({"text": "Please try the other tray."})
    w.say(run, calls.CallDecided("c3", "desk.reply", "write", calls.Ruling.ALLOW, "replies", 9, args))
    w.say(run, calls.ToolRecorded("c3", w.keep({"recorded": True}), None, None))
    w.end(run, {"result": "answered", "text": "Told the reporter to use the other tray."})
    w.commit()
    return run


def long_run(writer: Writer, steps: int = 1_000, run: str = "run-long") -> str:
    """Write a run of so many turns with one call each: twice as many steps."""
    w = writer
    w.begin(run, "LONG-1", {"text": "Reconcile the year"}, ago=steps * 2.0)
    names = {f"part{n}": (f"Part {n + 1} of the year", "planned") for n in range(12)}
    for turn in range(1, steps + 1):
        w.think(run, turn, 1.0, (f"c{turn}", "erp.get_order", {"order": turn}), tokens=(900, 80), cost=700)
        if turn % (steps // 12 or 1) == 1:
            part = f"part{min(11, turn * 12 // steps)}"
            w.plan(run, {**names, part: (names[part][0], "active")})
        w.act(run, f"c{turn}", "erp.get_order", {"order": turn}, {"order": turn, "found": True}, 0.5)
    w.commit()
    return run
