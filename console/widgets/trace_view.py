"""A run's steps as a tree beside one shared time axis; only what is visible is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from console import words
from console.models.trace import Trace
from console.models.trace_axis import Axis, gaps
from console.models.trace_items import (
    CHECK,
    DECISION,
    DOUBT,
    END,
    LIMIT,
    MODEL,
    PLAN,
    RETRIEVAL,
    SAID,
    STEP,
    TOOL,
    WAIT,
    Item,
    Row,
)
from console.theme import paint
from console.theme.look import Look
from console.theme.paint import Span
from console.widgets.focus import by_keyboard
from console.widgets.scroll import thin_bars

ROW, HEAD, TOP = 24, 28, 4
MARGIN, RIGHT = 24, 16
_BAND = 68
_NARROW = 520
"""Pixels at 100 %: below this only the time stands beside the bars."""
_ICONS: Mapping[str, tuple[str, str]] = {
    PLAN: ("list-checks", "run"), MODEL: ("sparkles", "run"), TOOL: ("wrench", "tool"), WAIT: ("hand", "wait"),
    RETRIEVAL: ("book-open", "retr"), DECISION: ("gavel", "wait"), DOUBT: ("circle-help", "wait"),
    CHECK: ("clipboard-check", "ok"), SAID: ("message-square", "dim"), LIMIT: ("gauge", "wait"),
    END: ("circle-check", "ok"),
}  # fmt: skip
_FILLS: Mapping[str, str] = {PLAN: "run_f", MODEL: "run_f", TOOL: "tool_f", RETRIEVAL: "retr_f"}


def icon_of(item: Item) -> tuple[str, str]:
    """Return the icon of a step and the role of its colour."""
    name, role = _ICONS.get(item.kind, ("circle-dashed", "faint"))
    if item.kind == END:
        return {
            "ok": ("circle-check", "ok"), "ended": ("handshake", "wait"), "failed": ("circle-x", "err")
        }.get(item.state, (name, role))  # fmt: skip
    if item.state in ("failed", "denied"):
        return ("ban" if item.state == "denied" else name), "err"
    return name, role


def name_of(item: Item, said: Mapping[str, str]) -> str:
    """Return what a step is called; `said` holds the words of `TraceView`."""
    match item.kind:
        case "model":
            return said["playbook"] if item.name == "playbook" else said["chat"].format(name=item.name)
        case "decision":
            return said["deny" if item.state == "denied" else "ask"].format(name=item.name)
        case "wait" if item.note == "paused":
            return said["paused"].format(name=item.name)
        case "wait":
            return said["waits" if item.end is None else "waited"].format(name=item.name)
        case "doubt":
            return said["doubt"].format(name=item.name)
        case "said":
            return said["said"].format(name=item.name)
        case "limit":
            return said["limit"].format(name=item.name)
        case _:
            return item.name


class TraceView(QAbstractScrollArea):
    """The tree.

    Signals:
        current_changed: the step that is current (an Item or None).
        activated: a step was opened.
        notes_wanted: payloads (a list of addresses) whose beginnings would say more in what is visible.
        moved: the person chose a step: do not follow the newest any more.
        left: the person goes to the left of it (Left on what cannot be folded any more).
    """

    current_changed = Signal(object)
    activated = Signal(object)
    notes_wanted = Signal(object)
    moved = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._trace: Trace | None = None
        self._rows: list[Row] = []
        self._folded: set[str] = set()
        self._axis: Axis | None = None
        self._now = 0
        self._current = ""
        self._notes: dict[str, str] = {}
        self._ring = False
        self._in_view = False
        self.words = {
            "playbook": self.tr("playbook"), "chat": self.tr("chat {name}"), "deny": self.tr("deny {name}"),
            "ask": self.tr("ask {name}"), "paused": self.tr("Paused by {name}"), "waits": self.tr("Waits for {name}"),
            "waited": self.tr("Waited for {name}"), "doubt": self.tr("In doubt: {name}"),
            "said": self.tr("{name} said"), "limit": self.tr("Limit: {name}"),
        }  # fmt: skip
        self.setAccessibleName(self.tr("Steps of the run"))
        thin_bars(look, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        look.changed.connect(self._restyle)
        self._restyle()

    # -- what is shown

    def show_trace(self, trace: Trace | None, now: int, *, anew: bool = False) -> None:
        """Show a run's steps; `anew`: it is another run."""
        self._trace = trace
        if anew:
            self._folded.clear()
            self._notes.clear()
            self._current = ""
            self.verticalScrollBar().setValue(0)
        self._lay_out(now)

    def tick(self, now: int) -> None:
        """Move the line of now."""
        if self._trace is not None and self._trace.ended is None:
            self._measure(now)
            self.viewport().update()

    def put_notes(self, notes: Mapping[str, str]) -> None:
        """Take in the beginnings of payloads that were wanted."""
        self._notes.update(notes)
        self.viewport().update()

    def rows(self) -> Sequence[Row]:
        """Return the rows as they are shown."""
        return self._rows

    def current(self) -> Row | None:
        """Return the current row."""
        return next((row for row in self._rows if row.item.id == self._current), None)

    def set_current(self, id_: str, *, reveal: bool = True) -> None:
        """Make a step current."""
        self._current = id_
        number = self._number()
        if reveal and number >= 0:
            self._reveal(number)
        self._in_view = number in self._visible()
        self.viewport().update()
        row = self.current()
        self.setAccessibleDescription("" if row is None else self._spoken(row.item))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.current_changed.emit(None if row is None else row.item)

    def newest(self) -> Row | None:
        """Return the row of what began last."""
        begun = [row for row in self._rows if row.item.start is not None and row.item.kind != STEP]
        # By the ledger's order: several things may begin at one moment.
        return max(begun, key=lambda row: row.item.seqs[:1]) if begun else None

    def folded(self) -> frozenset[str]:
        """Return the plan steps whose children are hidden."""
        return frozenset(self._folded)

    def _lay_out(self, now: int) -> None:
        self._rows = [] if self._trace is None else self._trace.rows(frozenset(self._folded))
        self._measure(now)
        keep = self._in_view
        height = self._look.px(TOP) * 2 + self._look.px(ROW) * len(self._rows) + self._look.px(HEAD)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - self._look.px(HEAD)))
        bar.setSingleStep(self._look.px(ROW))
        if keep and self._number() >= 0:  # what one looks at stays in view however large the pane is
            self._reveal(self._number())
        self._want_notes()
        self.viewport().update()

    def _measure(self, now: int) -> None:
        self._now, trace = now, self._trace
        if trace is None or trace.started is None:
            self._axis = None
            return
        end = trace.ended or max(now, trace.started + 1)
        found = gaps(trace.items(), trace.started, end)
        self._axis = Axis(trace.started, end, found, self._axis_box().width(), self._look.px(_BAND))

    def _axis_box(self) -> QRectF:
        px, width = self._look.px, self.viewport().width()
        inner = width - px(MARGIN) - px(RIGHT)
        end = self._columns()[0][0] - px(70)
        name = min(max(inner * 0.386, px(248)), px(460), (end - px(MARGIN)) * 0.7)
        left = round(px(MARGIN) + name)
        return QRectF(left, 0, max(px(24), end - left), self.viewport().height())

    def _columns(self) -> list[tuple[float, str]]:
        """Return the columns: right edge and head. Where there is little room the time stands alone."""
        px, right = self._look.px, self.viewport().width() - self._look.px(RIGHT)
        if self.viewport().width() < px(_NARROW):
            return [(right, self.tr("Time"))]
        return [(right - px(120), self.tr("Time")), (right - px(60), self.tr("Tokens")), (right, self.tr("USD"))]

    def _restyle(self) -> None:
        palette = self._look.palette()
        palette.setColor(QPalette.ColorRole.Window, self._look.colour("panel"))
        self.setPalette(palette)
        self.setAutoFillBackground(True)  # beside the thin bar, too
        self._lay_out(self._now)

    def _scrolled(self) -> None:
        self._in_view = self._number() in self._visible()
        self._want_notes()
        self.viewport().update()

    def _visible(self) -> range:
        px, offset = self._look.px, self.verticalScrollBar().value()
        first = max(0, (offset - px(TOP)) // px(ROW))
        return range(first, min(len(self._rows), first + self.viewport().height() // px(ROW) + 2))

    def _want_notes(self) -> None:
        refs = {self._rows[n].item.note_ref for n in self._visible()} - {None}
        missing = [ref for ref in refs if ref is not None and ref not in self._notes]
        if missing:
            self.notes_wanted.emit(missing)

    def _number(self) -> int:
        return next((n for n, row in enumerate(self._rows) if row.item.id == self._current), -1)

    def _reveal(self, number: int) -> None:
        px, bar = self._look.px, self.verticalScrollBar()
        top = px(TOP) + number * px(ROW)
        if top < bar.value():
            bar.setValue(top - px(TOP))
        elif top + px(ROW) + px(HEAD) > bar.value() + self.viewport().height():
            bar.setValue(top + px(ROW) + px(HEAD) + px(TOP) - self.viewport().height())

    def _spoken(self, item: Item) -> str:
        time = words.duration(_span(item, self._now))
        return ", ".join(part for part in (name_of(item, self.words), self._note(item), item.state, time) if part)

    def _note(self, item: Item) -> str:
        if item.state == "failed" and item.note:
            return item.note
        return self._notes.get(item.note_ref or "", "") or item.note

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible rows over the scale, then the head."""
        painter, look, px = QPainter(self.viewport()), self._look, self._look.px
        paint.fill(painter, look, self.viewport().rect(), "panel")
        head = px(HEAD)
        area = QRect(0, head, self.viewport().width(), self.viewport().height() - head)
        painter.setClipRect(area)
        offset, number = self.verticalScrollBar().value(), self._number()
        if number >= 0:
            box = self._row_box(number, offset)
            paint.fill(painter, look, box.adjusted(px(8), 0, -px(8), 0), "sel", 6)
            if self._ring and self.hasFocus():
                paint.focus_ring(painter, look, box.adjusted(px(8), 0, -px(8), 0))
        self._paint_scale(painter, area)
        for n in self._visible():
            self._paint_row(painter, self._row_box(n, offset), self._rows[n])
        self._paint_now(painter, area)
        painter.setClipping(False)
        self._paint_head(painter, QRect(0, 0, self.viewport().width(), head))
        painter.end()

    def _row_box(self, number: int, offset: int) -> QRect:
        px = self._look.px
        return QRect(0, px(HEAD) + px(TOP) + number * px(ROW) - offset, self.viewport().width(), px(ROW))

    def _paint_scale(self, painter: QPainter, area: QRect) -> None:
        if self._axis is None:
            return
        look, left = self._look, self._axis_box().left()
        for tick in self._axis.ticks(look.px(56)):
            paint.rule(painter, look, round(left + tick.x), area.top(), area.height(), down=True)
        for band in self._axis.bands:
            box = QRectF(round(left + band.left), area.top(), round(band.right - band.left), area.height())
            if band.gap.waited:
                painter.setOpacity(0.55)
                paint.fill(painter, look, box, "wait_b")
                painter.setOpacity(0.14)
                paint.hatch(painter, look, box, "wait_f", every=look.px(8), width=1)
                painter.setOpacity(0.6)
                for x in (box.left(), box.right()):
                    paint.rule(painter, look, round(x), area.top(), area.height(), "wait_f", down=True)
            else:
                paint.hatch(painter, look, box, "hatch", every=look.px(8), width=1)
            painter.setOpacity(1)

    def _paint_now(self, painter: QPainter, area: QRect) -> None:
        if self._axis is None or self._trace is None or self._trace.ended is not None:
            return
        x = round(self._axis_box().left() + self._axis.x(self._now))
        painter.fillRect(QRectF(x - 1, area.top(), 1.5, area.height()), self._look.colour("run_f"))

    def _paint_head(self, painter: QPainter, box: QRect) -> None:
        look, px = self._look, self._look.px
        paint.fill(painter, look, box, "raised")
        paint.rule(painter, look, 0, box.top(), box.width())
        paint.rule(painter, look, 0, box.bottom(), box.width())
        inner = box.adjusted(px(MARGIN), 0, 0, 0)
        paint.text(painter, look, inner, self.tr("Step"), "caption", "faint")
        for right, label in self._columns():
            where = QRectF(right - px(60), box.y(), px(60), box.height())
            paint.text(painter, look, where, label, "caption", "faint", "right")
        if self._axis is None or self._trace is None:
            return
        left = self._axis_box().left()
        for tick in self._axis.ticks(px(56)):
            if tick.label:
                where = QRectF(left + tick.x, box.y(), px(60), box.height())
                paint.text(painter, look, where, tick.label, "caption", "faint")
        for band in self._axis.bands:
            words_ = _coarse(band.gap.end - band.gap.start)
            full = self.tr("{time} wait").format(time=words_) if band.gap.waited else words_
            room = band.right - band.left
            shown = next((text for text in (full, words_) if look.width(text, "pill") <= room - px(4)), "")
            if shown:
                chip = QRectF(left + band.left + 1, box.y() + px(5), room - 1, px(18))
                role = "wait" if band.gap.waited else "dim"
                paint.fill(painter, look, chip, "wait_b" if band.gap.waited else "sunken", 4)
                paint.text(painter, look, chip, shown, "pill", role, "centre")
        if self._trace.ended is None:
            x = left + self._axis.x(self._now)
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("run_f"))
            size, bottom = px(5), box.bottom() + 1
            painter.drawPolygon(QPolygonF([QPointF(x - size, bottom - size), QPointF(x + size, bottom - size),
                                           QPointF(x, bottom)]))  # fmt: skip
            painter.restore()

    def _paint_row(self, painter: QPainter, box: QRect, row: Row) -> None:
        item = row.item
        self._paint_name(painter, box, row)
        if item.start is not None and self._axis is not None:
            self._paint_bar(painter, box, item)
        self._paint_figures(painter, box, row)

    def _paint_name(self, painter: QPainter, box: QRect, row: Row) -> None:
        look, px, item = self._look, self._look.px, row.item
        x = px(MARGIN) + (px(21) if row.depth else 0)
        icon = QRectF(x - px(4), box.y(), px(18), box.height())
        if row.depth:
            rail = px(MARGIN) + px(5)
            paint.rule(painter, look, rail, box.y(), box.height() if not row.last else box.height() // 2 + px(4),
                       "line2", down=True)  # fmt: skip
        if item.kind == STEP:
            self._paint_step(painter, box, row, icon)
            return
        name, role = icon_of(item)
        paint.icon(painter, look, icon, name, role, 16)
        mono = item.kind in (MODEL, TOOL, RETRIEVAL, DECISION)
        style = "mono" if mono else "name"
        colour = "err" if item.state in ("failed", "denied") else "wait" if item.kind in (WAIT, DOUBT) else "text"
        note = self._note(item)
        pieces = [Span(name_of(item, self.words), style, colour)]
        if note:
            note_role = "err" if item.state == "failed" else "dim"
            pieces += [Span("  ", "small"), Span(note, "small", note_role)]
        left = x + px(20)
        paint.spans(painter, look, QRectF(left, box.y(), self._axis_box().left() - left - px(12), box.height()), pieces)

    def _paint_step(self, painter: QPainter, box: QRect, row: Row, icon: QRectF) -> None:
        look, px, item = self._look, self._look.px, row.item
        left = px(MARGIN) + px(17)
        room = QRectF(left, box.y(), self._axis_box().left() - left - px(12), box.height())
        if item.start is None:
            sign = "circle-minus" if item.state == "skipped" else "circle-dashed"
            paint.icon(painter, look, icon, sign, "faint", 16)
            paint.text(painter, look, room, item.name, "body", "dim", elide=True)
            return
        paint.icon(painter, look, icon, "chevron-right" if row.folded else "chevron-down", "dim", 14)
        role = "err" if item.state == "failed" else "text"
        width = paint.text(painter, look, room, item.name, "name", role, elide=True)
        if item.state == "active":
            paint.dot(painter, look, QPointF(left + width + px(10), box.center().y() + 0.5), "run_f", 6)

    def _paint_bar(self, painter: QPainter, box: QRect, item: Item) -> None:
        look, px, axis = self._look, self._look.px, self._axis
        if axis is None or item.start is None:
            return
        left = self._axis_box().left()
        x0 = left + axis.x(item.start)
        x1 = left + axis.x(item.end if item.end is not None else self._now)
        middle = box.y() + box.height() / 2
        if item.kind == STEP:
            self._paint_bracket(painter, x0, x1, middle, open_=item.end is None)
        elif item.kind in (WAIT, DOUBT):
            bar = QRectF(x0, middle - px(4), max(px(3), x1 - x0), px(9))
            paint.fill(painter, look, bar, "wait_b", 2)
            painter.setOpacity(0.75)
            paint.hatch(painter, look, bar, "wait_f", radius=2, every=px(4), width=1)
            painter.setOpacity(1)
            paint.outline(painter, look, bar, "wait_f", 2)
        elif item.kind in _FILLS and item.state != "recorded":
            role = "err_f" if item.state == "failed" else _FILLS[item.kind]
            paint.fill(painter, look, QRectF(x0, middle - px(4), max(px(3), x1 - x0), px(8)), role, 2)
        else:
            self._paint_mark(painter, item, x0, middle)

    def _paint_bracket(self, painter: QPainter, x0: float, x1: float, middle: float, *, open_: bool) -> None:
        look, px = self._look, self._look.px
        colour = look.colour("faint")
        x1 = max(x1, x0 + px(3))
        painter.fillRect(QRectF(round(x0), round(middle) - 1, round(x1 - x0), 2), colour)
        for x in (round(x0), *(() if open_ else (round(x1) - 2,))):
            painter.fillRect(QRectF(x, round(middle) - px(4), 2, px(8)), colour)

    def _paint_mark(self, painter: QPainter, item: Item, x: float, middle: float) -> None:
        look, size = self._look, self._look.px(5)
        role = {
            DECISION: "err_f" if item.state == "denied" else "wait_f",
            CHECK: "err_f" if item.state == "failed" else "ok_f",
            END: {"ok": "ok_f", "failed": "err_f"}.get(item.state, "wait_f"), SAID: "run_f", LIMIT: "wait_f",
        }.get(item.kind, "shadow_f")  # fmt: skip
        x = min(max(x, self._axis_box().left() + size), self._axis_box().right() - size)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if item.state == "recorded":
            painter.setPen(QPen(look.colour("shadow_f"), 1.5))
            painter.setBrush(look.colour("panel"))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(role))
        painter.drawPolygon(QPolygonF([QPointF(x - size, middle), QPointF(x, middle - size),
                                       QPointF(x + size, middle), QPointF(x, middle + size)]))  # fmt: skip
        painter.restore()

    def _paint_figures(self, painter: QPainter, box: QRect, row: Row) -> None:
        look, px, item = self._look, self._look.px, row.item
        begun = item.start is not None
        time = _time(_span(item, self._now)) if begun and not _moment(item) else words.NONE
        tokens = words.count(item.tokens) if item.tokens else words.NONE
        usd = (f"≥ {item.cost / 1e6:.4f}" if item.partial and item.cost else
               f"{item.cost / 1e6:.4f}" if item.cost else words.NONE)  # fmt: skip
        waits = item.kind in (WAIT, DOUBT)
        strong = "mono.name" if item.kind in (STEP, PLAN) and begun else "mono.small"
        roles = ("wait" if waits else "text" if begun else "dim", "dim", "dim")
        styles = (strong, "mono.small", "mono.small")
        for right, words_, style, role in zip(
            (column[0] for column in self._columns()), (time, tokens, usd), styles, roles, strict=False
        ):
            where = QRectF(right - px(72), box.y(), px(72), box.height())
            paint.text(painter, look, where, words_, "mono.small" if style == "mono.small" else style, role, "right")

    # -- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._lay_out(self._now)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew where one is now."""
        self._scrolled()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys go."""
        super().focusInEvent(event)
        self._ring = by_keyboard(event)
        if not self._current and self._rows:
            self.set_current(self._rows[0].item.id)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from step to step, fold, open."""
        self._ring = True
        keys, key, row = Qt.Key, Qt.Key(event.key()), self.current()
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
            return
        page = max(1, (self.viewport().height() - self._look.px(HEAD)) // self._look.px(ROW) - 1)
        by = {keys.Key_J: 1, keys.Key_Down: 1, keys.Key_K: -1, keys.Key_Up: -1, keys.Key_PageDown: page,
              keys.Key_PageUp: -page, keys.Key_Home: -len(self._rows)}.get(key)  # fmt: skip
        if by is not None:
            self.step(by)
        elif key == keys.Key_Left:
            if row is None or not self._fold(row, fold=True):
                self.left.emit()
        elif key == keys.Key_Right and row is not None:
            self._fold(row, fold=False)
        elif key in (keys.Key_Return, keys.Key_Enter) and row is not None:
            self.activated.emit(row.item)
        else:
            event.ignore()

    def step(self, by: int) -> None:
        """Go so many steps on."""
        if not self._rows:
            return
        at = self._number()
        to = 0 if at < 0 else min(max(at + by, 0), len(self._rows) - 1)
        self.set_current(self._rows[to].item.id)
        self.moved.emit()

    def _fold(self, row: Row, *, fold: bool) -> bool:
        """Fold or unfold a plan step, or go from what was done for it to the step; returns whether that changed any."""
        if row.folded is None and fold and row.depth:
            self.set_current(f"step-{row.item.step}")
        elif row.folded is not None and row.folded != fold:
            (self._folded.add if fold else self._folded.discard)(row.item.step)
            self._lay_out(self._now)
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a step; a press on its arrow folds it."""
        px, point = self._look.px, event.position().toPoint()
        n = (point.y() - px(HEAD) - px(TOP) + self.verticalScrollBar().value()) // px(ROW)
        if point.y() < px(HEAD) or not 0 <= n < len(self._rows):
            return
        row = self._rows[n]
        self.set_current(row.item.id)
        self.moved.emit()
        if row.folded is not None and point.x() < px(MARGIN) + px(16):
            self._fold(row, fold=not row.folded)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fold or open."""
        row = self.current()
        if row is not None and row.folded is not None:
            self._fold(row, fold=not row.folded)
        elif row is not None:
            self.activated.emit(row.item)

    def event(self, event: QEvent) -> bool:
        """Say a name in full where it is cut."""
        if event.type() == QEvent.Type.ToolTip:
            row = self.current()
            self.setToolTip("" if row is None else self._spoken(row.item))
        return super().event(event)


def _span(item: Item, now: int) -> int | None:
    return None if item.start is None else max(0, (item.end if item.end is not None else now) - item.start)


def _moment(item: Item) -> bool:
    return item.kind in (SAID, END, LIMIT, CHECK) or (item.start == item.end and item.kind != STEP)


def _time(us: int | None) -> str:
    """Return a step's time: milliseconds below 0.95 s, whole minutes from 1,000 s on."""
    if us is not None and us >= 1_000_000_000:
        return _coarse(us)
    return words.duration(us) if us is None or us < 950_000 else words.seconds(us)


def _coarse(us: int) -> str:
    """Return the length of a folded stretch as short as it can be said: `116 s`, `34 min`, `2.5 h`, `3 d`."""
    seconds = us / 1_000_000
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    if seconds < 6_000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} d"
