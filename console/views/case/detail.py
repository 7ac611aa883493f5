"""What is known of one entry of a case: its words, its facts, its documents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from console.console import Console
from console.models.case import Document, Entry
from console.widgets.button import Button, IconButton
from console.widgets.card import Pane
from console.widgets.facts import Facts
from console.widgets.field import Field
from console.widgets.icon import Icon
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.payload_view import PayloadView
from console.widgets.scroll import Scroll
from console.widgets.tabs import Tabs


class Detail(Pane):
    """The right column.

    Signals:
        opened: the entry's place is to be gone to.
    """

    opened = Signal()

    def __init__(self, console: Console) -> None:
        look = console.look
        super().__init__(look, "panel")
        self._entry: Entry | None = None
        self.setAccessibleName(self.tr("The chosen step"))
        self._icon, self._title = Icon(look, "file-text", "dim"), Label(look, "", "h2")
        self.words = Label(look, "", "body", "dim", selectable=True)
        self.facts = Facts(look, 112, style="body")
        self.open_button = Button(look, self.tr("Open the run"), icon="activity", key="Enter", small=True)
        self.open_button.clicked.connect(self.opened)
        self.tabs = Tabs(look, [("0", self.tr("Document"))])
        self.tabs.setAccessibleName(self.tr("Documents"))
        self.finder = Field(look, self.tr("Find"), "search", small=True)
        self.copy_button = IconButton(look, "copy", self.tr("Copy all"), small=True)
        self.payload = PayloadView(look, console.reads, console.tasks)
        self._told = Label(look, "", "small", "dim")
        erased = self.tr("The event stays and can still be verified; what it said is gone.")
        self.gone = Notice(look, "shadow", self.tr("This text was erased for good"), erased, "trash-2")
        self._build()
        self.tabs.chosen.connect(self._show_document)
        self.finder.textChanged.connect(self._find_first)
        self.finder.returnPressed.connect(self._find_next)
        self.copy_button.clicked.connect(self.payload.copy_all)
        self.payload.said.connect(self._told.say)
        look.changed.connect(self._measure)
        self._measure()
        self.show_entry(None)

    def _build(self) -> None:
        self._column, self._head, self._bar = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        self._top = Pane(self.look, "panel")
        self._upper = QVBoxLayout(self._top)
        self._head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addWidget(self._title, 1)
        self._upper.addLayout(self._head)
        self._upper.addWidget(self.words)
        self._upper.addWidget(self.facts)
        self._upper.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._upper.addStretch(1)
        self._bar.addWidget(self.finder, 1)
        self._bar.addWidget(self.copy_button)
        self._scroll = Scroll(self.look, self._top)
        self._column.addWidget(self._scroll)
        self._lower = QVBoxLayout()
        self._lower.addWidget(self.tabs)
        self._lower.addWidget(self.gone)
        self._lower.addLayout(self._bar)
        self._lower.addWidget(self.payload, 1)
        self._lower.addWidget(self._told)
        self._column.addLayout(self._lower, 1)
        self._column.addStretch()

    def _measure(self) -> None:
        px = self.look.px
        self._column.setContentsMargins(0, 0, 0, px(12))
        self._column.setSpacing(px(8))
        self._upper.setContentsMargins(px(20), px(20), px(20), px(12))
        self._upper.setSpacing(px(12))
        self._head.setSpacing(px(10))
        self._lower.setContentsMargins(px(20), 0, px(20), 0)
        self._lower.setSpacing(px(8))
        self._bar.setSpacing(px(8))
        self._icon.setFixedHeight(self.look.line("h2"))
        self.setMinimumWidth(px(280))
        self._share()

    def _share(self) -> None:
        """Give the words above as much height as they need, and leave the document its part."""
        needed = self._upper.totalHeightForWidth(self.width()) if self.width() else 0
        most = round(self.height() * (0.5 if self.payload.isVisibleTo(self) else 0.9))
        self._scroll.setFixedHeight(max(0, min(needed, most)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def show_entry(self, entry: Entry | None) -> None:
        """Show an entry, or nothing. What is shown already stays as it is: also where one has scrolled to."""
        if entry == self._entry and entry is not None:
            return
        self._entry = entry
        self._top.setVisible(entry is not None)
        if entry is None:
            self._show_documents(())
            return
        self._icon.show_icon(entry.icon, entry.meaning)
        self._title.say(entry.title)
        self.words.say(entry.detail)
        self.words.setVisible(bool(entry.detail))
        self.facts.say(entry.facts)
        place = entry.place
        self.open_button.setVisible(place is not None)
        if place is not None:
            inbox = place.room == "inbox"
            self.open_button.set_label(self.tr("Decide") if inbox else self.tr("Open the run"))
            self.open_button.set_icon("hand" if inbox else "activity")
        self._show_documents(entry.documents)

    def _show_documents(self, documents: tuple[Document, ...]) -> None:
        self.tabs.set_tabs([(str(at), document.name) for at, document in enumerate(documents)])
        self.tabs.setVisible(bool(documents))
        self._show_document("0")

    def _show_document(self, which: str) -> None:
        documents = self._entry.documents if self._entry is not None else ()
        document = documents[int(which)] if int(which) < len(documents) else None
        gone = document is not None and document.gone
        shown = document is not None and not gone
        self.gone.setVisible(gone)
        for part in (self.finder, self.copy_button, self.payload):
            part.setVisible(shown)
        self._told.say("")
        self._told.setVisible(shown)
        if document is not None and shown and document.ref != self.payload.ref:
            self.payload.show_ref(document.ref)
        self._share()

    def _find_first(self, text: str) -> None:
        self.payload.look_for(text, onward=False)

    def _find_next(self) -> None:
        self.payload.look_for(self.finder.text())
