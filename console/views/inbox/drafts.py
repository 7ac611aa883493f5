"""What a person has typed and not sent yet: kept for each thing and verb until it was accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Any
_MOST = 100


class Drafts:
    """Texts by what they are about; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[str, Json] = {}

    def text(self, about: tuple[str, str], verb: str) -> str:
        """Return what was typed as a text, "" for nothing."""
        found = self._kept.get(_name(about, verb))
        return found if isinstance(found, str) else ""

    def fields(self, about: tuple[str, str], verb: str = "edit") -> Mapping[str, str]:
        """Return what was typed into the fields of a form."""
        found = self._kept.get(_name(about, verb))
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def keep(self, about: tuple[str, str], verb: str, typed: Json) -> None:
        """Keep what was typed; nothing typed is forgotten."""
        name = _name(about, verb)
        self._kept.pop(name, None)
        if typed:
            self._kept[name] = typed
        while len(self._kept) > _MOST:
            self._kept.pop(next(iter(self._kept)))

    def forget(self, about: tuple[str, str], verb: str) -> None:
        """It was accepted."""
        self._kept.pop(_name(about, verb), None)

    def remember(self) -> dict[str, Json]:
        """Return everything as JSON."""
        return dict(self._kept)

    def recall(self, kept: Json) -> None:
        """Take up what `remember` returned."""
        if isinstance(kept, dict):
            self._kept = {str(k): v for k, v in kept.items() if isinstance(v, str | dict)}


def _name(about: tuple[str, str], verb: str) -> str:
    return "\n".join((*about, verb))
