"""What a pilot was started with, and how its bytes in the ledger say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.own_json import dump, load

Json = Any


@dataclass(frozen=True, slots=True)
class PilotPlan:
    """What a pilot was started with; kept in the ledger, so that a crash does not end it."""

    job: str
    cases: str
    limit: int | None
    concurrency: int
    mapping: Mapping[str, Json] | None = None

    def to_bytes(self) -> bytes:
        plain = {"job": self.job, "cases": self.cases, "limit": self.limit, "concurrency": self.concurrency}
        return dump(plain if self.mapping is None else {**plain, "mapping": dict(self.mapping)})

    @classmethod
    def of(cls, content: bytes) -> PilotPlan:
        """Return the plan that was kept."""
        raw = load(content)
        return cls(raw["job"], raw["cases"], raw["limit"], raw["concurrency"], raw.get("mapping"))
