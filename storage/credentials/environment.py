"""Secrets in environment variables, and the environment that child processes get instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

PREFIX = "CENTAUR_SECRET_"

_PASSED_ON = frozenset(
    {
        "HOME",
        "LANG",
        "LANGUAGE",
        "LOGNAME",
        "PATH",
        "SHELL",
        "TERM",
        "TMPDIR",
        "TZ",
        "USER",
        # Where an operating system's certificates are; not a secret, and TLS fails without.
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        # Not XDG_RUNTIME_DIR and not DBUS_SESSION_BUS_ADDRESS: they lead to the unlocked keyring.
        "XDG_CACHE_HOME",
        "XDG_CONFIG_DIRS",
        "XDG_CONFIG_HOME",
        "XDG_DATA_DIRS",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        # Windows programs do not start without these.
        "APPDATA",
        "COMSPEC",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "PATHEXT",
        "PROGRAMDATA",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "USERNAME",
        "USERPROFILE",
        "WINDIR",
    }
)


def variable_for(name: str) -> str:
    """The environment variable that sets the secret `name`: `erp.token` is `CENTAUR_SECRET_ERP_TOKEN`."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def clean_environment(source: Mapping[str, str]) -> dict[str, str]:
    """The few variables that a tool's child process may inherit: never a secret, nor a way to the keyring.

    A connector that must get a secret is handed that one by name, on top of these.
    """
    return {name: value for name, value in source.items() if _is_passed_on(name.upper())}


def _is_passed_on(name: str) -> bool:
    return name in _PASSED_ON or name.startswith("LC_")
