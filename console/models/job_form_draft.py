"""A job description as it is being written: its three texts, what the engine says of them, and what is not yet saved.

The texts are the truth; the form changes them through the engine, which keeps comments and order. What is typed is put
aside at once and is there again after a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from console.console import Console
from storage.errors import CentaurError

Json = Any
Part = Literal["job", "plan", "policy"]
PARTS: tuple[Part, ...] = ("job", "plan", "policy")
_LOOK_MS, _KEEP_MS = 250, 600


class Fault(NamedTuple):
    """What is wrong with a text: where and why.

    Attributes:
        at: the place as keys and positions; () where the text is no YAML.
        line, column: from 1; None where not known.
        token: the line of an expression and the column of the wrong word in it, or None.
    """

    part: str
    at: tuple[str | int, ...]
    path: str
    line: int | None
    column: int | None
    why: str
    token: tuple[str, int] | None


class Draft(QObject):
    """The texts of one job.

    Attributes:
        path: the job's file, "" before it was read.
        looked: the engine's last answer to `job.look`; {} before the first.
        faults: what is wrong, in the order of the files.
        trouble: why the job cannot be read at all, "".

    Signals:
        opened: the files were read.
        text_changed: a part's text is another now, and not by its editor (the part).
        looked_at: the engine looked at the texts.
        state_changed: dirty, busy or trouble are others.
    """

    opened = Signal()
    text_changed = Signal(object)
    looked_at = Signal()
    state_changed = Signal()

    def __init__(self, console: Console, agent: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._console, self.agent = console, agent
        self.path = ""
        self.texts: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        self.looked: Mapping[str, Json] = {}
        self.faults: list[Fault] = []
        self.trouble = ""
        self.restored = False
        self.conflict: set[str] = set()
        self.busy = False
        self._saved: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._bases: dict[str, str | None] = {}  # the digest of the file that each text was made from
        self._asked = 0
        self._closed = False
        self._edits: asyncio.Lock = asyncio.Lock()
        self._look_soon = self._timer(_LOOK_MS, self.look_now)
        self._keep_soon = self._timer(_KEEP_MS, self.keep)

    def _timer(self, after: int, what: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after)
        timer.timeout.connect(what)
        return timer

    # -- reading ----------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Read the files, take up what was typed before, and have them looked at."""
        try:
            answer = await self._console.engine.perform("job.read", {"job": self.agent})
        except CentaurError as error:
            if not self._closed:
                self.trouble = str(error)
                self.state_changed.emit()
            return
        if self._closed:  # the person went on to another agent meanwhile
            return
        self.trouble, self.path = "", str(answer["path"])
        self._saved = {part: each["text"] for part, each in answer["parts"].items()}
        self._digests = {part: each["digest"] for part, each in answer["parts"].items()}
        self.paths = {part: str(each["path"]) for part, each in answer["parts"].items()}
        self.texts, self._bases = dict(self._saved), dict(self._digests)
        self._take_up()
        self.opened.emit()
        for part in self.texts:
            self.text_changed.emit(part)
        self.state_changed.emit()
        self.look_now()

    def _take_up(self) -> None:
        kept = self._console.preferences.get(self._key)
        self.restored = False
        for part, each in kept.items() if isinstance(kept, dict) else ():
            if part not in self.texts or not isinstance(each, dict) or not isinstance(each.get("text"), str):
                continue
            if each["text"] == self.texts[part]:
                continue
            self.texts[part] = each["text"]
            self.restored = True
            self._bases[part] = each.get("base")
        self._find_conflicts()

    def _find_conflicts(self) -> None:
        dirty = self.dirty()
        self.conflict = {part for part in dirty if self._bases.get(part) != self._digests.get(part)}

    async def look_at_files(self) -> None:
        """Read the files anew: somebody else saved one; what is typed stays."""
        answer = await self._console.engine.perform("job.read", {"job": self.path or self.agent})
        self._saved = {part: each["text"] for part, each in answer["parts"].items()}
        self._digests = {part: each["digest"] for part, each in answer["parts"].items()}
        self._find_conflicts()
        self.keep()
        self.state_changed.emit()

    @property
    def _key(self) -> str:
        return f"draft.{self.agent}"

    def dirty(self) -> list[str]:
        """Return the parts that differ from their files."""
        return [part for part in self.texts if self.texts[part] != self._saved.get(part)]

    def value(self, part: str = "job") -> Mapping[str, Json]:
        """Return a part's content as plain values, {} where it cannot be read."""
        value = self.looked.get("values", {}).get(part)
        return value if isinstance(value, dict) else {}

    def broken(self, part: str) -> Fault | None:
        """Return why a part is no YAML at all, None where it is."""
        unread = part not in self.looked.get("values", {part: None})
        return next((fault for fault in self.faults if fault.part == part and not fault.at and unread), None)

    def faults_at(self, part: str, at: Sequence[str | int]) -> list[Fault]:
        """Return what is wrong at a place or inside it."""
        wanted = tuple(at)
        return [fault for fault in self.faults if fault.part == part and fault.at[: len(wanted)] == wanted]

    # -- changing ---------------------------------------------------------------------------------------------

    def type_text(self, part: str, text: str) -> None:
        """Take up what an editor holds now."""
        if self.texts.get(part) == text:
            return
        self.texts[part] = text
        self._changed()

    def edit(self, part: str, edits: Sequence[Mapping[str, Json]]) -> asyncio.Task[None]:
        """Change single values; the rest of the text stays as it is."""
        return self._console.tasks.start(self._edit(part, list(edits)), f"edit {self.agent}")

    async def _edit(self, part: str, edits: list[Mapping[str, Json]]) -> None:
        async with self._edits:  # one after the other, each on the text that the one before made
            before = self.texts.get(part, "")
            answer = await self._console.engine.perform("job.edit", {"text": before, "edits": edits})
            if self.texts.get(part) != before:
                return await self._edit_again(part, edits)
            self.texts[part] = answer["text"]
        self.text_changed.emit(part)
        self._changed()
        self.look_now()
        return None

    async def _edit_again(self, part: str, edits: list[Mapping[str, Json]]) -> None:
        """The text was typed in meanwhile: change what it is now."""
        answer = await self._console.engine.perform("job.edit", {"text": self.texts[part], "edits": edits})
        self.texts[part] = answer["text"]
        self.text_changed.emit(part)
        self._changed()

    def discard(self) -> None:
        """Go back to the files as they are."""
        self.texts, self._bases = dict(self._saved), dict(self._digests)
        self.conflict.clear()
        self.restored = False
        for part in self.texts:
            self.text_changed.emit(part)
        self._changed()
        self.look_now()

    def keep_mine(self) -> None:
        """Have the next saving replace what somebody else saved: the person looked at both."""
        self._bases.update({part: self._digests[part] for part in self.conflict if part in self._digests})
        self.conflict.clear()
        self.keep()
        self.state_changed.emit()

    def _changed(self) -> None:
        self._keep_soon.start()
        self._look_soon.start()
        self.state_changed.emit()

    def keep(self) -> None:
        """Put aside what is typed and not saved."""
        self._keep_soon.stop()
        kept = {part: {"text": self.texts[part], "base": self._bases.get(part)} for part in self.dirty()}
        self._console.preferences.set(self._key, kept or None)
        self._console.preferences.save()

    def close(self) -> None:
        """Rest, with everything put aside."""
        self._look_soon.stop()
        if self._keep_soon.isActive():
            self.keep()

    def end(self) -> None:
        """Be done with, everything put aside; an answer that comes later is nobody's."""
        self._closed = True
        self._asked += 1
        self.close()

    # -- the engine's word ------------------------------------------------------------------------------------

    def look_now(self) -> None:
        """Have the texts looked at; a newer question makes an older answer void."""
        self._look_soon.stop()
        self._asked += 1
        self.busy = True
        self.state_changed.emit()
        self._console.tasks.start(self._look(self._asked), f"look at {self.agent}")

    def params(self) -> dict[str, Json]:
        """Return the texts as parameters of `job.look` and `job.try`."""
        given = {"job": self.path or self.agent, "text": self.texts.get("job")}
        return given | {part: self.texts[part] for part in ("plan", "policy") if part in self.texts}

    async def _look(self, number: int) -> None:
        try:
            answer = await self._console.engine.perform("job.look", self.params())
        except CentaurError as error:
            if number == self._asked:
                self.busy, self.trouble = False, str(error)
                self.state_changed.emit()
            return
        if number != self._asked:
            return
        self.busy, self.trouble, self.looked = False, "", answer
        self.faults = [_fault(each) for each in answer["faults"]]
        self.looked_at.emit()
        self.state_changed.emit()

    async def save(self) -> bool:
        """Write what changed to its files; return whether all of it is saved. A text that is no YAML stays a draft."""
        if any(self.broken(part) for part in self.dirty()):
            self.keep()
            return False
        for part in self.dirty():
            text = self.texts[part]
            answer = await self._console.operations.command(
                "job.save", job=self.path or self.agent, part=part, text=text, digest=self._bases.get(part)
            )
            self._saved[part], self._digests[part], self._bases[part] = text, answer["digest"], answer["digest"]
            self.conflict.discard(part)
        self.restored = False
        self.keep()
        self.state_changed.emit()
        return not self.dirty()


def _fault(each: Mapping[str, Json]) -> Fault:
    token = each["token"]
    return Fault(
        each["part"], tuple(each["at"]), each["path"], each["line"], each["column"], each["why"],
        None if token is None else (str(token["text"]), int(token["column"])),
    )  # fmt: skip
