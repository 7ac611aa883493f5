"""The right of a pilot's page: the cases where agent and person differ, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from agents.pilots.shadow import NO_ANSWER, ShadowCase, Status
from console import words
from console.models.rows import Group, HeldRows
from console.theme import paint
from console.theme.look import Look
from console.widgets.button import Button
from console.widgets.card import Card, Pane
from console.widgets.label import Label
from console.widgets.line import Line
from console.widgets.paged_list import PagedList, RowState
from console.widgets.pill import Pill, ShadowPill
from console.widgets.section import SectionTitle

_ROW, _BESIDE = 52, 400


class Disagreements(Pane):
    """A list of disagreements, and the one that is current.

    Signals:
        chosen: another ShadowCase is current (or None): its text is wanted.
        opened: a run's id.
        cleared: the person wants to see all again.
    """

    chosen = Signal(object)
    opened = Signal(str)
    cleared = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "panel", parent)
        self._all: tuple[ShadowCase, ...] = ()
        self._pair: tuple[str, str] | None = None
        self._title = SectionTitle(look, self.tr("Disagreements"))
        self._count = Pill(look, "", "wait")
        self._title.add(self._count)
        self._clear = Button(look, self.tr("Show all"), icon="x", small=True)
        self._clear.clicked.connect(self.show_all)
        self._title.add(self._clear)
        self._rows = HeldRows(lambda case: case.id, self)
        self._rows.words = lambda case: f"{case.id}: {_said(case)}, {case.human}"
        self.list = PagedList(look, self._rows, _paint_row, row_height=_ROW, name=self.tr("Disagreements"), margin=12)
        self.list.empty = self.tr("Where both have an answer, it is the same.")
        self.list.current_changed.connect(self._current)
        self.list.activated.connect(self._open)
        self._case = CaseBeside(look)
        self._case.opened.connect(self.opened)
        column = self._column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(self.list, 1)
        column.addWidget(Line(look))
        column.addWidget(self._case)
        look.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        px = self.look.px
        self._column.setContentsMargins(px(20), px(16), px(20), px(16))
        self._column.setSpacing(px(12))
        self.list.setMinimumHeight(px(2 * _ROW))

    def show_cases(self, cases: Sequence[ShadowCase]) -> None:
        """Show other disagreements; what is current stays if it is still there."""
        # What is not finished yet differs from nothing; the figures count it as not agreed and say so.
        self._all = tuple(case for case in cases if case.status is not Status.UNFINISHED)
        self._put()

    def show_pair(self, human: str, proposed: str) -> None:
        """Show those of one cell of the matrix; without `proposed` all of its row."""
        self._pair = (human, proposed)
        self._put()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_all(self) -> None:
        """Show all of them again."""
        self._pair = None
        self._put()

    def _put(self) -> None:
        shown = [case for case in self._all if self._pair is None or _is_of(case, *self._pair)]
        self._rows.put([(Group(), shown)])
        self._count.say(
            words.count(len(shown)) if self._pair is None
            else self.tr("{n} of {all}").format(n=words.count(len(shown)), all=words.count(len(self._all)))
        )  # fmt: skip
        self._clear.setVisible(self._pair is not None)
        if shown and self.list.current() is None:
            self.list.set_current(0)
        elif not shown:
            self._case.hide()

    def show_text(self, case: str, text: str) -> None:
        """Show what a case says, if it is still the current one."""
        current = self.list.current()
        if current is not None and current.id == case:
            self._case.show_text(text)

    def _current(self, case: ShadowCase | None) -> None:
        self._case.setVisible(case is not None)
        if case is not None:
            self._case.show_case(case)
        self.chosen.emit(case)

    def _open(self, case: Any) -> None:
        if isinstance(case, ShadowCase) and case.run:
            self.opened.emit(case.run)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._pair is not None:
            self.show_all()
        else:
            super().keyPressEvent(event)


class CaseBeside(QWidget):
    """One case: what it says, what the agent would have done, what the person did.

    Signals:
        opened: the run's id.
    """

    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._run = ""
        self._id = Label(look, "", "mono.name", "dim", wrap=False)
        self._button = Button(look, self.tr("Open the run"), icon="activity", key="Enter", small=True)
        self._button.clicked.connect(self._open)
        self._text = Label(look, "", "h2", selectable=True)
        self._agent, self._person = Card(look, ground="raised"), Card(look, ground="raised")
        self._proposed, self._human = Label(look, "", "h1"), Label(look, "", "h1")
        self._how = Label(look, "", "small", "dim")
        self._which = Label(look, "", "mono.small", "dim", selectable=True)
        self._that = Label(look, "", "mono.small", "dim", selectable=True)
        head = QHBoxLayout()
        head.addWidget(Label(look, self.tr("The agent would have said"), "small", "dim"), 1)
        head.addWidget(ShadowPill(look))
        self._agent.column.addLayout(head)
        for widget in (self._proposed, self._which, self._how):
            self._agent.column.addWidget(widget)
        self._agent.column.addStretch(1)
        for widget in (Label(look, self.tr("The person said"), "small", "dim"), self._human, self._that):
            self._person.column.addWidget(widget)
        self._person.column.addStretch(1)
        top, column = QHBoxLayout(), QVBoxLayout(self)
        pair = self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        top.addWidget(self._id)
        top.addStretch(1)
        top.addWidget(self._button)
        pair.addWidget(self._agent, 1)
        pair.addWidget(self._person, 1)
        pair.setSpacing(look.px(16))
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(10))
        column.addLayout(top)
        column.addWidget(self._text)
        column.addLayout(pair)

    def show_case(self, case: ShadowCase) -> None:
        """Show another case; its text comes later."""
        self._run = case.run
        self._id.say(case.id)
        self._text.say(" ")
        self._proposed.say(words.in_words(_said(case), capital=False))
        self._which.say(case.proposed or "")
        self._human.say(words.in_words(case.human or words.NONE, capital=False))
        self._that.say(case.human or "")
        sure = (
            ""
            if case.confidence_permille is None
            else self.tr("confidence {c}").format(c=words.percent(case.confidence_permille / 1000))
        )
        state = {
            Status.FINISHED: self.tr("decided by itself"), Status.HANDED_OFF: self.tr("handed over, leaning to this"),
            Status.FAILED: self.tr("the run failed"), Status.UNFINISHED: self.tr("not finished"),
        }[case.status]  # fmt: skip
        self._how.say(" · ".join(part for part in (state, sure) if part))
        self._button.setEnabled(bool(case.run))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= self.look.px(_BESIDE)
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def show_text(self, text: str) -> None:
        """Show what the case says."""
        self._text.say(text or " ")

    def _open(self) -> None:
        if self._run:
            self.opened.emit(self._run)


def _said(case: ShadowCase) -> str:
    return case.proposed if case.proposed is not None else NO_ANSWER


def _is_of(case: ShadowCase, human: str, proposed: str) -> bool:
    return case.human == human and (not proposed or _said(case) == proposed)


def _paint_row(painter: QPainter, look: Look, box: QRect, case: Any, state: RowState) -> None:
    if state.current or state.hovered:
        paint.fill(painter, look, QRectF(box).adjusted(0, 1, 0, -1), "sel" if state.current else "hover", 6)
    if case is None:
        return
    px = look.px
    inner = QRectF(box).adjusted(px(12), px(6), -px(12), -px(6))
    line, icon = inner.height() / 2, px(16)
    where = QRectF(inner.x(), inner.y(), px(120), line)
    paint.text(painter, look, where, case.id, "mono.small", "dim", elide=True)
    note = "" if case.confidence_permille is None else words.percent(case.confidence_permille / 1000)
    paint.text(
        painter, look, QRectF(inner.x(), inner.y() + line, px(120), line), note, "mono.small", "faint", elide=True
    )
    left = inner.x() + px(128)
    for number, (name, said, role) in enumerate(
        (
            ("bot", words.in_words(_said(case), capital=False), "run"),
            ("user", words.in_words(case.human or "", capital=False), "dim"),
        )
    ):
        row = QRectF(left, inner.y() + number * line, inner.right() - left, line)
        paint.icon(painter, look, QRectF(row.x(), row.y(), icon, line), name, role, 14)
        style = "name" if state.current else "body"
        paint.text(painter, look, row.adjusted(icon + px(6), 0, 0, 0), said, style, elide=True)
