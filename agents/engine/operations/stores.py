"""Methods about the store itself: what it holds, whether it is as it was written, copies, payloads."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

from pydantic import Field

from agents.engine.operations.operation import Asked, CommandParams, FilePath, Json, Operation, Params, plain
from agents.engine.receipt import id_of
from agents.own_json import dump
from agents.people import local_name
from storage.anchors import AnchorKey
from storage.errors import BadInput
from storage.events.body import Ref
from storage.events.workspace import BackupMade
from storage.queries import workspace

PIECE = 128 * 1024
"""Bytes of a payload in one answer at most; fewer where JSON would make more of them."""
_LONGEST_ANSWER = 240 * 1024


class Verify(Params):
    """store.verify"""

    tables: bool = Field(False, description="Also compare every table with what the events give.")


class Backup(CommandParams):
    """store.backup"""

    path: FilePath = Field(description="Where the copy goes; nothing may stand there. A whole path.")
    key_file: FilePath | None = Field(None, description="Where a copy of the anchors' key goes, wrapped.")
    passphrase_env: str | None = Field(
        None, description="The environment variable of the engine that holds the passphrase."
    )


class ReadPayload(Params):
    """payload.read"""

    ref: Ref = Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$", description="The payload's address.")
    offset: int = Field(0, ge=0, description="The first byte.")
    limit: int = Field(64 * 1024, ge=1, le=PIECE, description="How many bytes at most.")


async def info(asked: Asked[Params]) -> Json:
    engine = asked.engine
    with engine.queries.view() as view:
        counts = plain(workspace.store_info(view.connection, engine.store.path))
        me = workspace.person(view.connection, local_name())
    status = await asyncio.to_thread(engine.surroundings.keyring)
    signs = me is not None and me.public_key is not None and (await engine.person()).signer is not None
    return {
        **counts, "path": str(engine.store.path), "anchored": engine.store.anchored,
        "lost_head": plain(engine.store.lost_head and engine.store.lost_head.head.seq),
        "keyring": plain(status), "person": local_name(), "signs": signs,
    }  # fmt: skip


async def verify(asked: Asked[Verify]) -> Json:
    from storage.rebuild import differences
    from storage.verify import verify as look

    engine = asked.engine
    store, around = engine.store, engine.surroundings

    def work() -> Json:
        secret = around.key_for(f"ledger-{store.identity.store}", _no_key) if store.anchored else None
        key = AnchorKey(secret) if secret is not None else None
        found = look(store.path, key, around.heads, keys)
        answer = {**plain(found), "ok": found.ok, "first": plain(found.first)}
        if asked.params.tables:
            answer["differences"] = [_difference(each) for each in differences(store.path)]
            answer["ok"] = answer["ok"] and not answer["differences"]
        return answer

    keys = await asyncio.to_thread(_known_keys, asked)
    return await asyncio.to_thread(work)


def _no_key() -> bytes:
    raise BadInput("The key of the anchors is gone from the keyring.", hint="Import the key file of a backup.")


def _difference(difference: object) -> Json:
    made = plain(difference)
    made["row"] = [item.hex() if isinstance(item, bytes) else item for item in made["row"]]
    return made


def _known_keys(asked: Asked[Verify]) -> dict[str, str]:
    """Return the public keys that this machine's keyring knows, by person."""
    engine = asked.engine
    with engine.queries.view() as view:
        people = [p.person for p in workspace.persons(view.connection) if p.public_key is not None]
    keys = {}
    for person in people:
        signer = engine.surroundings.signer_for(person)
        if signer is not None:
            keys[person] = base64.b64encode(signer.public_bytes).decode("ascii")
    return keys


async def rebuild(asked: Asked[CommandParams]) -> Json:
    await asyncio.to_thread(asked.engine.store.rebuild)
    return {"seq": asked.engine.ledger.head}


