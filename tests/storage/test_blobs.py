"""A payload that is gone says why: erased, or never there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.blobs import Payloads
from storage.errors import Erased, NotFound
from storage.events.envelope import Draft
from storage.events.workspace import BlobErased
from tests.storage.builders import open_store, outcome


@pytest.mark.parametrize("read", [Payloads.read, Payloads.verified])
def test_erased_is_not_the_same_as_never_there(tmp_path: Path, read: Callable[[Payloads, str], bytes]) -> None:
    with open_store(tmp_path) as store:
        payloads = store.ledger.payloads
        draft, blobs = outcome(store, "what somebody said")
        store.ledger.append_now([draft], blobs)
        (ref,) = blobs
        assert read(payloads, ref) == b"what somebody said"
        store.ledger.erase(ref, Draft(BlobErased(ref), "engine"))
        with pytest.raises(Erased, match="was erased"):
            read(payloads, ref)
        with pytest.raises(NotFound, match="There is no payload") as never:
            read(payloads, payloads.address(b"never said"))
        assert not isinstance(never.value, Erased)
        store.ledger.append_now([draft], blobs)  # the same words were said again
        assert read(payloads, ref) == b"what somebody said"
