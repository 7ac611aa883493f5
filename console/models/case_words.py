"""What each event of a case is in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from console import words
from console.models.case_values import plain_values, shortened
from console.models.runs import opening_words
from console.place import Place
from console.signs import CHOICE, EVENT, MODE, STATE, sign
from storage.events import approvals, calls, cases, runs
from storage.events.body import Ref
from storage.events.envelope import Event
from storage.queries.case_page import History
from storage.records import RunRecord

Json = Any


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("case", text)


class Line(NamedTuple):
    """What an entry says of its event."""

    title: str
    detail: str = ""
    icon: str = ""
    meaning: str = ""
    pill: tuple[str, str, str] | None = None
    documents: tuple[tuple[str, Ref], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    place: Place | None = None


class Teller:
    """Tells the events of one case."""

    def __init__(self, history: History, you: str = "") -> None:
        self.history, self._you = history, you
        self._runs = {run.run: run for run in history.runs}
        self._numbers = {run.run: number for number, run in enumerate(history.runs, 1)}
        self._requests = {
            event.body.approval: event for event in history.events
            if isinstance(event.body, approvals.ApprovalRequested)
        }  # fmt: skip
        self._closed = {
            event.body.approval for event in history.events
            if isinstance(event.body, approvals.ApprovalDecided | approvals.ApprovalExpired
                          | approvals.ApprovalSuperseded)
        }  # fmt: skip
        self._tools = {
            (event.run, event.body.call): event.body.tool for event in history.events
            if isinstance(event.body, calls.DoubtRaised)
        }  # fmt: skip
        self._waits = {event.body.wait: event.body for event in history.events
                       if isinstance(event.body, runs.WaitStarted)}  # fmt: skip

    def told_run(self, run: str | None) -> RunRecord | None:
        """Return a run of this case."""
        return None if run is None else self._runs.get(run)

    def number(self, run: str) -> int:
        """Return which of the case's runs it is, from 1."""
        return self._numbers.get(run, 0)

    def who(self, actor: str) -> str:
        """Return who acted: `You`, a person's name, the agent."""
        kind, _, name = actor.partition(":")
        if kind == "person":
            return said("You") if name == self._you else self.history.names.get(name, name)
        return words.in_words(name.partition("@")[0]) if kind == "agent" else said("The engine")

    def whom(self, name: str | None) -> str:
        """Return whom something is for."""
        if not name:
            return said("a person")
        return said("you") if name == self._you else self.history.names.get(name, name)

    def text(self, ref: Ref | None) -> str:
        """Return what was said, in one line; "" where nothing was, `(erased)` where it was erased."""
        if not ref:
            return ""
        found = self.history.texts.get(ref)
        if found is None or found.text is None:
            return said("(erased)")
        return shortened(" ".join(found.text.split()))

    def values(self, ref: Ref | None) -> str:
        """Return a JSON payload as words."""
        found = self.history.texts.get(ref) if ref else None
        return self.text(ref) if found is None or found.text is None else shortened(plain_values(found.text))

    def line(self, event: Event) -> Line:
        """Return the words of an event; of a kind that is not known (a newer store) its name."""
        told = _LINES.get(type(event.body))
        known = sign(EVENT, event.kind)
        made = Line(known.word[:1].upper() + known.word[1:]) if told is None else told(self, event, event.body)
        return made._replace(icon=made.icon or known.icon, meaning=made.meaning or known.meaning)

    def facts(self, event: Event, line: Line) -> tuple[tuple[str, str], ...]:
        """Return names and values for the detail: when, who, and what the event itself says."""
        found = [(said("Time"), words.clock(event.ts, self.history.zone, exact=True)), *line.facts]
        if event.actor.startswith("person:"):
            found.insert(1, (said("By"), self.who(event.actor)))
            found.append((said("Signed"), said("yes") if event.signature else said("no")))
        run = self.told_run(event.run)
        if run is not None and not isinstance(event.body, runs.RunStarted):
            found.append((said("Run"), f"{self.number(run.run)}, {sign(MODE, run.mode).word.lower()}"))
        return tuple(found)

    # -- the case and its runs ----------------------------------------------------------------------------------

    def received(self, event: Event, body: cases.CaseReceived) -> Line:
        case = self.history.case
        found = self.history.texts.get(case.content)
        text = None if found is None else found.text
        detail = (
            said("(erased)") if text is None else opening_words(text, case.external_id) or self.values(case.content)
        )
        facts = [(said("For"), words.in_words(body.agent))]
        if case.external_ref:
            facts.append((said("Its id there"), case.external_id or said("(erased)")))
        if self.history.source:
            facts.append((said("From"), _case_file(self.history.source)))
        return Line(said("Case received"), detail, documents=((said("Case"), body.content),), facts=tuple(facts))

    def started(self, event: Event, body: runs.RunStarted) -> Line:
        run = self._runs[event.run or ""]
        state, mode = sign(STATE, run.state), sign(MODE, run.mode)
        number = self.history.numbers.get((run.agent, run.version), 0)
        title = said("{agent} v{n} began").format(agent=words.in_words(run.agent), n=number)
        cost = words.money(run.cost, partial=bool(run.cost_partial))
        took = words.duration(run.ended_at - run.started_at) if run.ended_at else said("still open")
        facts = (
            (said("Mode"), mode.word), (said("Stage"), words.sentence(run.stage)), (said("State"), state.word),
            (said("Model"), run.model), (said("Took"), took), (said("Turns"), words.count(run.turns)),
            (said("Tool calls"), words.count(run.calls)), (said("Cost"), cost),
        )  # fmt: skip
        detail = f"{mode.word} · {took} · {words.counted(run.turns, said('turn'), said('turns'))} · {cost}"
        icon, meaning = ("play", "run") if run.mode == "live" else (mode.icon, mode.meaning)
        return Line(title, detail, icon, meaning, (state.word, state.meaning, state.icon), (), facts)

    def paused(self, event: Event, body: runs.RunPaused) -> Line:
        return Line(said("{person} paused the run").format(person=self.who(event.actor)))

    def resumed(self, event: Event, body: runs.RunResumed) -> Line:
        return Line(said("{person} let the run go on").format(person=self.who(event.actor)))

    def finished(self, event: Event, body: runs.RunFinished) -> Line:
        shadow = (run := self.told_run(event.run)) is not None and run.mode != "live"
        title = said("The agent would have decided") if shadow else said("The agent's outcome")
        return Line(title, self.values(body.outcome), documents=((said("Outcome"), body.outcome),))

    def handed_off(self, event: Event, body: runs.RunHandedOff) -> Line:
        cause = body.cause.value
        if cause == "taken_over":
            title = said("{person} took the case over").format(person=self.who(event.actor))
        else:
            title = said("Handed to {person}").format(person=self.whom(body.to))
        detail = said(CAUSES.get(cause, words.sentence(cause)))
        facts = [(said("Cause"), words.sentence(cause))]
        if body.rule:
            facts.append((said("Rule"), body.rule))
        return Line(title, detail, documents=((said("Handoff"), body.handoff),), facts=tuple(facts))

    def failed(self, event: Event, body: runs.RunFailed) -> Line:
        facts = ((said("Kind of failure"), words.sentence(body.category.value)),)
        return Line(said("The run failed"), self.text(body.message), documents=((said("Message"), body.message),),
                    facts=facts)  # fmt: skip

    def stopped(self, event: Event, body: runs.RunStopped) -> Line:
        killed = body.cause is runs.StopCause.KILL
        who = said("Stop all") if killed else self.who(event.actor)
        documents = ((said("Reason"), body.reason),) if body.reason else ()
        return Line(said("{person} stopped the run").format(person=who), self.text(body.reason), documents=documents)

    def outcome(self, event: Event, body: cases.OutcomeReceived) -> Line:
        person = event.actor.startswith("person:")
        title = said("{person} decided the case").format(person=self.who(event.actor))
        detail = " · ".join(part for part in (self.values(body.outcome), self.text(body.note)) if part)
        facts = [] if body.minutes is None else [(said("Took them"), f"{words.count(body.minutes)} min")]
        documents = tuple(
            (name, ref) for name, ref in ((said("Outcome"), body.outcome), (said("Note"), body.note)) if ref
        )
        return Line(title if person else said("A person's outcome"), detail, documents=documents, facts=tuple(facts))

    # -- what people decided --------------------------------------------------------------------------------------

    def requested(self, event: Event, body: approvals.ApprovalRequested) -> Line:
        open_ = body.approval not in self._closed
        place = Place("inbox", "approval", body.approval) if open_ else None
        approvers = ", ".join(self.whom(name) for name in body.approvers) or said("anyone who may")
        facts = (
            (said("Rule"), body.rule), (said("May decide"), approvers), (said("Tool"), body.tool),
            (said("Can be undone"), said("yes") if body.reversible else said("no")),
        )  # fmt: skip
        pill = (said("waiting"), "wait", "hand") if open_ else None
        return Line(
            self._sentence(body.card) or said("Asked to call {tool}").format(tool=body.tool),
            said("Asked {whom}, by the rule {rule}").format(whom=approvers, rule=body.rule),
            pill=pill, documents=((said("Card"), body.card),), facts=facts, place=place,
        )  # fmt: skip

    def _sentence(self, card: Ref) -> str:
        found = self.history.texts.get(card)
        if found is None or found.text is None:
            return ""
        try:
            return str(json.loads(found.text)["sentence"])
        except (ValueError, KeyError, TypeError):
            return ""

    def decided(self, event: Event, body: approvals.ApprovalDecided) -> Line:
        choice = sign(CHOICE, body.choice.value)
        documents = tuple(
            (name, ref) for name, ref in ((said("Their arguments"), body.args), (said("Note"), body.note)) if ref
        )
        detail = self.text(body.note) or (self.values(body.args) if body.args else "")
        facts = ((said("Decided"), choice.word),)
        return Line(
            f"{self.who(event.actor)} {choice.word}", detail, choice.icon, choice.meaning, documents=documents,
            facts=facts,
        )  # fmt: skip

    def withdrawn(self, event: Event, body: approvals.ApprovalWithdrawn) -> Line:
        return Line(said("{person} took the decision back").format(person=self.who(event.actor)))

    def expired(self, event: Event, body: approvals.ApprovalExpired) -> Line:
        return Line(said("Nobody decided in time"), said("It counts as rejected."))

    def superseded(self, event: Event, body: approvals.ApprovalSuperseded) -> Line:
        return Line(said("The request no longer stands"))

    def refused(self, event: Event, body: approvals.DecisionRefused) -> Line:
        title = said("{person} tried to decide and was refused").format(person=self.who(event.actor))
        return Line(title, words.sentence(body.cause.value))

    def doubted(self, event: Event, body: calls.DoubtRaised) -> Line:
        title = said("Nobody knows whether {tool} happened").format(tool=body.tool)
        return Line(title, said("It waits for a person to find out."), facts=((said("Cause"), body.cause.value),))

    def resolved(self, event: Event, body: calls.DoubtResolved) -> Line:
        tool = self._tools.get((event.run, body.call), said("the call"))
        title = said(VERDICTS[body.verdict.value]).format(person=self.who(event.actor), tool=tool)
        documents = tuple(
            (name, ref) for name, ref in ((said("Result"), body.result), (said("Note"), body.reason)) if ref
        )
        return Line(title, self.text(body.reason), documents=documents)

    # -- waits and words ------------------------------------------------------------------------------------------

    def waits(self, event: Event, body: runs.WaitStarted) -> Line:
        documents = tuple(
            (name, ref) for name, ref in ((said("Question"), body.question), (said("Watched"), body.watch)) if ref
        )
        title = {
            "reply": said("Waits for {person} to reply").format(person=self.whom(body.to)),
            "change": said("Waits for a record to change"), "until": said("Waits for a time to come"),
        }[body.waits_for.value]  # fmt: skip
        if body.consult:
            title = said("{person} is asked first").format(person=self.whom(body.to))
        until = ((said("Until"), words.day_and_clock(body.until, self.history.zone)),) if body.until else ()
        return Line(title[:1].upper() + title[1:], self.text(body.question), documents=documents, facts=until)

    def waited(self, event: Event, body: runs.WaitEnded) -> Line:
        documents = ((said("Answer"), body.answer),) if body.answer else ()
        person = self.who(event.actor)
        title = {
            "replied": said("{person} replied").format(person=person), "changed": said("What was waited for changed"),
            "time": said("The time came"), "expired": said("Nobody replied in time"),
        }[body.end.value]  # fmt: skip
        return Line(title, self.text(body.answer), documents=documents)

    def said_to(self, event: Event, body: runs.MessageSent) -> Line:
        title = said("{person} said to the agent").format(person=self.who(event.actor))
        return Line(title, self.text(body.text), documents=((said("Message"), body.text),))

    def informed(self, event: Event, body: runs.Informed) -> Line:
        title = said("{person} was informed").format(person=self.whom(body.to))
        return Line(title[:1].upper() + title[1:], self.values(body.summary),
                    documents=((said("Summary"), body.summary),), facts=((said("Step"), body.step),))  # fmt: skip


