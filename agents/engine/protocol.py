"""The wire: JSON-RPC 2.0, one message or batch a line, lines of at most 256 KiB. Pure; bytes in, values out.

Numbers with a fraction are read as Decimal and every digit of an integer is kept, for a request may carry amounts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from agents.tools.foreign_json import is_text
from storage.errors import CentaurError

Json = Any
LONGEST_LINE = 256 * 1024
"""Bytes of a line at most, in both directions. What is larger goes in pieces (`payload.read`)."""
LARGEST_BATCH = 100

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
NOT_INITIALIZED, WRONG_PROTOCOL, LINE_TOO_LONG = -32002, -32003, -32004
CODES: Mapping[str, int] = {
    "UnknownMethod": UNKNOWN_METHOD,
    "BadParams": INVALID_PARAMS,
    "BadInput": -32010,
    "NotFound": -32011,
    "Refused": -32012,
    "StoreLocked": -32014,
    "StoreTooNew": -32015,
    "StoreGone": -32018,
    "StoreFailed": -32016,
    "StoreError": -32013,
    "CredentialError": -32017,
    "CentaurError": -32000,
}
"""The code of each kind of CentaurError; `data.kind` of the error names the kind."""


class Fault(NamedTuple):
    """An error of the wire itself."""

    code: int
    message: str
    data: Mapping[str, Json] | None = None


class TooLong(NamedTuple):
    """Stands for a line that was longer than allowed; its bytes were thrown away."""


class Lines:
    """Cuts a stream of bytes into lines, whatever the chunks are; a line that is too long does not end the stream."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._held = 0
        self._skipping = False

    def feed(self, chunk: bytes) -> list[bytes | TooLong]:
        """Return the lines that end in this chunk, without their ends; empty lines are left out."""
        found: list[bytes | TooLong] = []
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._hold(piece)
            line = b"".join(self._parts)
            if self._skipping:
                found.append(TooLong())
            elif line.strip():
                found.append(line)
            self._parts, self._held, self._skipping = [], 0, False
        self._hold(rest)
        return found

    def _hold(self, piece: bytes) -> None:
        self._held += len(piece)
        if self._held > self._longest:
            self._skipping, self._parts = True, []
        elif piece:
            self._parts.append(piece)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Without an `id` member it wants no answer (`wants_answer`)."""

    method: str
    params: Mapping[str, Json]
    id: str | int | None
    wants_answer: bool


@dataclass(frozen=True, slots=True)
class Misformed:
    """What stands where a request was expected; it is answered with the fault."""

    fault: Fault
    id: str | int | None = None


class Message(NamedTuple):
    """What a line held; a batch is answered with a batch."""

    items: tuple[Request | Misformed, ...]
    batch: bool


def read(line: bytes) -> Message:
    """Return what a line holds; never raises."""
    try:
        value = json.loads(line, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        return Message((Misformed(Fault(PARSE_ERROR, f"This is no JSON: {_short(error)}")),), batch=False)
    if (b"\\u" in line or not line.isascii()) and not is_text(value):
        why = "This is no JSON: it holds half a character (a lone surrogate)."
        return Message((Misformed(Fault(PARSE_ERROR, why)),), batch=False)
    if not isinstance(value, list):
        return Message((_item(value),), batch=False)
    if not value or len(value) > LARGEST_BATCH:
        why = "The batch is empty." if not value else f"A batch has at most {LARGEST_BATCH} requests."
        return Message((Misformed(Fault(INVALID_REQUEST, why)),), batch=False)
    return Message(tuple(_item(item) for item in value), batch=True)


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON number")


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _item(value: Json) -> Request | Misformed:
    if not isinstance(value, dict):
        return Misformed(Fault(INVALID_REQUEST, "A request is an object with jsonrpc, id, method and params."))
    id_ = value.get("id")
    if isinstance(id_, bool) or not isinstance(id_, str | int | None):
        return Misformed(Fault(INVALID_REQUEST, "`id` is a string or an integer.", {"field": "id"}))
    if value.get("jsonrpc") != "2.0":
        return Misformed(Fault(INVALID_REQUEST, '`jsonrpc` is "2.0".', {"field": "jsonrpc"}), id_)
    method, params = value.get("method"), value.get("params", {})
    if not isinstance(method, str):
        return Misformed(Fault(INVALID_REQUEST, "`method` is a string.", {"field": "method"}), id_)
    if params is None:
        params = {}
    if not isinstance(params, dict):
        return Misformed(Fault(INVALID_PARAMS, "`params` is an object: names and values.", {"field": "params"}), id_)
    return Request(method, params, id_, "id" in value)


def result(id_: str | int | None, value: Json) -> dict[str, Json]:
    """Return an answer."""
    return {"jsonrpc": "2.0", "id": id_, "result": value}


def failure(id_: str | int | None, fault: Fault) -> dict[str, Json]:
    """Return an answer that says what went wrong."""
    error: dict[str, Json] = {"code": fault.code, "message": fault.message}
    if fault.data is not None:
        error["data"] = dict(fault.data)
    return {"jsonrpc": "2.0", "id": id_, "error": error}


def notice(method: str, params: Mapping[str, Json]) -> dict[str, Json]:
    """Return a notification."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def fault_of(error: CentaurError) -> Fault:
    """Return a CentaurError as the client is told: message, hint, kind, and what more the error knows."""
    kind = next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in CODES)
    data: dict[str, Json] = {"message": error.message, "hint": error.hint, "kind": kind}
    for name in ("field", "cause", "state", "pid", "socket"):
        value = getattr(error, name, None)
        if value is not None:
            data[name] = value
    return Fault(CODES[kind], str(error), data)


def line(message: Json) -> bytes:
    """Return a message (or a list of them) as one line."""
    from agents.own_json import dump

    return dump(message) + b"\n"
