"""The bytes of events: every kind survives the way to disk and back, and holds only what may stand there."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, get_args, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StoreTooNew
from storage.events.body import Body
from storage.events.envelope import GENESIS, Draft, chain, decode, encode, person, statement, statement_of, stored
from storage.events.union import KINDS
from storage.events.workspace import SettingChanged
from tests.storage.builders import bodies, steps


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_kind_survives_the_way_to_disk_and_back(kind: str, data: st.DataObject) -> None:
    body: Any = data.draw(bodies(KINDS[kind]))
    draft = Draft(body, "engine", "run-a", 5, "ev-1", "cmd", "sig", "elsewhere", 4)
    written = encode(draft, 7)
    event = decode(written, b"h" * 32)
    assert event == stored(draft, 7, b"h" * 32)
    assert statement_of(event, written) == statement(draft)


def _types(hint: Any) -> set[Any]:
    inner = get_args(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        inner = tuple(get_type_hints(hint)[field.name] for field in dataclasses.fields(hint))
    return {hint}.union(*(_types(part) for part in inner)) if inner else {hint}


@pytest.mark.parametrize("cls", KINDS.values(), ids=lambda cls: cls.kind)
def test_no_body_holds_a_float_or_anything_goes(cls: type[Body]) -> None:
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        assert not _types(hints[field.name]) & {float, Any, object, dict, list, bytes}, field.name


def test_kinds_are_unique_and_versions_known() -> None:
    assert len({cls.kind for cls in KINDS.values()}) == len(KINDS)
    assert all(cls.v >= 1 for cls in KINDS.values())


def test_these_bytes_never_change() -> None:
    draft = Draft(SettingChanged("time_zone", "UTC"), "engine", None, 1_700_000_000_000_000, "ev-1")
    written = encode(draft, 1)
    assert written == (
        b'{"seq":1,"id":"ev-1","ts":1700000000000000,"kind":"setting.changed","actor":"engine",'
        b'"data":{"name":"time_zone","value":"UTC"}}'
    )
    assert chain(GENESIS, written) == hashlib.sha256(bytes(32) + hashlib.sha256(written).digest()).digest()


def test_only_what_a_person_says_has_an_id() -> None:
    said = SettingChanged("time_zone", "UTC")
    assert Draft(said, "engine").id is None
    assert orjson.loads(encode(Draft(said, "engine"), 1)).keys() == {"seq", "ts", "kind", "actor", "data"}
    first, again = Draft(said, person("pe-a"), ts=1), Draft(said, person("pe-a"), ts=1)
    assert statement(first) != statement(again)
    assert decode(encode(first, 1), b"").id == first.id


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_slice_is_proven_by_digests_of_the_other_bodies(data: st.DataObject) -> None:
    written = [encode(data.draw(steps(n)).draft, n) for n in range(1, 5)]
    head = GENESIS
    for body in written:
        head = chain(head, body)
    disclosed = GENESIS
    for body in written:
        disclosed = hashlib.sha256(disclosed + hashlib.sha256(body).digest()).digest()
    assert disclosed == head


def test_a_kind_or_version_from_the_future_is_said_to_be_so() -> None:
    written = orjson.loads(encode(Draft(SettingChanged("a", 1), "engine"), 1))
    for change in ({"kind": "dream.had"}, {"v": 99}):
        with pytest.raises(StoreTooNew, match="does not know"):
            decode(orjson.dumps(written | change), b"")
