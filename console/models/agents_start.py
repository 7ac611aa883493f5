"""Starting a pilot: the mapping of columns, what a preview says, and how long it will take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from console import words
from console.models.agents import PilotRow, said

Json = Any
ROW_NUMBER = ""
"""In place of a column: the row's number is the id; or, for an outcome, nothing."""


class Slot(NamedTuple):
    """One thing that a column can be.

    Attributes:
        section: "id", "fields" or "outcome".
        column: the column that it is read from now, "" for none.
    """

    section: str
    name: str
    required: bool
    type: str
    column: str


def slots(preview: Mapping[str, Json]) -> list[Slot]:
    """Return what the columns of a file can be, with what each is read from now."""
    mapping, columns = preview["mapping"], set(preview["columns"])
    found = [Slot("id", "", False, "", mapping["id"] if mapping["id"] in columns else ROW_NUMBER)]
    for field in preview["fields"]:
        column = mapping["fields"].get(field["name"], field["name"])
        if column not in columns:
            column = preview["suggested"].get(field["name"], "")
        found.append(Slot("fields", field["name"], field["required"], field["type"], column))
    for field in preview["outcome"]:
        column = mapping["outcome"].get(field["name"], "")
        found.append(Slot("outcome", field["name"], False, field["type"], column if column in columns else ""))
    return found


def mapping_of(chosen: Sequence[Slot], ignore_rest: bool) -> dict[str, Json]:
    """Return the mapping that the engine is given."""
    made: dict[str, Json] = {"id": None, "fields": {}, "outcome": {}, "ignore": ["*"] if ignore_rest else []}
    for slot in chosen:
        if slot.section == "id":
            made["id"] = slot.column or None
        elif slot.section == "fields" and slot.column and slot.column != slot.name:
            made["fields"][slot.name] = slot.column
        elif slot.section == "outcome" and slot.column:
            made["outcome"][slot.name] = slot.column
    return made


def fits(preview: Mapping[str, Json]) -> str:
    """Return in a sentence how many rows can be used."""
    counted, broken = preview["counted"], preview["broken"]
    rows = words.counted(counted, said("row"), said("rows"))
    if preview["more"]:
        rows = said("the first {0} of more").format(rows)
    if not counted:
        return said("There is no row in this file.")
    if not broken:
        return said("{0}, each of them fits.").format(rows[:1].upper() + rows[1:])
    return said("{0}; {1} cannot be used and will be refused, the others go on.").format(
        rows[:1].upper() + rows[1:], words.count(broken)
    )


def estimate(pilots: Sequence[PilotRow], mode: str, cases: int) -> str:
    """Return how long so many cases take by the last pilot of this mode, "" where none is known."""
    for each in pilots:
        if each.mode == mode and each.ended_at and each.cases >= 5 and not each.cancelled:
            took = (each.ended_at - each.started_at) / each.cases * cases
            return said("about {0}, by the pilot of {1}").format(
                words.duration(max(int(took), 1_000_000), prose=True),
                words.counted(each.cases, said("case"), said("cases")),
            )
    return ""


def left(state: Mapping[str, Json], elapsed: int) -> tuple[int, int | None, str]:
    """Return (cases done, cases in all or None, words on what is left) of a pilot under way.

    Args:
        elapsed: microseconds since it began.
    """
    states = state["states"]
    open_ = sum(states.get(name, 0) for name in ("running",))
    done = sum(states.values()) - open_ + state["skipped"] + state["refused"]
    total = state["total"]
    if total is None or not done:
        return done, total, said("reading the cases")
    rest = max(0, total - done)
    if not rest:
        return done, total, said("ending")
    return done, total, said("about {0} left").format(words.duration(int(elapsed / done * rest), prose=True))
