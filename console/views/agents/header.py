"""The head of an agent's page: what it is called, how far it has come, what it is for, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from console import words
from console.models.agents import AgentRow
from console.models.job_form_draft import Draft
from console.theme.look import Look
from console.views.agents.parts import Ground
from console.widgets.button import Button
from console.widgets.flow import Flow
from console.widgets.label import Label
from console.widgets.pill import HATCHED, Pill
from console.widgets.tabs import Tabs


class Header(Ground):
    """Title, stage, version, purpose, buttons, tabs.

    Signals:
        pilot_wanted, publish_wanted, save_wanted, discard_wanted: a button.
    """

    pilot_wanted = Signal()
    publish_wanted = Signal()
    save_wanted = Signal()
    discard_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "ground", "bottom", parent)
        self._newest: str | None = None
        self.title = Label(look, "", "title", wrap=False)
        self.stage = Pill(look, "", "shadow")
        self.version = Pill(look, "", "outline")
        self.purpose = Label(look, "", "body", "dim")
        self.state = Label(look, "", "small", "dim", wrap=False)
        self.discard = Button(look, self.tr("Discard"), kind="quiet")
        self.save = Button(look, self.tr("Save"), icon="save", key="Ctrl S")
        self.publish = Button(look, self.tr("Publish"), icon="git-branch")
        self.pilot = Button(look, self.tr("Start a pilot"), icon="flask-conical", key="S", kind="primary")
        self.tabs = Tabs(look, [
            ("now", self.tr("Now")), ("job", self.tr("Job description")), ("plan", self.tr("Plan")),
            ("versions", self.tr("Versions")), ("policy", self.tr("Policy")), ("tools", self.tr("Tools")),
            ("raci", self.tr("RACI")), ("limits", self.tr("Limits and model")),
        ])  # fmt: skip
        self.tabs.setAccessibleName(self.tr("Parts of the agent"))
        first = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._named, self._done = Flow(), Flow()
        named: tuple[QWidget, ...] = (self.title, self.stage, self.version)
        done: tuple[QWidget, ...] = (self.state, self.discard, self.save, self.publish, self.pilot)
        for each in named:
            self._named.addWidget(each)
        for each in done:
            self._done.addWidget(each)
        first.addLayout(self._named, 1)
        first.addLayout(self._done)
        self._first = first
        self._all = QVBoxLayout(self)
        self._all.addLayout(first)
        self._all.addWidget(self.purpose)
        self._all.addWidget(self.tabs)
        for button, signal in (
            (self.discard, self.discard_wanted), (self.save, self.save_wanted), (self.publish, self.publish_wanted),
            (self.pilot, self.pilot_wanted),
        ):  # fmt: skip
            button.clicked.connect(signal)
        look.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Take up the look in force."""
        px = self.look.px
        self._all.setContentsMargins(px(32), px(20), px(32), 0)
        self._all.setSpacing(px(4))
        for row in (self._first, self._named, self._done):
            row.setSpacing(px(8))
        self._fit()

    def _fit(self) -> None:
        """Put the buttons below the title where they have no room beside it."""
        margins, ways = self._all.contentsMargins(), QBoxLayout.Direction
        room = self.width() - margins.left() - margins.right()
        wide = self._named.sizeHint().width() + self._done.sizeHint().width() + 2 * self.look.px(8)
        self._first.setDirection(ways.LeftToRight if wide <= room else ways.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def show_agent(self, row: AgentRow) -> None:
        """Show an agent's name and stage."""
        self._newest = row.version or None
        self.title.say(row.title)
        sign = words.sign(words.STAGE, row.stage)
        self.stage.say(sign.word, HATCHED if row.stage == "shadow" else sign.meaning, sign.icon)
        self.version.say(row.number or self.tr("not published"))
        self.purpose.say(row.purpose)
        self.purpose.setVisible(bool(row.purpose))
        self._fit()

    def show_draft(self, draft: Draft) -> None:
        """Show what is unsaved and what is wrong."""
        dirty, wrong = bool(draft.dirty()), len(draft.faults)
        self.discard.setVisible(dirty)
        self.save.setVisible(dirty)
        new = bool(draft.looked) and draft.looked.get("version") != self._newest
        self.publish.setEnabled(not wrong and not dirty and not draft.trouble and new)
        why = self.tr("Nothing differs from the newest version.") if draft.looked and not new else ""
        self.publish.setToolTip(self.tr("Save first.") if dirty else why)
        self.pilot.setEnabled(bool(draft.path) and not draft.trouble and not wrong)
        if draft.trouble:
            self.state.say("")
        elif wrong:
            self.state.say(words.counted(wrong, self.tr("fault"), self.tr("faults")), "err")
        elif draft.busy:
            self.state.say(self.tr("Checking…") if dirty or not draft.looked else "", "dim")
        elif dirty:
            self.state.say(self.tr("Draft kept, not saved"), "wait")
        else:
            self.state.say("")
        self.state.setVisible(bool(self.state.text()))
        for tab, part in (("policy", "policy"), ("plan", "plan"), ("job", "job")):
            count = sum(fault.part == part for fault in draft.faults)
            self.tabs.set_count(tab, count or None)
        self._fit()
