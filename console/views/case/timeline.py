"""The timeline of a case: time in mono, an icon on a line, what happened, and how it stands."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from console import words
from console.models.case import Entry, Story, by_day, spoken
from console.models.rows import HeldRows
from console.theme import paint
from console.theme.look import Look
from console.widgets.paged_list import PagedList, RowState
from console.widgets.pill import HATCHED, paint_pill, pill_size

ROW = 56
_LEFT, _TIME, _NODE, _TEXT, _RIGHT = 24, 48, 28, 16, 24


class Timeline(PagedList):
    """The entries of a case, the oldest first, under their days."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        self._rows = HeldRows(_key)
        self._rows.words = spoken
        self.zone = "UTC"
        self._many_runs = False
        super().__init__(
            look, self._rows, self._paint_entry, row_height=ROW, head_height=40, name=name, margin=_LEFT, parent=parent
        )
        self._rows.setParent(self)

    def show_story(self, story: Story, now: int) -> None:
        """Show a case; what was current stays so."""
        self.zone, self._many_runs = story.zone, story.head.runs > 1
        self._rows.put(by_day(story.entries, story.zone, now))
        if self.current_number() < 0 and story.entries:
            self.set_current(0, reveal=False)

    def clear(self) -> None:
        """Show nothing."""
        self._rows.put([])

    def _paint_entry(self, painter: QPainter, look: Look, box: QRect, entry: Entry | None, state: RowState) -> None:
        px = look.px
        if state.current or state.hovered:
            inner = box.adjusted(px(8), px(2), -px(8), -px(2))
            paint.fill(painter, look, inner, "sel" if state.current else "hover", 6)
            if state.focused:
                paint.focus_ring(painter, look, inner, 6)
        if entry is None:
            return
        time = QRectF(box.x() + px(_LEFT), box.y(), px(_TIME), box.height())
        paint.text(painter, look, time, words.clock(entry.at, self.zone), "mono", "dim")
        node = QRectF(time.right() + px(8), box.y() + (box.height() - px(_NODE)) / 2, px(_NODE), px(_NODE))
        self._paint_node(painter, look, box, node, entry)
        left = node.right() + px(_TEXT)
        right = self._paint_right(painter, look, box, entry, left)
        room = QRectF(left, box.y(), right - left, box.height())
        if not entry.detail:
            paint.text(painter, look, room, entry.title, "name", elide=True)
            return
        line, second = look.line("body"), look.line("small")
        top = round(box.y() + (box.height() - line - second - px(2)) / 2)
        paint.text(painter, look, QRectF(left, top, room.width(), line), entry.title, "name", elide=True)
        below = QRectF(left, top + line + px(2), room.width(), second)
        paint.text(painter, look, below, entry.detail, "small", "dim", elide=True)

    def _paint_node(self, painter: QPainter, look: Look, box: QRect, node: QRectF, entry: Entry) -> None:
        """The icon on the line that goes through all entries; of what was not real, the ring is dashed."""
        middle = round(node.center().x())
        paint.rule(painter, look, middle, box.y(), box.height(), "line2", down=True)
        unreal = entry.mode not in ("", "live")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(look.colour("shadow_f" if unreal else "line2"), 1)
        if unreal:
            pen.setStyle(Qt.PenStyle.DashLine)
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(look.colour("panel" if unreal or entry.meaning == "text" else f"{entry.meaning}_b"))
        painter.drawEllipse(QPointF(node.center()), node.width() / 2 - 0.5, node.height() / 2 - 0.5)
        painter.restore()
        paint.icon(painter, look, node, entry.icon, entry.meaning, 14)

    def _paint_right(self, painter: QPainter, look: Look, box: QRect, entry: Entry, left: float) -> float:
        """Paint state, shadow and run from the right; return where the words must end."""
        px = look.px
        right = float(box.right() - px(_RIGHT))
        wide = right - left >= px(360)
        pills = [(entry.pill[0], entry.pill[1], entry.pill[2])] if entry.pill else []
        if entry.mode not in ("", "live"):
            pills.append((words.MODE[entry.mode].word if entry.mode in words.MODE else entry.mode, HATCHED, ""))
        for text, meaning, icon in pills:
            size = pill_size(look, text, icon)
            right -= size.width()
            paint_pill(painter, look, right, box.y() + (box.height() - size.height()) / 2, text, meaning, icon)
            right -= px(8)
        if wide and self._many_runs and entry.run:
            text = self.tr("run {n}").format(n=entry.run)
            width = look.width(text, "small")
            paint.text(painter, look, QRectF(right - width, box.y(), width + 1, box.height()), text, "small", "dim")
            right -= width + px(8)
        return right - px(4)


def _key(entry: Entry) -> int:
    return entry.key
