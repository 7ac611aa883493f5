"""Turns the values of a row into a case and an outcome, as the job says, and checks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from typing import Any

from agents.cases.rows import BrokenRow, CaseRow, RawRow
from agents.job.description import Job
from agents.job.schema import Fault, Schema, check
from agents.job.strict import nearest, path_text
from agents.tools.foreign_json import is_text, parse_foreign
from storage.errors import BadInput

Json = Any
_MOST_DIGITS = 4_300
_TRUE = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def mapped(rows: Iterable[RawRow], job: Job, name: str) -> Iterator[CaseRow | BrokenRow]:
    """Each row as a case, or as a report; an id that occurred before is reported too.

    Args:
        name: the file's name, for ids where it has none.
    """
    seen: dict[int, int] = {}
    for raw in rows:
        made = _case(_writable(raw), job, name)
        if isinstance(made, CaseRow):
            first = seen.setdefault(hash(made.external_id), made.row)
            if first != made.row:
                made = BrokenRow(made.row, job.cases.id or "id", f"row {first} has the same id, {made.external_id}")
        yield made


def _writable(raw: RawRow) -> RawRow:
    """A row whose texts no file could hold is broken; it must not end the others."""
    try:
        if raw.broken is not None or is_text([raw.id, raw.values]):
            return raw
    except RecursionError:
        return RawRow(raw.row, {}, "it is nested too deep")
    return RawRow(raw.row, {}, "it holds half a character (a lone surrogate), which no text may")


def _case(raw: RawRow, job: Job, name: str) -> CaseRow | BrokenRow:
    if raw.broken is not None:
        return BrokenRow(raw.row, "", raw.broken)
    if isinstance(raw.values.get("case"), dict) and "case" not in job.case.properties:
        return _native(raw, job)
    source = job.cases
    case, taken = {}, {source.id, *source.outcome.values()}
    for field, schema in job.case.properties.items():
        column = source.fields.get(field, field)
        taken.add(column)
        if column in raw.values:
            case[field] = _typed(raw.values[column], schema, raw.text)
    for column in raw.values:
        if column not in taken and column not in source.ignore and "*" not in source.ignore:
            near = nearest(column, [str(name) for name in taken if name])
            return BrokenRow(raw.row, column, "the job does not know this column; map or ignore it", near)
    external = _id(raw, source.id, name)
    if isinstance(external, BrokenRow):
        return external
    outcome = {
        field: _typed(raw.values[column], job.outcome.properties[field], raw.text)
        for field, column in source.outcome.items()
        if raw.values.get(column) not in (None, "")
    }
    return _checked(raw.row, external, _without_gaps(case, job.case), outcome or None, job)


def _native(raw: RawRow, job: Job) -> CaseRow | BrokenRow:
    extra = next((key for key in raw.values if key not in ("id", "case", "outcome")), None)
    if extra is not None:
        return BrokenRow(
            raw.row, extra, "a case has `id`, `case` and `outcome`", nearest(extra, ("id", "case", "outcome"))
        )
    external = raw.values.get("id")
    if not isinstance(external, str) or not external:
        return BrokenRow(raw.row, "id", "a text is expected here")
    outcome = raw.values.get("outcome")
    return _checked(raw.row, external, raw.values["case"], outcome, job)


def _id(raw: RawRow, column: str | None, name: str) -> str | BrokenRow:
    if raw.id is not None:
        return raw.id
    if column is None:
        return f"{PurePath(name).stem}-{raw.row}"
    value = raw.values.get(column)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return BrokenRow(
            raw.row,
            column,
            "the row has no id",
            None if column in raw.values else nearest(column, raw.values),
        )
    return value.strip()


def _checked(row: int, external: str, case: Json, outcome: Json, job: Job) -> CaseRow | BrokenRow:
    faults = check(job.case, case)
    if faults:
        return _broken(row, "", faults[0], job.cases.fields)
    if outcome is not None:
        faults = check(job.outcome, outcome, partial=True)
        if faults:
            return _broken(row, "outcome.", faults[0], {})
    return CaseRow(row, external, case, outcome)


def _broken(row: int, prefix: str, fault: Fault, columns: Mapping[str, str]) -> BrokenRow:
    field = path_text(fault.at)
    column = columns.get(field, field)
    return BrokenRow(row, f"{prefix}{column}", fault.why, fault.near)


def _without_gaps(case: dict[str, Json], schema: Schema) -> dict[str, Json]:
    """Leave out empty cells of fields that are not required: nothing was said."""
    return {
        field: value for field, value in case.items() if field in schema.required or (value is not None and value != "")
    }


def _typed(value: Json, schema: Schema, text: bool) -> Json:
    """A cell of a table as its schema's type; what does not fit stays a text, for the check to report."""
    if not text or not isinstance(value, str) or value == "":
        return value
    match schema.type:
        case "integer":
            plain = value.strip()
            digits = plain.lstrip("+-")
            # Python reads at most 4,300 digits; no case needs a number of so many.
            return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else value
        case "number":
            try:
                number = Decimal(value.strip())
            except InvalidOperation:
                return value
            return number if number.is_finite() else value
        case "boolean":
            return _TRUE.get(value.strip().lower(), value)
        case "array" | "object":
            return _parsed(value)
        case _:
            return value


def _parsed(value: str) -> Json:
    try:
        return parse_foreign(value)
    except BadInput:
        return value
