"""The engine as the console sees it: asked and heard, started anew when it crashes, nothing asked of it lost."""

from __future__ import annotations

import asyncio
import base64
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from agents.engine.client import EngineGone, raised
from agents.engine.operations.names import PROTOCOL
from agents.engine.protocol import LONGEST_LINE, Lines, TooLong, line
from agents.own_json import load
from console.notices import Gathering
from console.wires import ProcessWire, SocketWire, Wire, engine_command
from storage.errors import BadInput, CentaurError, StoreLocked

Json = Any
State = Literal["starting", "ready", "lost", "stopped"]
_FRAME_MS = 16
_BUDGET_S = 0.006
"""Seconds of a frame that reading may take; the rest of what came waits for the next turn of the loop."""
_BACKOFF_MS = (100, 1_000, 3_000, 10_000, 30_000)
_STEADY_S = 10.0
"""An engine that worked for so long did not crash because it was started."""
_PIECE = 96 * 1024
_PATIENCE_MS = 5_000
"""How long an engine may take to end when it is told to."""
_HELLO = 0


class Lost(NamedTuple):
    """Why the engine does not answer now.

    Attributes:
        message: what happened.
        hint: what to do; "" where nothing needs to be.
        again_ms: when it is tried again.
        kind: the kind of error, "" for a crash.
    """

    message: str
    hint: str
    again_ms: int
    kind: str = ""


@dataclass(slots=True)
class _Asked:
    """A request: waits for the engine, or for its answer."""

    method: str
    params: Mapping[str, Json]
    answer: asyncio.Future[Json]
    sent: bool = False


@dataclass(slots=True)
class _Whole:
    """An answer that comes in pieces."""

    of: int
    ref: str
    size: int
    content: bytearray


