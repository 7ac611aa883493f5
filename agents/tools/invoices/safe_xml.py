"""XML from outside, read so that the document cannot hurt the reader.

Document type declarations, entities (billion laughs, files and addresses read through them), very deep or
very many elements and oversized files are refused. Embedded attachments are counted and not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from storage.errors import BadInput

_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ATTACHMENT = "EmbeddedDocumentBinaryObject"


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """How much of a document is read.

    Attributes:
        size: bytes of the file; invoices carry scans, so some tens of megabytes are ordinary.
        depth: nested elements; EN 16931 needs eight.
        elements: elements in all.
    """

    size: int = 40 * 1024 * 1024
    depth: int = 64
    elements: int = 1_000_000


class _GuardedBuilder(TreeBuilder):
    """Builds the tree while counting, and leaves attachments' contents out of it."""

    def __init__(self, limits: XmlLimits) -> None:
        super().__init__()
        self._limits = limits
        self._depth = 0
        self._count = 0
        self._skipping = False

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > self._limits.depth:
            raise BadInput(f"The document nests elements more than {self._limits.depth} deep, which no invoice does.")
        if self._count > self._limits.elements:
            raise BadInput(f"The document has more than {self._limits.elements:,} elements, too many to be read.")
        self._skipping = tag.endswith(_ATTACHMENT)
        return super().start(tag, attrs)

    def data(self, data: str, /) -> None:
        if not self._skipping:
            super().data(data)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        self._skipping = False
        return super().end(tag)


def parse_xml(data: bytes, limits: XmlLimits | None = None) -> Element:
    """Read XML and return its root element; raises BadInput that says what is wrong with the document."""
    limits = limits or XmlLimits()
    if len(data) > limits.size:
        raise BadInput(
            f"The document has {len(data):,} bytes; at most {limits.size:,} are read.",
            hint="Ask for the invoice without its attachments.",
        )
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadInput("The document is empty.")
    parser = DefusedXMLParser(target=_GuardedBuilder(limits), forbid_dtd=True)
    try:
        # In one piece: expat before 2.6 takes quadratic time for one long token fed in small ones.
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as error:
        raise BadInput(
            "The document declares a document type or entities, which an e-invoice never needs and an attack does.",
            hint="Do not open it with other programs; ask the sender for a clean file.",
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise _not_readable(data, error) from error
    if not isinstance(root, Element):
        raise BadInput("The document has no root element.")
    return root


def _not_readable(data: bytes, error: Exception) -> BadInput:
    """Say why the bytes are not XML: a wrong character encoding, another kind of file, a cut one."""
    if data[:5] == b"%PDF-":
        return BadInput("The document is a PDF, not XML.", hint="Ask the sender for the UBL file.")
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<")):
        return BadInput("The document is not XML: it does not begin with an element.")
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    name = declared[1].decode("ascii") if declared else "UTF-8"
    if not isinstance(error, ParseError):
        return BadInput(f"The document says it is written in {name}, which is not supported ({error}).")
    try:
        if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            data.decode(name)
    except UnicodeDecodeError as wrong:
        return BadInput(
            f"The document is not written in the encoding it declares ({name}): byte {wrong.start + 1} does not fit.",
            hint="Ask the sender to save it again as UTF-8.",
        )
    except LookupError:
        return BadInput(f"The document says it is written in {name}, which is not supported.")
    return BadInput(f"The document is not well-formed XML ({error}).", hint="It may be cut off: ask for it again.")
