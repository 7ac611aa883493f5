"""Calls that may never come back, made in a thread of their own and given up after a time.

A keyring can block for as long as its password prompt is open. The waiting thread is a daemon, so it never
keeps the process from ending, and there is at most one, so abandoned calls cannot pile up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from storage.errors import CredentialError

T = TypeVar("T")


class KeyringSilent(CredentialError):
    """The keyring did not answer in time."""


class OneAtATime:
    """Runs one call at a time beside the caller, who waits no longer than the stated time."""

    def __init__(self) -> None:
        self._free = threading.Lock()
        self._abandoned = False

    def call(self, work: Callable[[], T], timeout_s: float) -> T:
        """The result of `work`, or whatever it raises.

        Raises KeyringSilent after `timeout_s` seconds, or at once while an earlier call that was given up is
        still waiting.
        """
        # With an abandoned call in the way there is nothing to wait for: its prompt is still open.
        if not self._free.acquire(timeout=0 if self._abandoned else timeout_s):
            raise _silent("The keyring is still busy with an earlier request.")
        self._abandoned = False
        answer: Future[T] = Future()
        threading.Thread(target=self._run, args=(work, answer), name="keyring", daemon=True).start()
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            if answer.done():  # the keyring itself reported a time-out
                raise
            self._abandoned = True
            raise _silent(f"The keyring did not answer within {timeout_s:g} seconds.") from None

    def _run(self, work: Callable[[], T], answer: Future[T]) -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - the thread ends here; the caller gets it
            self._free.release()
            answer.set_exception(error)
        else:
            self._free.release()
            answer.set_result(result)


def _silent(message: str) -> KeyringSilent:
    return KeyringSilent(message, hint="Look for an open password prompt of your desktop, answer it, and try again.")