CAUSES = {
    "escalated": "The agent asked for a person", "escalation_rule": "A rule of the job asks for a person",
    "criterion": "The outcome did not meet the criteria", "limit": "A limit was reached",
    "model_failed": "The model gave no usable answer", "tool_failed": "A tool failed",
    "nothing_to_do": "The agent did not know how to go on", "role": "A person does this step",
    "taken_over": "From here on a person works it", "error": "A defect of the program ended the run",
}  # fmt: skip
VERDICTS = {
    "happened": "{person} found that {tool} happened", "did_not": "{person} found that {tool} did not happen",
    "try_again": "{person} had {tool} tried again",
}  # fmt: skip
_LINES: dict[type[Any], Callable[[Teller, Event, Any], Line]] = {
    cases.CaseReceived: Teller.received, runs.RunStarted: Teller.started, runs.RunPaused: Teller.paused,
    runs.RunResumed: Teller.resumed, runs.RunFinished: Teller.finished, runs.RunHandedOff: Teller.handed_off,
    cases.OutcomeReceived: Teller.outcome,
    runs.RunFailed: Teller.failed, runs.RunStopped: Teller.stopped, approvals.ApprovalRequested: Teller.requested,
    approvals.ApprovalDecided: Teller.decided, approvals.ApprovalWithdrawn: Teller.withdrawn,
    approvals.ApprovalExpired: Teller.expired, approvals.ApprovalSuperseded: Teller.superseded,
    approvals.DecisionRefused: Teller.refused, calls.DoubtRaised: Teller.doubted,
    calls.DoubtResolved: Teller.resolved, runs.WaitStarted: Teller.waits, runs.WaitEnded: Teller.waited,
    runs.MessageSent: Teller.said_to, runs.Informed: Teller.informed,
}  # fmt: skip


def _case_file(source: str) -> str:
    """Return the name of the case file that a pilot was started with, from what the pilot keeps of its beginning."""
    try:
        path = str(json.loads(source)["cases"])
    except (ValueError, KeyError, TypeError):
        path = source
    return path.replace("\\", "/").rpartition("/")[2]
