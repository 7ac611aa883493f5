"""What a version in the ledger says of its rules and tools, read without compiling anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.cli.reading import Reading
from agents.cli.trace import Glossary
from storage.errors import NotFound
from storage.queries import workspace

Json = Any
BUILT_IN = {
    "no-match-read": "No rule matches, and the supervisor trusts this tool to read.",
    "no-match": "No rule matches, so a person decides.",
    "unproven-arguments": "An argument that matters is proven by nothing.",
    "unknown-tool": "The job has no such tool.",
    "malformed-arguments": "The arguments do not fit the tool's schema.",
}


def glossary(reading: Reading, agent: str, version: str) -> Glossary:
    """Return the reasons of a version's rules, and the sentences of its tools; empty where it is unknown."""
    try:
        record = workspace.version(reading.connection, agent, version)
    except NotFound:
        return Glossary(BUILT_IN, lambda tool, arguments: None)
    sentences = _sentences(reading.value(record.tools))
    because = {**BUILT_IN, **_reasons(reading.text(record.policy) or "")}

    def sentence(tool: str, arguments: Mapping[str, Json]) -> str | None:
        template = sentences.get(tool)
        return None if template is None else _said(template, arguments)

    return Glossary(because, sentence)


def _sentences(tools: Json) -> dict[str, dict[str, Json]]:
    return {tool["name"]: tool for tool in tools if isinstance(tool, dict)} if isinstance(tools, list) else {}


def _said(tool: dict[str, Json], arguments: Mapping[str, Json]) -> str | None:
    from agents.policy.sentences import describe_call
    from agents.tools.tool import ToolSpec

    if tool.get("sentence") is None:
        return None
    spec = ToolSpec(tool["name"], tool.get("description", ""), {}, sentence=tool["sentence"])
    return describe_call(spec, arguments)


def _reasons(policy: str) -> dict[str, str]:
    import yaml

    try:
        written = yaml.load(policy, yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)  # noqa: S506
    except yaml.YAMLError:
        return {}
    rules = written.get("rules", []) if isinstance(written, dict) else []
    return {str(rule["id"]): str(rule["because"]) for rule in rules if isinstance(rule, dict) and "because" in rule}
