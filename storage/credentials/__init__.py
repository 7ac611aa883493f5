"""Where secrets come from: the environment, then the operating system's keyring, then this session only."""

from storage.credentials.credentials import Credentials, Found, Origin
from storage.credentials.environment import clean_environment, variable_for
from storage.credentials.keyrings import Keyring, KeyringStatus, KeyringUnavailable, NoKeyring
from storage.credentials.secret import Secret
from storage.credentials.system_keyring import SystemKeyring

__all__ = [
    "Credentials",
    "Found",
    "Keyring",
    "KeyringStatus",
    "KeyringUnavailable",
    "NoKeyring",
    "Origin",
    "Secret",
    "SystemKeyring",
    "clean_environment",
    "variable_for",
]
