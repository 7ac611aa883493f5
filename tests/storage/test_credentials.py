from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.credentials import Credentials, NoKeyring, Origin, Secret, SystemKeyring
from storage.credentials.backends import choose
from storage.credentials.credentials import LONGEST
from storage.credentials.environment import clean_environment, variable_for
from storage.credentials.waiting import KeyringSilent, OneAtATime
from storage.errors import BadInput, CredentialError
from tests.storage.keyring_in_memory import ForgetfulKeyring, KeyringInMemory, LockedKeyring

SECRET = "sk-very-secret-1234"


class TestSecret:
    @pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>40}".format, "%s".__mod__])
    def test_it_never_shows_itself(self, show: Callable[[Secret], str]) -> None:
        assert SECRET not in show(Secret(SECRET))

    def test_it_is_neither_pickled_nor_in_its_attributes(self) -> None:
        with pytest.raises(TypeError):
            pickle.dumps(Secret(SECRET))
        assert not hasattr(Secret(SECRET), "__dict__")

    def test_equal_texts_are_equal_secrets(self) -> None:
        assert Secret("ä") == Secret("ä") != Secret("a")


class TestOrder:
    def test_the_environment_comes_first_and_the_keyring_is_not_even_asked(self) -> None:
        keyring = KeyringInMemory({"erp.token": "from keyring"})
        found = Credentials(keyring, {"CENTAUR_SECRET_ERP_TOKEN": SECRET}).get("erp.token")
        assert found == (Secret(SECRET), Origin.ENVIRONMENT, "CENTAUR_SECRET_ERP_TOKEN")
        assert keyring.reads == 0

    def test_our_own_variable_comes_before_the_provider_s(self) -> None:
        environment = {"OPENAI_API_KEY": "provider's", "CENTAUR_SECRET_OPENAI": "ours"}
        credentials = Credentials(KeyringInMemory(), environment)
        assert credentials.get("openai", ["OPENAI_API_KEY"]).value == Secret("ours")
        del environment["CENTAUR_SECRET_OPENAI"]
        assert credentials.get("openai", ["OPENAI_API_KEY"]).variable == "OPENAI_API_KEY"

    def test_an_empty_variable_does_not_count(self) -> None:
        assert Credentials(KeyringInMemory(), {"CENTAUR_SECRET_A": ""}).where("a") is Origin.MISSING

    def test_then_the_keyring_then_this_session(self) -> None:
        keyring = KeyringInMemory()
        credentials = Credentials(keyring, {})
        assert credentials.set("a", SECRET, session_only=True) is Origin.SESSION
        assert (credentials.where("a"), keyring.kept) == (Origin.SESSION, {})
        assert credentials.set("a", SECRET) is Origin.KEYRING
        assert credentials.get("a") == (Secret(SECRET), Origin.KEYRING, None)
        assert credentials.delete("a") is True
        assert credentials.where("a") is Origin.MISSING
        assert credentials.delete("a") is False


