"""Reads the records that a run's results hold: what each would prove, and what names it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.policy.kinds import identifies, normalised
from agents.policy.places import Place, places
from agents.tools.tool import Effect, ToolSpec

Json = Any


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """A call of this run and what came back.

    Attributes:
        number: its position among the calls of the run, for people.
        spec: of the tool. args: as executed. result: JSON.
        ok: it really ran and succeeded; recorded, failed and merely planned calls are evidence of nothing.
    """

    number: int
    spec: ToolSpec
    args: Mapping[str, Json]
    result: Json
    ok: bool


class Proof(NamedTuple):
    """One proven value.

    Attributes:
        kind, value: for comparing; the value is normalised.
        source: in words, such as `case field order_id`.
        element: the list element that it stands in, "" for none; values of one element belong together.
    """

    kind: str
    value: str
    source: str
    element: str = ""

    @property
    def key(self) -> str:
        """What is spent when the value is used: reading it twice is not twice the authority.

        Only a list of the case can ask for the same thing twice.
        """
        return f"{self.kind}={self.value}" + (f" at {self.element}" if self.is_listed else "")

    @property
    def is_listed(self) -> bool:
        """Whether the value stands in a list of the case."""
        return self.element.startswith("case:")


class Record(NamedTuple):
    """One record of a result: what it would prove, and what names it."""

    tool: str
    proofs: tuple[Proof, ...]
    names: frozenset[tuple[str, str]]
    called_with: frozenset[tuple[str, str]]
    answer: bool
    content: str


def may_prove(call: FinishedCall) -> bool:
    """Return whether a call can give evidence at all; a write only repeats what it was told."""
    return call.ok and call.spec.effect is Effect.READ and bool(call.spec.authority)


def _records(call: FinishedCall) -> Iterator[Record]:
    """Yield the records that a call can give evidence of."""
    if not may_prove(call):
        return
    declared = dict(call.spec.authority)
    flat = isinstance(call.result, Mapping) and any(
        identifies(kind) and "[]" not in path for path, kind in declared.items()
    )
    groups: dict[str, list[_Field]] = defaultdict(list)
    for path, kind in declared.items():
        for place in places(call.result, path):
            spelled = normalised(kind, place.value)
            if spelled is not None:
                groups[_owner(place.path, flat)].append(_Field(place, kind, spelled))
    for owner, fields in groups.items():
        names = frozenset((f.kind, f.value) for f in fields if identifies(f.kind) and f.place.element == owner)
        content = json.dumps(sorted((f.place.path[len(owner) :], f.value) for f in fields))
        proofs = tuple(_proof(call, found) for found in fields)
        called_with, only = _called_with(call)
        answer = only and len(groups) == 1 and _is_only(call.result, owner)
        yield Record(call.spec.name, proofs, names, called_with, answer, content)


class _Field(NamedTuple):
    """A declared field of a result, normalised."""

    place: Place
    kind: str
    value: str


def _proof(call: FinishedCall, found: _Field) -> Proof:
    source = f"system of record: {call.spec.name}.{found.place.path} (call {call.number})"
    element = f"call {call.number}:{found.place.element}" if found.place.element else ""
    return Proof(found.kind, found.value, source, element)


def _called_with(call: FinishedCall) -> tuple[frozenset[tuple[str, str]], bool]:
    """Return the identifiers that a read was asked for, and whether it was asked for nothing else."""
    asked: set[tuple[str, str]] = set()
    only = True
    for name, value in call.args.items():
        if value is None:
            continue
        kind = _argument_kind(call.spec, name)
        spelled = normalised(kind, value)
        if spelled is None or not identifies(kind):
            only = False
        else:
            asked.add((kind, spelled))
    return frozenset(asked), only and bool(asked)


def _argument_kind(spec: ToolSpec, name: str) -> str:
    """Return the kind of an argument: its `x-kind`, its sink's, or what its name says (`id:order`)."""
    declared = spec.parameters.get("properties", {}).get(name, {})
    if isinstance(declared, Mapping) and isinstance(declared.get("x-kind"), str):
        return str(declared["x-kind"])
    for sink in spec.sinks:
        if sink.path == name:
            return sink.kind
    return name if identifies(name) else f"id:{name.removesuffix('_id')}"


def _is_only(result: Json, owner: str) -> bool:
    """Return whether a record is the whole result, or the one element of its list."""
    found = result
    for part in owner.partition("[")[0].split(".") if owner else ():
        found = found[part] if part else found
    return not owner or len(found) == 1


def _owner(path: str, flat: bool) -> str:
    """Return the record that a value belongs to: the whole result, or the outermost element of its list."""
    return "" if flat or "]" not in path else path[: path.index("]") + 1]


def unique_records(calls: Sequence[FinishedCall]) -> list[Record]:
    """Return the records without the names that two of one tool share: two of one name prove nothing.

    The same record read twice is one record; twice in one result it is two.
    """
    read = [list(_records(call)) for call in calls]
    contents: dict[tuple[str, tuple[str, str]], set[str]] = defaultdict(set)
    for records in read:
        times = Counter(name for record in records for name in record.names)
        for position, record in enumerate(records):
            for name in record.names:
                twice = f" ({position})" if times[name] > 1 else ""
                contents[record.tool, name].add(record.content + twice)
    unique = []
    for record in (record for records in read for record in records):
        names = frozenset(name for name in record.names if len(contents[record.tool, name]) == 1)
        if names or not record.names:
            unique.append(record._replace(names=names))
    return unique
