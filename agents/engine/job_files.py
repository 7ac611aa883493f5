"""The files of a job: read with their digests, and replaced only by whoever knows what they replace."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agents.job.yaml_text import MAX_BYTES, parse_yaml
from agents.own_json import load
from agents.pilots.jobs import find_job
from storage.blobs import Payloads
from storage.errors import BadInput, NotFound, Refused, StoreFailed
from storage.queries import Queries, workspace

Json = Any
Part = Literal["job", "plan", "policy"]
PARTS: tuple[Part, ...] = ("job", "plan", "policy")


@dataclass(frozen=True, slots=True)
class PartFile:
    """A file of a job as it is on disk."""

    path: Path
    text: str
    digest: str


def text_digest(text: str) -> str:
    """Return what names a text's exact bytes: SHA-256, hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def job_path(name: str, folder: Path, queries: Queries, payloads: Payloads) -> Path:
    """Return a job's file by its path, its name in the workspace, or its agent's name. Raises BadInput."""
    try:
        found: Path = find_job(name, folder)
        return found
    except BadInput as unknown:
        try:
            with queries.view() as view:
                agent = workspace.agent(view.connection, name)
                version = workspace.version(view.connection, agent.agent, agent.version)
            origin = load(payloads.read(version.job))
        except NotFound:
            raise unknown from None
        path = Path(str(origin["folder"])) / str(origin["file"])
        if not path.is_file():
            raise NotFound(
                f"The job file of {name} is no longer at {path}.",
                hint="Put it back, or make a new one from the version in the ledger.",
            ) from None
        return path


def read_part(path: Path) -> PartFile:
    """Return a file with its digest. Raises BadInput where it cannot be read as text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(f"{path.name} is larger than {MAX_BYTES:,} bytes.", hint="It is no job description.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text.", hint="Save the file as UTF-8.") from error
    return PartFile(path, text, text_digest(text))


def parts_of(path: Path) -> dict[Part, PartFile]:
    """Return a job's file and those of its plan and policy, as far as it names any that are there."""
    found: dict[Part, PartFile] = {"job": read_part(path)}
    for part in ("plan", "policy"):
        other = part_path(path, found["job"].text, part)
        if other is not None and other.is_file():
            found[part] = read_part(other)
    return found


def part_path(path: Path, job_text: str, part: Literal["plan", "policy"]) -> Path | None:
    """Return the file of a plan or policy that a job's text names, None where it is written in the job."""
    try:
        value = parse_yaml(job_text, path.name).value
    except BadInput:
        return None
    name = value.get(part) if isinstance(value, dict) else None
    return path.parent / name if isinstance(name, str) and name else None


def write_part(path: Path, text: str, expected: str | None) -> str:
    """Replace a file in one step and return its new digest.

    Args:
        expected: the digest of what is replaced; None where no file may be there.

    Raises Refused if the file is another one by now, StoreFailed if the disk refuses.
    """
    present = read_part(path).digest if path.is_file() else None
    if present != expected:
        raise Refused(
            f"{path.name} was changed outside of this window.",
            hint="Your text is kept as a draft: compare the two, then save again.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except OSError as error:
        raise StoreFailed(
            f"{path.name} could not be saved: {error.strerror}.", hint="Your text is kept as a draft. Make room, save."
        ) from error
    return text_digest(text)
