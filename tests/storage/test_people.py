from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.credentials import Credentials, NoKeyring
from storage.errors import CredentialError
from storage.people import (
    PersonKey,
    SignatureCheck,
    SignatureState,
    check_signature,
    create_signer,
    sign_as,
    signer_for,
)
from tests.storage.keyring_in_memory import KeyringInMemory, LockedKeyring


def test_the_first_vector_of_rfc_8032() -> None:
    key = PersonKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    assert key.public_bytes.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


@given(message=st.binary(max_size=200), at=st.integers(0, 63), flip=st.integers(1, 255))
def test_only_the_exact_message_signature_and_key_are_valid(message: bytes, at: int, flip: int) -> None:
    key, other = PersonKey.create(), PersonKey.create()
    signature = key.sign(message)
    changed = bytes([*signature[:at], signature[at] ^ flip, *signature[at + 1 :]])
    assert check_signature(key.public_bytes, message, signature) is SignatureCheck.VALID
    assert check_signature(key.public_bytes, message + b"\0", signature) is SignatureCheck.INVALID
    assert check_signature(key.public_bytes, message, changed) is SignatureCheck.INVALID
    assert check_signature(other.public_bytes, message, signature) is SignatureCheck.INVALID


def test_what_cannot_be_checked_is_told_apart_from_what_is_wrong() -> None:
    key = PersonKey.create()
    assert check_signature(key.public_bytes, b"m", None) is SignatureCheck.UNSIGNED
    assert check_signature(None, b"m", key.sign(b"m")) is SignatureCheck.UNKNOWN_KEY
    assert check_signature(b"short", b"m", key.sign(b"m")) is SignatureCheck.INVALID
    assert check_signature(key.public_bytes, b"m", b"short") is SignatureCheck.INVALID


def test_a_person_keeps_one_key_and_another_person_has_another() -> None:
    credentials = Credentials(KeyringInMemory(), {})
    made = create_signer("ana", credentials)
    again = create_signer("ana", credentials)
    found = signer_for("ana", credentials)
    other = create_signer("ben", credentials)
    assert made
    assert again
    assert found
    assert other
    assert made.public_bytes == again.public_bytes == found.public_bytes != other.public_bytes


def test_looking_for_a_key_never_makes_one() -> None:
    keyring = KeyringInMemory()
    assert signer_for("ana", Credentials(keyring, {})) is None
    assert keyring.kept == {}


def test_an_unsigned_decision_says_why() -> None:
    with_keyring = Credentials(KeyringInMemory(), {})
    assert sign_as("ana", b"m", with_keyring) == (None, SignatureState.NO_KEY)
    assert sign_as("ana", b"m", Credentials(NoKeyring(), {})) == (None, SignatureState.NO_KEYRING)
    assert create_signer("ana", Credentials(NoKeyring(), {})) is None
    signer = create_signer("ana", with_keyring)
    signature, state = sign_as("ana", b"m", with_keyring)
    assert signer
    assert state is SignatureState.SIGNED
    assert check_signature(signer.public_bytes, b"m", signature) is SignatureCheck.VALID


def test_a_locked_keyring_is_for_the_person_to_unlock() -> None:
    with pytest.raises(CredentialError, match="locked"):
        sign_as("ana", b"m", Credentials(LockedKeyring(), {}))


def test_bytes_that_are_no_key_are_an_error_and_the_private_half_is_never_shown() -> None:
    with pytest.raises(CredentialError, match="3 bytes"):
        PersonKey.from_private_bytes(b"abc")
    key = PersonKey.create()
    assert key.private_bytes().hex() not in repr(key)
    assert key.public_bytes.hex() in repr(key)
