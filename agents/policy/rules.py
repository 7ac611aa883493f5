"""A policy: the rules that decide what an agent may do, written by the supervisor and checked when saved.

Which tools a rule is checked against is said in `reach.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from agents.job.strict import Many, Strict, bad, validated
from agents.job.yaml_text import At, Document, parse_yaml, read_yaml
from agents.policy.declarations import Declarations, Kind, OneOf, Schema, VarType
from agents.policy.expressions import (
    Expression,
    compile_in,
    require_condition,
)
from agents.policy.faults import ExpressionError
from agents.policy.preparing import Preparer
from agents.policy.reach import check_reach
from agents.policy.syntax import names
from agents.tools.tool import Effect, ToolSpec

Json = Any
STAGES = ("draft", "shadow", "canary", "production", "retired")
MODES = ("live", "shadow", "replay", "rehearsal")


class RuleEffect(StrEnum):
    """What a rule says when it matches; deny outweighs ask, ask outweighs allow."""

    DENY = "deny"
    ASK = "ask"
    ALLOW = "allow"


class RuleText(Strict):
    """One rule as written.

    Attributes:
        id: unique in the policy; approvals, reports and the ledger name it.
        effect: deny, ask or allow.
        when: a CEL condition.
        because: the reason, shown to the agent and to the person who decides.
        approvers: who may approve (people or roles); empty means whoever the job says is accountable.
        controls: which controls of which catalogue the rule serves.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    effect: Literal["deny", "ask", "allow"]
    when: str
    because: str = Field(min_length=1, max_length=500)
    approvers: Many[str] = ()
    controls: Many[str] = ()


class PolicyText(Strict):
    """A policy file.

    Attributes:
        format: of the file; 1.
        title: what the policy is for.
        rules: the order carries no weight between effects; of two rules that ask, the first is named.
    """

    format: Literal[1]
    title: str = ""
    rules: Many[RuleText] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was checked.

    Attributes:
        text: as written.
        when: the condition.
        mentions_unproven: it speaks of `unproven`, so it may allow a write whose arguments are not all
            proven.
    """

    text: RuleText
    when: Expression
    mentions_unproven: bool

    @property
    def id(self) -> str:
        return self.text.id

    @property
    def effect(self) -> RuleEffect:
        return RuleEffect(self.text.effect)


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that were checked against the tools and schemas of one job.

    Attributes:
        rules: in the order of the file.
        tools: the tools that the rules were checked against, None where they were checked against none.
        digest: SHA-256 (hex) of the canonical content: comments and layout do not change it.
        declarations: the variables of the conditions.
        arguments: makes the arguments of each tool ready for the conditions.
        mentioned: the variables that some condition speaks of; only these are bound.
        title: what it is for.
    """

    rules: tuple[Rule, ...]
    tools: Mapping[str, ToolSpec] | None
    digest: str
    declarations: Declarations
    arguments: Mapping[str, Preparer]
    mentioned: tuple[str, ...]
    title: str = ""


def load_policy(
    text: str | bytes,
    tools: Mapping[str, ToolSpec] | None = None,
    case_schema: Mapping[str, Json] | None = None,
    job_schema: Mapping[str, Json] | None = None,
    *,
    name: str = "policy",
) -> Policy:
    """Read and check a policy.

    Args:
        text: YAML.
        tools: by name; None checks neither tools' names nor arguments (a policy without a job).
        case_schema, job_schema: JSON Schemas of `case` and `job`; None checks nothing inside them.
        name: of the file, for messages.

    Raises:
        BadInput: names every fault with its line and suggests what was probably meant.
    """
    return _load(parse_yaml(text, name), tools, case_schema, job_schema)


