"""Checks files before they are used: a policy alone or with a job, a job with everything that it refers to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.job.loading import load_job
from agents.job.readiness import readiness
from agents.job.schema import as_json_schema
from agents.pilots.jobs import find_job
from agents.playbook.cel import CelCompiler
from agents.policy.rules import Policy, read_policy
from agents.policy.sentences import rule_sentence
from agents.tools.registry import KINDS, Site, build_tools
from agents.versions import Preparation, compile_charter

Json = Any


def checked_policy(path: Path, job: str | None, workspace: Path, cache: Path) -> dict[str, Json]:
    """Return a policy's rules in plain words. Raises BadInput that names every fault with its line.

    Args:
        job: checks the rules against its tools and its case schema; without one, neither is known.
        workspace: the folder in which jobs are found by name.
    """
    if job is None:
        policy = read_policy(path)
    else:
        loaded = load_job(find_job(job, workspace), CelCompiler(), KINDS)
        sources = build_tools(loaded.job.tools, Site(loaded.path.parent, cache))
        specs = {name: source.spec for name, source in sources.items()}
        policy = read_policy(path, specs, case_schema=as_json_schema(loaded.job.case))
    return {
        "ok": True, "title": policy.title, "digest": policy.digest, "checked_against": job, "rules": said(policy),
    }  # fmt: skip


def checked_job(name: str, workspace: Path, cache: Path) -> dict[str, Json]:
    """Return what a job would be as a version, and what it misses to leave draft. Raises BadInput."""
    charter = compile_charter(find_job(name, workspace), Preparation(cache))
    job = charter.job
    missing = [each._asdict() for each in readiness(job)]
    return {
        "ok": not missing, "name": job.name, "title": job.title, "tier": job.tier, "version": charter.version,
        "tools": sorted(charter.specs), "rules": said(charter.policy), "missing": missing,
    }  # fmt: skip


def said(policy: Policy) -> list[dict[str, Json]]:
    """Return each rule in plain words, in the order of the file."""
    return [
        {
            "id": rule.id, "effect": rule.effect.value, "sentence": rule_sentence(rule), "because": rule.text.because,
            "approvers": list(rule.text.approvers), "controls": list(rule.text.controls),
        }
        for rule in policy.rules
    ]  # fmt: skip
