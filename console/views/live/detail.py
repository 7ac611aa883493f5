"""The selected step: key facts, what it was given and came back with, what changed, what policy said, the events."""

from __future__ import annotations

import asyncio
import functools

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.console import Console
from console.models import diff
from console.models.trace_items import DECISION, MODEL, STEP, Item
from console.theme import paint
from console.views.live import reading
from console.views.live.policy_view import PolicyView
from console.views.live.step_facts import Facts, facts_of, payload_of
from console.widgets.button import IconButton
from console.widgets.diff_view import DiffView
from console.widgets.empty_state import EmptyState
from console.widgets.field import Field
from console.widgets.icon import Icon
from console.widgets.label import Label
from console.widgets.payload_view import PayloadView
from console.widgets.tabs import Tabs
from console.widgets.trace_names import icon_of, name_of
from storage.errors import CentaurError

WIDTH = 296
_RIGHT, _MIDDLE = Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle


class Detail(QWidget):
    """The column."""

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = console.look
        self._look, self._reads, self._tasks = look, console.reads, console.tasks
        self._item: Item | None = None
        self._shown: tuple[str, str, object] | None = None
        self._words: dict[str, str] = {}
        self._icon, self._name = Icon(look, "activity", "run"), Label(look, "", "strong", wrap=False)
        self._number = Label(look, "", "small", "dim", wrap=False)
        self.tabs = Tabs(look, [("input", self.tr("Input")), ("output", self.tr("Output")), ("diff", self.tr("Diff")),
                                ("policy", self.tr("Policy")), ("raw", self.tr("Raw"))])  # fmt: skip
        self.facts = Facts(look)
        self._heading = Label(look, "", "strong", wrap=False)
        self.find_button = IconButton(look, "search", self.tr("Find (Ctrl+F)"), small=True)
        self.copy_button = IconButton(look, "copy", self.tr("Copy all"), small=True)
        self.finder = Field(look, self.tr("Find"), "search", small=True)
        self.payload = PayloadView(look, console.reads, console.tasks)
        self._path_icon, self._path = Icon(look, "braces", "dim"), Label(look, "", "mono", "dim", wrap=False)
        self._told = Label(look, "", "small", "dim", wrap=False)
        self.diff, self.policy = DiffView(look), PolicyView(look)
        self._nothing = EmptyState(look, "git-compare", self.tr("Nothing to compare"),
                                   self.tr("This step changed nothing that could be shown."))  # fmt: skip
        self._stack = QStackedWidget()
        self._build()
        self.tabs.chosen.connect(self._chosen)
        self.payload.path_changed.connect(self._show_path)
        self.payload.said.connect(self._told.say)
        self.find_button.clicked.connect(self.open_find)
        self.copy_button.clicked.connect(self.payload.copy_all)
        self.finder.textChanged.connect(self._find_first)
        self.finder.returnPressed.connect(self._find_next)
        look.changed.connect(self._restyle)
        self.show_item(None, 0, {})

    def _build(self) -> None:
        self._top, self._bar, self._foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._column, page = QVBoxLayout(self), QWidget()
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(0, 0, 0, 0)
        for part in (self._icon, self._name):
            self._top.addWidget(part)
        self._top.addStretch(1)
        self._top.addWidget(self._number)
        self._bar.addWidget(self._heading, 1)
        self._bar.addWidget(self.find_button)
        self._bar.addWidget(self.copy_button)
        self._foot.addWidget(self._path_icon)
        self._foot.addWidget(self._path, 1)
        self._foot.addWidget(self._told)
        self._page.addWidget(self.facts)
        self._page.addLayout(self._bar)
        self._page.addWidget(self.finder)
        self._page.addWidget(self.payload, 1)
        self._page.addLayout(self._foot)
        for each in (page, self.diff, self.policy, self._nothing):
            self._stack.addWidget(each)
        self._inner = QVBoxLayout()
        self._inner.addWidget(self._stack)
        self._column.addLayout(self._top)
        self._tab_row = QHBoxLayout()
        self._tab_row.addWidget(self.tabs)
        self._column.addLayout(self._tab_row)
        self._column.addLayout(self._inner, 1)
        self.finder.hide()
        self._page_widget = page
        self._restyle()

    def _restyle(self) -> None:
        px = self._look.px
        self._column.setContentsMargins(0, px(20), 0, px(12))
        self._column.setSpacing(0)
        self._top.setContentsMargins(px(20), 0, px(20), px(6))
        self._top.setSpacing(px(8))
        self._tab_row.setContentsMargins(px(20), 0, px(4), 0)
        self._inner.setContentsMargins(px(20), px(10), px(20), 0)
        self._page.setSpacing(px(8))
        self._foot.setSpacing(px(8))
        self.setMinimumWidth(px(264))

    def sizeHint(self) -> QSize:
        """Return the width of the design."""
        return QSize(self._look.px(WIDTH), self._look.px(600))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, and the line under the tabs."""
        painter = QPainter(self)
        paint.fill(painter, self._look, self.rect(), "panel")
        paint.rule(painter, self._look, 0, self.tabs.geometry().bottom(), self.width())
        painter.end()

    # -- what is shown

    def show_item(self, item: Item | None, number: int, said: dict[str, str]) -> None:
        """Show a step, or none."""
        self._item, self._words = item, said or self._words
        self.setEnabled(item is not None)
        if item is None:
            self._name.say(self.tr("No step is chosen"), "dim")
            self._number.say("")
            self._shown = None
            self.facts.say([])
            self._heading.say("")
            self.payload.show_message(self.tr("Choose a step to see what it was given and what came back."))
            return
        icon, role = icon_of(item) if item.kind != STEP else ("list-checks", "dim")
        self._icon.show_icon(icon, role)
        name = name_of(item, self._words)
        room = self.width() - self._look.px(130)
        self._name.say(self._look.metrics("strong").elidedText(name, _RIGHT, max(80, room)), "text")
        self._name.setToolTip(name)
        self._number.say(self.tr("step {0}").format(number) if number else "")
        self._chosen()

    def _chosen(self) -> None:
        item, tab = self._item, self.tabs.current()
        if item is None:
            return
        self.facts.say(facts_of(item, self))
        key = (item.id, tab, tuple(item.refs.items()) if tab != "raw" else item.seqs)
        if key == self._shown:
            return
        self._shown = key
        self._stack.setCurrentWidget({"diff": self.diff, "policy": self.policy}.get(tab, self._page_widget))
        match tab:
            case "diff":
                self._start(self._show_diff(item))
            case "policy":
                self._start(self._show_policy(item))
            case "raw":
                self._heading.say(self.tr("Events"))
                self._start(self._show_text(functools.partial(reading.raw, seqs=item.seqs), key))
            case _:
                self._show_payload(item, tab, key)

    def _start(self, coroutine: object) -> None:
        self._tasks.start(coroutine, "step detail")  # type: ignore[arg-type]

    def _show_payload(self, item: Item, tab: str, key: object) -> None:
        if item.kind == MODEL:
            heading = self.tr("Added messages") if tab == "input" else self.tr("Answer")
            self._heading.say(heading)
            if tab == "input" and not item.added:
                self.payload.show_message(self.tr("The case and the agent's instructions; nothing was added."))
            else:
                self._start(self._show_text(functools.partial(reading.document, item=item, tab=tab), key))
            return
        name, ref = payload_of(item, tab)
        headings = {
            "arguments": self.tr("Arguments"), "result": self.tr("Result"), "card": self.tr("Request"),
            "message": self.tr("Message"), "edited": self.tr("Edited arguments"),
        }  # fmt: skip
        self._heading.say(headings.get(name, ""))
        if ref is None:
            waits = item.end is None and item.start is not None
            none = self.tr("Nothing has come back yet.") if waits else self.tr("This step has none.")
            self.payload.show_message(none)
        elif self.payload.ref != ref:
            self.payload.show_ref(ref)

    async def _show_text(self, question: functools.partial[str], key: object) -> None:
        try:
            text = await self._reads.ask(question, key="live.detail")
        except asyncio.CancelledError:
            return
        except CentaurError as error:
            self.payload.show_message(str(error))
            return
        if key == self._shown:
            self.payload.show_text(text)

    async def _show_diff(self, item: Item) -> None:
        pairs = (("before", "after"), ("proposed", "arguments"), ("arguments", "edited"))
        found = next(((a, b) for a, b in pairs if a in item.refs and b in item.refs), None)
        names = {"before": self.tr("before"), "after": self.tr("after"), "proposed": self.tr("proposed"),
                 "arguments": self.tr("proposed") if found and found[1] == "edited" else self.tr("edited"),
                 "edited": self.tr("edited")}  # fmt: skip
        if found is not None:
            old, new = (item.refs[name] for name in found)
            told = await self._ask_texts([old, new])
            changed = diff.changes(diff.read(told.get(old)), diff.read(told.get(new)))
        elif "card" in item.refs:
            told = await self._ask_texts([item.refs["card"]])
            card = diff.read(told.get(item.refs["card"])) or {}
            held = isinstance(card, dict) and card.get("can_show_change")
            changed = diff.changes(card.get("before"), card.get("after")) if held else []
            found = ("before", "after")
        else:
            changed = []
        if self._item is item and self.tabs.current() == "diff":
            self._stack.setCurrentWidget(self.diff if changed else self._nothing)
            if changed and found:
                self.diff.show_changes(changed, names[found[0]], names[found[1]])

    async def _show_policy(self, item: Item) -> None:
        because = ""
        if "card" in item.refs:
            told = await self._ask_texts([item.refs["card"]])
            card = diff.read(told.get(item.refs["card"]))
            because = str(card.get("because", "")) if isinstance(card, dict) else ""
        elif item.kind == DECISION and "message" in item.refs:
            because = (await self._ask_texts([item.refs["message"]])).get(item.refs["message"]) or ""
        if self._item is item:
            self.policy.show_decision(item.decision, because)

    async def _ask_texts(self, refs: list[str]) -> dict[str, str | None]:
        try:
            return await self._reads.ask(functools.partial(reading.texts, refs=refs), key="live.detail")
        except asyncio.CancelledError:
            return {}

    # -- finding

    def open_find(self) -> None:
        """Show the field to find something in, or go to it."""
        self.finder.show()
        self.finder.setFocus()
        self.finder.selectAll()

    def close_find(self) -> bool:
        """Hide it; returns whether it was there."""
        shown = self.finder.isVisible()
        self.finder.hide()
        self._told.say("")
        return shown

    def _find_first(self, text: str) -> None:
        self.payload.look_for(text, onward=False)

    def _find_next(self) -> None:
        self.payload.look_for(self.finder.text())

    def _show_path(self, path: str) -> None:
        self._path_icon.setVisible(bool(path))
        self._path.say(self._look.metrics("mono").elidedText(path, _MIDDLE, max(60, self.width() - self._look.px(80))))
        self._path.setToolTip(path)