class EngineClient(QObject):
    """The one engine of this window.

    Attributes:
        state: "starting" until it answers, then "ready"; "lost" while it is started anew; "stopped" after `close`.
        hello: what it said of itself (engine, pid, store, anchored, warnings); empty before the first answer.

    Signals:
        ready: it answers; with `hello`.
        lost: it does not any more; with a `Lost`. What was asked waits for the next one.
        news: what was committed (`News`), at most once a frame.
        chunk: a run's id and streamed text, at most once a frame and run.
        pilot_progress: how far a pilot has come (the mapping `PilotState`).

    Args:
        store: the store's file; the engine makes one that is not there.
        log: where the engine's standard error goes.
        command: starts an engine for a store; for tests of other engines.
    """

    ready = Signal(object)
    lost = Signal(object)
    news = Signal(object)
    chunk = Signal(object, object)
    pilot_progress = Signal(object)

    def __init__(
        self, store: Path, log: Path, parent: QObject | None = None, *, command: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(parent)
        self.state: State = "starting"
        self.hello: Mapping[str, Json] = {}
        self._command, self._log = command or tuple(engine_command(store)), log
        self._wire: Wire | None = None
        self._parting: set[Wire] = set()
        self._lines = Lines()
        self._unread: deque[bytes | TooLong] = deque()
        self._asked: dict[int, _Asked] = {}
        self._wholes: dict[int, _Whole] = {}
        self._last_id = _HELLO
        self._gathering = Gathering()
        self._failures, self._since = 0, 0.0
        self._closed: asyncio.Future[None] | None = None
        self._frame = self._timer(_FRAME_MS, self._show)
        self._rest = self._timer(0, self._take_lines)
        self._again = self._timer(0, self._start_process)
        self._impatient = self._timer(_PATIENCE_MS, self._kill)

    # -- what others ask --------------------------------------------------------------------------------------

    @property
    def events(self) -> int:
        """Return how many events were told of so far; the difference over time is events a second."""
        return self._gathering.events

    @property
    def pid(self) -> int:
        """Return the process id of the engine that answers, 0 for none."""
        return int(self.hello.get("pid", 0)) if self.state == "ready" else 0

    def start(self) -> None:
        """Start the engine; `ready` or `lost` follows."""
        self._start_process()

    def retry(self) -> None:
        """Do not wait any longer before the next try."""
        if self.state == "lost":
            self._again.stop()
            self._start_process()

    def perform(self, method: str, params: Mapping[str, Json] | None = None) -> asyncio.Future[Json]:
        """Have a method performed; await the answer.

        It may be asked at any time: while there is no engine it waits. A command that carries a `command_id` outlives a
        crash: the next engine is sent it again and answers as the first one did, or would have.

        Raises (when awaited) the CentaurError that the engine met; EngineGone if it ended before it answered something
        without a `command_id`, or the window closes.
        """
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        asked = _Asked(method, params or {}, answer)
        self._last_id += 1
        if self.state == "stopped":
            answer.set_exception(EngineGone("The engine was stopped."))
        elif len(_request(self._last_id, asked.method, asked.params)) > LONGEST_LINE:
            why = f"The request `{method}` is longer than {LONGEST_LINE} bytes."
            answer.set_exception(BadInput(why, hint="Make it shorter, or put it into a file."))
        else:
            self._asked[self._last_id] = asked
            if self.state == "ready":
                self._send(self._last_id, asked)
        return answer

    async def close(self) -> None:
        """Let the engine go and wait for its end, where it is ours. A second time it does nothing."""
        self.state = "stopped"
        for timer in (self._again, self._frame, self._rest):
            timer.stop()
        self._fail_all()
        if self._wire is not None:
            self._let_go()
        if not self._parting:
            return
        self._closed = asyncio.get_running_loop().create_future()
        self._impatient.start()
        await self._closed
        self._impatient.stop()

    # -- the engine comes and goes ----------------------------------------------------------------------------

    def _start_process(self) -> None:
        self._open(ProcessWire(self._command, self._log, self))

    def _open(self, wire: Wire) -> None:
        self.state = "starting"
        self._wire, self._lines = wire, Lines()
        self._unread.clear()
        wire.received.connect(self._received)
        wire.ended.connect(self._ended)
        wire.write(_request(_HELLO, "initialize", {"protocol": PROTOCOL, "client": "centaur console"}))

    def _greeted(self, hello: Mapping[str, Json]) -> None:
        self.state, self.hello, self._since = "ready", hello, time.monotonic()
        self._gathering.everything(hello["store"]["head"])
        self._frame.start()
        for id_, asked in list(self._asked.items()):
            if asked.answer.done():
                del self._asked[id_]
            else:
                self._send(id_, asked)
        self.ready.emit(hello)

    def _refused(self, error: CentaurError) -> None:
        """The engine cannot have the store: use the one that has it, or try again later."""
        self._let_go()
        if isinstance(error, StoreLocked) and error.socket:
            self._open(SocketWire(error.socket, self))
        else:
            self._lose(error.message, error.hint or "", type(error).__name__)

    def _ended(self, why: str) -> None:
        wire = self.sender()
        assert isinstance(wire, Wire)  # noqa: S101 - nothing else is connected here
        if wire is self._wire:
            self._take_all()  # what it said last may make us let it go
        wire.deleteLater()
        if wire is self._wire:
            self._wire = None
            self._lose(why, "", "")
        self._parting.discard(wire)
        if self._closed is not None and not self._parting and not self._closed.done():
            self._closed.set_result(None)

    def _let_go(self) -> None:
        """Part from an engine: ours ends when its input does, another's goes on."""
        wire, self._wire = self._wire, None
        assert wire is not None  # noqa: S101 - it has just answered
        self._unread.clear()
        self._parting.add(wire)
        wire.close()

    def _lose(self, why: str, hint: str, kind: str) -> None:
        if self.state == "ready" and time.monotonic() - self._since > _STEADY_S:
            self._failures = 0
        again = _BACKOFF_MS[min(self._failures, len(_BACKOFF_MS) - 1)]
        self._failures += 1
        self.state = "lost"
        self._wholes.clear()
        for id_, asked in list(self._asked.items()):
            if asked.sent and "command_id" not in asked.params:
                del self._asked[id_]
                _settle(asked, EngineGone("The engine ended before it answered.", hint="Ask again."))
            asked.sent = False
        self._again.start(again)
        self.lost.emit(Lost(why, hint, again, kind))

    def _kill(self) -> None:
        for wire in tuple(self._parting):
            wire.kill()

    def _fail_all(self) -> None:
        for asked in self._asked.values():
            _settle(asked, EngineGone("The window closed before the engine answered."))
        self._asked.clear()
        self._wholes.clear()

    # -- bytes ------------------------------------------------------------------------------------------------

    def _send(self, id_: int, asked: _Asked) -> None:
        asked.sent = True
        self._write(id_, asked.method, asked.params)

    def _write(self, id_: int, method: str, params: Mapping[str, Json]) -> None:
        assert self._wire is not None  # noqa: S101 - only while the engine answers
        self._wire.write(_request(id_, method, params))

    def _received(self, content: bytes) -> None:
        if self.sender() is self._wire:
            self._unread.extend(self._lines.feed(content))
            if not self._rest.isActive():
                self._take_lines()

    def _take_lines(self) -> None:
        """Take lines for a part of a frame; what is left waits until the window had its turn."""
        until = time.monotonic() + _BUDGET_S
        while self._unread:
            self._take(self._unread.popleft())
            if time.monotonic() > until:
                break
        if self._unread:
            self._rest.start()

    def _take_all(self) -> None:
        self._rest.stop()
        while self._unread:
            self._take(self._unread.popleft())

    def _take(self, content: bytes | TooLong) -> None:
        if isinstance(content, TooLong) or self.state == "stopped":
            return
        message = load(content)
        if "method" in message:
            self._gathering.add(message["method"], message["params"])
            if not self._frame.isActive():
                self._frame.start()
        elif (id_ := message["id"]) == _HELLO:
            if "error" in message:
                self._refused(raised(message["error"]))
            else:
                self._greeted(message["result"])
        elif id_ in self._wholes:
            self._piece(id_, message)
        elif id_ in self._asked:
            self._answer(id_, message)

    def _answer(self, id_: int, message: Json) -> None:
        result = message.get("result")
        if isinstance(result, dict) and set(result) == {"in_pieces"}:
            self._next_piece(_Whole(id_, result["in_pieces"]["ref"], result["in_pieces"]["size"], bytearray()))
            return
        asked = self._asked.pop(id_)
        if "error" in message:
            _settle(asked, raised(message["error"]))
        elif not asked.answer.done():
            asked.answer.set_result(result)

    def _next_piece(self, whole: _Whole) -> None:
        self._last_id += 1
        self._wholes[self._last_id] = whole
        params = {"ref": whole.ref, "offset": len(whole.content), "limit": _PIECE}
        self._write(self._last_id, "payload.read", params)

    def _piece(self, id_: int, message: Json) -> None:
        whole = self._wholes.pop(id_)
        if "error" in message:
            self._answer(whole.of, message)
            return
        piece = message["result"]
        whole.content += piece["text"].encode() if "text" in piece else base64.b64decode(piece["base64"])
        if len(whole.content) < whole.size:
            self._next_piece(whole)
        elif whole.of in self._asked:
            self._answer(whole.of, {"result": load(bytes(whole.content))})

    def _show(self) -> None:
        frame = self._gathering.take()
        if frame.news is not None:
            self.news.emit(frame.news)
        for run, text in frame.chunks.items():
            self.chunk.emit(run, text)
        for progress in frame.progress:
            self.pilot_progress.emit(progress)

    def _timer(self, ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=ms, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(call)
        return timer


def _request(id_: int, method: str, params: Mapping[str, Json]) -> bytes:
    return line({"jsonrpc": "2.0", "id": id_, "method": method, "params": params})


def _settle(asked: _Asked, error: CentaurError) -> None:
    if not asked.answer.done():
        asked.answer.set_exception(error)
