"""One run in the list: what it is, how it stands, what it does or why it waits."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from console import words
from console.models import runs
from console.signs import MODE, STATE, sign
from console.theme import paint
from console.theme.look import Look
from console.widgets.paged_list import RowState
from console.widgets.pill import HATCHED, paint_pill, pill_size
from storage.ids import now_us
from storage.queries.run_list import RunRow

ROW = 76
_ROLES = {"running": "run", "paused": "wait", "finished": "ok", "handed_off": "dim", "failed": "err", "stopped": "err"}
_ICONS = {"asking": "circle-pause", "waiting": "circle-pause", "paused": "circle-pause"}


def paint_run(painter: QPainter, look: Look, box: QRect, row: RunRow | None, state: RowState, you: str) -> None:
    """Paint a run (None: it is being read)."""
    px = look.px
    tile = QRectF(box.x() + px(8), box.y(), box.width() - px(16), px(72))
    if row is None:
        paint.fill(painter, look, QRectF(tile.x() + px(36), box.y() + px(12), px(140), px(10)), "sunken", 4)
        paint.fill(painter, look, QRectF(tile.x() + px(36), box.y() + px(34), px(90), px(8)), "sunken", 4)
        return
    if state.current:
        paint.fill(painter, look, tile, "sel", 6)
    elif state.hovered:
        paint.fill(painter, look, tile, "hover", 6)
    if state.focused:
        paint.focus_ring(painter, look, tile)
    _paint_words(painter, look, box, row, state, you)


def _paint_words(painter: QPainter, look: Look, box: QRect, row: RunRow, state: RowState, you: str) -> None:
    px = look.px
    shadow = row.mode != "live"
    meaning = sign(STATE, row.state)
    role = _ROLES.get(row.state, "wait")
    icon = _ICONS.get(row.state, meaning.icon)
    if shadow and row.state == "running":
        icon, role = "circle-dashed", "shadow"
    paint.icon(painter, look, QRectF(box.x() + px(20), box.y() + px(8), px(16), px(20)), icon, role)
    left, right = box.x() + px(44), box.right() - px(19)
    width = right - left
    title = QRectF(left, box.y() + px(8), width + px(6), px(20))
    paint.text(painter, look, title, runs.title(row), "strong" if state.current else "name", elide=True)
    time = runs.elapsed(row, now_us())
    time_role = "wait" if row.waits is not None or row.state in ("paused", "asking", "waiting", "doubt") else "dim"
    taken = look.width(time, "small")
    second = QRectF(left, box.y() + px(30), width, px(16))
    paint.text(painter, look, second, time, "small", time_role, "right")
    name = QRectF(left, second.y(), width - taken - px(8), px(16))
    paint.text(painter, look, name, words.in_words(row.agent), "small", "dim", elide=True)
    told, words_role = runs.line(row, you)
    room = width
    if shadow:
        word = sign(MODE, row.mode).word
        size = pill_size(look, word)
        paint_pill(painter, look, right - size.width(), box.y() + px(46), word, HATCHED)
        room -= size.width() + px(8)
    third = QRectF(left, box.y() + px(48), room, px(16))
    paint.text(painter, look, third, told, "small", words_role, elide=True)