class TestSaving:
    def test_without_a_keyring_a_secret_lasts_for_the_session_and_the_status_warns(self) -> None:
        credentials = Credentials(NoKeyring(), {})
        assert credentials.set("a", Secret(SECRET)) is Origin.SESSION
        assert credentials.get("a") == (Secret(SECRET), Origin.SESSION, None)
        assert "forgotten when Centaur ends" in (credentials.status().warning or "")
        assert Credentials(NoKeyring(), {}).where("a") is Origin.MISSING
        assert credentials.delete("a") is True

    @pytest.mark.parametrize(
        "change",
        [
            lambda credentials: credentials.set("openai", "new", ["OPENAI_API_KEY"]),
            lambda credentials: credentials.delete("openai", ["OPENAI_API_KEY"]),
        ],
    )
    def test_what_the_environment_sets_is_not_changed_here(self, change: Callable[[Credentials], object]) -> None:
        keyring = KeyringInMemory()
        with pytest.raises(CredentialError, match="OPENAI_API_KEY") as refused:
            change(Credentials(keyring, {"OPENAI_API_KEY": SECRET}))
        assert SECRET not in str(refused.value)
        assert keyring.kept == {}

    def test_a_keyring_that_gives_back_something_else_is_found_out(self) -> None:
        with pytest.raises(CredentialError, match="did not give back") as refused:
            Credentials(ForgetfulKeyring(), {}).set("a", SECRET)
        assert SECRET not in str(refused.value)

    def test_a_locked_keyring_is_an_error_but_the_session_still_works(self) -> None:
        credentials = Credentials(LockedKeyring(), {})
        for ask in (lambda: credentials.get("a"), lambda: credentials.set("a", SECRET)):
            with pytest.raises(CredentialError, match="locked"):
                ask()
        credentials.set("a", SECRET, session_only=True)
        assert credentials.where("a") is Origin.SESSION

    @pytest.mark.parametrize("name", ["", "a b", "../a", "ä", "-a", "a" * 121])
    def test_odd_names_are_refused(self, name: str) -> None:
        with pytest.raises(BadInput):
            Credentials(KeyringInMemory(), {}).get(name)

    @pytest.mark.parametrize("text", ["", "a\0b", "x" * (LONGEST + 1)])
    def test_a_secret_that_not_every_keyring_can_keep_is_refused(self, text: str) -> None:
        with pytest.raises(BadInput, match="longer than"):
            Credentials(KeyringInMemory(), {}).set("a", text)

    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=99))
    def test_what_is_saved_is_what_is_found(self, text: str) -> None:
        credentials = Credentials(KeyringInMemory(), {})
        credentials.set("a", text)
        assert credentials.get("a").value == Secret(text)


class TestKeys:
    def test_a_key_is_made_once(self) -> None:
        credentials = Credentials(KeyringInMemory(), {})
        first = credentials.get_key("anchor", lambda: b"\x00\xff" * 16)
        assert first == b"\x00\xff" * 16
        assert credentials.get_key("anchor", lambda: b"another") == first == credentials.get_key("anchor")
        assert credentials.delete_key("anchor") is True
        assert credentials.get_key("anchor") is None

    def test_without_a_keyring_there_is_no_key_and_none_is_made(self) -> None:
        made: list[int] = []
        key = Credentials(NoKeyring(), {}).get_key("anchor", lambda: bytes(made))
        assert key is None
        assert Credentials(NoKeyring(), {}).delete_key("anchor") is False

    def test_a_locked_keyring_may_hold_it_so_that_is_an_error(self) -> None:
        with pytest.raises(CredentialError, match="locked"):
            Credentials(LockedKeyring(), {}).get_key("anchor", lambda: b"new")

    def test_something_that_is_no_key_is_never_replaced(self) -> None:
        keyring = KeyringInMemory({"key:anchor": "not base64!"})
        with pytest.raises(CredentialError, match="not a key"):
            Credentials(keyring, {}).get_key("anchor", lambda: b"new")
        assert keyring.kept == {"key:anchor": "not base64!"}

    def test_the_environment_and_named_secrets_are_no_keys(self) -> None:
        credentials = Credentials(KeyringInMemory({"anchor": "QUJD"}), {"CENTAUR_SECRET_ANCHOR": "QUJD"})
        assert credentials.get_key("anchor") is None


