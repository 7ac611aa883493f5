"""The key facts of a step, and which payload of it a tab shows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console import words
from console.models.trace_items import DECISION, DOUBT, END, MODEL, PLAN, SAID, STEP, WAIT, Item
from console.theme import paint
from console.theme.look import Look
from storage.ids import now_us


class Facts(QWidget):
    """Names and values, one line each; long values are wrapped."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._facts: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.updateGeometry)

    def say(self, facts: list[tuple[str, str]]) -> None:
        """Show other facts."""
        self._facts = facts
        self.setAccessibleName("; ".join(f"{name}: {value}" for name, value in facts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a line a fact."""
        return QSize(self._look.px(200), self._look.px(24) * len(self._facts) + self._look.px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the facts over a hairline."""
        painter, look, px = QPainter(self), self._look, self._look.px
        for at, (name, value) in enumerate(self._facts):
            box = QRectF(0, at * px(24), self.width(), px(24))
            used = paint.text(painter, look, box, name, "small", "dim")
            room = QRectF(used + px(12), box.y(), box.width() - used - px(12), box.height())
            paint.text(painter, look, room, value, "small.name", "text", "right", elide=True)
        paint.rule(painter, look, 0, self.height() - 1, self.width())
        painter.end()


def payload_of(item: Item, tab: str) -> tuple[str, str | None]:
    """Return what a tab shows of a step: the name of the payload, and its address where there is one."""
    wanted: tuple[str, ...] = ("arguments", "card") if tab == "input" else ("edited", "result", "message", "text")
    if item.kind == WAIT and tab == "input":
        wanted = ("card", "arguments")
    if item.kind == WAIT and tab == "output":
        wanted = ("edited", "message", "result")
    if item.kind in (END, SAID, PLAN):
        wanted = ("result", "message")
    if item.kind == DECISION and tab == "output":
        wanted = ("message",)
    return next(((name, item.refs[name]) for name in wanted if name in item.refs), (wanted[0], None))


def facts_of(item: Item, view: QWidget) -> list[tuple[str, str]]:
    """Return names and values, in the language of a view."""
    facts: list[tuple[str, str]] = []
    if item.start is not None and item.start != item.end:
        end = item.end if item.end is not None else now_us()
        facts.append((view.tr("Took") if item.end is not None else view.tr("For"), words.duration(end - item.start)))
    if item.kind in (MODEL, PLAN):
        if item.name and item.kind == MODEL:
            facts.insert(0, (view.tr("Model"), item.name))
        if item.kind == MODEL:
            facts.append((view.tr("Messages added"), words.count(len(item.added))))
        if item.tokens:
            facts.append(
                (view.tr("Tokens in, out"), f"{words.count(item.tokens_in)}  ·  {words.count(item.tokens_out)}")
            )
            cost = view.tr("not known") if item.partial else words.money(item.cost)
            facts.append((view.tr("Cost"), cost))
    elif item.decision is not None:
        facts.append((view.tr("Rule"), item.decision.rule))
        facts.append((view.tr("Effect"), item.decision.effect))
    if item.kind not in (STEP, SAID) and (item.state not in ("ok", "ended") or item.kind in (WAIT, DOUBT)):
        waiting = item.kind in (WAIT, DOUBT) and item.end is not None and item.note
        facts.append((view.tr("State"), item.note if waiting else item.state))
    return facts
