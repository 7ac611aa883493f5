"""Every pilot, the newest first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from console import words
from console.models.pilots import PilotLine, said
from console.theme import paint
from console.theme.look import Look
from console.widgets.charts.bars import Part, bar_of_parts
from console.widgets.paged_list import RowState
from console.widgets.pill import paint_pill, pill_size

ROW = 64


def line_words(line: PilotLine) -> str:
    """Return a pilot for a screen reader."""
    sign = words.MODE.get(line.record.mode)
    return f"{line.title}, {sign.word if sign else line.record.mode}, {ended_words(line)}"


def ended_words(line: PilotLine) -> str:
    """Return how a pilot's runs stand."""
    parts = [said("{n} finished").format(n=words.count(line.finished))]
    parts.append(said("{n} handed over").format(n=words.count(line.handed_off)))
    if line.failed:
        parts.append(said("{n} failed").format(n=words.count(line.failed)))
    if line.others:
        parts.append(said("{n} not ended").format(n=words.count(line.others)))
    return " · ".join(parts)


def state_words(line: PilotLine) -> tuple[str, str]:
    """Return what became of a pilot, and its meaning."""
    if line.record.cancelled:
        return said("cancelled"), "shadow"
    return (said("running"), "run") if line.record.ended_at is None else (said("done"), "ok")


def painter_of(now: int, zone: str) -> Any:
    """Return what paints a row.

    Args:
        now: UTC microseconds.
        zone: the business time zone.
    """

    def paint_row(painter: QPainter, look: Look, box: QRect, line: Any, state: RowState) -> None:
        if state.current or state.hovered:
            paint.fill(painter, look, QRectF(box).adjusted(0, 1, 0, -1), "sel" if state.current else "hover", 6)
        if line is None:
            return
        px = look.px
        inner = QRectF(box).adjusted(px(16), px(10), -px(16), -px(10))
        half = inner.height() / 2
        shadow = line.record.mode != "live"
        icon = QRectF(inner.x(), inner.y(), px(20), half)
        paint.icon(painter, look, icon, "circle-dashed" if shadow else "zap", "shadow" if shadow else "run", 16)
        text, meaning = state_words(line)
        size = pill_size(look, text, "")
        width, height = size.width(), size.height()
        right = inner.right() - width
        paint_pill(painter, look, round(right), round(inner.center().y() - height / 2), text, meaning, "")
        when = words.moment(line.record.started_at, now, zone)
        at = QRectF(right - px(96), inner.y(), px(80), inner.height())
        count = QRectF(at.x() - px(80), inner.y(), px(72), inner.height())
        paint.text(painter, look, count, words.count(line.runs), "mono.name", align="right")
        wide = min(px(320), inner.width() / 3)
        bar = QRectF(count.x() - wide - px(8), inner.center().y() - px(5), wide, px(10))
        parts = (Part("", line.finished, "ok_f"), Part("", line.handed_off, "wait_f"), Part("", line.failed, "err_f"),
                 Part("", line.others, "shadow_f"))  # fmt: skip
        if line.runs:
            bar_of_parts(painter, look, bar, parts)
        paint.text(painter, look, at, when, "mono.small", "dim", "right")
        left = inner.x() + px(32)
        room = bar.left() - px(16) - left
        paint.text(painter, look, QRectF(left, inner.y(), room, half), line.title, "name", elide=True)
        sign = words.MODE[line.record.mode]
        below = f"{sign.word} · {ended_words(line)}"
        paint.text(painter, look, QRectF(left, inner.y() + half, room, half), below, "small", "dim", elide=True)

    return paint_row
