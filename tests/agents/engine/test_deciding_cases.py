"""A case that was handed over is decided by a person: checked, signed where they have a key, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.engine.operations.operation import BadParams
from agents.engine.operations.service import Operations
from storage.errors import NotFound, Refused
from storage.events.cases import OutcomeReceived
from storage.queries import inbox, work
from storage.rebuild import differences
from storage.records import CaseRecord
from tests.agents.engine.shop import Json, engine, shop, started
from tests.agents.workbench import HEAD

OUTCOME = """\
outcome:
  type: object
  required: [result, amount]
  properties:
    result: {type: string, enum: [changed, refused, wrong, delicate]}
    amount: {type: number, minimum: 0}
    lines: {type: array, items: {type: object, required: [sku], properties: {sku: {type: string}}}}
cases: {id: id}
"""
PLAN = """\
plan:
  format: 1
  steps:
    - {id: find, call: look_up, with: {id: "${case.account}"}}
    - {id: set, call: change, with: {id: "${case.account}", balance: 5000}}
    - {id: done, finish: {outcome: {result: changed, amount: 5000}}}
"""
FITS = {"result": "refused", "amount": 12.5}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop", plan=PLAN, head=f"{HEAD.split('outcome:')[0]}{OUTCOME}")


async def handed(operations: Operations, folder: Path) -> CaseRecord:
    """Have a case worked up to its request, and take it over."""
    case = await asked(operations, folder)
    await operations.perform("run.take_over", {"run": case.run})
    await operations._engine.scheduler.idle()
    return case


async def asked(operations: Operations, folder: Path, **more: Json) -> CaseRecord:
    pilot = (await operations.perform("pilot.start", started(folder, **more)))["pilot"]
    await operations._engine.pilots.finished(pilot)
    with operations._engine.queries.view() as view:
        return work.cases(view.connection, pilot=pilot)[0]


def record(operations: Operations, case: str) -> CaseRecord:
    with operations._engine.queries.view() as view:
        return work.case(view.connection, case)


def handoffs(operations: Operations) -> int:
    with operations._engine.queries.view() as view:
        return len(list(inbox.open_items(view.connection, kinds=("handoff",))))


async def test_a_handoff_is_closed_by_a_persons_outcome(store: Path) -> None:
    async with engine(store) as operations:
        case = await handed(operations, store.parent)
        assert handoffs(operations) == 1
        params = {"case": case.case_id, "outcome": FITS, "minutes": 12, "note": "The customer called."}
        done = await operations.perform("case.decide", params)
        assert (done["case"], done["run"], done["minutes"]) == (case.case_id, case.run, 12)
        assert handoffs(operations) == 0
        kept = record(operations, case.case_id)
        read = operations._engine.ledger.payloads.read
        assert kept.outcome is not None
        assert (json.loads(read(kept.outcome)), kept.minutes) == (FITS, 12)
        event = next(e for e in operations._engine.ledger.events() if isinstance(e.body, OutcomeReceived))
        assert event.actor.startswith("person:")
        assert done["signed"] == (event.signature is not None)
        assert isinstance(event.body, OutcomeReceived)
        assert event.body.note is not None
        assert read(event.body.note) == b"The customer called."
        steps = (await operations.perform("run.show", {"run": case.run}))["steps"]
        assert steps[-1]["words"] == "A person said what came of the case."
        assert (await operations.perform("store.verify", {"tables": True}))["ok"]
    assert differences(store) == []


@pytest.mark.parametrize(
    ("outcome", "field", "words"),
    [
        ({"amount": 1}, "outcome.result", "required and missing"),
        ({**FITS, "result": "chnged"}, "outcome.result", "Did you mean `changed`?"),
        ({**FITS, "amount": "12"}, "outcome.amount", "a number is expected"),
        ({**FITS, "amount": -1}, "outcome.amount", "below the minimum"),
        ({**FITS, "amuont": 1}, "outcome.amuont", "not known"),
        ({**FITS, "lines": [{"sku": "a"}, {}]}, "outcome.lines[1].sku", "required and missing"),
    ],
)
async def test_what_does_not_fit_the_job_is_refused_at_its_field(
    store: Path, outcome: Json, field: str, words: str
) -> None:
    async with engine(store) as operations:
        case = await handed(operations, store.parent)
        with pytest.raises(BadParams, match="Not accepted") as caught:
            await operations.perform("case.decide", {"case": case.case_id, "outcome": outcome})
        assert caught.value.field == field
        assert words in caught.value.message
        assert record(operations, case.case_id).outcome is None


async def test_every_other_fault_is_in_the_hint(store: Path) -> None:
    async with engine(store) as operations:
        case = await handed(operations, store.parent)
        with pytest.raises(BadParams) as caught:
            await operations.perform("case.decide", {"case": case.case_id, "outcome": {}})
        assert caught.value.hint == "Also amount: this is required and missing."


async def test_a_case_that_a_run_works_is_not_decided(store: Path) -> None:
    async with engine(store) as operations:
        case = await asked(operations, store.parent)
        with pytest.raises(Refused, match="still works this case"):
            await operations.perform("case.decide", {"case": case.case_id, "outcome": FITS})
        assert record(operations, case.case_id).outcome is None


async def test_it_is_decided_once_and_sending_it_again_changes_nothing(store: Path) -> None:
    async with engine(store) as operations:
        case = await handed(operations, store.parent)
        params = {"case": case.case_id, "outcome": FITS, "command_id": "c1"}
        first = await operations.perform("case.decide", params)
        assert await operations.perform("case.decide", params) == first
        with pytest.raises(Refused, match="decided already"):
            await operations.perform("case.decide", {"case": case.case_id, "outcome": FITS})
    async with engine(store) as operations:
        assert await operations.perform("case.decide", params) == first
        events = [e for e in operations._engine.ledger.events() if isinstance(e.body, OutcomeReceived)]
        assert len(events) == 1


async def test_a_case_that_only_shadow_saw_can_be_decided_and_an_unknown_one_not(store: Path) -> None:
    async with engine(store) as operations:
        case = await asked(operations, store.parent, mode="shadow")
        assert (await operations.perform("case.decide", {"case": case.case_id, "outcome": FITS}))["run"] == case.run
        with pytest.raises(NotFound):
            await operations.perform("case.decide", {"case": "case-zzz", "outcome": FITS})


async def test_a_persons_outcome_is_erased_with_its_case(store: Path) -> None:
    async with engine(store) as operations:
        case = await handed(operations, store.parent)
        await operations.perform("case.decide", {"case": case.case_id, "outcome": FITS, "note": "Anna Berg called."})
        await operations.perform("case.erase", {"case": case.case_id, "reason": "Asked."})
        events = [e.body for e in operations._engine.ledger.events() if isinstance(e.body, OutcomeReceived)]
        for ref in (events[0].outcome, events[0].note):
            with pytest.raises(NotFound):
                operations._engine.ledger.payloads.read(str(ref))
