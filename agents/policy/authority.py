"""Gathers what carries authority in a run: what the case says, and the one record that the case names.

- A case field with a kind (`x-kind`) proves its value; best where its source is declared (`x-source`). What
  is declared `outsider` (a field, a group, the whole case) proves nothing.
- A case text without a kind is prose, and proves only what `prose.proofs` finds in it.
- A result proves the fields that its tool declares (`ToolSpec.authority`) if the call really ran, was a read,
  and the record is the one that the case names: an identifier in it is proven (or it is the one answer to a
  read whose arguments are all proven), no other identifier contradicts what is proven, and no other record
  has that name. Being in a catalogue proves nothing, nor does free text in a record, nor what a result says of
  itself.

The order of calls does not matter: a hijack that comes first gains nothing over one that comes last.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.policy.kinds import TEXT, identifies, normalised
from agents.policy.places import Place, places
from agents.policy.prose import ANY_ID, proofs
from agents.policy.schemas import JsonSchema, shape
from agents.tools.tool import Effect, ToolSpec

Json = Any
OUTSIDER = "outsider"


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


class Seen(NamedTuple):
    """What was read in a run, where an unproven value may come from."""

    label: str
    content: Json

    def text(self) -> str:
        """Return the content as one text."""
        if isinstance(self.content, str):
            return self.content
        return json.dumps(self.content, ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class Authority:
    """Everything that is proven in a run so far, and the texts that were read."""

    proofs: Mapping[tuple[str, str], tuple[Proof, ...]]
    seen: tuple[Seen, ...]

    def of(self, kind: str, value: str) -> tuple[Proof, ...]:
        """Return what proves a normalised value of a kind; empty where nothing does."""
        found = self.proofs.get((kind, value), ())
        if kind.startswith("id:") and any(character.isalpha() for character in value):
            found += self.proofs.get((ANY_ID, value), ())
        return found


def collect(
    case: Mapping[str, Json], case_schema: JsonSchema | None, calls: Sequence[FinishedCall] = ()
) -> Authority:
    """Gather the authority of a run.

    Args:
        case: the case's content.
        case_schema: its JSON Schema with `x-kind` and `x-source`; without one, every text is prose.
        calls: all calls of the run so far, in any order.
    """
    schema = case_schema or {}
    gathered = _Gathered()
    for proof in _of_case(case, schema, schema, "", ""):
        gathered.add(proof)
    waiting = _unique(calls)
    more = True
    while more:
        kinds = {kind for kind, _ in gathered.proofs if kind.startswith("id:") and kind != ANY_ID}
        named_now = [_is_named(record, gathered, kinds) for record in waiting]
        ready = [record for record, is_named in zip(waiting, named_now, strict=True) if is_named]
        waiting = [record for record, is_named in zip(waiting, named_now, strict=True) if not is_named]
        for proof in (proof for record in ready for proof in record.proofs):
            gathered.add(proof)
        more = bool(ready)
    return Authority({key: tuple(found) for key, found in gathered.proofs.items()}, _seen(case, calls))


class _Gathered:
    """What is proven so far; `of_case` is what the case itself says."""

    def __init__(self) -> None:
        self.proofs: dict[tuple[str, str], list[Proof]] = defaultdict(list)

    def add(self, proof: Proof) -> None:
        found = self.proofs[proof.kind, proof.value]
        if all((known.key, known.element) != (proof.key, proof.element) for known in found):
            found.append(proof)

    def has(self, kind: str, value: str) -> bool:
        coded = kind.startswith("id:") and any(character.isalpha() for character in value)
        return (kind, value) in self.proofs or (coded and (ANY_ID, value) in self.proofs)


def _of_case(value: Json, schema: Json, root: JsonSchema, path: str, element: str) -> Iterator[Proof]:
    """Yield what a part of the case proves."""
    notes = schema if isinstance(schema, Mapping) else {}
    if notes.get("x-source") == OUTSIDER or value is None:
        return
    kind, known = notes.get("x-kind"), shape(notes, root)
    if isinstance(value, Mapping):
        for name, member in value.items():
            inner = known.properties.get(name, known.extra or {})
            yield from _of_case(member, inner, root, f"{path}.{name}" if path else str(name), element)
    elif isinstance(value, list | tuple):
        items = known.items or {}
        passed = {**items, "x-kind": kind} if kind and "x-kind" not in items else items
        for index, item in enumerate(value):
            where = f"{path}[{index}]"
            yield from _of_case(item, passed, root, where, f"case:{where}")
    elif isinstance(kind, str) and kind != TEXT:
        spelled = normalised(kind, value)
        if spelled is not None:
            declared = f" ({notes['x-source']})" if notes.get("x-source") else ""
            yield Proof(kind, spelled, f"case field {path}{declared}", element)
    elif isinstance(value, str) and not known.enum:
        for found in proofs(value):
            source = f"the case's words in {path}: {found.written}"
            yield Proof(found.kind, found.value, source, element)


class _Record(NamedTuple):
    """One record of a result: what it would prove, and what names it."""

    tool: str
    proofs: tuple[Proof, ...]
    names: frozenset[tuple[str, str]]
    called_with: frozenset[tuple[str, str]]
    answer: bool
    content: str


def _records(call: FinishedCall) -> Iterator[_Record]:
    """Yield the records that a call can give evidence of; a write only repeats what it was told."""
    if not call.ok or call.spec.effect is not Effect.READ or not call.spec.authority:
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
        names = frozenset(
            (f.kind, f.value) for f in fields if identifies(f.kind) and f.place.element == owner
        )
        content = json.dumps(sorted((f.place.path[len(owner) :], f.value) for f in fields))
        proofs = tuple(_proof(call, found) for found in fields)
        called_with, only = _called_with(call)
        answer = only and len(groups) == 1 and _is_only(call.result, owner)
        yield _Record(call.spec.name, proofs, names, called_with, answer, content)


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


def _unique(calls: Sequence[FinishedCall]) -> list[_Record]:
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


def _is_named(record: _Record, gathered: _Gathered, kinds: set[str]) -> bool:
    """Return whether what is proven names this record, and nothing in it or its question contradicts that.

    Args:
        kinds: of the identifiers that are proven; another value of one of them is a contradiction.
    """
    if any(name[0] in kinds and not gathered.has(*name) for name in record.names | record.called_with):
        return False
    if record.answer and all(gathered.has(*name) for name in record.called_with):
        return True
    return any(gathered.has(*name) for name in record.names)


def _seen(case: Mapping[str, Json], calls: Sequence[FinishedCall]) -> tuple[Seen, ...]:
    """Return what was read in the run, in that order."""
    fields = [Seen(f"case field {name}", value) for name, value in case.items()]
    ordered = sorted(calls, key=lambda call: call.number)
    return (*fields, *(Seen(f"the result of {c.spec.name} (call {c.number})", c.result) for c in ordered))
