"""What happened in a run, as rows of a tree.

A plan's step holds what was done for it: a call belongs to the step that has its id (a playbook names calls after
steps), else to the step that was active. What belongs to no step stands at the root.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from console.models.trace_events import take
from console.models.trace_fold import Folded, Heard, Plans
from console.models.trace_items import DOUBT, MODEL, PLAN, RETRIEVAL, STEP, TOOL, WAIT, Item, PlanStep, Row, Totals


class Trace:
    """The tree of one run. `take` events in order, in any portions; ask for rows at any time.

    Attributes:
        seq: of the last event that was taken.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._state = Folded()

    @property
    def started(self) -> int | None:
        """When the run began, UTC microseconds."""
        return self._state.started

    @property
    def ended(self) -> int | None:
        """When it ended, None while it has not."""
        return self._state.ended

    @property
    def plan(self) -> Sequence[PlanStep]:
        """The plan in force."""
        return self._state.plan

    def items(self) -> Sequence[Item]:
        """Return everything that happened, in the order in which it was heard of."""
        return list(self._state.items.values())

    def item(self, id_: str) -> Item | None:
        """Return an item by its id."""
        return self._state.items.get(id_)

    def take(self, events: Iterable[Heard], plans: Plans) -> None:
        """Take in events that follow those taken before; `plans` holds the payloads of their plans."""
        for event in events:
            if event.seq > self.seq:
                self.seq = event.seq
                take(self._state, event, plans)

    def rows(self, folded: frozenset[str] = frozenset()) -> list[Row]:
        """Return the tree from top to bottom; the children of `folded` steps are left out."""
        known = {step.id: step for step in self._state.plan}
        held: dict[str, list[Item]] = {}
        roots: list[tuple[int, int, Item | str]] = []
        for at, item in enumerate(self._state.items.values()):
            if item.step in known:
                if item.step not in held:
                    roots.append((item.start or 0, at, item.step))
                held.setdefault(item.step, []).append(item)
            else:
                roots.append((item.start or 0, at, item))
        # A turn that plans and acts begins both at once: the plan stands first.
        roots.sort(key=lambda root: (root[0], not (isinstance(root[2], Item) and root[2].kind == PLAN), root[1]))
        rows: list[Row] = []
        newest = self._newest()
        number = 0
        for _, _, root in roots:
            if isinstance(root, Item):
                number += 1
                rows.append(Row(root, number=number))
                continue
            children = sorted(held[root], key=lambda item: item.start or 0)
            rows.append(Row(self._bracket(known[root], children, newest), folded=root in folded))
            if root not in folded:
                rows += [
                    Row(child, 1, last=child is children[-1], number=number + at)
                    for at, child in enumerate(children, start=1)
                ]
            number += len(children)
        if self._state.ended is None:
            rows += [
                Row(Item(f"step-{step.id}", STEP, step.title, "skipped" if step.state == "skipped" else "planned",
                         step=step.id))
                for step in self._state.plan if step.id not in held and step.id not in self._passed(held)
            ]  # fmt: skip
        return rows

    def _passed(self, held: Mapping[str, Sequence[Item]]) -> frozenset[str]:
        """Return the steps without calls that lie behind one with calls: a branch that was decided, a way not taken."""
        ids = [step.id for step in self._state.plan]
        last = max((at for at, id_ in enumerate(ids) if id_ in held), default=0)
        return frozenset(id_ for id_ in ids[:last] if id_ not in held)

    def _bracket(self, step: PlanStep, children: Sequence[Item], newest: int) -> Item:
        ends = [item.end for item in children]
        open_ = any(end is None for end in ends)
        return Item(
            f"step-{step.id}", STEP, step.title, self._progress(step, children, newest), children[0].start,
            None if open_ else max(end for end in ends if end is not None),
            sum(item.tokens_in for item in children), sum(item.tokens_out for item in children),
            sum(item.cost for item in children), any(item.partial for item in children), step.id,
        )  # fmt: skip

    def _newest(self) -> int:
        return max((item.start or 0 for item in self._state.items.values() if item.step), default=0)

    def _progress(self, step: PlanStep, mine: Sequence[Item], newest: int) -> str:
        """Return how far a plan step has come: planned, active, done, failed or skipped."""
        over = self._state.ended is not None
        if not mine or step.state in ("done", "failed", "skipped"):
            return "planned" if step.state == "active" and over else step.state
        if mine[-1].state in ("failed", "denied"):
            return "failed"
        latest = any(item.end is None for item in mine) or max(item.start or 0 for item in mine) >= newest
        return "active" if latest and not over else "done"

    def steps(self) -> list[str]:
        """Return how far each plan step has come."""
        held: dict[str, list[Item]] = {}
        for item in self._state.items.values():
            held.setdefault(item.step, []).append(item)
        newest = self._newest()
        passed = self._passed(held)
        return [
            "done"
            if step.id in passed and step.state == "planned"
            else self._progress(step, held.get(step.id, []), newest)
            for step in self._state.plan
        ]

    def totals(self, now: int) -> Totals:
        """Return where the time went up to now."""
        spent = {MODEL: 0, RETRIEVAL: 0, TOOL: 0, WAIT: 0}
        tokens = cost = 0
        partial = False
        for item in self._state.items.values():
            kind = {PLAN: MODEL, DOUBT: WAIT}.get(item.kind, item.kind)
            if kind in spent and item.start is not None:
                spent[kind] += max(0, (item.end or self._state.ended or now) - item.start)
            tokens, cost, partial = tokens + item.tokens, cost + item.cost, partial or item.partial
        return Totals(
            spent[MODEL], spent[RETRIEVAL], spent[TOOL], spent[WAIT], tokens, cost, partial, len(self._state.items)
        )