def _load(
    document: Document,
    tools: Mapping[str, ToolSpec] | None = None,
    case_schema: Mapping[str, Json] | None = None,
    job_schema: Mapping[str, Json] | None = None,
) -> Policy:
    written = validated(PolicyText, document)
    _refuse_duplicates(written, document)
    declarations = policy_declarations(tools, case_schema, job_schema)
    by_tool = {tool: policy_declarations(tools, case_schema, job_schema, spec) for tool, spec in (tools or {}).items()}
    rules: list[Rule] = []
    faults: list[tuple[At, str]] = []
    for index, rule in enumerate(written.rules):
        try:
            rules.append(_checked(rule, declarations, tools or {}, by_tool))
        except ExpressionError as error:
            faults.append((("rules", index, "when"), f"rule `{rule.id}`: {error.message}{error.hint or ''}"))
    if faults:
        raise bad(document, faults)
    known = None if tools is None else MappingProxyType(dict(tools))
    arguments = {tool: Preparer(spec.parameters, spec.parameters) for tool, spec in (tools or {}).items()}
    mentioned = _mentioned(rules, declarations)
    return Policy(tuple(rules), known, policy_digest(written), declarations, arguments, mentioned, written.title)


def _mentioned(rules: Sequence[Rule], declarations: Declarations) -> tuple[str, ...]:
    """Return the variables that the rules speak of; all of them where a rule's syntax is known to CEL alone."""
    trees = [rule.when.tree for rule in rules]
    spoken_of: set[str] = set().union(*(names(tree) for tree in trees if tree is not None))
    return tuple(name for name in declarations.variables if None in trees or name in spoken_of)


def read_policy(path: Path, tools: Mapping[str, ToolSpec] | None = None, **schemas: Json) -> Policy:
    """Read a policy file as `load_policy` does. Raises BadInput where the file cannot be read."""
    return _load(read_yaml(path), tools, **schemas)


def policy_digest(written: PolicyText) -> str:
    """Return the SHA-256 of a policy's content, whatever its layout, comments and order of keys."""
    plain = json.dumps(written.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def policy_json_schema() -> dict[str, Json]:
    """Return the JSON Schema of the policy format, for editors and the documentation."""
    return PolicyText.model_json_schema(by_alias=True)


def policy_declarations(
    tools: Mapping[str, ToolSpec] | None,
    case_schema: Mapping[str, Json] | None,
    job_schema: Mapping[str, Json] | None,
    spec: ToolSpec | None = None,
) -> Declarations:
    """Return the variables of a rule's condition; with `spec`, `args` is checked as that tool's arguments."""
    variables: dict[str, VarType] = {
        "tool": OneOf(tuple(tools)) if tools else Kind.STRING,
        "effect": OneOf(tuple(Effect)),
        "stage": OneOf(STAGES),
        "mode": OneOf(MODES),
        "destination": Kind.STRING,
        "tier": Kind.INT,
        "hour": Kind.INT,
        "args": Schema(spec.parameters) if spec else Kind.MAP,
        "case": Schema(case_schema) if case_schema else Kind.MAP,
        "job": Schema(job_schema) if job_schema else Kind.MAP,
        "run": Kind.MAP,
        "unproven": Kind.STRINGS,
        "labels": Kind.STRINGS,
        "reversible": Kind.BOOL,
    }
    return Declarations(variables)


def _checked(
    rule: RuleText,
    declarations: Declarations,
    tools: Mapping[str, ToolSpec],
    by_tool: Mapping[str, Declarations],
) -> Rule:
    """Check one rule against each tool that it could concern. Raises ExpressionError."""
    when = compile_in(rule.when, declarations.environment)
    require_condition(rule.when, when.result)
    check_reach(when, tools, by_tool)
    mentions = when.tree is not None and "unproven" in names(when.tree)
    return Rule(rule, when, mentions)


def _refuse_duplicates(written: PolicyText, document: Document) -> None:
    first: dict[str, int] = {}
    faults: list[tuple[At, str]] = []
    for index, rule in enumerate(written.rules):
        if rule.id in first:
            line = document.line(("rules", first[rule.id]))
            faults.append((("rules", index, "id"), f"the id `{rule.id}` is taken by the rule on line {line}."))
        first.setdefault(rule.id, index)
    if faults:
        raise bad(document, faults)
