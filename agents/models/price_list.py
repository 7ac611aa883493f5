"""The price list that comes with litellm, read without importing it: what a model costs per million tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agents.models.prices import Price, entry_for

_FILE = "model_prices_and_context_window_backup.json"
_MILLION = Decimal(1_000_000)


def listed_price(model: str) -> Price | None:
    """Return what a model costs by the bundled list, in US dollars per million tokens; None if it does not say.

    Args:
        model: litellm's model string, the provider in front.
    """
    entry = entry_for(_entries(), model, model.partition("/")[0])
    if entry is None:
        return None
    try:
        sent, received = (Decimal(str(entry[name])) for name in ("input_cost_per_token", "output_cost_per_token"))
    except (KeyError, InvalidOperation):
        return None
    return Price(sent * _MILLION, received * _MILLION)


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, Any]:
    """Return the whole list (some megabytes; read once). Without litellm, or with another one's list, it is empty."""
    found = find_spec("litellm")
    for folder in (found.submodule_search_locations if found is not None else None) or ():
        try:
            content = json.loads((Path(folder) / _FILE).read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(content, dict):
            return content
    return {}
