"""Verifies a store beside a running engine or without one, and says what was found and what cannot be known."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agents.cli.output import Output
from agents.cli.progress import counting
from agents.cli.words import count
from agents.engine.compose import Ground
from storage.anchors import AnchorKey
from storage.errors import CredentialError
from storage.people import signer_for
from storage.queries import Queries, workspace
from storage.rebuild import differences
from storage.verify import store_id, verify

T = TypeVar("T")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong; `seq` is the first event concerned, None where no event is."""

    kind: str
    seq: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The document of `verify --json`.

    Attributes:
        anchored_to: up to this event the anchors prove that nothing changed (0: nothing is proven).
        unanchored: [first, last] of events that were committed without a key.
        cannot_know: what could be wrong and cannot be seen with what was at hand.
        tables: how many rows differ from what the events give; None where tables were not compared.
    """

    ok: bool
    store: str | None
    events: int
    anchored_to: int
    unanchored: list[list[int]]
    findings: list[Found]
    cannot_know: list[str]
    notes: list[str]
    tables: int | None


def verified(path: Path, out: Output, *, tables: bool) -> Verified:
    """Check a store. Raises NotFound, StoreError."""
    ground = Ground(path)
    blind: list[str] = []

    def from_keyring(ask: Callable[[], T | None], what: str) -> T | None:
        try:
            return ask()
        except CredentialError as error:
            blind.append(f"{what} could not be read: {error.message}")
            return None

    key: bytes | None = None
    keys: dict[str, str] = {}
    if path.exists():
        key = from_keyring(lambda: ground.credentials.get_key(f"ledger-{store_id(path)}"), "The key of the anchors")
        keys = from_keyring(lambda: _public_keys(path, ground), "People's keys") or {}
    with counting(out, "Reading events") as progress:
        found = verify(path, AnchorKey(key) if key else None, ground.heads_folder, keys, progress)
    findings = [Found(f.kind.value, f.seq, f.words) for f in found.findings]
    differing: int | None = None
    if tables and not findings:
        with counting(out, "Comparing tables") as progress:
            unequal = differences(path, progress)
        differing = len(unequal)
        findings += [_table(name, [d.live for d in unequal if d.table == name]) for name in {d.table for d in unequal}]
    return Verified(
        not findings, found.store, found.events, found.anchored_to, [list(span) for span in found.unanchored],
        findings, [*found.cannot_know, *blind], list(found.notes), differing,
    )  # fmt: skip


def _table(name: str, rows: list[bool]) -> Found:
    words = f"The table '{name}' is not what the events give ({len(rows)} rows differ); `centaur rebuild` refills it."
    return Found("table_differs", None, words)


def _public_keys(path: Path, ground: Ground) -> dict[str, str]:
    """Return the public keys that this machine's keyring knows, by person; none is made."""
    keys: dict[str, str] = {}
    with Queries(path) as queries, queries.view() as view:
        people = [person.person for person in workspace.persons(view.connection) if person.public_key is not None]
    for person in people:
        signer = signer_for(person, ground.credentials)
        if signer is not None:
            keys[person] = base64.b64encode(signer.public_bytes).decode("ascii")
    return keys


def verification_view(found: Verified) -> RenderableType:
    """Return the findings, the first bad event first, and what cannot be known."""
    parts: list[RenderableType] = []
    if found.ok:
        parts.append(Text.assemble(("✓ ", "green"), f"{found.events:,} events are as they were written", _proof(found)))
    else:
        parts.append(Text(f"✗ {count(len(found.findings), 'finding')} in {found.events:,} events", "bold red"))
        for finding in found.findings[:_SHOWN]:
            place = f"event {finding.seq:,}" if finding.seq is not None else "store"
            parts.append(Padding(Text.assemble((f"{place}: ", "red"), finding.words), (0, 0, 0, 2)))
        if len(found.findings) > _SHOWN:
            parts.append(Text(f"  and {len(found.findings) - _SHOWN:,} more: --json has them all.", "dim"))
    if found.tables == 0:
        parts.append(Text.assemble(("✓ ", "green"), "every table is what the events give"))
    if found.cannot_know:
        parts.append(Text("What this cannot know", "bold yellow"))
        parts += [Padding(Text(f"· {words}"), (0, 0, 0, 2)) for words in found.cannot_know]
    parts += [Text(note, "dim") for note in found.notes]
    return Group(*parts)


def _proof(found: Verified) -> str:
    if found.anchored_to:
        return f"; the keyring's key proves it up to event {found.anchored_to:,}."
    return ", as far as that can be known without a key."
