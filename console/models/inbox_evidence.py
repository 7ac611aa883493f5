"""What the results so far say about a call: which arguments they bear out, which they contradict, or neither.

Only what can be told from the values is said. A result agrees where policy names it as the source of an argument, or
where its only field of an argument's name holds the same value; it differs where that one field holds another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import words
from console.models.inbox_values import Leaf, leaves, same, shown

Json = Any
_BRIEF_FIELDS, _BRIEF_LENGTH = 3, 60
_LEAST_TELLING = 3
"""Characters: a shorter value is found somewhere by accident."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One result and what it says about the call.

    Attributes:
        call, tool, title: which result.
        verdict: "agrees", "differs", "failed", or "" where it says neither.
        said: one line: what agrees or differs, or the beginning of the result.
        result: the whole result.
        doubtful: worth opening first.
    """

    call: str
    tool: str
    title: str
    verdict: str
    said: str
    result: Json
    doubtful: bool = False


def weighed(
    results: Sequence[Mapping[str, Json]], arguments: Mapping[str, Json], origins: Sequence[Mapping[str, Json]]
) -> list[Evidence]:
    """Return the results of a card as evidence, what contradicts the call first."""
    found = [_weighed(result, arguments, origins) for result in results]
    return sorted(found, key=lambda one: not one.doubtful)


def _weighed(
    result: Mapping[str, Json], arguments: Mapping[str, Json], origins: Sequence[Mapping[str, Json]]
) -> Evidence:
    tool, content = str(result.get("tool", "")), result.get("result")
    status = str(result.get("status", "ok"))
    parts = (str(result.get("call", "")), tool, words.in_words(tool))
    if status != "ok":
        return Evidence(
            *parts, "failed" if status == "failed" else "", _why(content, status), content, status == "failed"
        )
    seen = any(not o.get("proven") and tool and str(o.get("seen_in") or "").startswith(tool) for o in origins)
    held = list(leaves(content))
    differs = [(path, value, leaf) for path, value in _arguments(arguments) if (leaf := _only(held, path)) is not None
               and not same(leaf.value, value)]  # fmt: skip
    if differs:
        path, value, leaf = differs[0]
        said = f"{path} is {shown(leaf.value)} here, {shown(value)} in the call"
        return Evidence(*parts, "differs", said, content, True)
    bears = list(dict.fromkeys([*_sourced(tool, origins), *_equal(held, arguments)]))
    if bears and not seen:
        return Evidence(*parts, "agrees", f"Same {_list(bears)}", content)
    return Evidence(*parts, "", "Where the unproven value was seen" if seen else _brief(content), content, seen)


def _sourced(tool: str, origins: Sequence[Mapping[str, Json]]) -> list[str]:
    """Return the arguments that policy proved by this tool's result."""
    return [str(o["path"]) for o in origins if o.get("proven") and tool and f": {tool}." in str(o.get("source") or "")]


def _arguments(arguments: Mapping[str, Json]) -> list[tuple[str, Json]]:
    return [(leaf.path, leaf.value) for leaf in leaves(dict(arguments)) if leaf.value is not None
            and not isinstance(leaf.value, bool | dict | list)]  # fmt: skip


def _only(held: Sequence[Leaf], path: str) -> Leaf | None:
    """Return the one field of an argument's name at the top of a result; None where there is none, or several."""
    name = path.rsplit(".", 1)[-1]
    named = [leaf for leaf in held if leaf.path.rsplit(".", 1)[-1] == name and leaf.value is not None]
    plain = [leaf for leaf in named if not isinstance(leaf.value, bool | dict | list)]
    return plain[0] if len(plain) == 1 and plain[0].path == name else None


def _equal(held: Sequence[Leaf], arguments: Mapping[str, Json]) -> list[str]:
    """Return the arguments whose value stands in the result under their own name."""
    found = []
    for path, value in _arguments(arguments):
        name = path.rsplit(".", 1)[-1]
        if len(shown(value)) >= _LEAST_TELLING and any(
            leaf.path.rsplit(".", 1)[-1] == name and same(leaf.value, value) for leaf in held
        ):
            found.append(path)
    return found


def _why(content: Json, status: str) -> str:
    said = content.get("error") or content.get("answer") if isinstance(content, Mapping) else None
    return str(said) if said else words.in_words(status)


def _brief(content: Json) -> str:
    parts = [f"{leaf.path} {_cut(shown(leaf.value))}" for leaf in leaves(content) if leaf.value not in (None, {}, [])]
    return " · ".join(parts[:_BRIEF_FIELDS]) or "Empty"


def _cut(text: str) -> str:
    return text if len(text) <= _BRIEF_LENGTH else f"{text[: _BRIEF_LENGTH - 1]}…"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
