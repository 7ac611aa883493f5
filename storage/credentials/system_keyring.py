"""The keyring of the operating system: reached through an allow-list, given up when it does not answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from storage.credentials.backends import Choice, choose, secret_service_lock
from storage.credentials.keyrings import NO_KEYRING_HINT, KeyringStatus, KeyringUnavailable
from storage.credentials.waiting import OneAtATime
from storage.errors import CredentialError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "centaur-console"
"""The name under which the keyring lists what is ours."""

UNLOCK_HINT = "Unlock it (log in to the desktop, or open the keyring's own application), and try again."


class SystemKeyring:
    """The operating system's keyring; `timeout_s` seconds leave time to type a password at its prompt."""

    def __init__(self, *, timeout_s: float = 30.0, status_timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        self._status_timeout_s = status_timeout_s
        self._calls = OneAtATime()
        self._chosen: Choice | None = None

    def read(self, name: str) -> str | None:
        """The text kept under `name`, or None."""
        return self._ask("read from", lambda backend: backend.get_password(SERVICE, name))

    def write(self, name: str, text: str) -> None:
        """Keep `text` under `name`; reading it back is the caller's affair."""
        self._ask("write to", lambda backend: backend.set_password(SERVICE, name, text))

    def remove(self, name: str) -> bool:
        """Forget `name`; False when it was not there."""

        def forget(backend: KeyringBackend) -> bool:
            # Backends tell "was not there" from "refused" only by the text of an error, so look first.
            if backend.get_password(SERVICE, name) is None:
                return False
            backend.delete_password(SERVICE, name)
            return True

        return self._ask("delete from", forget)

    def status(self) -> KeyringStatus:
        """Say which keyring it is and whether it is locked, without asking anybody to unlock it."""
        try:
            return self._calls.call(self._look, self._status_timeout_s)
        except CredentialError as error:
            return KeyringStatus(backend=self._name(), usable=False, locked=False, why=error.message)
        except Exception as error:  # noqa: BLE001 - a foreign backend; what it raised becomes the status
            return KeyringStatus(backend=self._name(), usable=False, locked=False, why=_foreign(error))

    def _look(self) -> KeyringStatus:
        choice = self._choose()
        if choice.backend is None:
            return KeyringStatus(backend="", usable=False, locked=False, why=choice.why)
        lock = secret_service_lock(choice.backend)
        return KeyringStatus(backend=choice.name, usable=True, locked=lock.locked, why=lock.why)

    def _choose(self) -> Choice:
        """The accepted backend; looked for again while there is none, since a keyring may start late."""
        if self._chosen is None or self._chosen.backend is None:
            self._chosen = choose()
        return self._chosen

    def _ask(self, doing: str, work: Callable[[KeyringBackend], T]) -> T:
        def ask() -> T:
            choice = self._choose()
            if choice.backend is None:
                raise KeyringUnavailable(choice.why, hint=NO_KEYRING_HINT)
            return work(choice.backend)

        try:
            return self._calls.call(ask, self._timeout_s)
        except CredentialError:
            raise
        except Exception as error:  # noqa: BLE001 - a backend raises anything; it is told without its own text
            if _means_locked(error):
                raise CredentialError(f"The keyring ({self._name()}) is locked.", hint=UNLOCK_HINT) from None
            raise CredentialError(
                f"Centaur could not {doing} the keyring ({self._name()}): {_foreign(error)}",
                hint="Check it with the keyring's own application, and try again.",
            ) from None  # nor in a traceback: a backend's own text could quote the secret

    def _name(self) -> str:
        return self._chosen.name if self._chosen else ""


def _means_locked(error: Exception) -> bool:
    """Tell a locked keyring by the kinds of errors that the backends have for it; they share no base."""
    return type(error).__name__ in {"KeyringLocked", "LockedException", "PromptDismissedException"} or (
        # The default keyring could not be opened because its prompt was closed.
        type(error).__name__ == "InitError" and "dismissed" in str(error).lower()
    )


def _foreign(error: Exception) -> str:
    """The kind of a backend's error only: its text could quote the secret it was given."""
    return f"it reported {type(error).__name__}."
