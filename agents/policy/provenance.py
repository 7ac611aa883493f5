"""Says of each argument that matters where its value comes from, and which are not proven.

A value is proven only if it equals, as a value of its kind, one that carries authority (`authority.collect`);
being contained in something never proves.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.policy.authority import Authority, FinishedCall, Proof, collect
from agents.policy.kinds import TEXT, normalised
from agents.policy.places import places
from agents.policy.prose import addresses
from agents.tools.tool import Effect, Sink, ToolSpec

Json = Any
NOT_REQUESTED = "(request)"
NO_SINK = "(sinks)"
MIXED = "(combination)"
SPENT = "(spent)"
_MOST_COMBINATIONS = 512


class Origin(NamedTuple):
    """Where one value that a call sends out comes from.

    Attributes:
        path: of the argument, with positions; in parentheses where the whole call is meant: `(request)` the
            case does not ask for this kind of action, `(sinks)` nothing in the call could be proven,
            `(combination)` the proofs belong to different things, `(spent)` they were used already.
        kind: of the value.
        value: as written in the call, in a text: the address or link that was found.
        proven: some authority proves it.
        source: the authority in words, None where there is none.
        seen_in: for an unproven value, where it was read first; None where it was read nowhere.
    """

    path: str
    kind: str
    value: str
    proven: bool
    source: str | None = None
    seen_in: str | None = None


class Spend(NamedTuple):
    """Authority that a call uses up: for one tool, one proof serves one call."""

    tool: str
    key: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The provenance of one call.

    Attributes:
        origins: of each sink value, then of the call as a whole where something is wrong with it.
        spends: the authority that the call uses; keep it once the call has started.
    """

    origins: tuple[Origin, ...]
    spends: tuple[Spend, ...] = ()

    @property
    def unproven(self) -> tuple[str, ...]:
        """The paths that policy sees as `unproven`, each once."""
        return tuple(dict.fromkeys(origin.path for origin in self.origins if not origin.proven))


def origins(args: Mapping[str, Json], sinks: Iterable[Sink], authority: Authority) -> tuple[Origin, ...]:
    """Return the origin of each value at the sinks, list elements one by one."""
    return tuple(origin for sink in sinks for origin in _at_sink(args, sink, authority))


def trace(
    spec: ToolSpec,
    args: Mapping[str, Json],
    authority: Authority,
    *,
    requested: bool = True,
    spent: Collection[Spend] = frozenset(),
) -> Provenance:
    """Return the provenance of a call, as policy and the approval card need it.

    Args:
        requested: the case asks for this kind of action (`Requests.asked`).
        spent: what the calls of this run spent that were started, except those that certainly did nothing.
    """
    found = origins(args, spec.sinks, authority)
    if spec.effect is Effect.READ:
        return Provenance(found)
    whole: list[Origin] = []
    if not requested:
        whole.append(Origin(NOT_REQUESTED, "", spec.name, False))
    if all(origin.kind == TEXT for origin in found):
        whole.append(Origin(NO_SINK, "", spec.name, False))
    if whole or not all(origin.proven for origin in found):
        return Provenance((*found, *whole))
    used = {spend.key for spend in spent if spend.tool == spec.name}
    chosen = [_belonging(group, used) for group in _candidates(spec, args, authority)]
    keys = tuple(dict.fromkeys(proof.key for group in chosen for proof in group or ()))
    if None in chosen:
        whole.append(Origin(MIXED, "", spec.name, False))
    elif used.issuperset(keys):
        whole.append(Origin(SPENT, "", spec.name, False))
    return Provenance((*found, *whole), tuple(Spend(spec.name, key) for key in keys))


def _at_sink(args: Mapping[str, Json], sink: Sink, authority: Authority) -> Iterable[Origin]:
    for place in places(args, sink.path):
        if sink.kind == TEXT:
            yield from _in_text(place.path, str(place.value), authority)
            continue
        spelled = normalised(sink.kind, place.value)
        proof = authority.of(sink.kind, spelled) if spelled is not None else ()
        yield _origin(place.path, sink.kind, str(place.value), proof, authority)


def _in_text(path: str, text: str, authority: Authority) -> Iterable[Origin]:
    """Yield an outgoing text's addresses and links; a text without any has nothing to prove."""
    found = list(dict.fromkeys(addresses(text)))
    if not found:
        yield Origin(path, TEXT, "", True, "holds no address, link or account")
    for one in found:
        yield _origin(path, one.kind, one.written, authority.of(one.kind, one.value), authority)


def _origin(path: str, kind: str, value: str, proof: Sequence[Proof], authority: Authority) -> Origin:
    if proof:
        return Origin(path, kind, value, True, proof[0].source)
    return Origin(path, kind, value, False, None, _seen_in(kind, value, authority))


def _seen_in(kind: str, value: str, authority: Authority) -> str | None:
    """Return the first text that holds a value. It only says where to look: it proves nothing."""
    if kind == "iban":
        compact = re.sub(r"[\s-]", "", value).upper()
        pattern = r"[\s-]?".join(map(re.escape, compact))
    else:
        pattern = re.escape(value.strip())
    whole = re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE)
    return next((seen.label for seen in authority.seen if value.strip() and whole.search(seen.text())), None)


def _candidates(spec: ToolSpec, args: Mapping[str, Json], authority: Authority) -> list[list[tuple[Proof, ...]]]:
    """Return everything that proves each sink value, grouped by the list element that the values stand in."""
    groups: dict[str, list[tuple[Proof, ...]]] = {}
    for sink in spec.sinks:
        for place in places(args, sink.path) if sink.kind != TEXT else ():
            spelled = normalised(sink.kind, place.value)
            if spelled is not None:
                proofs = authority.of(sink.kind, spelled)
                listed = tuple(proof for proof in proofs if proof.is_listed)
                groups.setdefault(place.element, []).append(listed or proofs)
    return list(groups.values())


def _belonging(candidates: Sequence[tuple[Proof, ...]], used: Collection[str]) -> tuple[Proof, ...] | None:
    """Choose proofs that belong together, unused ones first; None where no proofs do.

    Where the case lists two payments, the account of one and the amount of the other prove nothing.
    """
    ordered = [sorted(proofs, key=lambda proof: proof.key in used) for proofs in candidates]
    coherent = filter(_coherent, itertools.islice(itertools.product(*ordered), _MOST_COMBINATIONS))
    return max(coherent, key=lambda chosen: sum(proof.key not in used for proof in chosen), default=None)


def _coherent(chosen: Sequence[Proof]) -> bool:
    """Return whether proofs that stand in one list stand in one element of it."""
    elements: dict[str, set[str]] = {}
    for proof in chosen:
        if proof.element:
            elements.setdefault(re.sub(r"\[\d+\]\Z", "", proof.element), set()).add(proof.element)
    return all(len(of_one_list) == 1 for of_one_list in elements.values())


__all__ = ["Authority", "FinishedCall", "Origin", "Provenance", "Spend", "collect", "origins", "trace"]
