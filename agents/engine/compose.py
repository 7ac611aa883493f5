"""Puts an engine together from what is around it: keyring, places of files, model routes. Light to import.

`Ground` opens the store with little loaded, so that a first client is answered at once; `surroundings` then loads what
works runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.engine.operations.names import METHODS, PROTOCOL
from storage.credentials import Credentials
from storage.store import Store

if TYPE_CHECKING:
    from agents.engine.engine import Surroundings
    from agents.engine.operations.service import Operations
    from agents.models.model import Model
    from storage.people import Signer

Json = Any
MODELS_FILE = "models.yaml"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a store is, and what its engine needs of the machine.

    Attributes:
        store: the store's file.
        credentials: the keyring and what stands in for it.
        heads: where heads of ledgers are kept, outside the store's folder; None: the user's state folder.
    """

    store: Path
    credentials: Credentials = field(default_factory=Credentials)
    heads: Path | None = None

    def open_store(self) -> Store:
        """Open the store. May block for as long as a keyring asks for its password. Raises StoreLocked and others."""
        return Store(self.store, self.credentials.get_key, self.heads_folder)

    @property
    def heads_folder(self) -> Path:
        """Return where heads are kept."""
        if self.heads is not None:
            return self.heads
        import platformdirs

        return platformdirs.user_state_path("centaur", appauthor=False) / "heads"

    @property
    def cache(self) -> Path:
        """Return where what can be built again lies: beside the store."""
        return self.store.with_name(self.store.name + ".cache")

    def signer_for(self, person: str) -> Signer | None:
        """Return a person's key from the keyring; only whoever runs the program gets a new one.

        Nobody's key is made on another's account: two people decide with keys that the other cannot use.
        """
        from agents.people import local_name
        from storage.people import create_signer, signer_for

        find = create_signer if person == local_name() else signer_for
        return find(person, self.credentials)

    def model_for(self, route: str, labels: Sequence[str] = ()) -> Model:
        """Return the model of a route of `models.yaml`, behind it those fallbacks that data of these labels may go to.

        Raises BadInput, NotFound, and Refused where such data may go to none of them.
        """
        from agents.models.fallback import FallbackModel
        from agents.models.litellm_model import LiteLLMModel
        from agents.models.routing import choose, load_routes
        from storage.errors import NotFound

        path = self.store.parent / MODELS_FILE
        if not path.exists():
            raise NotFound(f"There is no model route `{route}`: there is no {path}.", hint="Declare it there.")
        models: list[Model] = [
            LiteLLMModel(each, self._secret(each.credential) if each.credential else None)
            for each in choose(load_routes(path), labels, route)
        ]
        return models[0] if len(models) == 1 else FallbackModel(models)

    def _secret(self, name: str) -> Callable[[], str | None]:
        def fetch() -> str | None:
            found = self.credentials.get(name).value
            return None if found is None else found.reveal()

        return fetch


def surroundings_for(ground: Ground, **changed: Any) -> Surroundings:
    """Return what an engine is given from outside; `changed` replaces fields (concurrency, on_chunk, …)."""
    from agents.engine.engine import Surroundings

    given: dict[str, Any] = {
        "heads": ground.heads_folder, "cache": ground.cache, "key_for": ground.credentials.get_key,
        "signer_for": ground.signer_for, "model_for": ground.model_for, "keyring": ground.credentials.status,
        "credentials": ground.credentials,
    }  # fmt: skip
    return Surroundings(**{**given, **changed})


def greeting(store: Store) -> Mapping[str, Json]:
    """Return the answer to `initialize`."""
    import os
    from importlib.metadata import PackageNotFoundError, version

    try:
        engine = version("centaur-console")
    except PackageNotFoundError:
        engine = "unknown"
    warnings = []
    if not store.anchored:
        warnings.append("No keyring is used: what is committed now is not anchored, and decisions are not signed.")
    if store.lost_head is not None:
        warnings.append(
            f"The store was rolled back: it had come to event {store.lost_head.head.seq}. Run `centaur verify`."
        )
    return {
        "protocol": PROTOCOL, "engine": engine, "pid": os.getpid(),
        "store": {"id": store.identity.store, "path": str(store.path), "head": store.ledger.head},
        "anchored": store.anchored, "warnings": warnings, "methods": list(METHODS),
    }  # fmt: skip


@asynccontextmanager
async def working(ground: Ground, **changed: Any) -> AsyncIterator[Operations]:
    """Run an engine in this process: recovered, at work, its socket open for further clients. Yields its methods.

    Raises StoreLocked, whose `socket` a client can connect to, while another engine holds the store.
    """
    from agents.engine.engine import Engine
    from agents.engine.local_socket import LocalSocket
    from agents.engine.operations.service import Operations
    from agents.engine.server import Server

    store = await asyncio.to_thread(ground.open_store)
    hello = greeting(store)

    async def greet() -> Mapping[str, Json]:
        return {**hello, "store": {**hello["store"], "head": store.ledger.head}}

    server = Server(greet)
    try:
        engine = Engine(ground.store, surroundings_for(ground, **{"on_chunk": server.chunk, **changed}), store)
    except BaseException:
        store.close()
        raise
    operations = Operations(engine)
    socket = None
    try:
        await engine.start()
        server.attach(engine, operations)
        socket = await LocalSocket.open(store, server)
        yield operations
    finally:
        if socket is not None:
            await socket.close()
        await server.close()
        await operations.close()
        await engine.close()
