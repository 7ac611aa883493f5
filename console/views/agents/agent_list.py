"""The left list: a filter, agents by stage, and a button for a new one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.models.agents import AgentRow, grouped
from console.models.rows import HeldRows
from console.theme import paint
from console.theme.look import Look
from console.views.agents.parts import Ground
from console.widgets.button import IconButton
from console.widgets.field import Field
from console.widgets.focus import by_keyboard
from console.widgets.paged_list import PagedList, RowState

_TILE = 32


class AgentList(Ground):
    """The agents of the workspace.

    Signals:
        chosen: another agent is current (an `AgentRow` or None).
        opened: an agent was opened (Enter): go on into its page.
        new_wanted: somebody wants another agent.
    """

    chosen = Signal(object)
    opened = Signal(object)
    new_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "panel", "right", parent)
        self._rows: Sequence[AgentRow] = ()
        self._room = 0
        self.model = HeldRows(_key, self)
        self.model.words = _words
        self.filter = _Filter(look, self.tr("Filter agents"), icon="list-filter", key="/")
        self.new = IconButton(look, "plus", self.tr("New agent from a template"))
        self.list = _List(look, self.model, self._paint, row_height=60, name=self.tr("Agents"))
        self.list.empty = ""
        self._head = QHBoxLayout()
        self._head.addWidget(self.filter, 1)
        self._head.addWidget(self.new)
        self._all = QVBoxLayout(self)
        self._all.addLayout(self._head)
        self._all.addWidget(self.list, 1)
        self.filter.textChanged.connect(self._show)
        self.filter.left.connect(self._to_list)
        self.new.clicked.connect(self.new_wanted)
        self.list.current_changed.connect(self.chosen)
        self.list.activated.connect(self.opened)
        look.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Take up the look in force."""
        px = self.look.px
        self._fit()
        self._head.setContentsMargins(px(12), px(12), px(12), px(4))
        self._head.setSpacing(px(8))
        self._all.setContentsMargins(0, 0, 1, 0)
        self._all.setSpacing(0)

    def fit_into(self, room: int) -> None:
        """Leave the page beside it the larger part of a room."""
        self._room = room
        self._fit()

    def _fit(self) -> None:
        px = self.look.px
        self.setFixedWidth(min(px(280), max(px(160), round(self._room * 0.42))) if self._room else px(280))

    def show_rows(self, rows: Sequence[AgentRow]) -> None:
        """Show these agents; the current one stays current."""
        self._rows = rows
        self._show()

    def choose(self, agent: str) -> bool:
        """Make an agent current; return whether it is in the list."""
        number = self.model.find(agent)
        if number is None and self.filter.text():
            self.filter.clear()
            number = self.model.find(agent)
        if number is None:
            return False
        self.list.set_current(number)
        return True

    def _show(self) -> None:
        self.list.empty = self.tr("No agent of that name") if self._rows else self.tr("No agent yet")
        self.model.put(grouped(self._rows, self.filter.text()))

    def _paint(self, painter: QPainter, look: Look, box: QRect, row: AgentRow | None, state: RowState) -> None:
        paint_agent(painter, look, box, row, state._replace(focused=state.focused and self.list.ring))

    def _to_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)


class _List(PagedList):
    """The list; its ring is shown when the keyboard brought the focus."""

    ring = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = by_keyboard(event) and event.reason() != Qt.FocusReason.OtherFocusReason
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.ring = True
        super().keyPressEvent(event)


class _Filter(Field):
    """The filter; Escape empties it, Down and Enter go to the list."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _key(row: AgentRow) -> str:
    return row.agent


def _words(row: AgentRow) -> str:
    return f"{row.title}, {row.stage}, {row.line} {row.number}".strip()


def paint_agent(painter: QPainter, look: Look, box: QRect, row: AgentRow | None, state: RowState) -> None:
    """Paint one agent: icon tile, title, what it did, its version at the right."""
    if row is None:
        return
    px = look.px
    if state.current or state.hovered:
        tile = box.adjusted(px(8), px(2), -px(8), -px(2))
        paint.fill(painter, look, tile, "sel" if state.current else "hover", 6)
        if state.focused:
            paint.focus_ring(painter, look, tile)
    icon = QRect(box.x() + px(20), box.y() + (box.height() - px(_TILE)) // 2, px(_TILE), px(_TILE))
    paint.fill(painter, look, icon, "raised", 6)
    paint.outline(painter, look, icon, "line", 6)
    paint.icon(painter, look, icon, row.icon)
    left, right = icon.right() + px(12), box.right() - px(20)
    top = box.y() + (box.height() - look.line("body") - look.line("small")) // 2 - px(1)
    number = round(look.width(row.number, "mono.small")) if row.number else 0
    title = QRect(left, top, right - left - (number + px(8) if number else 0), look.line("body"))
    paint.text(painter, look, title, row.title, "strong" if state.current else "name", elide=True)
    if row.number:
        place = QRect(right - number, top, number, look.line("body"))
        paint.text(painter, look, place, row.number, "mono.small", "dim", "right")
    role = "err" if row.problem else "dim"
    line = QRect(left, top + look.line("body") + px(1), right - left, look.line("small"))
    paint.text(painter, look, line, row.line, "small", role, elide=True)