async def backup(asked: Asked[Backup]) -> Json:
    from storage.backup import back_up

    params, who = asked.params, await asked.who()
    if not params.path.is_absolute():
        raise BadInput(f"{params.path} is no whole path.", hint="The engine may run in another folder than you.")
    passphrase = _passphrase(params)
    event = await asyncio.to_thread(back_up, asked.engine.store, params.path, who.actor, id_of(asked.receipt))
    if params.key_file is not None and passphrase is not None:
        await asyncio.to_thread(_export, asked, params.key_file, passphrase)
    last_seq = event.body.last_seq if isinstance(event.body, BackupMade) else event.seq
    return {"path": params.path, "last_seq": last_seq, "seq": event.seq, "key_file": params.key_file}


def _passphrase(params: Backup) -> str | None:
    import os

    if params.passphrase_env is None:
        if params.key_file is not None:
            raise BadInput("A key file needs a passphrase.", hint="Name the variable with `passphrase_env`.")
        return None
    value = os.environ.get(params.passphrase_env)
    if not value:
        raise BadInput(
            f"The variable {params.passphrase_env} is not set for the engine.",
            hint="Set it where the engine is started.",
        )
    return value


def _export(asked: Asked[Backup], target: Path, passphrase: str) -> None:
    from storage.key_file import WrappedKey, export_key, import_key

    store = asked.engine.store.identity.store
    secret = asked.engine.surroundings.key_for(f"ledger-{store}", _no_key)
    if secret is None:
        raise BadInput("There is no key to export: the store is not anchored.", hint="`centaur doctor` says why.")
    key = AnchorKey(secret)
    if asked.receipt is not None and target.exists() and import_key(target, passphrase) == WrappedKey(store, key):
        return  # the same command made it before a crash
    export_key(target, store, key, passphrase)


async def read_payload(asked: Asked[ReadPayload]) -> Json:
    content = await asyncio.to_thread(asked.engine.ledger.payloads.read, asked.params.ref)
    return piece(asked.params, content)


def piece(params: ReadPayload, content: bytes) -> dict[str, Json]:
    """Return the piece of a content that was asked for, smaller where it would not fit into a line."""
    limit = params.limit
    while len(dump(answer := _piece(params, content, limit))) > _LONGEST_ANSWER:
        limit //= 2
    return answer


def _piece(params: ReadPayload, content: bytes, limit: int) -> dict[str, Json]:
    end = min(params.offset + limit, len(content))
    cut = end
    while cut < len(content) and cut > params.offset and content[cut] & 0xC0 == 0x80:
        cut -= 1  # not in the midst of a character
    head = {"ref": params.ref, "size": len(content), "offset": params.offset}
    try:
        return {**head, "next": cut, "text": content[params.offset : cut].decode("utf-8")}
    except UnicodeDecodeError:
        piece = base64.b64encode(content[params.offset : end]).decode("ascii")
        return {**head, "next": end, "base64": piece}


async def stop(asked: Asked[CommandParams]) -> Json:
    asked.engine.stopping.set()
    return {"stopping": True}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "store.info",
        Params,
        info,
        "Says what the store holds and how it is protected.",
        "counts and sizes (StoreInfo), path, anchored, keyring, person, signs",
    ),
    Operation(
        "store.verify",
        Verify,
        verify,
        "Checks the whole ledger, and the tables if asked to.",
        "Verification with ok and first; differences where tables were asked for",
    ),
    Operation(
        "store.rebuild",
        CommandParams,
        rebuild,
        "Refills every table from the events.",
        "{seq}",
        command=True,
        again="Doing it twice gives the same tables.",
    ),
    Operation(
        "store.backup",
        Backup,
        backup,
        "Copies the store while it works.",
        "{path, last_seq, seq, key_file}",
        command=True,
        again="Nothing that stands there is ever replaced; a copy that this very command made is answered again.",
    ),
    Operation(
        "payload.read",
        ReadPayload,
        read_payload,
        "Reads a piece of a payload.",
        "{ref, size, offset, next, text or base64}; the next piece begins at `next`",
    ),
    Operation(
        "engine.stop",
        CommandParams,
        stop,
        "Ends the engine after answering; runs go on at the next start.",
        "{stopping}",
        command=True,
        again="An engine that ended has nothing to stop.",
    ),
)
