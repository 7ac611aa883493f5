"""Handles on the gnome-keyring of the private session: lock it, unlock it, stop it, look into its files."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import secretstorage
from jeepney import DBusAddress, MessageType, Properties, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

PASSWORD = b"test"
SECRETS = "org.freedesktop.secrets"


class GnomeKeyring:
    """The running daemon; `process` is its id."""

    def __init__(self) -> None:
        with closing(open_dbus_connection()) as bus:
            (self.process,) = Proxy(message_bus, bus).GetConnectionUnixProcessID(SECRETS)
        # Before a test's own home took its place; where the daemon keeps its files.
        self.files = Path(f"/proc/{self.process}/root") / self._data_home()

    def _data_home(self) -> str:
        entries = Path(f"/proc/{self.process}/environ").read_bytes().split(b"\0")
        (found,) = (entry for entry in entries if entry.startswith(b"XDG_DATA_HOME="))
        return found.split(b"=", 1)[1].decode().lstrip("/") + "/keyrings"

    def lock(self) -> None:
        """Lock the default keyring, as closing a laptop does."""
        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.get_default_collection(bus).lock()

    def unlock(self) -> None:
        """Unlock it with the password and no prompt, over gnome-keyring's own interface for logging in."""
        service = DBusAddress("/org/freedesktop/secrets", SECRETS, "org.freedesktop.Secret.Service")
        gnome = service.with_interface("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface")
        with closing(open_dbus_connection()) as bus:
            opened = bus.send_and_get_reply(new_method_call(service, "OpenSession", "sv", ("plain", ("s", ""))))
            listed = bus.send_and_get_reply(Properties(service).get("Collections"))
            secret = (opened.body[1], b"", PASSWORD, "text/plain")
            login = next(path for path in listed.body[0][1] if path.endswith("/login"))
            body = (login, secret)
            call = new_method_call(gnome, "UnlockWithMasterPassword", "o(oayays)", body)
            reply = bus.send_and_get_reply(call)
        assert reply.header.message_type is MessageType.method_return, reply.body

    def stop(self) -> None:
        """Let it hang: it answers nothing until `go_on`."""
        os.kill(self.process, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        os.kill(self.process, signal.SIGCONT)


@pytest.fixture
def gnome_keyring() -> Iterator[GnomeKeyring]:
    """The daemon of the private session, unlocked and running before and after the test."""
    daemon = GnomeKeyring()
    yield daemon
    daemon.go_on()
    daemon.unlock()
