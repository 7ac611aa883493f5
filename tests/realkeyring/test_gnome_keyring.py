"""The real thing: a gnome-keyring in a private D-Bus session (run.sh starts both)."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
import secretstorage

from storage.credentials import Credentials, Origin, Secret, SystemKeyring
from storage.credentials.system_keyring import SERVICE
from storage.credentials.waiting import KeyringSilent
from storage.errors import CredentialError
from storage.people import SignatureCheck, SignatureState, check_signature, create_signer, sign_as
from tests.realkeyring.conftest import GnomeKeyring

pytestmark = pytest.mark.realkeyring

SECRET = "sk-påssword-€-1234567890"


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(SystemKeyring(timeout_s=5), {})


def kept(name: str) -> list[bytes]:
    """What the Secret Service itself holds under a name, without our code."""
    with closing(secretstorage.dbus_init()) as bus:
        items = secretstorage.search_items(bus, {"service": SERVICE, "username": name})
        return [item.get_secret() for item in items]


def test_a_secret_is_saved_replaced_found_and_deleted(credentials: Credentials) -> None:
    status = credentials.status()
    assert (status.backend, status.usable, status.locked, status.warning) == (
        "Secret Service",
        True,
        False,
        None,
    )
    assert credentials.where("erp") is Origin.MISSING
    assert credentials.set("erp", "first") is Origin.KEYRING
    assert credentials.set("erp", SECRET) is Origin.KEYRING
    assert kept("erp") == [SECRET.encode()]
    assert Credentials(SystemKeyring(), {}).get("erp") == (Secret(SECRET), Origin.KEYRING, None)
    assert credentials.delete("erp") is True
    assert kept("erp") == []
    assert credentials.delete("erp") is False


def test_another_process_finds_it_and_the_files_do_not_show_it(
    credentials: Credentials, gnome_keyring: GnomeKeyring
) -> None:
    credentials.set("shared", SECRET)
    code = "from storage.credentials import Credentials; print(Credentials().get('shared').origin)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "keyring"
    files = [path for path in gnome_keyring.files.iterdir() if path.is_file()]
    assert files
    assert not any(SECRET.encode() in path.read_bytes() for path in files)
    credentials.delete("shared")


def test_a_key_outlives_the_process_that_made_it(credentials: Credentials) -> None:
    key = credentials.get_key("anchor", lambda: bytes(range(32)))
    assert key == bytes(range(32))
    assert Credentials(SystemKeyring(), {}).get_key("anchor", lambda: b"another") == key
    assert credentials.delete_key("anchor") is True


def test_a_person_signs_with_the_key_kept_there(credentials: Credentials) -> None:
    signer = create_signer("ana", credentials)
    assert signer
    signature, state = sign_as("ana", b"approve 7", Credentials(SystemKeyring(), {}))
    assert state is SignatureState.SIGNED
    assert check_signature(signer.public_bytes, b"approve 7", signature) is SignatureCheck.VALID
    assert sign_as("ben", b"approve 7", credentials) == (None, SignatureState.NO_KEY)


# The keyring library leaves the connection of a locked keyring to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
def test_a_locked_keyring_says_so_at_once_and_nothing_is_lost(
    credentials: Credentials, gnome_keyring: GnomeKeyring
) -> None:
    credentials.set("erp", SECRET)
    key = credentials.get_key("anchor", lambda: bytes(32))
    gnome_keyring.lock()
    status = credentials.status()
    assert (status.usable, status.locked) == (True, True)
    assert "locked" in (status.warning or "")
    for ask in (
        lambda: credentials.get("erp"),
        lambda: credentials.set("erp", "other"),
        lambda: credentials.delete("erp"),
        lambda: credentials.get_key("anchor", lambda: b"never a second one"),
        lambda: sign_as("ana", b"m", credentials),
    ):
        with pytest.raises(CredentialError, match="locked"):
            ask()
    gnome_keyring.unlock()
    assert credentials.status().locked is False
    assert credentials.get("erp").value == Secret(SECRET)
    assert credentials.get_key("anchor") == key
    gc.collect()  # those connections are reported here and not in a later test


def test_a_keyring_that_hangs_is_given_up_and_used_again_when_it_answers(
    gnome_keyring: GnomeKeyring,
) -> None:
    credentials = Credentials(SystemKeyring(timeout_s=0.3, status_timeout_s=0.3), {})
    credentials.set("erp", SECRET)
    gnome_keyring.stop()
    with pytest.raises(KeyringSilent, match="did not answer"):
        credentials.get("erp")
    with pytest.raises(KeyringSilent, match="still busy"):
        credentials.get("erp")
    assert "still busy" in credentials.status().why
    assert sum(thread.name == "keyring" for thread in threading.enumerate()) == 1
    gnome_keyring.go_on()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)
    assert credentials.get("erp").value == Secret(SECRET)


def test_an_installed_plaintext_keyring_of_higher_priority_is_passed_over(
    credentials: Credentials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "plaintext"
    (tmp_path / "plain_keyring.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Plain(KeyringBackend):\n"
        "    priority = 100\n"
        "    def get_password(self, service, name): return None\n"
        f"    def set_password(self, service, name, text): open({str(written)!r}, 'a').write(text)\n"
        "    def delete_password(self, service, name): pass\n"
    )
    package = tmp_path / "plain_keyring-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-keyring\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[keyring.backends]\nplain = plain_keyring\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    # The keyring library by itself, and told to chain, does fall for it; we do not.
    for chosen, code in {
        "plain_keyring": "import keyring; keyring.get_keyring()",
        "credentials": "from storage.credentials import Credentials; Credentials().set('erp', 'one')",
    }.items():
        report = f"{code}; import sys; print('plain_keyring' in sys.modules)"
        shown = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
        assert shown.stdout.strip() == str(chosen == "plain_keyring")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.chainer.ChainerBackend")
    monkeypatch.syspath_prepend(tmp_path)
    assert credentials.set("erp", SECRET) is Origin.KEYRING
    assert kept("erp") == [SECRET.encode()]
    assert not written.exists()
    credentials.delete("erp")


def test_a_keyring_that_starts_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as session:
        session.delenv("DBUS_SESSION_BUS_ADDRESS")
        credentials = Credentials(SystemKeyring(), {})
        assert credentials.set("late", SECRET) is Origin.SESSION
    assert credentials.set("late", SECRET) is Origin.KEYRING
    credentials.delete("late")
