"""Every secret by name, from the first of three places that has it, and said which."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from storage.credentials.environment import variable_for
from storage.credentials.keyrings import Keyring, KeyringStatus, KeyringUnavailable
from storage.credentials.secret import Secret
from storage.credentials.system_keyring import SystemKeyring
from storage.errors import BadInput, CredentialError

LONGEST = 1280
"""Characters: what the Windows Credential Manager holds; refused everywhere, so that a workspace can move."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,119}")
_KEY_PREFIX = "key:"


class Origin(StrEnum):
    """Where a secret was found."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    SESSION = "session"
    MISSING = "missing"


class Found(NamedTuple):
    """A secret and its origin; `variable` names the environment variable where it is one."""

    value: Secret | None
    origin: Origin
    variable: str | None = None


class Credentials:
    """Secrets by name: environment variable (read-only), then keyring, then this session only.

    Made once and passed down. Calls may take as long as the keyring's timeout, so an event loop makes them in
    a thread; they may come from any thread.
    """

    def __init__(self, keyring: Keyring | None = None, environment: Mapping[str, str] | None = None) -> None:
        self._keyring: Keyring = SystemKeyring() if keyring is None else keyring
        self._environment = os.environ if environment is None else environment
        self._session: dict[str, Secret] = {}

    def get(self, name: str, known_as: Sequence[str] = ()) -> Found:
        """Look for the secret `name`; `known_as` are well-known variables for it, such as OPENAI_API_KEY.

        Raises CredentialError when the keyring is there but locked, refuses or does not answer.
        """
        _check_name(name)
        variable = self._variable(name, known_as)
        if variable:
            return Found(Secret(self._environment[variable]), Origin.ENVIRONMENT, variable)
        held = self._session.get(name)
        try:
            text = self._keyring.read(name)
        except KeyringUnavailable:
            text = None
        except CredentialError:
            if held is None:
                raise
            text = None
        if text is not None:
            return Found(Secret(text), Origin.KEYRING)
        return Found(held, Origin.SESSION) if held is not None else Found(None, Origin.MISSING)

    def where(self, name: str, known_as: Sequence[str] = ()) -> Origin:
        """Where `get` finds the secret, for showing."""
        return self.get(name, known_as).origin

    def set(
        self, name: str, secret: Secret | str, known_as: Sequence[str] = (), *, session_only: bool = False
    ) -> Origin:
        """Keep a secret in the keyring, or for this session when there is no keyring; say which.

        Raises CredentialError when the environment sets it, when the keyring is locked or refuses, and when
        what the keyring gives back is not what was saved. BadInput when it is empty or too long.
        """
        text = secret.reveal() if isinstance(secret, Secret) else secret
        _check_name(name)
        _check_text(name, text)
        self._refuse_if_in_environment(name, known_as)
        if not session_only:
            try:
                self._save(name, text)
            except KeyringUnavailable:
                pass  # the origin that is returned says so
            else:
                self._session.pop(name, None)
                return Origin.KEYRING
        self._session[name] = Secret(text)
        return Origin.SESSION

    def delete(self, name: str, known_as: Sequence[str] = ()) -> bool:
        """Forget a secret in keyring and session; False when it was in neither.

        Raises CredentialError when the environment sets it: that is for the user to change.
        """
        _check_name(name)
        self._refuse_if_in_environment(name, known_as)
        held = self._session.pop(name, None) is not None
        try:
            return self._keyring.remove(name) or held
        except KeyringUnavailable:
            return held

    def session_names(self) -> tuple[str, ...]:
        """Return the names of the secrets that this session alone holds."""
        return tuple(sorted(self._session))

    def status(self) -> KeyringStatus:
        """What can be said of the keyring without a prompt; never raises."""
        return self._keyring.status()

    def get_key(self, name: str, create: Callable[[], bytes] | None = None) -> bytes | None:
        """A binary key that lives in the keyring alone; made by `create` and saved when it is not there yet.

        None when no keyring is usable, or when there is no such key and no `create`: there is never a
        temporary key. A locked or silent keyring raises CredentialError, since the key may well be in it.
        """
        _check_name(name)
        try:
            text = self._keyring.read(_KEY_PREFIX + name)
            if text is not None:
                return _decoded(name, text)
            if create is None:
                return None
            key = create()
            self._save(_KEY_PREFIX + name, base64.b64encode(key).decode("ascii"))
        except KeyringUnavailable:
            return None
        return key

    def delete_key(self, name: str) -> bool:
        """Forget a binary key; False when it was not there or no keyring is usable."""
        _check_name(name)
        try:
            return self._keyring.remove(_KEY_PREFIX + name)
        except KeyringUnavailable:
            return False

    def _save(self, name: str, text: str) -> None:
        self._keyring.write(name, text)
        back = self._keyring.read(name)
        if back is None or Secret(back) != Secret(text):
            raise CredentialError(
                f"The keyring did not give back what was saved as {name!r}.",
                hint="Do not rely on it: check the keyring, and save again.",
            )

    def _variable(self, name: str, known_as: Sequence[str]) -> str | None:
        """The first variable of the environment that sets this secret."""
        return next((known for known in (variable_for(name), *known_as) if self._environment.get(known)), None)

    def _refuse_if_in_environment(self, name: str, known_as: Sequence[str]) -> None:
        variable = self._variable(name, known_as)
        if variable:
            raise CredentialError(
                f"The secret {name!r} is set by the environment variable {variable}.",
                hint=f"It cannot be changed here: change or remove {variable} where Centaur is started.",
            )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} cannot name a secret.",
            hint="Use letters, digits and . _ : @ - (at most 120), beginning with a letter or a digit.",
        )


def _check_text(name: str, text: str) -> None:
    if not text or len(text) > LONGEST or "\0" in text:
        raise BadInput(
            f"The secret {name!r} is empty, longer than {LONGEST} characters, or holds a zero character.",
            hint="Check that the whole secret, and nothing else, was pasted.",
        )


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        # Never replaced: what was signed or anchored with the real key could no longer be checked.
        raise CredentialError(
            f"The keyring holds something under {name!r} that is not a key.",
            hint="Restore it from a backup of the keyring; deleting it makes a new key.",
        ) from None
