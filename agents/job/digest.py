"""The fingerprint of a job description or playbook: equal content gives equal digests."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from agents.job.strict import Strict

Json = Any


def canonical(section: Strict) -> dict[str, Json]:
    """The content as plain JSON: keys as in the file, what is left at its default left out."""
    return dict(section.model_dump(mode="python", by_alias=True, exclude_defaults=True) | _always(section))


def digest(section: Strict) -> str:
    """SHA-256 (hex) over the canonical content; comments and the order of keys do not count."""
    text = json.dumps(canonical(section), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _always(section: Strict) -> dict[str, Json]:
    return {"format": value} if (value := getattr(section, "format", None)) is not None else {}


def _plain(value: Json) -> Json:
    if isinstance(value, Decimal):
        return {"decimal": format(value.normalize(), "f")}
    raise TypeError(f"{type(value).__name__} has no canonical form")
