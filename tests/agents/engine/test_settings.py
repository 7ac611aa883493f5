"""The methods of the settings: routes are listed, written and tried; a secret goes to its place and nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from agents.engine.compose import Ground, working
from agents.engine.operations.operation import BadParams
from agents.engine.operations.service import Operations
from storage.blobs import unpack
from storage.credentials import Credentials, KeyringStatus
from storage.errors import BadInput, CredentialError, NotFound
from storage.rebuild import differences
from tests.agents.engine.shop import Json, engine, process, shop
from tests.wire.openai_endpoint import OpenAIEndpoint, fails, says

SECRET = "sk-not-a-real-one-7731"
KEPT = """\
# our models
format: 1
default: small   # the cheap one
routes:
  small:
    model: openai/gpt-4o-mini
    credential: openai
  local: {model: ollama_chat/llama3.1, api_base: "http://127.0.0.1:11434"}
"""


class Held:
    """A keyring in memory, perhaps locked."""

    def __init__(self, *, locked: bool = False) -> None:
        self.secrets: dict[str, str] = {}
        self.locked = locked

    def _open(self) -> None:
        if self.locked:
            raise CredentialError("The keyring is locked.", hint="Unlock it, then try again.")

    def read(self, name: str) -> str | None:
        self._open()
        return self.secrets.get(name)

    def write(self, name: str, text: str) -> None:
        self._open()
        self.secrets[name] = text

    def remove(self, name: str) -> bool:
        self._open()
        return self.secrets.pop(name, None) is not None

    def status(self) -> KeyringStatus:
        return KeyringStatus("test", usable=not self.locked, locked=self.locked, why="")


@asynccontextmanager
async def at(store: Path, credentials: Credentials) -> AsyncIterator[Operations]:
    async with working(Ground(store, credentials, store.parent / "heads"), grace_us=0) as operations:
        yield operations


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


def everything(folder: Path) -> bytes:
    """All that lies on the disk below a folder, payloads unpacked."""
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for store in folder.rglob("*.db"):
        with closing(sqlite3.connect(store)) as db:
            found += [unpack(codec, content) for codec, content in db.execute("SELECT codec, bytes FROM blob")]
    return b"\n".join(found)


async def test_without_a_file_there_are_no_routes_and_that_is_no_problem(store: Path) -> None:
    async with engine(store) as operations:
        found = await operations.perform("models.list")
    assert (found["exists"], found["routes"], found["problem"]) == (False, [], None)
    assert found["path"].endswith("models.yaml")


async def test_routes_are_listed_with_price_and_place_of_their_key(store: Path) -> None:
    (store.parent / "models.yaml").write_text(KEPT)
    async with at(store, Credentials(Held(), {"CENTAUR_SECRET_OPENAI": SECRET})) as operations:
        small, local = (await operations.perform("models.list"))["routes"]
    assert (small["default"], small["credential"]["place"]) == (True, "environment")
    assert (small["input"], small["output"], small["price_of"]) == ("0.15", "0.6", "list")
    assert (local["credential"], local["price_of"], local["input"]) == (None, "", None)


async def test_one_wrong_route_does_not_hide_the_others(store: Path) -> None:
    (store.parent / "models.yaml").write_text(KEPT + "  odd: {model: openai/x, colour: red}\n")
    async with engine(store) as operations:
        found = await operations.perform("models.list")
    assert "colour" in found["problem"]["message"]
    assert [(route["name"], route["problem"] is None) for route in found["routes"]] == [
        ("small", True), ("local", True), ("odd", False)
    ]  # fmt: skip


async def test_a_file_that_is_no_yaml_is_said(store: Path) -> None:
    (store.parent / "models.yaml").write_text("routes: [")
    async with engine(store) as operations:
        found = await operations.perform("models.list")
    assert found["routes"] == []
    assert "not valid YAML" in found["problem"]["message"]


async def test_a_route_is_written_and_comments_stay(store: Path) -> None:
    path = store.parent / "models.yaml"
    path.write_text(KEPT)
    async with engine(store) as operations:
        given = {"name": "large", "model": "anthropic/claude", "credential": "anthropic", "input": "3", "output": 15.5}
        await operations.perform("model.set", given)
        await operations.perform(
            "model.set", {"name": "small", "model": "openai/other", "replace": True, "command_id": "c-1"}
        )
        routes = (await operations.perform("models.list"))["routes"]
    assert "# our models" in path.read_text()
    assert "# the cheap one" in path.read_text()
    assert [(r["name"], r["model"], r["credential"] and r["credential"]["name"], r["input"]) for r in routes] == [
        ("small", "openai/other", None, None), ("local", "ollama_chat/llama3.1", None, None),
        ("large", "anthropic/claude", "anthropic", "3"),
    ]  # fmt: skip


async def test_the_first_route_makes_the_file_and_the_last_takes_it_away(store: Path) -> None:
    async with engine(store) as operations:
        await operations.perform("model.set", {"name": "one", "model": "openai/x", "default": True})
        (one,) = (await operations.perform("models.list"))["routes"]
        assert one["default"]
        with pytest.raises(NotFound):
            await operations.perform("model.forget", {"name": "two"})
        await operations.perform("model.forget", {"name": "one"})
    assert not (store.parent / "models.yaml").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "a b"}, "name"),
        ({"name": "small"}, "name"),
        ({"model": "gpt"}, "model"),
        ({"api_base": "localhost:1"}, "api_base"),
        ({"api_base": "http://me:pw@host"}, "api_base"),
        ({"api_base": "http://[broken"}, "api_base"),
        ({"credential": "-"}, "credential"),
        ({"input": "1"}, "output"),
        ({"input": "x", "output": "1"}, "input"),
    ],
)
async def test_what_is_wrong_is_said_of_its_field_and_nothing_is_written(
    store: Path, given: dict[str, Json], field: str
) -> None:
    path = store.parent / "models.yaml"
    path.write_text(KEPT)
    async with engine(store) as operations:
        with pytest.raises(BadParams) as met:
            await operations.perform("model.set", {"name": "new", "model": "openai/x", **given})
    assert met.value.field == field
    assert path.read_text() == KEPT


async def test_a_default_that_others_need_is_not_taken_out(store: Path) -> None:
    (store.parent / "models.yaml").write_text(KEPT)
    async with engine(store) as operations:
        with pytest.raises(BadInput, match="small"):
            await operations.perform("model.forget", {"name": "small"})
    assert (store.parent / "models.yaml").read_text() == KEPT


async def test_a_route_is_tried_once_and_refusals_are_answers(store: Path) -> None:
    """In a process of its own: the library behind it takes seconds and keeps connections to one loop."""
    environment = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "CENTAUR_SECRET_MINE": SECRET}
    with OpenAIEndpoint([says("OK", tokens=(11, 2)), fails(401)]) as endpoint:
        given = {"name": "here", "model": "openai/gpt-4o-mini", "api_base": endpoint.url, "credential": "mine"}
        async with process(store, environment) as client:
            await client.perform("model.set", given)
            good = await client.perform("model.test", {"route": "here"})
            bad = await client.perform("model.test", {"route": "here"})
            none = await client.perform("model.test", {"route": "nowhere"})
        assert len(endpoint.received) == 2
    assert (good["ok"], good["tokens_in"], good["tokens_out"]) == (True, 11, 2)
    assert (bad["ok"], bad["category"]) == (False, "refused_credentials")
    assert "401" in bad["message"]
    assert "key" in bad["hint"]
    assert SECRET not in str(bad)
    assert "nowhere" in none["message"]


async def test_a_missing_key_is_an_answer_without_a_request(store: Path) -> None:
    (store.parent / "models.yaml").write_text(KEPT)
    async with engine(store) as operations:
        found = await operations.perform("model.test", {"route": "small"})
    assert (found["ok"], found["category"]) == (False, "refused_credentials")


async def test_a_secret_goes_to_the_keyring_and_nowhere_else(
    store: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    keyring = Held()
    (store.parent / "models.yaml").write_text(KEPT)
    caplog.set_level(0)
    async with at(store, Credentials(keyring, {})) as operations:
        command = {"name": "openai", "secret": SECRET, "command_id": "c-9"}
        assert await operations.perform("credential.set", command) == {"name": "openai", "place": "keyring"}
        assert await operations.perform("credential.set", command) == {"name": "openai", "place": "keyring"}
        (shown,) = (await operations.perform("credentials.list"))["credentials"]
        assert (shown["place"], shown["routes"]) == ("keyring", ["small"])
        head = operations._engine.ledger.head
        assert (await operations.perform("credential.forget", {"name": "openai"}))["was_there"]
        (shown,) = (await operations.perform("credentials.list"))["credentials"]
        assert shown["place"] == "missing"
        kinds = [event.kind for event in operations._engine.ledger.events() if event.seq <= head]
    assert "command.finished" not in kinds
    assert SECRET not in keyring.secrets.values()
    assert SECRET.encode() not in everything(store.parent)
    out, err = capfd.readouterr()
    assert SECRET not in out + err + caplog.text


async def test_without_a_keyring_a_secret_lasts_for_the_session(store: Path) -> None:
    async with engine(store) as operations:
        done = await operations.perform("credential.set", {"name": "other", "secret": SECRET})
        assert done["place"] == "session"
        found = await operations.perform("credentials.list")
        assert [(each["name"], each["place"]) for each in found["credentials"]] == [("other", "session")]
        assert not found["keyring"]["usable"]


async def test_a_locked_keyring_is_said_and_not_hidden(store: Path) -> None:
    (store.parent / "models.yaml").write_text(KEPT)
    keyring = Held()
    async with at(store, Credentials(keyring, {})) as operations:
        keyring.locked = True
        (shown,) = (await operations.perform("credentials.list"))["credentials"]
        assert (shown["place"], shown["problem"]["message"]) == ("unknown", "The keyring is locked.")
        with pytest.raises(CredentialError, match="locked"):
            await operations.perform("credential.set", {"name": "openai", "secret": SECRET})
        assert (await operations.perform("model.test", {"route": "small"}))["category"] == "refused_credentials"
        keyring.locked = False


@pytest.mark.parametrize("secret", ["", "x" * 2_000])
async def test_a_secret_that_cannot_be_one_is_said_of_its_field(store: Path, secret: str) -> None:
    async with engine(store) as operations:
        with pytest.raises(BadParams) as met:
            await operations.perform("credential.set", {"name": "a", "secret": secret})
    assert met.value.field == "secret"
    assert "xxx" not in str(met.value)


async def test_over_the_wire_a_secret_stays_out_of_store_and_log(store: Path) -> None:
    environment = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    async with process(store, environment) as client:
        done = await client.perform("credential.set", {"name": "a", "secret": SECRET, "command_id": "c-1"})
        assert done["place"] == "session"
        with pytest.raises(BadInput):
            await client.perform("credential.set", {"name": "a", "secret": [SECRET], "command_id": "c-2"})
    assert SECRET.encode() not in everything(store.parent)


async def test_the_time_zone_is_changed_and_days_are_counted_anew(store: Path) -> None:
    async with engine(store) as operations:
        assert (await operations.perform("setting.list"))["settings"] == {"time_zone": "UTC"}
        given = {"name": "time_zone", "value": "Europe/Oslo", "command_id": "c-1"}
        assert await operations.perform("setting.set", given) == {"name": "time_zone", "value": "Europe/Oslo"}
        head = operations._engine.ledger.head
        await operations.perform("setting.set", given)
        assert operations._engine.ledger.head == head
        assert (await operations.perform("setting.list"))["settings"] == {"time_zone": "Europe/Oslo"}
        with pytest.raises(BadParams) as met:
            await operations.perform("setting.set", {"name": "time_zone", "value": "Mars/Base"})
        assert met.value.field == "value"
        with pytest.raises(BadParams):
            await operations.perform("setting.set", {"name": "colour", "value": "red"})
    assert differences(store) == []
