"""Evidence that grows turn by turn is the evidence that is gathered from the beginning each time."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from agents.loop.evidence import Evidence
from agents.models.model import CallResult, ProposedCall, Reply, ResultStatus, Turn
from agents.policy.authority import FinishedCall, collect
from agents.policy.provenance import Spend, trace
from agents.tools.tool import Effect, Sink, ToolSpec

SCHEMA = {
    "type": "object",
    "properties": {
        "order": {"type": "string", "x-kind": "id:order"},
        "text": {"type": "string"},
        "parts": {"type": "array", "x-kind": "amount", "items": {"type": "string"}},
    },
}
CASE = {"order": "A-1", "text": "Pay 20.00 EUR of order B-2 please.", "parts": ["15.00", "15.00"]}
_ARGUMENTS = {"type": "object", "properties": {"order": {"type": "string"}, "amount": {"type": "string"}}}
SPECS = {
    spec.name: spec
    for spec in (
        ToolSpec("find", "", _ARGUMENTS, Effect.READ, authority={"order": "id:order", "amount": "amount"}),
        ToolSpec("look", "", _ARGUMENTS, Effect.READ),
        ToolSpec("pay", "", _ARGUMENTS, Effect.WRITE, sinks=(Sink("order", "id:order"), Sink("amount", "amount"))),
        ToolSpec("note", "", _ARGUMENTS, Effect.WRITE, sinks=(Sink("order", "id:order"),)),
    )
}
orders = st.sampled_from(["A-1", "B-2", "C-3"])
amounts = st.sampled_from(["20.00", "30.00"])
values = st.fixed_dictionaries({"order": orders, "amount": amounts})
results = st.builds(
    lambda tool, args, content, status: CallResult(ProposedCall("c", tool, json.dumps(args).encode()), status, content),
    st.sampled_from([*SPECS, "unknown", "plan"]),
    values,
    values | st.lists(values, max_size=2),
    st.sampled_from([ResultStatus.OK] * 4 + [ResultStatus.RECORDED, ResultStatus.FAILED, ResultStatus.REFUSED]),
)
some = st.lists(results, max_size=3).map(tuple)


def _ok(tool: str, arguments: object, content: object) -> CallResult:
    return CallResult(ProposedCall("c", tool, json.dumps(arguments).encode()), ResultStatus.OK, content)


# What only a read proves, and what the case lists twice: judged before that read, or before another call like it,
# each uses up something else than afterwards.
READ = {"order": "A-1", "amount": "30.00"}
TWICE = {"order": "A-1", "amount": "15.00"}
FIND, PAY, PAY_LISTED = _ok("find", {"order": "A-1"}, READ), _ok("pay", READ, {}), _ok("pay", TWICE, {})
told = st.permutations([FIND, PAY, PAY_LISTED, PAY_LISTED]).map(tuple)


def _from_the_beginning(
    closed: Sequence[Turn], ended: Sequence[CallResult], stands: Sequence[CallResult]
) -> tuple[object, frozenset[Spend]]:
    every = [r for r in (*(r for turn in closed for r in turn.results), *ended) if r.call.tool in SPECS]
    calls = [
        FinishedCall(n, SPECS[r.call.tool], json.loads(r.call.arguments), r.content, r.status is ResultStatus.OK)
        for n, r in enumerate(every, 1)
    ]
    authority = collect(CASE, SCHEMA, calls)
    spent: set[Spend] = set()
    used = [r for r in every if r.status in (ResultStatus.OK, ResultStatus.RECORDED)]
    for result in (*used, *(r for r in stands if r.call.tool in SPECS)):
        spec = SPECS[result.call.tool]
        if spec.effect is not Effect.READ:
            spent.update(trace(spec, json.loads(result.call.arguments), authority, spent=spent).spends)
    return authority, frozenset(spent)


steps = st.tuples(some | told, some, some, some) | st.tuples(some, st.just(()), st.just(()), told)


@example([((), (), (), (FIND, PAY)), ((), (), (), ())], True)
@example([((), (), (), (PAY_LISTED, PAY_LISTED)), ((), (), (), ())], True)
@given(st.lists(steps, max_size=5), st.sampled_from([True, True, False]))
def test_growing_is_as_good_as_beginning_anew(run: list[tuple[tuple[CallResult, ...], ...]], asked_for: bool) -> None:
    """Whatever was judged in between: what judging remembers must not change what is spent."""
    evidence = Evidence(SPECS, SCHEMA)
    closed: list[Turn] = []
    for results_, ended, stands, judged in run:
        closed.append(Turn(Reply(), results_))
        standing = evidence.standing(CASE, list(closed), ended, stands)
        assert (standing.authority, standing.spent) == _from_the_beginning(closed, ended, stands)
        for result in (*ended, *judged):
            if result.call.tool in SPECS:
                spec, values_ = SPECS[result.call.tool], json.loads(result.call.arguments)
                found = evidence.trace(spec, result.call.arguments, values_, standing, requested=asked_for)
                assert found == trace(
                    spec, values_, standing.authority, requested=asked_for, spent=standing.spent
                )  # fmt: skip
        closed.append(Turn(Reply(), judged))


def test_what_a_later_read_proves_was_spent_by_an_earlier_write() -> None:
    evidence, wanted = Evidence(SPECS, SCHEMA), {"order": "A-1", "amount": "30.00"}
    pay = CallResult(ProposedCall("c1", "pay", json.dumps(wanted).encode()), ResultStatus.OK, {})
    find = CallResult(ProposedCall("c2", "find", b'{"order":"A-1"}'), ResultStatus.OK, wanted)
    closed = [Turn(Reply(), (pay,))]
    assert not evidence.standing(CASE, closed, (), ()).spent
    assert evidence.standing(CASE, closed, (find,), ()).spent
    closed.append(Turn(Reply(), (find,)))
    assert evidence.standing(CASE, closed, (), ()).spent


def test_another_run_begins_anew() -> None:
    evidence = Evidence(SPECS, SCHEMA)
    paid = CallResult(ProposedCall("c", "note", b'{"order":"A-1"}'), ResultStatus.OK, {})
    assert evidence.standing(CASE, [Turn(Reply(), (paid,))], (), ()).spent
    assert not evidence.standing(CASE, [Turn(Reply(), ())], (), ()).spent
    assert not evidence.standing(dict(CASE), [], (), ()).spent
