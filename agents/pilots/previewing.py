"""Reads the beginning of a case file as a pilot would: columns, what they become, and what is wrong in which row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agents.cases.mapping import mapped
from agents.cases.reading import raw_rows
from agents.cases.rows import BrokenRow, CaseRow, RawRow
from agents.job.description import Job
from agents.job.sections import CaseSource
from agents.job.strict import meant, nearest
from storage.errors import BadInput

Json = Any
_COUNTED = 20_000
_SHOWN_CELL = 400
_COLUMNS = 200


def with_mapping(job: Job, mapping: Mapping[str, Json] | None) -> Job:
    """Return a job that reads its case file by another mapping than its own: {id, fields, outcome, ignore}.

    Raises BadInput for a field that the case or the outcome does not have.
    """
    if mapping is None:
        return job
    for section, schema in (("fields", job.case), ("outcome", job.outcome)):
        for name in mapping.get(section) or {}:
            if name not in schema.properties:
                raise BadInput(f"The mapping names the field `{name}`.", hint=meant(name, schema.properties))
    own = job.cases.model_dump(by_alias=True)
    given = {key: mapping[key] for key in ("id", "fields", "outcome", "ignore") if key in mapping}
    try:
        source = CaseSource.model_validate({**own, **given})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInput(f"The mapping is wrong at {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    return job.model_copy(update={"cases": source})


def previewed(path: Path, job: Job, shown: int) -> dict[str, Json]:
    """Return how a case file would be read. Blocks: call it in a worker. Raises BadInput for the file as a whole.

    Returns {columns, fields, outcome, mapping, suggested, rows, counted, broken, more, errors}: `rows` are the first
    ones with `id`, `case`, `outcome` or `error`; `errors` the first broken rows beyond them.
    """
    last: list[RawRow] = []
    columns: dict[str, None] = {}

    def seen(rows: Iterator[RawRow]) -> Iterator[RawRow]:
        for row in rows:
            last[:] = [row]
            if len(columns) < _COLUMNS:
                columns.update(dict.fromkeys(map(str, row.values)))
            yield row

    rows: list[dict[str, Json]] = []
    errors: list[dict[str, Json]] = []
    counted = broken = 0
    more = False
    for made in mapped(seen(raw_rows(path, job)), job, path.name):
        if counted == _COUNTED:
            more = True
            break
        counted += 1
        if isinstance(made, BrokenRow):
            broken += 1
        if counted <= shown:
            rows.append(_row(made, last[0]))
        elif isinstance(made, BrokenRow) and len(errors) < shown:
            errors.append(_row(made, last[0]))
    source = job.cases
    return {
        "columns": list(columns), "fields": _fields(job.case), "outcome": _fields(job.outcome),
        "mapping": {
            "id": source.id, "fields": dict(source.fields), "outcome": dict(source.outcome),
            "ignore": list(source.ignore),
        },
        "suggested": _suggested(job, list(columns)), "rows": rows, "counted": counted, "broken": broken, "more": more,
        "errors": errors,
    }  # fmt: skip


def _fields(schema: Any) -> list[dict[str, Json]]:
    return [
        {"name": name, "type": field.type or "any", "required": name in schema.required,
         "description": field.description}
        for name, field in schema.properties.items()
    ]  # fmt: skip


def _suggested(job: Job, columns: list[str]) -> dict[str, str]:
    """Return a column for each field of the case that the file does not name as the job expects."""
    taken = {job.cases.id, *job.cases.outcome.values()}
    found: dict[str, str] = {}
    for name in job.case.properties:
        if job.cases.fields.get(name, name) in columns:
            continue
        near = nearest(name, [column for column in columns if column not in taken])
        if near is not None:
            found[name] = near
    return found


def _row(made: CaseRow | BrokenRow, raw: RawRow) -> dict[str, Json]:
    values = {str(key): _cell(value) for key, value in list(raw.values.items())[:_COLUMNS]}
    if isinstance(made, BrokenRow):
        error = {"field": made.field, "why": made.why, "near": made.near}
        return {"row": made.row, "id": None, "values": values, "case": None, "outcome": None, "error": error}
    case = {key: _cell(value) for key, value in made.case.items()}
    outcome = None if made.outcome is None else {key: _cell(value) for key, value in made.outcome.items()}
    return {
        "row": made.row, "id": made.external_id, "values": values, "case": case, "outcome": outcome, "error": None,
    }  # fmt: skip


def _cell(value: Json) -> str:
    from agents.own_json import dump

    text = value if isinstance(value, str) else dump(value).decode()
    return text if len(text) <= _SHOWN_CELL else f"{text[:_SHOWN_CELL]}…"
