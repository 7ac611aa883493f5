"""One text of a job in an editor, with its faults listed below; a click on one goes to its line."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.models.job_form_draft import Draft, Fault
from console.models.rows import Group, HeldRows
from console.theme import paint
from console.theme.look import Look
from console.views.agents.parts import Ground, Rule
from console.widgets.code_editor import CodeEditor
from console.widgets.label import Label
from console.widgets.paged_list import PagedList, RowState

_ROW, _MOST = 32, 4


class TextPane(Ground):
    """The editor of a draft's part.

    Signals:
        save_wanted: Ctrl+S in the editor.
    """

    save_wanted = Signal()

    def __init__(self, look: Look, draft: Draft, part: str, parent: QWidget | None = None) -> None:
        super().__init__(look, "panel", "", parent)
        self._draft, self.part = draft, part
        self.path = Label(look, "", "mono.small", "faint", wrap=False)
        self.editor = CodeEditor(look, self.tr("{0} as YAML").format(part))
        self.faults = HeldRows(_key, self)
        self.faults.words = _words
        self.list = PagedList(look, self.faults, self._paint, row_height=_ROW, name=self.tr("Faults"))
        self._all = QVBoxLayout(self)
        self._all.addWidget(self.path)
        self._all.addWidget(Rule(look))
        self._all.addWidget(self.editor, 1)
        self._between = Rule(look)
        self._all.addWidget(self._between)
        self._all.addWidget(self.list)
        self.editor.typed.connect(self._typed)
        self.editor.save_wanted.connect(self.save_wanted)
        self.list.current_changed.connect(self._chosen)
        self.list.activated.connect(self._go)
        draft.text_changed.connect(self._take)
        draft.looked_at.connect(self._mark)
        look.changed.connect(self.measure)
        self.measure()
        self._take(part)
        self._mark()

    def measure(self) -> None:
        """Take up the look in force."""
        px = self.look.px
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(0)
        self.path.setContentsMargins(px(32), px(8), px(24), px(8))
        self._fit()

    def _take(self, part: str) -> None:
        if part != self.part:
            return
        there = part in self._draft.texts
        self.editor.setReadOnly(not there)
        if there:
            self.editor.put(self._draft.texts[part])
            self.path.say(self._draft.paths.get(part, ""))
        else:
            self.path.say(self.tr("Written in the job description itself: look there."))

    def _typed(self) -> None:
        self._draft.type_text(self.part, self.editor.toPlainText())

    def _mark(self) -> None:
        mine = [fault for fault in self._draft.faults if fault.part == self.part]
        marks: dict[int, str] = {}
        for fault in mine:
            if fault.line:
                marks[fault.line] = f"{marks[fault.line]}\n{fault.why}" if fault.line in marks else fault.why
        self.editor.mark(marks)
        self.faults.put([(Group(), mine)])
        self._fit()

    def _fit(self) -> None:
        count = self.faults.rowCount()
        self.list.setVisible(count > 0)
        self._between.setVisible(count > 0)
        self.list.setFixedHeight(min(count, _MOST) * self.look.px(_ROW))

    def _chosen(self, fault: object) -> None:
        if isinstance(fault, Fault) and self.list.hasFocus():
            self._go(fault)

    def _go(self, fault: Fault) -> None:
        if fault.line:
            self.editor.go_to(fault.line, fault.column or 1)

    def _paint(self, painter: QPainter, look: Look, box: QRect, fault: Fault | None, state: RowState) -> None:
        if fault is None:
            return
        px = look.px
        if state.hovered or state.current:
            paint.fill(painter, look, box, "hover")
        paint.icon(painter, look, QRect(box.x() + px(14), box.y(), px(16), box.height()), "circle-alert", "err", 14)
        where = self.tr("line {0}").format(fault.line) if fault.line else ""
        if fault.column:
            where += f":{fault.column}"
        wide = look.width(where, "mono.small")
        place = QRect(box.x() + px(40), box.y(), round(wide) + px(4), box.height())
        paint.text(painter, look, place, where, "mono.small", "dim")
        left = place.right() + px(12) if where else box.x() + px(40)
        path = f"{fault.path}: " if fault.path else ""
        text = QRect(left, box.y(), box.right() - px(16) - left, box.height())
        paint.text(painter, look, text, f"{path}{fault.why}", "small", "err", elide=True)


def _key(fault: Fault) -> object:
    return (fault.part, fault.at, fault.why)


def _words(fault: Fault) -> str:
    return f"{fault.line or ''} {fault.path} {fault.why}"
