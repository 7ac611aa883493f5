"""Which of the keyring library's backends may hold a secret: only those that encrypt, by name.

Left alone, the library takes whatever installed backend has the highest priority, a plaintext file included
(keyrings.alt). So nothing outside this list is even imported.
"""

from __future__ import annotations

import importlib
import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

ACCEPTED = {
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
"""Class of the keyring library -> the name its users know it by."""

CHAINER = "keyring.backends.chainer.ChainerBackend"


@dataclass(frozen=True, slots=True)
class Choice:
    """The backend to use, or the reason why there is none."""

    backend: KeyringBackend | None
    name: str
    why: str


class Lock(NamedTuple):
    """Whether a keyring is locked, and what to say about it."""

    locked: bool
    why: str


def choose() -> Choice:
    """The backend that the user's settings name, or else the best one present; never one outside the list."""
    configured = _configured()
    # The library's chainer asks every installed backend; of those, only the accepted ones are asked here.
    if configured is None or configured == CHAINER:
        return _best_of(list(ACCEPTED))
    if configured in ACCEPTED:
        return _best_of([configured])
    return Choice(None, "", f"The keyring that is set, {configured}, does not keep secrets encrypted: not used.")


def _configured() -> str | None:
    """The backend named by PYTHON_KEYRING_BACKEND or the library's own settings file, without loading it."""
    named = os.environ.get("PYTHON_KEYRING_BACKEND")
    if named:
        return named
    from configparser import Error, RawConfigParser

    from keyring.util import platform_

    settings = RawConfigParser()
    try:
        settings.read(platform_.config_root() / "keyringrc.cfg", encoding="utf-8")
    except (Error, UnicodeDecodeError):
        return None
    return settings.get("backend", "default-keyring", fallback="").strip() or None


def _best_of(names: list[str]) -> Choice:
    found: list[tuple[float, str, KeyringBackend]] = []
    reasons: list[str] = []
    for name in names:
        module, _, kind = name.rpartition(".")
        try:
            backend_class: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
            # Reading the priority is how this library says whether a backend works here.
            found.append((float(backend_class.priority), name, backend_class()))
        except Exception as error:  # noqa: BLE001 - a foreign backend; its reason is kept and shown
            reasons.append(f"{ACCEPTED[name]}: {error}")
    if not found:
        return Choice(None, "", _none_present(reasons))
    _, name, backend = max(found, key=lambda entry: entry[0])
    return Choice(backend, ACCEPTED[name], "")


def _none_present(reasons: list[str]) -> str:
    session = [reason for reason in reasons if reason.startswith("Secret Service")]
    if session and "DBUS_SESSION_BUS_ADDRESS" in session[0]:
        return "There is no D-Bus session, so no keyring can be reached."
    detail = (session or reasons)[0].rstrip(".")
    return f"No keyring that encrypts is available ({detail})."


def secret_service_lock(backend: KeyringBackend) -> Lock:
    """Whether the Secret Service's default keyring is locked, without a prompt; others cannot tell."""
    kind = type(backend)
    if f"{kind.__module__}.{kind.__qualname__}" != "keyring.backends.SecretService.Keyring":
        return Lock(False, "")
    import secretstorage
    from secretstorage.exceptions import ItemNotFoundException

    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = secretstorage.collection.get_collection_by_alias(bus, "default")
            locked = collection.is_locked()
        except ItemNotFoundException:
            return Lock(False, "It has no default keyring yet; saving a secret will ask you to make one.")
    return Lock(locked, "The keyring is locked: using it will ask for its password." if locked else "")
