"""Writes a route into a workspace's `models.yaml` and leaves everything else in it as it was."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.models.routing import parse_routes
from storage.errors import BadInput, NotFound, Refused, StoreFailed

Json = Any
_NEW = "# The models that jobs may name. See the manual for every field.\nformat: 1\n"


def write_route(path: Path, name: str, fields: Mapping[str, Json], *, replace: bool, default: bool) -> None:
    """Put a route into the file, which is made if it is not there.

    Args:
        fields: of the route, as in the file; one that is None is taken out.
        replace: a route of this name is changed; without it, it is refused.
        default: jobs that name no route take this one.

    Raises BadInput where the file would be wrong with it (nothing is written), Refused, StoreFailed.
    """
    before = _read(path)
    known = _names(before)
    if name in known and not replace:
        raise Refused(f"There is a route {name!r} already.", hint="Choose another name, or change that one.")
    text = _changed(before or _NEW, name, fields, known, default=default)
    parse_routes(text, path.name)
    _write(path, text)


def remove_route(path: Path, name: str) -> None:
    """Take a route out of the file. Raises NotFound, BadInput where another route or the default needs it."""
    from agents.job.editing import Edit, edited

    before = _read(path)
    known = _names(before)
    if name not in known:
        raise NotFound(f"There is no route {name!r} in {path.name}.")
    if known == {name}:
        _unlink(path)
        return
    text = edited(before, [Edit(("routes", name), "remove")], path.name)
    parse_routes(text, path.name)
    _write(path, text)


def _changed(text: str, name: str, fields: Mapping[str, Json], known: set[str], *, default: bool) -> str:
    from agents.job.editing import Edit, edited

    if name not in known:
        given = {field: value for field, value in fields.items() if value is not None}
        edits = [Edit(("routes", name), "set", given)]
    else:
        edits = [Edit(("routes", name, field), "set", value) for field, value in fields.items() if value is not None]
        held = _fields_of(text, name)
        edits += [
            Edit(("routes", name, field), "remove")
            for field, value in fields.items()
            if value is None and field in held
        ]
    if default:
        edits.append(Edit(("default",), "set", name))
    return edited(text, edits, "models.yaml")


def _fields_of(text: str, name: str) -> set[str]:
    import yaml

    entry = yaml.safe_load(text)["routes"][name]
    return set(entry) if isinstance(entry, dict) else set()


def _names(text: str) -> set[str]:
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadInput(f"models.yaml is not valid YAML: {error}", hint="Correct the file first.") from error
    routes = document.get("routes") if isinstance(document, dict) else None
    return {str(name) for name in routes} if isinstance(routes, dict) else set()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} cannot be read: {error}.", hint="Check the file.") from error


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreFailed(f"{path} could not be written ({error.strerror}).", hint="Is the disk full?") from error


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise StoreFailed(f"{path} could not be removed ({error.strerror}).") from error
