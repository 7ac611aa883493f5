"""A copy of the anchors' key in a file, wrapped by a passphrase, for the day when the keyring is lost.

The passphrase is stretched with scrypt (RFC 7914; N = 2^16, r = 8, p = 1: 64 MB and a fraction of a
second), the
key is sealed with ChaCha20-Poly1305 (RFC 8439); the plain members of the file are sealed in as associated
data.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.anchors import AnchorKey
from storage.errors import BadInput, CredentialError, Refused

_FORMAT = 1
_N, _R, _P = 2**16, 8, 1
_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """What a key file holds: the id of the store, and the key of its anchors."""

    store: str
    key: AnchorKey


def export_key(target: Path, store: str, key: AnchorKey, passphrase: str) -> None:
    """Write the key to a new file that only the owner can read.

    Raises BadInput for a passphrase of fewer than 8 characters, Refused if the file exists or cannot be
    written.
    """
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    if len(passphrase) < _SHORTEST:
        raise BadInput(f"The passphrase has fewer than {_SHORTEST} characters.", hint="Take a longer one.")
    salt, nonce = os.urandom(16), os.urandom(12)
    plain = {
        "format": _FORMAT,
        "store": store,
        "key_id": key.key_id,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
    }
    sealed = ChaCha20Poly1305(_stretch(passphrase, salt)).encrypt(nonce, key.secret, _associated(plain))
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(
            f"The key file {target} cannot be made: {error.strerror}.", hint="Choose another name."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(plain | {"sealed": sealed.hex()}, file, indent=1)


def import_key(source: Path, passphrase: str) -> WrappedKey:
    """Read a key file.

    Raises BadInput if it is none, CredentialError if the passphrase is not the one (or the file was changed).
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        record = json.loads(source.read_text("utf-8"))
        plain = {name: record[name] for name in ("format", "store", "key_id", "salt", "nonce")}
        salt, nonce, sealed = (bytes.fromhex(record[name]) for name in ("salt", "nonce", "sealed"))
        if record["format"] != _FORMAT:
            raise ValueError(f"format {record['format']}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{source} is not a key file ({error}).", hint="Name the file that the backup wrote.") from error
    try:
        secret = ChaCha20Poly1305(_stretch(passphrase, salt)).decrypt(nonce, sealed, _associated(plain))
    except InvalidTag:
        raise CredentialError(
            f"The passphrase does not open {source} (or the file was changed).", hint="Try again."
        ) from None
    return WrappedKey(str(plain["store"]), AnchorKey(secret))


def _stretch(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=_N, r=_R, p=_P).derive(passphrase.encode())


def _associated(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, sort_keys=True).encode()