class TestBackends:
    @pytest.mark.parametrize(
        "backend",
        [
            "keyrings.alt.file.PlaintextKeyring",
            "keyring.backends.null.Keyring",
            "keyring.backends.fail.Keyring",
            "a_module_that_must_not_be_imported.Keyring",
        ],
    )
    def test_a_backend_that_does_not_encrypt_is_refused_by_name(
        self, backend: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
        credentials = Credentials(SystemKeyring(), {})
        status = credentials.status()
        assert (status.usable, status.backend) == (False, "")
        assert backend in status.why
        assert credentials.set("a", SECRET) is Origin.SESSION

    def test_the_library_s_settings_file_is_held_to_the_same_list(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        from keyring.util import platform_

        settings = platform_.config_root() / "keyringrc.cfg"
        assert home in settings.parents
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("[backend]\ndefault-keyring=keyrings.alt.file.PlaintextKeyring\n")
        assert "keyrings.alt.file.PlaintextKeyring" in choose().why
        settings.write_text("not an ini file")
        assert "D-Bus" in choose().why

    @pytest.mark.parametrize("named", ["", "keyring.backends.chainer.ChainerBackend"])
    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a keyring needs no D-Bus")
    def test_no_d_bus_is_said_in_plain_words(self, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
        status = SystemKeyring().status()
        assert (status.usable, status.why) == (
            False,
            "There is no D-Bus session, so no keyring can be reached.",
        )

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a keyring needs no D-Bus")
    def test_a_d_bus_address_that_leads_nowhere_is_no_keyring(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/nothing-here")
        credentials = Credentials(SystemKeyring(), {})
        assert "No keyring" in credentials.status().why
        assert credentials.get_key("anchor", lambda: b"new") is None

    def test_the_library_is_imported_only_when_it_is_needed(self) -> None:
        code = "import sys, storage.credentials, storage.people; print('keyring' in sys.modules)"
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert shown.stdout.strip() == "False"


class TestWaiting:
    def test_a_call_that_hangs_is_given_up_and_the_next_refused_at_once(self) -> None:
        calls, prompt, ran = OneAtATime(), threading.Event(), threading.Event()
        with pytest.raises(KeyringSilent, match=r"0\.05 seconds"):
            calls.call(prompt.wait, 0.05)
        with pytest.raises(KeyringSilent, match="still busy"):
            calls.call(ran.set, 3600)
        assert not ran.is_set()
        prompt.set()
        for thread in threading.enumerate():
            if thread.name == "keyring":
                thread.join(5)
        assert calls.call(lambda: "answered", 5) == "answered"

    def test_what_the_call_raises_reaches_the_caller_even_a_time_out(self) -> None:
        def fails() -> None:
            raise TimeoutError("the bus timed out")

        with pytest.raises(TimeoutError, match="the bus"):
            OneAtATime().call(fails, 5)

    def test_callers_in_many_threads_are_all_answered(self) -> None:
        calls = OneAtATime()
        answers: list[int] = []
        threads = [threading.Thread(target=lambda i=i: answers.append(calls.call(lambda: i, 30))) for i in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == list(range(20))

    def test_a_hanging_call_does_not_keep_the_process_from_ending(self) -> None:
        code = (
            "import threading\n"
            "from storage.credentials.waiting import KeyringSilent, OneAtATime\n"
            "try: OneAtATime().call(threading.Event().wait, 0.01)\n"
            "except KeyringSilent: print('given up')\n"
        )
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
        assert (ended.stdout, ended.stderr) == ("given up\n", "")


class TestCleanEnvironment:
    @given(st.sampled_from(["API_KEY", "TOKEN", "x", "erp.token"]))
    def test_a_secret_s_own_variable_is_never_passed_on(self, name: str) -> None:
        assert clean_environment({variable_for(name): SECRET, "PATH": "/bin"}) == {"PATH": "/bin"}

    def test_a_child_sees_its_path_and_language_and_no_secret_nor_the_keyring(self) -> None:
        source = {
            "PATH": "/usr/bin",
            "LC_ALL": "C.UTF-8",
            "OPENAI_API_KEY": SECRET,
            "HTTPS_PROXY": f"http://user:{SECRET}@proxy",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus",
            "XDG_RUNTIME_DIR": "/run",
            "PYTHON_KEYRING_BACKEND": "x.Y",
        }
        code = "import os; print(sorted(os.environ.items()))"
        shown = subprocess.run(
            [sys.executable, "-c", code],
            env=clean_environment(source),
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stdout.strip() == "[('LC_ALL', 'C.UTF-8'), ('PATH', '/usr/bin')]"
