"""The wire: any bytes in any chunks are read without an error that is not an answer."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from agents.approvals.desk import DecisionRefusedError
from agents.engine.protocol import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    Lines,
    Misformed,
    Request,
    TooLong,
    fault_of,
    line,
    read,
)
from agents.own_json import load
from storage.errors import NotFound, StoreLocked
from storage.events.approvals import RefusalCause

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.sampled_from(["2.0", "1.0", 2]) | JSON,
        "id": JSON,
        "method": st.text() | JSON,
        "params": JSON,
    },
)


@given(st.lists(st.binary(max_size=40)), st.data())
def test_the_lines_do_not_depend_on_the_chunks(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"\n".join(parts) + b"\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    lines, found = Lines(longest=20), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += lines.feed(stream[start:end])
    whole = [
        TooLong() if len(part) > 20 else part for part in stream.split(b"\n")[:-1] if len(part) > 20 or part.strip()
    ]
    assert found == whole


def test_a_line_that_is_too_long_is_told_and_does_not_end_the_stream() -> None:
    lines = Lines(longest=10)
    assert lines.feed(b"x" * 50) == []
    assert lines.feed(b"x" * 50 + b"\nshort\n") == [TooLong(), b"short"]


@given(st.binary() | JSON.map(lambda v: json.dumps(v).encode()) | REQUESTS.map(lambda v: json.dumps(v).encode()))
@example(b"[" * 100_000)
@example(b'{"a":' + b"9" * 5_000 + b"}")
@example(b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":NaN}}')
@example(b"\xff\xfe\x00")
def test_whatever_a_line_holds_every_part_is_a_request_or_has_a_fault(content: bytes) -> None:
    for item in read(content).items:
        if isinstance(item, Misformed):
            assert item.fault.code in {PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS}
            assert item.fault.message
        else:
            assert isinstance(item.method, str)


def test_amounts_in_a_request_keep_every_digit() -> None:
    request = read(
        b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":0.10,"b":123456789012345678901234567890}}'
    ).items[0]
    assert isinstance(request, Request)
    assert request.params == {"a": Decimal("0.10"), "b": 123456789012345678901234567890}
    assert load(line(request.params)) == request.params


def test_an_error_is_told_with_its_kind_its_hint_and_what_it_knows() -> None:
    assert fault_of(NotFound("No run.", hint="List them.")).data == {
        "message": "No run.",
        "hint": "List them.",
        "kind": "NotFound",
    }
    locked = fault_of(StoreLocked("Held.", pid=7, socket="/x"))
    assert locked.data is not None
    assert (locked.data["kind"], locked.data["pid"], locked.data["socket"]) == ("StoreLocked", 7, "/x")
    refused = fault_of(DecisionRefusedError(RefusalCause.TOO_LATE, "Late."))
    assert refused.data is not None
    assert (refused.data["kind"], refused.data["cause"]) == ("Refused", "too_late")
