"""What a keyring is to us: a protocol, what can be said of its state, and the one that is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from storage.errors import CredentialError


class KeyringUnavailable(CredentialError):
    """There is no keyring that may be used, so only the environment and this session are left."""


@dataclass(frozen=True, slots=True)
class KeyringStatus:
    """What can be said of the keyring without asking anybody to unlock it.

    Attributes:
        backend: the keyring's name, as its users know it; empty when there is none.
        usable: there is one, and it encrypts what it keeps.
        locked: it is known to be locked; using it may ask a person for a password.
        why: one sentence that says why it is not usable or what to expect; empty when all is well.
    """

    backend: str
    usable: bool
    locked: bool
    why: str

    @property
    def warning(self) -> str | None:
        """The plain words for a banner, or None when secrets are kept safely."""
        if not self.usable:
            return f"{self.why} Secrets that you enter are forgotten when Centaur ends."
        return self.why or None


class Keyring(Protocol):
    """Keeps named texts, encrypted by the operating system.

    Every method but `status` raises KeyringUnavailable when there is no usable keyring, and CredentialError
    when it is locked, refuses, or does not answer in time.
    """

    def read(self, name: str) -> str | None:
        """The text kept under `name`, or None."""

    def write(self, name: str, text: str) -> None:
        """Keep `text` under `name`, in place of what was there."""

    def remove(self, name: str) -> bool:
        """Forget `name`; False when it was not there."""

    def status(self) -> KeyringStatus:
        """Say what can be said without a prompt; never raises."""


@dataclass(frozen=True, slots=True)
class NoKeyring:
    """A keyring that is not there, for a session without one and for tests."""

    why: str = "No keyring is used in this session."

    def read(self, name: str) -> str | None:
        """Raise KeyringUnavailable."""
        raise self._unavailable()

    def write(self, name: str, text: str) -> None:
        """Raise KeyringUnavailable."""
        raise self._unavailable()

    def remove(self, name: str) -> bool:
        """Raise KeyringUnavailable."""
        raise self._unavailable()

    def status(self) -> KeyringStatus:
        """Say that there is none."""
        return KeyringStatus(backend="", usable=False, locked=False, why=self.why)

    def _unavailable(self) -> KeyringUnavailable:
        return KeyringUnavailable(self.why, hint=NO_KEYRING_HINT)


NO_KEYRING_HINT = (
    "Log in to a desktop session with a keyring, or give the secret in an environment variable (CENTAUR_SECRET_…)."
)
