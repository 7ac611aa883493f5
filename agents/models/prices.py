"""What a model call cost, in millionths of US dollars, from a price list entry; exact decimals, pure.

The entries are those of the price map bundled with litellm (`model_prices_and_context_window.json`): US
dollars per token, with variants such as `input_cost_per_token_above_200k_tokens`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from agents.models.model import Usage

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call. `cached` and `cache_writes` are parts of `sent`, `reasoning` of `received`."""

    sent: int
    received: int
    cached: int = 0
    cache_writes: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, as price lists print them."""

    input: Decimal
    output: Decimal


def cost_by_price(price: Price, tokens: Tokens) -> int:
    """Micro-dollars by a given price: dollars per million tokens times tokens is micro-dollars."""
    return _whole(price.input * tokens.sent + price.output * tokens.received)


def cost_by_entry(entry: Mapping[str, Any], tokens: Tokens) -> int | None:
    """Micro-dollars by an entry of the price map; None where the entry does not price plain tokens."""
    if entry.get("tiered_pricing"):
        return None  # steps by range, which this sum does not follow: unknown is honest
    received_rate = _rate(entry, "output_cost_per_token", tokens)
    sent_rate = _rate(entry, "input_cost_per_token", tokens)
    if sent_rate is None or received_rate is None:
        return None
    cached_rate = _rate(entry, "cache_read_input_token_cost", tokens)
    write_rate = _rate(entry, "cache_creation_input_token_cost", tokens)
    reasoning_rate = _rate(entry, "output_cost_per_reasoning_token", tokens)
    dollars = (
        sent_rate * (tokens.sent - tokens.cached - tokens.cache_writes)
        + (sent_rate if cached_rate is None else cached_rate) * tokens.cached
        + (sent_rate if write_rate is None else write_rate) * tokens.cache_writes
        + received_rate * (tokens.received - tokens.reasoning)
        + (received_rate if reasoning_rate is None else reasoning_rate) * tokens.reasoning
    )
    return _whole(dollars * _MILLION)


def entry_for(prices: Mapping[str, Any], model: str, provider: str) -> Mapping[str, Any] | None:
    """The entry of a model; one found without its provider's prefix counts only if it is that provider's."""
    if isinstance(entry := prices.get(model), Mapping):
        return entry
    bare = prices.get(model.removeprefix(f"{provider}/"))
    if isinstance(bare, Mapping) and str(bare.get("litellm_provider", "")).startswith(provider):
        return bare
    return None


def together(one: Usage, other: Usage) -> Usage:
    """What two calls consumed together; a cost of which a part is unknown is unknown."""
    known = one.cost_micros is not None and other.cost_micros is not None
    cost = (one.cost_micros or 0) + (other.cost_micros or 0) if known else None
    return Usage(one.tokens_in + other.tokens_in, one.tokens_out + other.tokens_out, cost)


def _rate(entry: Mapping[str, Any], name: str, tokens: Tokens) -> Decimal | None:
    """Dollars per token, of the highest threshold (`_above_200k_tokens`) that the request passes."""
    chosen, passed = entry.get(name), 0
    for key, value in entry.items():
        found = re.fullmatch(re.escape(name) + r"_above_(\d+)k_tokens", key)
        if found and passed < (threshold := int(found[1]) * 1000) < tokens.sent:
            chosen, passed = value, threshold
    return None if chosen is None else Decimal(str(chosen))


def _whole(micros: Decimal) -> int:
    return int(micros.quantize(Decimal(1), rounding=ROUND_HALF_UP))
