"""The JSON Schemas of Centaur's file formats, generated from the code into docs/formats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agents.cases.rows import NativeCaseFile
from agents.job.description import Job
from agents.playbook.format import Playbook
from agents.policy.rules import PolicyText

Json = Any

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Json]]:
    """The schema of each format by name: job, playbook, policy and cases."""
    models: dict[str, type[BaseModel]] = {
        "job": Job,
        "playbook": Playbook,
        "policy": PolicyText,
        "cases": NativeCaseFile,
    }
    return {name: _headed(name, model.model_json_schema(by_alias=True)) for name, model in models.items()}


def _headed(name: str, schema: Mapping[str, Json]) -> dict[str, Json]:
    return {**schema, "$schema": _DIALECT, "title": f"Centaur {name}, format 1"}


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema as `<name>.schema.json`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(as_text(schema), encoding="utf-8")
        written.append(path)
    return written


def as_text(schema: Mapping[str, Json]) -> str:
    """A schema as it is committed: indented, one newline at the end."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_schemas(Path(__file__).parents[1] / "docs" / "formats")
