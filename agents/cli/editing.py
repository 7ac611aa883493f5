"""Gets a person's own arguments for an action: from options, from a file, or from their editor."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from storage.credentials import clean_environment
from storage.errors import BadInput

Json = Any
_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR")


def edited_arguments(arguments: Mapping[str, Json], changes: Sequence[str], json_file: Path | None) -> dict[str, Json]:
    """Return the arguments as the person wants them. Raises BadInput; nothing was decided then."""
    if json_file is not None:
        if changes:
            raise BadInput("--set and --json-file exclude each other.", hint="Give one of them.")
        try:
            return _object(json_file.read_text("utf-8"), str(json_file))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{json_file} cannot be read: {error}.") from error
    if changes:
        return {**arguments, **dict(_change(text, arguments) for text in changes)}
    return _in_editor(arguments)


def _change(text: str, arguments: Mapping[str, Json]) -> tuple[str, Json]:
    name, sign, written = text.partition("=")
    if not sign:
        raise BadInput(f"`{text}` sets nothing.", hint="Write --set NAME=VALUE.")
    if isinstance(arguments.get(name), str):
        return name, written  # a text stays a text: "1125.00" is not the number 1125
    try:
        return name, json.loads(written)
    except ValueError:
        return name, written


def _in_editor(arguments: Mapping[str, Json]) -> dict[str, Json]:
    text = json.dumps(arguments, indent=2, ensure_ascii=False, default=str)
    written = _edited(text + "\n")
    if written.strip() == text:
        raise BadInput(
            "Nothing was changed, so nothing was decided.", hint="To allow it as it is: `centaur approvals approve`."
        )
    return _object(written, "What you wrote")


def _edited(text: str) -> str:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise BadInput(
            "There is no editor: $EDITOR is not set.", hint="Set it, or use --set NAME=VALUE or --json-file FILE."
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arguments.json"
        file.write_text(text, "utf-8")
        try:
            subprocess.run([*shlex.split(editor), str(file)], env=_environment(), check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise BadInput(f"The editor `{editor}` failed: {error}.", hint="Nothing was decided.") from error
        return file.read_text("utf-8")


def _environment() -> dict[str, str]:
    """Return what an editor needs to be seen on the screen; no secret is among it."""
    return clean_environment(os.environ) | {name: os.environ[name] for name in _SCREEN if name in os.environ}


def _object(text: str, name: str) -> dict[str, Json]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{name} is no JSON: {error}.", hint="Nothing was decided.") from error
    if not isinstance(value, dict):
        raise BadInput(f"{name} is not a JSON object of arguments.", hint="Nothing was decided.")
    return value
