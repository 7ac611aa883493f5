"""What every file format here has in common: unknown keys are refused, and an error names the place.

`Strict` is the base of the pydantic models; `validated` turns pydantic's errors into one BadInput that gives
the field, the line and the nearest key or value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from agents.job.yaml_text import At, Document
from storage.errors import BadInput

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

Many = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML list, kept as a tuple; its elements stay strictly typed."""

_SHOWN = 8


class Strict(BaseModel):
    """A frozen section of a file: exact types, no unknown key."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        allowed = [info.alias or name for name, info in cls.model_fields.items()]
        unknown = [str(key) for key in value if key not in allowed]
        if unknown:
            raise PydanticCustomError(
                "unknown_key", "unknown key", {"keys": ",".join(unknown), "allowed": ",".join(allowed)}
            )
        return value


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None where none is alike."""
    options = list(known)
    folded = {option.casefold(): option for option in options}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def meant(word: str, known: Iterable[str]) -> str:
    """A sentence that suggests the nearest known word, or lists a few, or is empty where there are none."""
    options = list(known)
    near = nearest(word, options)
    if near:
        return f"Did you mean `{near}`?"
    if not options:
        return ""
    return "Possible here: " + ", ".join(options[:_SHOWN]) + (" …" if len(options) > _SHOWN else "") + "."


def validated(kind: type[M], document: Document) -> M:
    """Check a document against its model; BadInput lists every fault with its line."""
    if not isinstance(document.value, dict):
        raise BadInput(
            f"{document.name}: a mapping of `key: value` lines is expected, not {_kind(document.value)}.",
            hint="Start from one of the examples in docs/formats.",
        )
    try:
        return kind.model_validate(document.value)
    except ValidationError as error:
        faults = [_fault(item, document) for item in error.errors(include_url=False)]
        raise bad(document, faults) from error


class BadFile(BadInput):
    """A file has faults; `faults` gives each with its place and line, `name` the file."""

    def __init__(self, message: str, name: str, faults: Sequence[tuple[At, int | None, str]]) -> None:
        super().__init__(message)
        self.name = name
        self.faults = tuple(faults)


def bad(document: Document, faults: Sequence[tuple[At, str]]) -> BadFile:
    """One BadFile out of faults (place, sentence), in the order of the file."""
    ordered = sorted(dict.fromkeys(faults), key=lambda fault: document.line(fault[0]) or 0)
    lines = [f"{document.name}{_line(document, at)}{_named(at)}: {why}" for at, why in ordered[:_SHOWN]]
    if len(ordered) > _SHOWN:
        lines.append(f"… and {len(ordered) - _SHOWN} more.")
    return BadFile("\n".join(lines), document.name, [(at, document.line(at), why) for at, why in ordered])


def _line(document: Document, at: At) -> str:
    line = document.line(at)
    return f", line {line}" if line else ""


def _named(at: At) -> str:
    return f", `{path_text(at)}`" if at else ""


def path_text(at: At) -> str:
    """A place as a person writes it: `tools[0].name` (positions from 0, as in CEL)."""
    text = ""
    for part in at:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def _fault(error: ErrorDetails, document: Document) -> tuple[At, str]:
    at, missing = _resolve(error["loc"], document.value)
    context = error.get("ctx", {})
    match error["type"]:
        case "unknown_key":
            unknown = str(context["keys"]).split(",")
            allowed = str(context["allowed"]).split(",")
            return (*at, unknown[0]), " ".join(f"`{key}` is not known here. {meant(key, allowed)}" for key in unknown)
        case "missing":
            return (*at, *missing), "this is required and missing."
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
            return at, f"{_shown(error['input'])} is not possible here. {meant(str(error['input']), allowed)}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return at, f"a mapping of `key: value` lines is expected, not {_kind(error['input'])}."
        case "tuple_type" | "list_type":
            return at, f"a list is expected, not {_kind(error['input'])}."
        case "string_pattern_mismatch":
            pattern = str(context["pattern"])
            return (
                at,
                f"{_shown(error['input'])} is not possible here: {_PATTERNS.get(pattern, f'it follows {pattern}')}.",
            )
        case "less_than_equal" | "greater_than_equal" as bound:
            most = bound == "less_than_equal"
            limit = context["le" if most else "ge"]
            size, edge = ("large", "at most") if most else ("small", "at least")
            return at, f"{_shown(error['input'])} is too {size}: {edge} {limit} is possible."
        case kind if kind.endswith("_type"):
            return (
                at,
                f"{_TYPES.get(kind, 'another type of value')} is expected, not {_kind(error['input'])}.",
            )
        case _:
            return at, error["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".") + "."


_PATTERNS: Mapping[str, str] = {
    r"^[A-Za-z0-9][A-Za-z0-9._@-]*$": "an id of a person has letters, digits, `.`, `_`, `@` and `-`, and no spaces",
    r"^[a-z][a-z0-9_-]*$": "a name begins with a small letter and has small letters, digits, `_` and `-`",
    r"^[a-z][a-z0-9_]*$": "a name begins with a small letter and has small letters, digits and `_`",
}
_TYPES: Mapping[str, str] = {
    "string_type": "a text (quote it if it looks like a number)",
    "int_type": "a whole number",
    "bool_type": "true or false",
}


def _resolve(loc: tuple[int | str, ...], value: Any) -> tuple[At, At]:
    """The place in the document, leaving out the names that pydantic gives to alternatives of a union."""
    at: list[str | int] = []
    for index, part in enumerate(loc):
        if _leads_on(value, part):
            value = value[part]
            at.append(part)
        elif index == len(loc) - 1:
            return tuple(at), (part,)
    return tuple(at), ()


def _leads_on(value: Any, part: int | str) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _shown(value: Any) -> str:
    text = str(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"the text {_shown(value)}"
        case _:
            return f"the number {_shown(value)}"
