"""The Live room: which run, what happens in it, what its steps were told and answered; and a person's hand on it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.console import Console
from console.models import runs
from console.models.trace import Trace
from console.models.trace_items import END, MODEL, RETRIEVAL, SAID, TOOL, WAIT, Item
from console.news import News
from console.place import Place
from console.views.live import reading
from console.views.live.detail import Detail
from console.views.live.header import Header
from console.views.live.output import Entry, Output
from console.views.live.run_list import RunList
from console.views.room import Crumb, Room
from console.widgets.banner import Banner
from console.widgets.empty_state import EmptyState
from console.widgets.split import Split
from console.widgets.trace_view import TraceView
from storage.errors import CentaurError, NotFound
from storage.ids import now_us
from storage.queries.live import OpenedRun, RunRow, open_request

_LISTED = 200
"""Steps of an opened run whose words are shown at once in the output."""
_TEXT = 16_384


class LiveRoom(Room):
    """The room."""

    id, title, icon = "live", "Live", "activity"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        look = console.look
        self.list = RunList(console)
        self.header, self.trace_view = Header(console), TraceView(look)
        self.output = Output(look, console.actions.key("live.say"))
        self.detail = Detail(console)
        self.banner = Banner(
            look,
            "shadow",
            self.tr("Shadow"),
            self.tr("Nothing here reaches the world: what the agent would do is only written down."),
        )
        self._empty = EmptyState(look, "activity", self.tr("No run yet"),
                                 self.tr("Start a pilot: an agent then works real cases while you watch."),
                                 self.tr("Start a pilot"))  # fmt: skip
        self._choose = EmptyState(look, "activity", self.tr("Choose a run"), self.tr("J and K go through the list."))
        self._run = ""
        self._opened: OpenedRun | None = None
        self._trace = Trace()
        self._reading, self._more, self._stale, self._shown = False, False, False, False
        self._follow = True
        self._listed: dict[str, str] = {}
        self._streams = 0
        self._streamed, self._since = 0, 0
        self._wanted_part = ""
        self._build()
        self._connect()

    def _build(self) -> None:
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._below = Split(self.console.look, Qt.Orientation.Vertical)
        self._below.addWidget(self.trace_view)
        self._below.addWidget(self.output)
        self._below.setStretchFactor(0, 2)
        self._below.setStretchFactor(1, 1)
        self._below.setSizes([480, 240])
        for part in (self.banner, self.header):
            column.addWidget(part)
        column.addWidget(self._below, 1)
        self._centre = QStackedWidget()
        for page in (self._choose, self._middle):
            self._centre.addWidget(page)
        self._split = Split(self.console.look)
        for pane in (self.list, self._centre, self.detail):
            self._split.addWidget(pane)
        self._split.setStretchFactor(1, 1)
        px = self.console.look.px
        self._split.setSizes([px(296), px(776), px(296)])
        self._pages = QStackedWidget()
        self._pages.addWidget(self._split)
        self._pages.addWidget(self._empty)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self.banner.hide()

    def _connect(self) -> None:
        console, q = self.console, self.console.actions.q
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(self._enter_trace)
        self.list.counted.connect(self._counted)
        self.list.model.loaded.connect(self._loaded)
        self.trace_view.current_changed.connect(self._step_chosen)
        self.trace_view.activated.connect(self._enter_detail)
        self.trace_view.notes_wanted.connect(self._notes)
        self.trace_view.moved.connect(self._moved)
        self.output.said.connect(self._say)
        self._empty.acted.connect(self._to_agents)
        console.engine.chunk.connect(self._chunk)
        head = self.header
        for button, slot in ((head.pause, self.pause), (head.say, self.say), (head.take_over, self.take_over),
                             (head.stop, self.stop), (head.decide, self.open_approval)):  # fmt: skip
            button.clicked.connect(slot)
        for id_, slot in (
            ("next", self.next), ("previous", self.previous), ("filter", self.list.filter.setFocus),
            ("pause", self.pause), ("say", self.say), ("take_over", self.take_over), ("stop", self.stop),
            ("follow", self.follow), ("find", self.detail.open_find), ("copy", self.detail.payload.copy_all),
            ("open_case", self.open_case), ("open_approval", self.open_approval),
        ):  # fmt: skip
            q(f"live.{id_}", self, slot)
        self._second = QTimer(self, interval=1_000)
        self._second.timeout.connect(self._tick)

    # -- the room

    def enter(self, place: Place) -> None:
        """Come in, perhaps to a run and a step of it."""
        self._shown = True
        self._second.start()
        self.list.rows.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        if not self.list.model.ready:
            self.list.model.load()
        if place.kind == "run" and place.id:
            self._wanted_part = place.part
            self.open(place.id)
        if self._stale:
            self._stale = False
            self.hear(News(0, frozenset(), frozenset(), all=True))

    def leave(self) -> None:
        """Rest until the person comes back."""
        self._shown = False
        self._second.stop()

    def hear(self, news: News) -> None:
        """Re-read what changed: the list's pages, and the open run's new events."""
        if not self._shown:
            self._stale = True
            return
        self.list.model.hear(news)
        if self._run and (news.all or self._run in news.runs):
            self._read()

    def crumbs(self) -> Sequence[Crumb]:
        """Return the open run."""
        if self._opened is None:
            return ()
        name = self._opened.external_id or runs.title_of(None, self._opened.opening, self._run)
        return (Crumb(name, Place("live", "run", self._run)),)

    def hints(self) -> Sequence[tuple[str, str]]:
        """Return the keys for the status bar."""
        return (("J", self.tr("next step")), ("F", self.tr("follow")), ("Enter", self.tr("open")))

    def remember(self) -> Mapping[str, object]:
        """Return what should be there again."""
        return {"run": self._run, "tab": self.detail.tabs.current(), "columns": self._split.sizes(),
                "rows": self._below.sizes(), "filter": self.list.filter.text()}  # fmt: skip

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Take up what was remembered."""
        for split, name in ((self._split, "columns"), (self._below, "rows")):
            sizes = remembered.get(name)
            if isinstance(sizes, list) and len(sizes) == split.count() and all(isinstance(s, int) for s in sizes):
                split.setSizes(sizes)
        tab, run, words = remembered.get("tab"), remembered.get("run"), remembered.get("filter")
        if isinstance(tab, str):
            self.detail.tabs.open(tab)
        if isinstance(words, str) and words:
            self.list.filter.setText(words)
        if isinstance(run, str) and run and not self._run:
            self.open(run)

    # -- which run

    def _loaded(self) -> None:
        if not self._run and self.list.model.rowCount() and self.list.rows.current_number() < 0:
            self.list.rows.set_current(0)
        self._counted([group.rows for group in self.list.model.groups()])

    def _counted(self, counts: Sequence[int]) -> None:
        nothing = self.list.model.ready and not sum(counts) and not self.list.filter.text() and not self._run
        self._pages.setCurrentWidget(self._empty if nothing else self._split)

    def _chosen(self, row: RunRow | None) -> None:
        if row is not None and row.run != self._run:
            self.open(row.run)

    def open(self, run: str) -> None:
        """Open a run: read it, show its newest step."""
        self._run, self._opened, self._trace = run, None, Trace()
        self._follow, self._more = True, False
        self._listed.clear()
        self.output.lines.clear()
        self.output.head.what.say("")
        self._pages.setCurrentWidget(self._split)
        self._reading = False
        self._read()

    def _read(self) -> None:
        if self._reading:
            self._more = True
            return
        self._reading = True
        self.console.tasks.start(self._portion(self._run, self._trace), "read the run")

    async def _portion(self, run: str, trace: Trace) -> None:
        try:
            if trace.seq:
                question = functools.partial(reading.portion, run=run, after=trace.seq)
                portion = await self.console.reads.ask(question)
            else:
                first = functools.partial(reading.opened, run=run)
                portion, trace = await self.console.reads.ask(first, key="live.run")
        except asyncio.CancelledError:
            return
        except NotFound as error:
            if run == self._run:
                self._choose.say(error.message, error.hint or "")
                self._centre.setCurrentWidget(self._choose)
            return
        finally:
            if run == self._run:
                self._reading = False
        if run == self._run:
            self._trace = trace
            self._take(portion)
            if self._more:
                self._more = False
                self._read()

    def _take(self, portion: reading.Portion) -> None:
        first = self._opened is None
        self._opened = portion.run
        self._trace.take(portion.events, portion.plans)
        now = now_us()
        self._centre.setCurrentWidget(self._middle)
        self.banner.setVisible(portion.run.record.mode != "live")
        self.header.show_run(portion.run, self._trace, now)
        self.trace_view.show_trace(self._trace, now, anew=first)
        self._field(portion.run)
        self._output(first=first)
        if first or self._follow:
            self._go_newest()
        else:
            self._refresh_step()
        if first:
            self.crumbs_changed.emit(self.crumbs())
            if self.list.rows.current_number() < 0 or not self._in_list(portion.run):
                self.list.rows.set_current_key((0, -portion.run.record.seq))

    def _in_list(self, run: OpenedRun) -> bool:
        row = self.list.rows.current()
        return row is not None and row.run == run.record.run

    def _field(self, run: OpenedRun) -> None:
        over = run.record.ended_at is not None
        self.output.field.setEnabled(not over)
        words = (
            self.tr("The run is over; it hears nothing any more")
            if over
            else self.tr("Say something to the agent; it reads it before its next step")
        )
        self.output.field.setPlaceholderText(words)

    def _tick(self) -> None:
        now = now_us()
        if self._opened is not None and self._opened.record.ended_at is None:
            self.header.show_run(self._opened, self._trace, now)
            self.trace_view.tick(now)
            self._refresh_step()
            if self._streamed and now - self._since > 3_000_000:
                self._streamed = 0
                self.output.head.what.say("")

    # -- which step

    def _go_newest(self) -> None:
        wanted = self._wanted_part
        rows = self.trace_view.rows()
        row = next((r for r in rows if wanted and wanted in (r.item.id, r.item.call)), None) or self.trace_view.newest()
        if wanted:
            self._wanted_part, self._follow = "", False
        if row is not None:
            self.trace_view.set_current(row.item.id)
        else:
            self.detail.show_item(None, 0, self.trace_view.words)

    def _step_chosen(self, item: Item | None) -> None:
        row = self.trace_view.current()
        self.detail.show_item(item, 0 if row is None else row.number, self.trace_view.words)

    def _refresh_step(self) -> None:
        row = self.trace_view.current()
        if row is not None:
            self.detail.show_item(row.item, row.number, self.trace_view.words)

    def _moved(self) -> None:
        newest, row = self.trace_view.newest(), self.trace_view.current()
        self._follow = newest is not None and row is not None and newest.item.id == row.item.id

    def _notes(self, refs: Sequence[str]) -> None:
        self.console.tasks.start(self._ask_notes(list(refs), self._run), "notes of steps")

    async def _ask_notes(self, refs: list[str], run: str) -> None:
        try:
            notes = await self.console.reads.ask(functools.partial(reading.notes, refs=refs))
        except asyncio.CancelledError:
            return
        if run == self._run:
            self.trace_view.put_notes(notes)

    def _enter_trace(self, row: RunRow) -> None:
        self.trace_view.setFocus()

    def _enter_detail(self, item: Item) -> None:
        self.detail.payload.setFocus()

    # -- what is said

    def _chunk(self, run: str, text: str) -> None:
        if run != self._run or not text:
            return
        now = now_us()
        if not self._streamed:
            self._since = now
        self._streamed += len(text)
        self.output.lines.stream(f"stream {self._streams}", now, text)
        seconds = max(0.2, (now - self._since) / 1e6)
        name = self._trace.items()[-1].name if self._trace.items() else ""
        self.output.head.what.say(
            self.tr("{model}, streaming {rate} characters/s").format(model=name, rate=round(self._streamed / seconds))
        )
        self._since = now if now - self._since > 10_000_000 else self._since

    def _output(self, *, first: bool) -> None:
        items = self._trace.items()[-_LISTED:] if first else self._trace.items()[-_LISTED // 4 :]
        told = [(item, ref) for item in items if (ref := _says(item)) is not None
                and self._listed.get(item.id) != ref]  # fmt: skip
        if not told:
            return
        self._listed.update({item.id: ref for item, ref in told})
        self.console.tasks.start(self._list_output(told, self._run), "words of steps")

    async def _list_output(self, told: list[tuple[Item, str]], run: str) -> None:
        try:
            texts = await self.console.reads.ask(functools.partial(reading.texts, refs=[ref for _, ref in told]))
        except asyncio.CancelledError:
            return
        if run != self._run:
            return
        if any(item.kind == MODEL for item, _ in told):  # what was streamed is now an answer
            self.output.lines.drop(f"stream {self._streams}")
            self._streams += 1
            self._streamed = 0
            self.output.head.what.say("")
        self.output.lines.put([_entry(item, texts.get(ref)) for item, ref in told])

    def _say(self, text: str) -> None:
        if self._open_run():
            self.output.field.clear()
            self.console.tasks.start(self._send(text, self._run), "say to the agent")

    async def _send(self, text: str, run: str) -> None:
        try:
            await self.console.operations.say(run, text)
        except CentaurError:
            if run == self._run and not self.output.field.text():
                self.output.field.setText(text)  # what was typed is not lost

    # -- verbs

    def _open_run(self) -> bool:
        return self._opened is not None and self._opened.record.ended_at is None

    def pause(self) -> None:
        """Halt the run before its next step, or let it go on."""
        if self._opened is not None and self._open_run():
            verbs = self.console.operations
            (verbs.resume if self._opened.record.state == "paused" else verbs.pause)(self._run)

    def say(self) -> None:
        """Go to the field to say something."""
        if self._open_run():
            self.output.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def take_over(self) -> None:
        """Give the case to the person who acts."""
        if self._open_run():
            self.console.operations.take_over(self._run)

    def stop(self) -> None:
        """End the run."""
        if self._open_run():
            self.console.operations.stop(self._run)

    def follow(self) -> None:
        """Keep the newest step and the newest words in view."""
        self._follow = True
        self.output.lines.follow()
        self._go_newest()

    def next(self) -> None:
        """Go one step on, or one run where the list has the keys."""
        (self.list.rows if self.list.rows.hasFocus() else self.trace_view).step(1)

    def previous(self) -> None:
        """Go one step or run back."""
        (self.list.rows if self.list.rows.hasFocus() else self.trace_view).step(-1)

    def open_case(self) -> None:
        """Go to the run's case."""
        if self._opened is not None:
            self.console.go(Place("case", "case", self._opened.record.case_id))

    def open_approval(self) -> None:
        """Go to what waits for a decision."""
        if self._run:
            self.console.tasks.start(self._go_approval(self._run), "open the approval")

    async def _go_approval(self, run: str) -> None:
        found = await self.console.reads.ask(lambda view: open_request(view.connection, run))
        if found is not None:
            self.console.go(Place("inbox", "approval", found))

    def _to_agents(self) -> None:
        self.console.go(Place("agents"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the field one is in; End follows."""
        if event.key() == Qt.Key.Key_Escape:
            if not self.detail.close_find():
                self.trace_view.setFocus()
        elif event.key() == Qt.Key.Key_End:
            self.follow()
        else:
            super().keyPressEvent(event)


def _says(item: Item) -> str | None:
    """Return the payload that holds a step's words, once it has some."""
    if item.kind in (TOOL, RETRIEVAL):
        return item.refs.get("message") or item.refs.get("result")
    if item.kind == MODEL:
        return item.refs.get("text") or item.refs.get("message")
    if item.kind == WAIT:
        return item.refs.get("message") or item.refs.get("result")
    return item.refs.get("result") or item.refs.get("message") if item.kind in (SAID, END) else None


def _entry(item: Item, text: str | None) -> Entry:
    ts = (item.end if item.end is not None else item.start) or 0
    failed = item.state == "failed"
    if item.kind in (TOOL, RETRIEVAL):
        words = (text or "")[:_TEXT] if failed else reading.short(text, 160)
        return Entry(item.id, ts, "error" if failed else item.kind, f"{item.name}  →  {words}", mono=True)
    if item.kind == END:
        words = reading.short(text, 300)
        return Entry(item.id, ts, "error" if failed else "run", f"{item.name}. {words}")
    kind = "error" if failed else "person" if item.kind in (SAID, WAIT) else "model"
    whole = text if text is not None else "(erased)"
    return Entry(item.id, ts, kind, whole[:_TEXT] + ("…" if len(whole) > _TEXT else ""))
