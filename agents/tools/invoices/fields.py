"""Reading single fields of a UBL document, each with an error that names the field and the place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from storage.errors import BadInput

_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:Common"
NAMESPACES = {"a": f"{_COMMON}AggregateComponents-2", "b": f"{_COMMON}BasicComponents-2"}
# xsd:decimal, with a bound on digits: no exponent, no NaN, nothing that costs more to compute than to send.
_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)
# xsd:date, whose time zone says nothing about the day on the paper.
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Node:
    """An element and how to call it in an error message; paths use `a:` (aggregates) and `b:` (basics)."""

    element: Element
    place: str

    @property
    def value(self) -> str:
        """Its text, without the white space around it."""
        return (self.element.text or "").strip()

    def attribute(self, name: str) -> str:
        """An attribute's value, "" when absent."""
        return (self.element.get(name) or "").strip()

    def attribute_of(self, path: str, name: str) -> str:
        """An attribute of the first element at the path, "" when either is absent."""
        node = self.first(path)
        return node.attribute(name) if node else ""

    def all(self, path: str) -> list[Node]:
        """Every element at the path."""
        return [Node(each, self.place) for each in self.element.findall(path, NAMESPACES)]

    def first(self, path: str) -> Node | None:
        """The first element at the path."""
        found = self.element.find(path, NAMESPACES)
        return None if found is None else Node(found, self.place)

    def text(self, path: str) -> str:
        """The text of the first element at the path, "" when absent."""
        node = self.first(path)
        return node.value if node else ""

    def texts(self, path: str) -> tuple[str, ...]:
        """The texts of all elements at the path that have one."""
        return tuple(each.value for each in self.all(path) if each.value)

    def needed(self, path: str, what: str) -> str:
        """A text that must be there; raises BadInput naming what is missing where."""
        found = self.text(path)
        if not found:
            raise BadInput(f"In {self.place}, {what} is missing.", hint="EN 16931 requires it: ask the sender.")
        return found

    def decimal(self, path: str) -> Decimal | None:
        """An exact decimal, None when absent; raises BadInput when it is not a plain number."""
        found = self.text(path)
        return self._decimal(path, found) if found else None

    def needed_decimal(self, path: str, what: str) -> Decimal:
        """A decimal that must be there."""
        return self._decimal(path, self.needed(path, what))

    def _decimal(self, path: str, found: str) -> Decimal:
        if not _DECIMAL.fullmatch(found):
            raise self._unlike(path, found, "a number")
        return Decimal(found)

    def _unlike(self, path: str, found: str, wanted: str) -> BadInput:
        return BadInput(f"In {self.place}, {path.rpartition(':')[2]} is {found[:40]!r}, which is not {wanted}.")

    def flag(self, path: str) -> bool:
        """An xsd:boolean; BadInput when absent or something else, since it decides over plus and minus."""
        found = self.text(path)
        if found not in {"true", "1", "false", "0"}:
            raise self._unlike(path, found, "true or false")
        return found in {"true", "1"}

    def day(self, path: str) -> date | None:
        """A date, None when absent; raises BadInput when it is none."""
        found = self.text(path)
        return self._day(path, found) if found else None

    def needed_date(self, path: str, what: str) -> date:
        """A date that must be there."""
        return self._day(path, self.needed(path, what))

    def _day(self, path: str, found: str) -> date:
        match = _DATE.fullmatch(found)
        try:
            return date.fromisoformat(match[1] if match else "")
        except ValueError:
            raise self._unlike(path, found, "a date") from None
