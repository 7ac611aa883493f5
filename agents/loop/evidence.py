"""What a run's calls prove and have used up: worked out once for closed turns, which never change again.

The answers are those that `collect` and `trace` give for all calls from the beginning (a property test holds the
two together); without this, each decision of a long run would judge all the earlier ones again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from agents.loop.transcript import arguments_of
from agents.models.model import CallResult, ResultStatus, Turn
from agents.policy.authority import Authority, FinishedCall, Proof, collect, widened
from agents.policy.provenance import Provenance, Spend, trace
from agents.tools.control import CONTROL_TOOLS
from agents.tools.tool import Effect, ToolSpec

Json = Any
_USED = (ResultStatus.OK, ResultStatus.RECORDED)


class Standing(NamedTuple):
    """What a call is held against: the authority of the run, and what of it is used up."""

    authority: Authority
    spent: frozenset[Spend]


class _Judged(NamedTuple):
    """What a call was found to use up, and what it was held against then."""

    proofs: Mapping[tuple[str, str], tuple[Proof, ...]]
    spent: frozenset[Spend]
    spends: tuple[Spend, ...]


class Evidence:
    """The evidence of one run.

    Args:
        specs: the job's tools by name.
        case_schema: the JSON Schema of its cases.
    """

    def __init__(self, specs: Mapping[str, ToolSpec], case_schema: Mapping[str, Json]) -> None:
        self._specs, self._case_schema = specs, case_schema
        self._case: Mapping[str, Json] = {}
        self._judged: dict[tuple[str, bytes], _Judged] = {}
        self._forget()

    def standing(
        self,
        case: Mapping[str, Json],
        closed: Sequence[Turn],
        ended: Sequence[CallResult],
        stands: Iterable[CallResult],
    ) -> Standing:
        """Return what stands before a call of the present turn.

        Args:
            closed: the turns before it.
            ended: results so far of the present turn.
            stands: calls of the present turn that hold what they would use, though they have not ended.
        """
        self._take_in(case, closed)
        calls = list(self._finished(ended, len(self._calls)))
        authority = self._with(self._authority, calls)
        spent = set(self._spent if authority.proofs is self._authority.proofs else self._all_spent(authority))
        self._spend(spent, (result for result in ended if result.status in _USED), authority)
        self._spend(spent, stands, authority)
        return Standing(authority, frozenset(spent))

    def trace(
        self, spec: ToolSpec, arguments: bytes, values: Mapping[str, Json], held: Standing, *, requested: bool
    ) -> Provenance:
        """Return the provenance of a call, and remember it: held against the same, the call uses up the same.

        Args:
            arguments: the call's, as proposed. values: the same, parsed.
        """
        found = trace(spec, values, held.authority, requested=requested, spent=held.spent)
        if requested:
            self._judged[spec.name, arguments] = _Judged(held.authority.proofs, held.spent, found.spends)
        return found

    def _forget(self) -> None:
        self._turns: list[Turn] = []
        self._calls: list[FinishedCall] = []
        self._authority = collect(self._case, self._case_schema)
        self._spent: set[Spend] = set()

    def _take_in(self, case: Mapping[str, Json], closed: Sequence[Turn]) -> None:
        """Extend what is known by the turns that closed since; begin anew where it is not the same run."""
        known = len(self._turns)
        if case is not self._case or known > len(closed) or any(map(_differ, self._turns, closed)):
            self._case, known = case, 0
            self._forget()
        for turn in closed[known:]:
            calls = list(self._finished(turn.results, len(self._calls)))
            authority = self._with(self._authority, calls)
            if authority.proofs is not self._authority.proofs:
                self._spent = self._all_spent(authority)
            self._calls += calls
            self._turns.append(turn)
            self._authority = authority
            self._spend(self._spent, _used((turn,)), authority)
            self._judged.clear()

    def _with(self, authority: Authority, calls: Sequence[FinishedCall]) -> Authority:
        wider = widened(authority, calls)
        return wider if wider is not None else collect(self._case, self._case_schema, [*self._calls, *calls])

    def _all_spent(self, authority: Authority) -> set[Spend]:
        spent: set[Spend] = set()
        self._spend(spent, _used(self._turns), authority)
        return spent

    def _spend(self, spent: set[Spend], results: Iterable[CallResult], authority: Authority) -> None:
        for result in results:
            spec = self._specs.get(result.call.tool)
            if spec is None or spec.effect is Effect.READ:
                continue
            judged = self._judged.get((spec.name, result.call.arguments))
            if judged is not None and judged.proofs is authority.proofs and judged.spent == spent:
                spent.update(judged.spends)
            else:
                spent.update(trace(spec, arguments_of(result), authority, spent=spent).spends)

    def _finished(self, results: Iterable[CallResult], before: int) -> Iterator[FinishedCall]:
        number = before
        for result in results:
            spec = self._specs.get(result.call.tool)
            if spec is not None and result.call.tool not in CONTROL_TOOLS:
                number += 1
                ok = result.status is ResultStatus.OK
                arguments = arguments_of(result) if spec.authority else {}  # they matter where the result may prove
                yield FinishedCall(number, spec, arguments, result.content, ok)


def _differ(known: Turn, given: Turn) -> bool:
    return known is not given


def _used(turns: Iterable[Turn]) -> Iterator[CallResult]:
    for turn in turns:
        for result in turn.results:
            if result.status in _USED and result.call.tool not in CONTROL_TOOLS:
                yield result
