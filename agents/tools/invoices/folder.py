"""The folder that invoices come in to, and nothing outside of it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from agents.tools.invoices.document import Invoice
from agents.tools.invoices.safe_xml import XmlLimits
from agents.tools.invoices.ubl import read_invoice
from agents.tools.tool import ToolFailed
from storage.errors import BadInput


@dataclass(frozen=True, slots=True)
class InvoiceFolder:
    """Reads invoices of one folder and its subfolders; links are not followed, wherever they lead."""

    root: Path
    limits: XmlLimits = field(default_factory=XmlLimits)

    def invoice(self, file: str) -> Invoice:
        """Read and parse a file, named relative to the folder with `/` between the parts.

        Raises:
            ToolFailed: refused (outside the folder, or not an ordinary file), not_found, or bad_arguments
                (the file is there and no usable invoice).
        """
        data = self._bytes(file)
        try:
            return read_invoice(data, self.limits)
        except BadInput as error:
            raise ToolFailed(f"{file}: {error.message}", category="bad_arguments", hint=error.hint) from error

    def _bytes(self, file: str) -> bytes:
        path = self._inside(file)
        # A link put there after the check is not followed either; a pipe must not block.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(path, flags)
        except FileNotFoundError as error:
            raise ToolFailed(f"There is no file {file}.", category="not_found") from error
        except (OSError, ValueError) as error:
            raise ToolFailed(f"{file} cannot be opened.", category="refused") from error
        with os.fdopen(handle, "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise ToolFailed(f"{file} is not an ordinary file.", category="refused")
            # One byte more than allowed, so that the parser can say that it is too large.
            return opened.read(self.limits.size + 1)

    def _inside(self, file: str) -> Path:
        parts = PurePosixPath(file).parts
        odd = not parts or file.startswith(("/", "~")) or "\\" in file or "\0" in file or ":" in file
        if odd or ".." in parts:
            raise ToolFailed(f"{file!r} does not name a file of the invoice folder.", category="refused")
        root = self.root.resolve()
        path = root.joinpath(*parts)
        # Resolving must change nothing: no part of the way is a link.
        if path.resolve() != path:
            raise ToolFailed(f"{file} leads through a link, which is not followed.", category="refused")
        return path
