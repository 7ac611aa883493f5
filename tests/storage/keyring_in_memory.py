"""Keyrings for tests that are not about the operating system's: one that works, and ones that do not."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.credentials import KeyringStatus
from storage.errors import CredentialError


@dataclass
class KeyringInMemory:
    """Keeps texts as a keyring would; `reads` counts how often it was asked."""

    kept: dict[str, str] = field(default_factory=dict)
    reads: int = 0

    def read(self, name: str) -> str | None:
        self.reads += 1
        return self.kept.get(name)

    def write(self, name: str, text: str) -> None:
        self.kept[name] = text

    def remove(self, name: str) -> bool:
        return self.kept.pop(name, None) is not None

    def status(self) -> KeyringStatus:
        return KeyringStatus(backend="memory", usable=True, locked=False, why="")


@dataclass
class ForgetfulKeyring(KeyringInMemory):
    """Cuts what it is given, as some keyrings do with long texts."""

    def write(self, name: str, text: str) -> None:
        self.kept[name] = text[:4]


@dataclass
class LockedKeyring(KeyringInMemory):
    """Refuses everything until somebody unlocks it."""

    def read(self, name: str) -> str | None:
        raise CredentialError("The keyring is locked.", hint="Unlock it.")

    def write(self, name: str, text: str) -> None:
        raise CredentialError("The keyring is locked.", hint="Unlock it.")

    def remove(self, name: str) -> bool:
        raise CredentialError("The keyring is locked.", hint="Unlock it.")
