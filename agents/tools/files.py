"""Files of one configured folder as tools: list, read, and write, never outside that folder.

A path is resolved, links included, before it is used, and the file that was opened is checked again: a link
swapped in between is caught. Nothing but plain files is read or replaced.
"""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agents.tools.tool import (
    CallContext,
    Effect,
    Json,
    LivePermit,
    Previewer,
    Reader,
    Sink,
    ToolFailed,
    ToolSpec,
    Writer,
)

MOST_BYTES = 1_000_000
MOST_LISTED = 500
_LONGEST_PATH = 1_000


@dataclass(frozen=True, slots=True)
class Folder:
    """The one folder that a job may see.

    Attributes:
        root: the folder; it must exist when a call is made.
        most_bytes: no larger file is read or written.
    """

    root: Path
    most_bytes: int = MOST_BYTES

    def resolve(self, name: Json) -> Path:
        """The real path of a name inside the folder; raises ToolFailed for anything outside or odd."""
        if not isinstance(name, str) or not name or len(name) > _LONGEST_PATH:
            raise ToolFailed("`path` must be a file name inside the folder.", category="bad_arguments")
        parts = PurePosixPath(name.replace("\\", "/"))
        odd = any(ord(sign) < 32 for sign in name) or ":" in name
        if odd or parts.is_absolute() or ".." in parts.parts:
            raise _outside(name)
        try:
            root = self.root.resolve(strict=True)
            real = root.joinpath(*parts.parts).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise _failed(name, error) from error
        if not real.is_relative_to(root):
            raise _outside(name)
        return real

    def read(self, name: Json) -> Json:
        """The text of a file; ToolFailed when it is no plain file, too large or no text."""
        real = self.resolve(name)
        try:
            # Non-blocking, so that a named pipe put there cannot hang the reader.
            with open(real, "rb", opener=_no_follow) as file:
                seen = os.fstat(file.fileno())
                if not stat.S_ISREG(seen.st_mode):
                    raise ToolFailed(f"{name} is not a plain file.", category="refused")
                if not os.path.samestat(seen, os.lstat(self.resolve(name))):
                    raise _outside(str(name))
                data = file.read(self.most_bytes + 1)
        except OSError as error:
            raise _failed(str(name), error) from error
        if len(data) > self.most_bytes:
            raise ToolFailed(
                f"{name} is larger than {self.most_bytes:,} bytes.",
                category="refused",
                hint="Ask for a smaller file or raise the job's limit.",
            )
        text, encoding = decode(data, str(name))
        return {"path": str(name), "text": text, "encoding": encoding, "bytes": len(data)}

    def list(self, name: str) -> Json:
        """The plain files and folders directly in a folder (`""` is the root), sorted by name."""
        real = self.resolve(name or ".")
        try:
            found = sorted(_entries(real), key=lambda entry: entry.name)
            shown = [
                {
                    "name": entry.name,
                    "kind": "folder" if entry.is_dir(follow_symlinks=False) else "file",
                    "bytes": entry.stat(follow_symlinks=False).st_size,
                }
                for entry in found[:MOST_LISTED]
            ]
        except OSError as error:
            raise _failed(name, error) from error
        return {"entries": shown, "more": max(0, len(found) - MOST_LISTED)}

    def write(self, name: Json, text: Json) -> Json:
        """Replace or create a file; it appears complete or not at all."""
        if not isinstance(text, str):
            raise ToolFailed("`text` must be a text.", category="bad_arguments")
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ToolFailed("`text` holds signs that no file can.", category="bad_arguments") from error
        if len(data) > self.most_bytes:
            raise ToolFailed(f"The text is larger than {self.most_bytes:,} bytes.", category="refused")
        real = self.resolve(name)
        if real.exists() and not real.is_file():
            raise ToolFailed(f"{name} is not a plain file.", category="refused")
        try:
            _replace(real, data)
        except OSError as error:
            raise _failed(str(name), error) from error
        return {"path": str(name), "bytes": len(data)}


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Text and its encoding, by its byte-order mark or as UTF-8; ToolFailed for anything else."""
    encoding = "utf-8"
    if data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ToolFailed(
            f"{name} is not UTF-8 text (byte {error.start}).", category="refused", hint="Save it as UTF-8."
        ) from error
    if "\x00" in text:
        raise ToolFailed(f"{name} is not a text file.", category="refused")
    return text, encoding


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _entries(real: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(real) as entries:
        for entry in entries:
            plain = entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)
            if plain and not entry.name.startswith("."):
                yield entry


def _replace(real: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{real.name[:40]}.", dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(real)
    finally:
        Path(name).unlink(missing_ok=True)


def _outside(name: str) -> ToolFailed:
    return ToolFailed(
        f"{name!r} is not inside the job's folder.",
        category="refused",
        hint="Use a path relative to that folder.",
    )


def _failed(name: str, error: Exception) -> ToolFailed:
    missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ToolFailed(f"{name!r}: {reason or error}.", category="not_found" if missing else "refused")


_PATH = {"type": "string", "description": "A path relative to the job's folder.", "maxLength": _LONGEST_PATH}


def _schema(*required: str, **properties: Json) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


@dataclass(frozen=True, slots=True)
class _FileReader:
    perform: Callable[[Mapping[str, Json]], Json]

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        return await asyncio.to_thread(self.perform, args)


class _FileWriter(Writer):
    def __init__(self, permit: LivePermit, folder: Folder) -> None:
        super().__init__(permit)
        self._folder = folder

    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        """Replacing a file by the same text twice changes nothing more, so the key is not needed."""
        return await asyncio.to_thread(self._folder.write, args.get("path"), args.get("text"))


@dataclass(frozen=True, slots=True)
class _FilePreviewer:
    folder: Folder

    async def preview(self, args: Mapping[str, Json]) -> tuple[Json, Json]:
        """The file's text now (None where there is none) and after."""
        try:
            before = (await asyncio.to_thread(self.folder.read, args.get("path")))["text"]
        except ToolFailed as failed:
            if failed.category != "not_found":
                raise
            before = None
        return before, args.get("text")


