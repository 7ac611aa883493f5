"""Small tools and facts for the tests of policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.policy.decide import Facts
from agents.tools.tool import Effect, Sink, ToolSpec


def tool(name: str, properties: Mapping[str, Any], effect: Effect, **more: Any) -> ToolSpec:
    parameters = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return ToolSpec(name, f"The tool {name}.", parameters, effect, **more)


TEXT = {"type": "string"}
PAY = tool(
    "pay",
    {"amount": TEXT, "iban": TEXT, "note": TEXT},
    Effect.IRREVERSIBLE,
    sinks=(Sink("amount", "amount"), Sink("iban", "iban"), Sink("note", "text")),
    sentence="Pay {amount} to {iban}",
)
FIND = tool(
    "find_order",
    {"order_id": TEXT},
    Effect.READ,
    trusted_read=True,
    authority={"order_id": "id:order", "supplier_id": "id:supplier", "total": "amount"},
)
SUPPLIERS = tool(
    "list_suppliers",
    {},
    Effect.READ,
    trusted_read=True,
    authority={
        "suppliers[].supplier_id": "id:supplier",
        "suppliers[].iban": "iban",
        "suppliers[].note": "text",
    },
)
FETCH = tool("fetch", {"url": TEXT}, Effect.READ, sinks=(Sink("url", "url"),))
TOOLS = {spec.name: spec for spec in (PAY, FIND, SUPPLIERS, FETCH)}


def facts(spec: ToolSpec | None = PAY, **more: Any) -> Facts:
    given: dict[str, Any] = {
        "tool": spec.name if spec else "nobody",
        "spec": spec,
        "args": {"amount": "500.00", "iban": "DE89370400440532013000"} if spec is PAY else {},
        "stage": "production",
        "mode": "live",
        "tier": 3,
        "hour": 10,
    }
    return Facts(**{**given, **more})
