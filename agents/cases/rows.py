"""What a row of a case file becomes: a case, or a report of what is wrong with the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import Field

from agents.job.strict import Many, Strict

Json = Any


class NativeCase(Strict):
    """A case in Centaur's own format.

    Attributes:
        outcome: what people decided, as far as it is known.
    """

    id: str = Field(min_length=1)
    case: dict[str, Json]
    outcome: dict[str, Json] | None = None


class NativeCaseFile(Strict):
    """A case file in Centaur's own format.

    In a .json file it is this object; in a .jsonl file the first line is `{"format": 1}`, then one case a
    line.
    """

    format: Literal[1]
    cases: Many[NativeCase]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case ready to be worked.

    Attributes:
        row: counted from 1 without the header; in a folder, the place in the order of names.
        external_id: the file's own id, or `name-row` where it has none.
        outcome: what people decided, by outcome field; None where nothing is recorded.
    """

    row: int
    external_id: str
    case: Mapping[str, Json]
    outcome: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be worked; the others can.

    Attributes:
        row: counted from 1 without the header.
        field: the field that is wrong, empty where it is the whole row.
        why: one sentence.
        near: the nearest thing that would be right, or None.
    """

    row: int
    field: str
    why: str
    near: str | None = None

    def __str__(self) -> str:
        where = f"row {self.row}" + (f", `{self.field}`" if self.field else "")
        return f"{where}: {self.why}." + (f" Did you mean `{self.near}`?" if self.near else "")


class RawRow(NamedTuple):
    """A row as it was read: its values by column, or why it could not be read.

    Attributes:
        text: the values are texts of a table and must be read by the schema's types.
        id: the external id, where the source itself gives one (a file's name).
    """

    row: int
    values: Mapping[str, Json]
    broken: str | None = None
    text: bool = False
    id: str | None = None
