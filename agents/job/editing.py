"""Changes single values of a YAML text and leaves everything else as the person wrote it: comments, order, quotes.

The round trip is done by ruamel.yaml. What it would write in another way although nobody changed it (an indentation,
the fold of a paragraph) is taken from the text as it was: only the changed lines are exchanged.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agents.job.strict import path_text
from agents.job.yaml_text import At, parse_yaml
from storage.errors import BadInput

Json = Any
_FOLD_AT = 100
"""Characters: a longer text without line ends is written as a folded paragraph of lines of this length."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    Attributes:
        at: where, as keys and positions from the top. What does not exist on the way there is made.
        do: set a value, remove it, insert it before a position of a list, move an element of a list, rename a key.
        value: plain JSON; for `move` the new position, for `rename` the new key.
    """

    at: At
    do: Literal["set", "remove", "insert", "move", "rename"] = "set"
    value: Json = None


def edited(text: str, edits: Sequence[Edit], name: str = "text") -> str:
    """Return the text with the changes made. Raises BadInput if the text is no YAML or a place is not there."""
    from ruamel.yaml.error import YAMLError

    parse_yaml(text, name)
    try:
        for edit in edits:
            text = _edited(text, edit)
    except YAMLError as error:
        raise BadInput(f"{name} cannot be changed by the form: {str(error).splitlines()[0]}.") from error
    return text


def _edited(text: str, edit: Edit) -> str:
    yaml = _round_trip(text)
    root = yaml.load(text)
    if root is None:
        root = yaml.map()
    before = _dumped(yaml, root)
    _apply(yaml, root, edit)
    after = _dumped(yaml, root)
    merged = merge(text, before, after)
    try:
        same = bool(parse_yaml(merged).value == parse_yaml(after).value)
    except BadInput:
        same = False
    return merged if same else after


def _round_trip(text: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4_096
    yaml.allow_unicode = True
    dash = next((len(line) - len(line.lstrip()) for line in text.splitlines() if line.lstrip().startswith("- ")), 2)
    if dash:
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(yaml: Any, root: Json) -> str:
    stream = io.StringIO()
    yaml.dump(root, stream)
    return stream.getvalue()


def _apply(yaml: Any, root: Json, edit: Edit) -> None:
    *way, last = edit.at
    node = root
    for index, part in enumerate(way):
        found = _child(node, part)
        if found is None and edit.do in ("set", "insert"):
            following = edit.at[index + 1]
            found = yaml.seq() if isinstance(following, int) else yaml.map()
            _put(node, part, found)
        if found is None:
            raise _missing(edit.at)
        node = found
    match edit.do:
        case "set":
            _put(node, last, _written(edit.value, _child(node, last)))
        case "remove":
            if _child(node, last) is not None or (isinstance(node, dict) and last in node):
                node.pop(last)
        case "insert":
            if not isinstance(node, list) or not isinstance(last, int):
                raise _missing(edit.at)
            node.insert(last, _written(edit.value, None))
        case "move":
            if not isinstance(node, list) or not isinstance(last, int) or last >= len(node):
                raise _missing(edit.at)
            node.insert(int(edit.value), node.pop(last))
        case "rename":
            _rename(node, last, edit)


def _rename(node: Json, last: str | int, edit: Edit) -> None:
    if not isinstance(node, dict) or last not in node:
        raise _missing(edit.at)
    name = str(edit.value)
    if name == last:
        return
    if name in node:
        raise BadInput(f"There is another `{name}` already.", hint="Choose another name.")
    place = list(node).index(last)
    remark = node.ca.items.pop(last, None)  # type: ignore[attr-defined]
    value = node.pop(last)
    node.insert(place, name, value)  # type: ignore[attr-defined]
    if remark is not None:
        node.ca.items[name] = remark  # type: ignore[attr-defined]


def _child(node: Json, part: str | int) -> Json:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and -1 < part < len(node):
        return node[part]
    return None


def _put(node: Json, part: str | int, value: Json) -> None:
    if isinstance(node, list) and isinstance(part, int) and part == len(node):
        node.append(value)
    elif isinstance(node, dict) or (isinstance(node, list) and isinstance(part, int) and part < len(node)):
        node[part] = value  # type: ignore[index]
    else:
        raise _missing((part,))


def _missing(at: At) -> BadInput:
    return BadInput(f"There is no place `{path_text(at)}` in the text.", hint="It was changed meanwhile; look again.")


def _written(value: Json, earlier: Json) -> Json:
    """Return a value as ruamel writes it: a text in the manner of the earlier one, long prose folded."""
    from ruamel.yaml.scalarstring import (
        DoubleQuotedScalarString,
        FoldedScalarString,
        LiteralScalarString,
        SingleQuotedScalarString,
    )

    if isinstance(value, dict):
        return {key: _written(member, None) for key, member in value.items()}
    if isinstance(value, list):
        return [_written(member, None) for member in value]
    if not isinstance(value, str):
        return value
    if "\n" in value.strip("\n"):
        return LiteralScalarString(value if value.endswith("\n") else f"{value}")
    if isinstance(earlier, FoldedScalarString) or len(value) > _FOLD_AT:
        return _folded(FoldedScalarString(value))
    if isinstance(earlier, DoubleQuotedScalarString | SingleQuotedScalarString):
        return type(earlier)(value)
    return value


def _folded(text: Any) -> Any:
    places: list[int] = []
    start, last = 0, -1
    for index, character in enumerate(text):
        if character == " " and index and text[index - 1] != " " and text[index + 1 : index + 2] not in ("", " "):
            last = index
        if index - start >= _FOLD_AT and last > start:
            places.append(last)
            start = last + 1
    text.fold_pos = places
    return text


def merge(own: str, before: str, after: str) -> str:
    """Return `own` with the change from `before` to `after`, where `before` is `own` written in another way.

    Lines that nobody changed stay those of `own`; where a change touches lines that the two write differently, the
    lines of `after` are taken.
    """
    ours, old, new = (text.splitlines(keepends=True) for text in (own, before, after))
    written = difflib.SequenceMatcher(None, old, ours, autojunk=False).get_opcodes()
    changed = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    result: list[str] = []
    done = 0  # lines of `old` that are in the result
    shift = 0  # how far `new` is ahead of `old` there
    for tag, low, high, new_low, new_high in changed:
        if tag == "equal":
            continue
        start, end = _whole(written, low, high)
        start = max(start, done)
        result += _ours(written, ours, done, start)
        result += new[start + shift : new_low] if start < low else []
        result += new[new_low:new_high]
        if tag == "delete":
            result += _remarks(old[low:high])
        shift = new_high - high
        if end > high:
            limit = _next(changed, high, end)
            result += new[high + shift : limit + shift]
            end = limit
        done = max(end, high)
    return "".join(result + _ours(written, ours, done, len(old)))


def _remarks(removed: list[str]) -> list[str]:
    """Return the comments at the end of what is removed: they speak of what follows."""
    count = 0
    while count < len(removed) and (not (line := removed[-1 - count].strip()) or line.startswith("#")):
        count += 1
    kept = removed[len(removed) - count :]
    return kept if any(line.strip() for line in kept) else []


def _next(changed: Sequence[tuple[str, int, int, int, int]], high: int, end: int) -> int:
    return min([end, *(low for tag, low, *_ in changed if tag != "equal" and low >= high)])


def _whole(written: Sequence[tuple[str, int, int, int, int]], low: int, high: int) -> tuple[int, int]:
    """Widen a range of old lines to whole blocks that are written differently."""
    for tag, start, end, _, _ in written:
        if tag != "equal" and start < max(high, low + 1) and end > low:
            low, high = min(low, start), max(high, end)
    return low, high


def _ours(written: Sequence[tuple[str, int, int, int, int]], ours: list[str], low: int, high: int) -> list[str]:
    """Return our lines for a range of old lines whose ends are not inside a block that is written differently."""
    found: list[str] = []
    for tag, start, end, own_start, own_end in written:
        if tag == "equal":
            first, last = max(start, low), min(end, high)
            if first < last:
                found += ours[own_start + first - start : own_start + last - start]
        elif start >= low and end <= high and (start < high or start == end == high):
            found += ours[own_start:own_end]
    return found
