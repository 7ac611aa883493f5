"""A version of an agent made ready to work: job, tools, policy, criteria and limits, compiled and digested once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
import orjson

from agents.job.description import Job
from agents.job.labels import DataLabels
from agents.job.loading import LoadedJob
from agents.job.schema import as_json_schema
from agents.loop.limits import DayLimits, RunLimits
from agents.policy.requests import Requests
from agents.policy.rules import Policy
from agents.tools.control import CONTROL_TOOLS, control_tools
from agents.tools.surely_valid import surely_valid
from agents.tools.tool import ToolSource, ToolSpec
from storage.events.body import Digest

Json = Any


def digest(value: Json) -> Digest:
    """Return the SHA-256 of a JSON value of ours in canonical form (sorted keys, no spaces), base64url."""
    text = value if isinstance(value, bytes) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode("ascii")


def spec_json(spec: ToolSpec) -> dict[str, Json]:
    """Return a tool's declaration as JSON: what its digest is made of."""
    return {
        "name": spec.name,
        "description": spec.description,
        "parameters": dict(spec.parameters),
        "effect": spec.effect.value,
        "sinks": [[sink.path, sink.kind] for sink in spec.sinks],
        "authority": dict(spec.authority),
        "requested_by": spec.requested_by,
        "trusted_read": spec.trusted_read,
        "reversible": spec.reversible,
        "undo": spec.undo,
        "sentence": spec.sentence,
        "shadow_result": None if spec.shadow_result is None else dict(spec.shadow_result),
    }


@dataclass(frozen=True, slots=True)
class Manifest:
    """The texts and digests that make a version; `version` is the digest over all digests."""

    agent: str
    job: bytes
    policy: bytes
    tools: bytes
    model: str
    plan: bytes | None
    job_digest: Digest
    policy_digest: Digest
    tools_digest: Digest
    plan_digest: Digest | None

    @property
    def version(self) -> Digest:
        """Return the version's digest."""
        return digest([
            "centaur-version-1", self.agent, self.job_digest, self.policy_digest, self.tools_digest, self.plan_digest,
            self.model,
        ])  # fmt: skip


class Charter:
    """Everything that a run of one version needs to know. Built by `agents.workspace`, immutable after.

    Attributes:
        loaded: the job with its plan and conditions, compiled.
        manifest: what the version is made of.
        sources, specs: the job's tools by name, and their declarations.
        control: the declarations of the control tools.
        offered, offered_names: all that the model may call.
        labels: of the data that a case holds.
        requests: whether a case asks for a tool's kind of action.
        limits, day_limits: what one run, and the agent in one day, may take.
        most_calls: how often one run may call each tool; None means as often as it likes.
    """

    def __init__(
        self, loaded: LoadedJob, manifest: Manifest, sources: Mapping[str, ToolSource], policy: Policy
    ) -> None:
        self.loaded = loaded
        self.job = loaded.job
        self.manifest = manifest
        self.version = manifest.version
        self.sources = dict(sources)
        self.policy = policy
        self.case_schema = as_json_schema(self.job.case)
        self.labels = DataLabels(self.job)
        self.control = control_tools(self.job.outcome)
        self.specs: dict[str, ToolSpec] = {name: source.spec for name, source in sources.items()}
        self.offered = (*self.specs.values(), *self.control)
        self.offered_names = frozenset((*self.specs, *CONTROL_TOOLS))
        self.spec_digests = {name: digest(spec_json(spec)) for name, spec in self.specs.items()}
        self.validators = {
            name: jsonschema.Draft202012Validator(dict(spec.parameters)) for name, spec in self.specs.items()
        }
        self.surely_valid = {name: surely_valid(spec.parameters) for name, spec in self.specs.items()}
        self.requests = Requests(self.specs, self.case_schema)
        run = self.job.limits.run
        self.limits = RunLimits(run.turns, run.tokens, run.cost_micros, run.seconds, run.writes)
        day = self.job.limits.day
        self.day_limits = DayLimits(day.runs, day.tokens, day.cost_micros, day.writes)
        self.most_calls = {tool.name: tool.limits.calls for tool in self.job.tools}
        self.policy_digest = manifest.policy_digest
        self.instructions = instructions(self.job)

    def binding(self, tool: str, args: str) -> Digest:
        """Return what an approval is bound to: tool, normalised arguments, declaration, policy, version."""
        text = "\n".join(
            (
                "centaur-binding-1",
                tool,
                args,
                self.spec_digests.get(tool, ""),
                self.policy_digest,
                self.version,
            )
        )
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode("ascii")


def instructions(job: Job) -> str:
    """Return the job description as text for a language model."""
    lines = [f"You work as: {job.title or job.name}.", f"Purpose: {job.purpose}"]
    if job.scope.inside:
        lines.append("In scope: " + "; ".join(job.scope.inside))
    if job.scope.outside:
        lines.append("Out of scope: " + "; ".join(job.scope.outside))
    lines += [f"Edge case: {case.when} Then: {case.then}" for case in job.process.edge_cases]
    lines += [f"Success means: {criterion.measure}" for criterion in job.criteria]
    lines += [f"Escalate: {rule.because}" for rule in job.escalation]
    lines.append(
        "Call `plan` first and again when the plan changes. Call `finish` with the outcome when the case is done, "
        "`escalate` when a person must decide. Never invent identifiers, amounts or addresses."
    )
    return "\n".join(lines)
