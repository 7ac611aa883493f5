"""Finds a job by its file, or by the name of one in the workspace or of a template."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from agents.job.strict import meant
from storage.errors import BadInput


def templates() -> list[str]:
    """Return the names of the job templates that ship with Centaur."""
    found = (entry.name for entry in files("resources").joinpath("jobs").iterdir())
    return sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml") and name.count(".") == 1)


def find_job(name: str, workspace: Path) -> Path:
    """Return a job's file.

    Args:
        name: a path to a YAML file, or a name: `<workspace>/<name>/<name>.yaml` is looked for.
        workspace: the folder of the store.

    Raises BadInput that says where it was looked for and what there is.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        if not path.is_file():
            raise BadInput(f"There is no job file {name}.", hint="Name a YAML file, or a job of the workspace.")
        return path.resolve()
    own = workspace / name / f"{name}.yaml"
    if own.is_file():
        return own
    known = sorted(entry.parent.name for entry in workspace.glob("*/*.yaml") if entry.stem == entry.parent.name)
    if name in templates():
        raise BadInput(
            f"`{name}` is a template; there is no job of that name in {workspace}.",
            hint="`centaur demo` makes a workspace with it; or copy it and name the file.",
        )
    raise BadInput(f"There is no job `{name}`. {meant(name, [*known, *templates()])}".strip())


def template_file(name: str) -> Path:
    """Return where a template's file lies."""
    with as_file(files("resources").joinpath("jobs", f"{name}.yaml")) as path:
        return path
