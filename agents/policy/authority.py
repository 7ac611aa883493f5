"""Gathers what carries authority in a run: what the case says, and the one record that the case names.

- A case field with a kind (`x-kind`) proves its value; best where its source is declared (`x-source`). What
  is declared `outsider` (a field, a group, the whole case) proves nothing.
- A case text without a kind is prose, and proves only what `prose.proofs` finds in it.
- A result proves the fields that its tool declares (`ToolSpec.authority`) if the call really ran, was a read,
  and the record is the one that the case names: an identifier in it is proven (or it is the one answer to a
  read whose arguments are all proven), no other identifier contradicts what is proven, and no other record
  has that name. Being in a catalogue proves nothing, nor does free text in a record, nor what a result says
  of itself.

The order of calls does not matter: a hijack that comes first gains nothing over one that comes last.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.policy.kinds import TEXT, normalised
from agents.policy.prose import ANY_ID, proofs
from agents.policy.records import FinishedCall, Proof, Record, may_prove, unique_records
from agents.policy.schemas import JsonSchema, shape

Json = Any
OUTSIDER = "outsider"


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


def collect(case: Mapping[str, Json], case_schema: JsonSchema | None, calls: Sequence[FinishedCall] = ()) -> Authority:
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
    waiting = unique_records(calls)
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


def widened(authority: Authority, calls: Sequence[FinishedCall]) -> Authority | None:
    """Return the authority after further calls that prove nothing; None where one may: then collect anew."""
    if any(may_prove(call) for call in calls):
        return None
    return Authority(authority.proofs, (*authority.seen, *_seen({}, calls))) if calls else authority


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


def _is_named(record: Record, gathered: _Gathered, kinds: set[str]) -> bool:
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


__all__ = ["Authority", "FinishedCall", "Proof", "Seen", "collect", "widened"]
