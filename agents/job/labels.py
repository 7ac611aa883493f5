"""The labels of data (pii, …): what a job says its cases hold, and what the fields of one case hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agents.job.description import Job
from agents.job.schema import Schema

Json = Any


def declared_labels(job: Job) -> tuple[str, ...]:
    """Return every label that the job's data may carry, sorted: models.yaml is held to all of them."""
    return tuple(sorted({*job.model.labels, *_declared(job.case)}))


class DataLabels:
    """Says which labels the data of a case carries: those of the job, and of each field (`x-labels`) that it has."""

    def __init__(self, job: Job) -> None:
        self._always = tuple(sorted(set(job.model.labels)))
        self._case = job.case if any(_declared(job.case)) else None

    def of(self, case: Mapping[str, Json]) -> tuple[str, ...]:
        """Return the labels, sorted."""
        if self._case is None:
            return self._always
        return tuple(sorted({*self._always, *_carried(self._case, case)}))


def _declared(schema: Schema) -> Iterator[str]:
    yield from schema.labels
    for below in schema.properties.values():
        yield from _declared(below)
    if schema.items is not None:
        yield from _declared(schema.items)


def _carried(schema: Schema, value: Json) -> Iterator[str]:
    """Yield the labels of what is there: a field that is missing, null or empty holds nothing."""
    if value is None or value in ("", [], {}):
        return
    yield from schema.labels
    match value:
        case Mapping():
            for name, below in schema.properties.items():
                yield from _carried(below, value.get(name))
        case str():
            return
        case Sequence() if schema.items is not None:
            for item in value:
                yield from _carried(schema.items, item)
