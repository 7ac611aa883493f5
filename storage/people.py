"""A person's signing key: decisions and publications are signed with it, and anybody can check them.

Ed25519 (RFC 8032). The private key lives in the keyring under the person's id and nowhere else, so without
a keyring there is none: what the person decides is then unsigned, and said to be. The ledger builds the
message; here bytes are signed and checked.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.credentials import Credentials
from storage.errors import CredentialError

KEY_BYTES = 32
SIGNATURE_BYTES = 64


class SignatureState(StrEnum):
    """Whether a decision is signed and, where it is not, why."""

    SIGNED = "signed"
    NO_KEY = "no key"  # the keyring is there, and holds no key of this person
    NO_KEYRING = "no keyring"  # nothing can be signed on this machine


class SignatureCheck(StrEnum):
    """What checking a signature found."""

    VALID = "valid"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown key"  # there is a signature, and no public key to check it with


class Signed(NamedTuple):
    """The outcome of asking a person's key to sign: 64 bytes, or None with the reason in `state`."""

    signature: bytes | None
    state: SignatureState


class Signer(Protocol):
    """Something that signs for one person."""

    @property
    def public_bytes(self) -> bytes:
        """The public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """The signature of `message`, 64 bytes."""


class PersonKey:
    """A person's key pair; it never shows its private half."""

    __slots__ = ("_private",)

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def create(cls) -> PersonKey:
        """A new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_private_bytes(cls, private: bytes) -> PersonKey:
        """The key with these 32 private bytes. Raises CredentialError when they are not 32."""
        if len(private) != KEY_BYTES:
            raise CredentialError(
                f"The keyring holds {len(private)} bytes where a signing key of {KEY_BYTES} is expected.",
                hint="Restore it from a backup of the keyring, or give the person a new key.",
            )
        return cls(Ed25519PrivateKey.from_private_bytes(private))

    @property
    def public_bytes(self) -> bytes:
        """The public key, 32 bytes: it is kept with the person, in the store."""
        return self._private.public_key().public_bytes_raw()

    def private_bytes(self) -> bytes:
        """The private key, 32 bytes, for the keyring only."""
        return self._private.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature of `message`, 64 bytes; the same message always gives the same one."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"PersonKey(public={self.public_bytes.hex()})"


def check_signature(public: bytes | None, message: bytes, signature: bytes | None) -> SignatureCheck:
    """Check a signature against a person's public key; anything malformed is invalid, never an error."""
    if signature is None:
        return SignatureCheck.UNSIGNED
    if public is None:
        return SignatureCheck.UNKNOWN_KEY
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return SignatureCheck.INVALID
    return SignatureCheck.VALID


def signer_for(person_id: str, credentials: Credentials) -> Signer | None:
    """The person's key from the keyring; None when it has none or there is no keyring.

    Never makes one: a person's new key is an event, see `create_signer`. Raises CredentialError when the
    keyring is locked, since the key may be in it.
    """
    private = credentials.get_key(_name(person_id))
    return None if private is None else PersonKey.from_private_bytes(private)


def create_signer(person_id: str, credentials: Credentials) -> Signer | None:
    """The person's key, made and kept in the keyring when there is none yet; None without a keyring."""
    private = credentials.get_key(_name(person_id), lambda: PersonKey.create().private_bytes())
    return None if private is None else PersonKey.from_private_bytes(private)


def sign_as(person_id: str, message: bytes, credentials: Credentials) -> Signed:
    """Sign `message` with the person's key, or say why it stays unsigned.

    Raises CredentialError when the keyring is locked or does not answer: the person can unlock it and decide.
    """
    signer = signer_for(person_id, credentials)
    if signer is not None:
        return Signed(signer.sign(message), SignatureState.SIGNED)
    usable = credentials.status().usable
    return Signed(None, SignatureState.NO_KEY if usable else SignatureState.NO_KEYRING)


def _name(person_id: str) -> str:
    return f"person:{person_id}"
