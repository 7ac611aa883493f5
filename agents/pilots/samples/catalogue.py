"""The sample agents: which there are, and how one is put into a workspace with its cases."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from agents.pilots.samples.invoices import build_workspace
from storage.errors import NotFound

Json = Any


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first choice shows of a sample agent.

    Attributes:
        template: the name of its job.
        area: the department it helps.
        icon, steps: Lucide icons: of the sample, and of the steps of its work.
        asks: when it turns to a person.
        unit: what its cases are called.
        cases: how many there are.
    """

    template: str
    area: str
    icon: str
    unit: str
    asks: str
    steps: tuple[str, ...]
    cases: int


def samples() -> list[Sample]:
    """Return the sample agents that ship with Centaur; their cases are counted, not stated."""
    listed: list[dict[str, Json]] = yaml.safe_load(_resource("samples.yaml").read_text("utf-8"))
    return [
        Sample(
            each["template"], each["area"], each["icon"], each["unit"], each["asks"], tuple(each["steps"]),
            _count(each["cases"]),
        )
        for each in listed
    ]  # fmt: skip


def add_sample(folder: Path, template: str, seed: int = 1, *, all_faults: bool = False) -> tuple[Path, Path]:
    """Put a sample into a workspace; return its job's file and its case file. What is there already is kept.

    Args:
        folder: the workspace's folder.
        seed: which differences are planted into which invoices.
        all_faults: every invoice with every difference instead of one each.

    Raises NotFound if there is no such sample.
    """
    known = {each.template for each in samples()}
    if template not in known:
        raise NotFound(f"There is no sample `{template}`.", hint=f"There are: {', '.join(sorted(known))}.")
    job = folder / template / f"{template}.yaml"
    cases = job.with_name("cases.jsonl" if template == "invoice-matching" else "cases.csv")
    if job.exists() and cases.exists():
        return job, cases
    job.parent.mkdir(parents=True, exist_ok=True)
    if template == "invoice-matching":
        build_workspace(job.parent, seed, each_once=not all_faults)
    else:
        for entry in _resource("triage").iterdir():
            shutil.copyfile(entry, job.parent / entry.name)
    with as_file(files("resources")) as resources:
        for part in (f"{template}.yaml", f"{template}.playbook.yaml"):
            shutil.copyfile(resources / "jobs" / part, job.parent / part)
        shutil.copytree(resources / "policies", folder / "policies", dirs_exist_ok=True)
    return job, cases


def accountable(job: Path) -> tuple[str, ...]:
    """Return the names that a sample's job holds accountable: roles, or people."""
    return tuple(yaml.safe_load(job.read_text("utf-8"))["accountable"])


def _resource(name: str) -> Path:
    with as_file(files("resources").joinpath("samples", name)) as path:
        return path


def _count(where: dict[str, str]) -> int:
    if "rows" in where:
        with _resource(where["rows"]).open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.reader(file)) - 1
    return sum(1 for _ in _resource(where["invoices"]).glob("*.xml"))
