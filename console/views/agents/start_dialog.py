"""Starts a pilot: a case file, its columns, a look at its first rows, shadow or live, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from console import words
from console.console import Console
from console.dialogs import Dialog
from console.models.agents import AgentRow, pilot_rows
from console.models.agents_start import estimate, fits
from console.models.job_form_draft import Draft
from console.models.rows import Group, HeldRows
from console.place import Place
from console.theme import paint
from console.theme.look import Look
from console.views.agents.mapping_editor import MappingEditor
from console.views.agents.parts import row
from console.widgets.banner import Banner
from console.widgets.button import Button
from console.widgets.field import Field
from console.widgets.form import FormRow
from console.widgets.hold_button import HoldButton
from console.widgets.label import Label
from console.widgets.paged_list import PagedList, RowState
from console.widgets.progress import ProgressBar
from console.widgets.segmented import Segmented
from storage.errors import CentaurError

Json = Any
_SHOWN, _ROW = 20, 28
_SOON_MS = 400
"""After the last stroke, before a file that was named is looked at."""
_USUAL = ("cases.csv", "cases.jsonl", "cases.json", "cases.tsv")


class StartDialog(Dialog):
    """The question; `run` ends when a pilot was started or the person went away."""

    def __init__(
        self, console: Console, host: QWidget, agent: AgentRow, draft: Draft, page: Mapping[str, Json]
    ) -> None:
        super().__init__(console.look, host, "", icon="flask-conical", width=920)
        look = console.look
        self.console, self._agent, self._draft = console, agent, draft
        self._pilots = pilot_rows(page) if page else []
        self.preview: Mapping[str, Json] = {}
        self._asked, self._busy, self._mapped, self._closed = 0, False, False, False
        self._read_of: str | None = None
        title = self.tr("Start a pilot of {0}").format(agent.title)
        self.heading.say(title)
        self.setAccessibleName(title)
        self.path = Field(look, self.tr("A case file: CSV, JSON lines, JSON"))
        self.choose = Button(look, self.tr("Choose…"), icon="folder-open")
        line = QHBoxLayout()
        line.addWidget(self.path, 1)
        line.addWidget(self.choose)
        holder = QWidget()
        holder.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        self.file_row = FormRow(look, self.tr("Cases"), holder)
        self.body.addWidget(self.file_row)
        self.mapping = MappingEditor(look)
        self.found = Label(look, "", "name", "text")
        self.rows = HeldRows(_key, self)
        self.rows.words = _row_words
        self.list = PagedList(look, self.rows, self._paint, row_height=_ROW, name=self.tr("First rows"), margin=12)
        self.list.setMinimumHeight(look.px(5 * _ROW))
        for each in (self.mapping, self.found, self.list):
            each.hide()
            self.body.addWidget(each)
        self.mode = Segmented(look, [("shadow", self.tr("Shadow")), ("live", self.tr("Live"))], self.tr("Mode"))
        self.limit = Field(look, self.tr("all"), small=False)
        self.limit.setFixedWidth(look.px(90))
        self.limit.setAccessibleName(self.tr("How many cases at most"))
        most = Label(look, self.tr("At most"), "small.name", "dim", wrap=False)
        self.time = Label(look, "", "small", "dim", wrap=False)
        self.body.addLayout(row(self.mode, most, self.limit, self.time, spacing=look.px(12)))
        self.words = Banner(look, "shadow", "", "")
        self.body.addWidget(self.words)
        self.progress = ProgressBar(look, self.tr("Preparing"))
        self.progress.setRange(0, 0)
        self.progress.hide()
        self.body.addWidget(self.progress)
        self.error = Label(look, "", "small", "err")
        self.error.hide()
        self.body.addWidget(self.error)
        self.answer(self.tr("Cancel"), None)
        self.start = self.add(Button(look, self.tr("Start in shadow"), icon="play", kind="primary"))
        self.start.clicked.connect(self._start)
        self.live = HoldButton(look, self.tr("Hold to start live"), icon="zap", kind="primary")
        self.add(self.live)
        self.live.held.connect(self._start)
        self.live.hide()
        self.choose.clicked.connect(self._choose)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._typed)
        self.path.textEdited.connect(self._edited)
        self.path.editingFinished.connect(self._typed)
        self.mapping.changed.connect(self._remap)
        self.mode.chosen.connect(self._mode)
        self.limit.textChanged.connect(self._said)
        self._mode("shadow")
        self.path.setText(self._usual())
        self._typed()

    async def run(self) -> None:
        """Ask; go to the pilot that was started."""
        pilot = await self.open()
        if pilot:
            self.console.go(Place("pilots", "pilot", str(pilot)))

    def done(self, code: int) -> None:
        """Close; what is still being read is let go."""
        self._closed = True
        self._soon.stop()
        super().done(code)

    def _usual(self) -> str:
        """Return the file that was used last with this agent, or one beside the job."""
        kept = self.console.preferences.get(f"cases.{self._agent.agent}")
        if isinstance(kept, str) and (self._workspace / kept).exists():
            return self._within(kept)
        folder = Path(self._draft.path).parent if self._draft.path else Path()
        return next((self._within(str(folder / name)) for name in _USUAL if (folder / name).is_file()), "")

    @property
    def _workspace(self) -> Path:
        return self.console.reads.store.parent

    def _within(self, path: str) -> str:
        """Return a path from the workspace on, where it lies in there; the engine reads both."""
        whole = Path(path)
        return str(whole.relative_to(self._workspace)) if whole.is_relative_to(self._workspace) else path

    # -- the file ---------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        start = str(self._workspace / self.path.text()) if self.path.text() else str(Path(self._draft.path).parent)
        dialog = QFileDialog(self, self.tr("A case file"), start)
        dialog.setNameFilter(self.tr("Case files (*.csv *.tsv *.txt *.jsonl *.ndjson *.json);;All files (*)"))
        dialog.fileSelected.connect(self._picked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _picked(self, path: str) -> None:
        self.path.setText(self._within(path))
        self._typed()

    def _edited(self) -> None:
        """What is shown is of another file now: nothing is started until the one that is named was read."""
        self._forget()
        self._soon.start()

    def _typed(self) -> None:
        self._soon.stop()
        named = self.path.text().strip()
        if named == self._read_of and self.preview:
            return
        self._read_of = named
        self._mapped = False
        self._read(None)

    def _forget(self) -> None:
        self._asked += 1
        self.preview, self._read_of = {}, None
        self.rows.put([])
        self.found.say(self.tr("The file that you name is looked at when you have typed its name."), "dim")
        self.file_row.set_error("")
        self._said()

    def _remap(self) -> None:
        self._mapped = True
        self._read(self.mapping.mapping())

    def _read(self, mapping: Mapping[str, Json] | None) -> None:
        self._asked += 1
        if self._closed:
            return
        if not self.path.text().strip():
            self._clear("")
            return
        self.console.tasks.start(self._previewed(self._asked, mapping), "preview a case file")

    async def _previewed(self, asked: int, mapping: Mapping[str, Json] | None) -> None:
        if self._closed:
            return
        params: dict[str, Json] = {"job": self._job(), "cases": self.path.text().strip(), "shown": _SHOWN}
        if mapping is not None:
            params["mapping"] = mapping
        try:
            answer = await self.console.engine.perform("cases.preview", params)
        except CentaurError as error:
            self.console.tasks.told(error)
            if asked == self._asked and not self._closed:
                self._clear(str(error))
            return
        if self._closed or asked != self._asked:
            return
        self.preview = answer
        self.file_row.set_error("")
        if mapping is None:
            self.mapping.show_preview(answer)
            if self.mapping.suggested(answer):  # columns of other names: read the rows with what is proposed
                self._remap()
                return
        for each in (self.mapping, self.found, self.list):
            each.show()
        self.found.say(
            fits(answer), "err" if answer["broken"] == answer["counted"] else "wait" if answer["broken"] else "text"
        )
        groups = [(Group(), answer["rows"])]
        if answer["errors"]:
            groups.append((Group(self.tr("Further rows with faults"), len(answer["errors"]), "err"), answer["errors"]))
        self.rows.put(groups)
        self._said()

    def _clear(self, error: str) -> None:
        self.preview = {}
        self.file_row.set_error(error)
        for each in (self.mapping, self.found, self.list):
            each.hide()
        self._said()

    def _job(self) -> str:
        return self._draft.path or self._agent.agent

    # -- mode, number, start ----------------------------------------------------------------------------------

    def _mode(self, mode: str) -> None:
        if mode == "live":
            self.words.say("error", self.tr("Live"), self.tr(
                "The agent acts: what its rules allow is done in the real systems at once, what they ask for waits in "
                "your Inbox. What was sent cannot be called back by ending the pilot."))  # fmt: skip
            missing = self._draft.looked.get("missing", [])
            if missing:
                self.words.say("error", self.tr("Not live yet"), " ".join(each["why"] for each in missing))
        else:
            self.words.say("shadow", self.tr("Shadow"), self.tr(
                "The agent reads and decides beside your people. Nothing is sent or written; what it would have done "
                "is recorded and compared."))  # fmt: skip
        self.start.setVisible(mode != "live")
        self.live.setVisible(mode == "live")
        self._said()

    def limit_value(self) -> int | None:
        """Return how many cases at most; None for all. Raises ValueError for what is no number."""
        text = self.limit.text().strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or int(text) < 1:
            raise ValueError(text)
        return int(text)

    def _said(self) -> None:
        try:
            limit = self.limit_value()
            self.limit.set_wrong("")
        except ValueError:
            self.limit.set_wrong(self.tr("A whole number, or nothing for all."))
            self._enable(False)
            return
        mode = self.mode.current() or "shadow"
        usable = self.preview.get("counted", 0) - self.preview.get("broken", 0) if self.preview else 0
        cases = usable if limit is None else min(limit, usable)
        told = estimate(self._pilots, mode, cases) if cases else ""
        self.time.say(told or (self.tr("how long it takes is not known yet") if cases else ""))
        blocked = mode == "live" and bool(self._draft.looked.get("missing"))
        unsaved = bool(self._draft.dirty())
        self._enable(bool(cases) and not blocked and not self._busy)
        self.error.setVisible(unsaved)
        if unsaved:
            self.error.say(
                self.tr("What you typed is not saved: the pilot works the job as it is in its file."), "wait"
            )

    def _enable(self, on: bool) -> None:
        self.start.setEnabled(on)
        self.live.setEnabled(on)

    def _start(self) -> None:
        if self._busy or not self.start.isEnabled():
            return
        self._busy = True
        self._enable(False)
        self.progress.show()
        self.error.say(self.tr("Preparing: the version is compiled, and what it learns from is read."), "dim")
        self.error.show()
        self.console.tasks.start(self._started(), "start a pilot")

    async def _started(self) -> None:
        path, preview = self.path.text().strip(), self.preview
        params: dict[str, Json] = {
            "job": self._job(), "cases": path, "mode": self.mode.current() or "shadow", "limit": self.limit_value(),
        }  # fmt: skip
        if self._mapped:
            params["mapping"] = self.mapping.mapping()
        try:
            answer = await self.console.operations.command("pilot.start", **params)
        except CentaurError as error:
            self.console.tasks.told(error)
            if self._closed:
                return
            self._busy = False
            self.progress.hide()
            self._said()
            self.error.say(str(error), "err")
            self.error.show()
            return
        self.console.preferences.set(f"cases.{self._agent.agent}", path)
        if not preview["more"]:  # how many there will be is known before the engine has read them all
            most = params["limit"]
            expected = preview["counted"] if most is None else min(most, preview["counted"])
            self.console.preferences.set("pilots.expected", {answer["pilot"]: expected})
        if self._closed:  # the person went on: the pilot is under way all the same, and its page shows it
            return
        self.close_with(answer["pilot"])

    # -- painting ---------------------------------------------------------------------------------------------

    def _paint(
        self, painter: QPainter, look: Look, box: QRect, each: Mapping[str, Json] | None, state: RowState
    ) -> None:
        if each is None:
            return
        px, error = look.px, each["error"]
        if state.current or state.hovered:
            paint.fill(painter, look, box, "sel" if state.current else "hover", 4)
        paint.rule(painter, look, box.x(), box.bottom(), box.width())
        number = QRect(box.x() + px(4), box.y(), px(44), box.height())
        paint.text(painter, look, number, words.count(each["row"]), "mono.small", "faint", "right")
        left = number.right() + px(12)
        if error:
            paint.icon(painter, look, QRect(left, box.y(), px(16), box.height()), "circle-alert", "err", 14)
            place = QRect(left + px(22), box.y(), box.right() - left - px(30), box.height())
            paint.text(painter, look, place, _said_of(error), "small", "err", elide=True)
            return
        id_ = QRect(left, box.y(), px(150), box.height())
        paint.text(painter, look, id_, str(each["id"]), "mono.small", "text", elide=True)
        outcome = ", ".join(f"{key} {value}" for key, value in (each["outcome"] or {}).items())
        wide = px(230) if outcome else 0
        content = "  ·  ".join(str(value) for value in each["case"].values())
        place = QRect(id_.right() + px(12), box.y(), box.right() - id_.right() - px(24) - wide, box.height())
        paint.text(painter, look, place, " ".join(content.split()), "small", "text", elide=True)
        if outcome:
            right = QRect(box.right() - wide, box.y(), wide - px(8), box.height())
            paint.text(painter, look, right, outcome, "small", "dim", "right", elide=True)


def _said_of(error: Mapping[str, Json]) -> str:
    where = f"{error['field']}: " if error["field"] else ""
    near = f" Did you mean {error['near']}?" if error["near"] else ""
    return f"{where}{error['why']}.{near}"


def _key(each: Mapping[str, Json]) -> int:
    return int(each["row"])


def _row_words(each: Mapping[str, Json]) -> str:
    return f"{each['row']}, {_said_of(each['error'])}" if each["error"] else f"{each['row']}, {each['id']}"