class _Tool:
    """The parts of a ToolSource over one folder."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.folder = folder
        self.name = name

    def writer(self, permit: LivePermit) -> Writer | None:
        return None

    def previewer(self) -> Previewer | None:
        return None


class ReadFile(_Tool):
    """Reads a text file (a ToolSource)."""

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(
            name=self.name,
            description="Reads a text file of the job's folder.",
            parameters=_schema("path", path=_PATH),
            effect=Effect.READ,
            trusted_read=True,
            retrieval=True,
            sentence="Read the file {path}.",
        )

    def reader(self) -> Reader | None:
        return _FileReader(lambda args: self.folder.read(args.get("path")))


class ListFiles(_Tool):
    """Lists a folder (a ToolSource)."""

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(
            name=self.name,
            description="Lists the files and folders in a folder of the job; an empty path is the top.",
            parameters=_schema(path=_PATH),
            effect=Effect.READ,
            trusted_read=True,
            sentence="List the files in {path}.",
        )

    def reader(self) -> Reader | None:
        return _FileReader(lambda args: self.folder.list(args.get("path") or ""))


class WriteFile(_Tool):
    """Writes a text file (a ToolSource)."""

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(
            name=self.name,
            description="Writes a text file in the job's folder, replacing what was there.",
            parameters=_schema("path", "text", path=_PATH, text={"type": "string"}),
            effect=Effect.WRITE,
            sinks=(Sink("path", "id:file"),),
            sentence="Write the file {path}.",
            shadow_result={"path": "{path}", "bytes": 0},
        )

    def reader(self) -> Reader | None:
        return None

    def writer(self, permit: LivePermit) -> Writer:
        return _FileWriter(permit, self.folder)

    def previewer(self) -> Previewer:
        return _FilePreviewer(self.folder)
