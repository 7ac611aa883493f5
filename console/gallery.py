"""The gallery: every widget in every state, both themes at a key, scales beside it. For looking, and for the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from console.theme.look import Look
from console.theme.tokens import MEANINGS
from console.widgets.avatar import Avatar
from console.widgets.banner import Banner
from console.widgets.button import Button, IconButton
from console.widgets.card import Card, Pane
from console.widgets.check import Check
from console.widgets.chip import Chip
from console.widgets.combo import Combo
from console.widgets.empty_state import EmptyState
from console.widgets.field import Field
from console.widgets.flow import Flow
from console.widgets.form import FormRow
from console.widgets.hold_button import HoldButton
from console.widgets.keycap import KeyCap
from console.widgets.label import Label
from console.widgets.notice import Notice
from console.widgets.pill import Pill, ShadowPill
from console.widgets.progress import ProgressBar
from console.widgets.scroll import Scroll
from console.widgets.section import SectionTitle
from console.widgets.segmented import Segmented
from console.widgets.split import Split
from console.widgets.switch import Switch
from console.widgets.tabs import Tabs
from console.widgets.text_area import TextArea

_SENTENCE = "Ask two people when no system of record confirms the account to be paid."
_LONG = f"{_SENTENCE} Because a changed account by mail is a common invoice fraud."


def buttons(look: Look) -> list[QWidget]:
    """Return each kind of button in each state it keeps by itself."""
    found: list[QWidget] = [
        HoldButton(look, "Hold to approve", icon="check", key="A"),
        Button(look, "Edit", icon="pencil", key="E"),
        Button(look, "Reject", icon="x", key="R", kind="danger"),
        Button(look, "More", kind="quiet"),
        Button(look, "Open an existing store", icon="database", kind="link"),
        Button(look, "Small", small=True),
        IconButton(look, "search", "Find"),
        IconButton(look, "copy", "Copy", small=True),
    ]
    off = Button(look, "Ask for canary", icon="fingerprint", key="G")
    chosen = Button(look, "Person right", key="2", tall=True)
    chosen.setCheckable(True)
    chosen.setChecked(True)
    off.setEnabled(False)
    return [*found, off, chosen, Button(look, "Both fine", key="3", tall=True)]


def pills(look: Look) -> list[QWidget]:
    """Return a pill of each meaning, and the keys."""
    icons = {"err": "triangle-alert", "ok": "check", "wait": "timer"}
    plain = [Pill(look, meaning.title(), meaning, icons.get(meaning, "")) for meaning in MEANINGS]
    return [
        *plain, Pill(look, "v7", "outline"), ShadowPill(look), ShadowPill(look, icon=True),
        KeyCap(look, "J"), KeyCap(look, "Ctrl K"), Avatar(look, "Ingrid Moen"), Avatar(look, "Tor Berge"),
    ]  # fmt: skip


def fields(look: Look) -> list[QWidget]:
    """Return fields and choices: empty, filled, wrong, off."""
    search = Field(look, "Filter by agent, case or rule", "list-filter", "/")
    filled, wrong, off = Field(look), Field(look), Field(look)
    filled.setText("Invoice matching clerk")
    wrong.setText("12 %%")
    off.setText("Cannot be changed")
    off.setEnabled(False)
    combo, closed = Combo(look, "Model"), Combo(look, "Route")
    combo.addItems(["eu-large", "eu-small", "playbook, no key needed"])
    closed.addItem("Frankfurt")
    closed.setEnabled(False)
    area = TextArea(look, "Why? The agent reads it.", lines=3)
    written = TextArea(look, lines=3)
    written.setPlainText("The customer still has the card, so a block locks them out on a Friday.")
    return [
        search,
        FormRow(look, "Name", filled, hint="As people call it"),
        FormRow(look, "Limit", wrong, "12 %% is no percentage: write a number from 0 to 100"),
        FormRow(look, "Owner", off),
        FormRow(look, "Model", combo),
        FormRow(look, "Region", closed),
        FormRow(look, "Reason", area),
        FormRow(look, "Note", written),
    ]


def switches(look: Look) -> list[QWidget]:
    """Return boxes and switches, on, off and disabled."""
    found: list[QWidget] = []
    for words, on, enabled in (("Tell the fraud desk", False, True), ("Phone the vendor", True, True),
                               ("Decided elsewhere", True, False), ("Not yours", False, False)):  # fmt: skip
        check = Check(look, words)
        check.setChecked(on)
        check.setEnabled(enabled)
        found.append(check)
    some = Check(look, "Some of them")
    some.setTristate(True)
    some.setCheckState(Qt.CheckState.PartiallyChecked)
    found.append(some)
    states = (("Follow", "ink", False, True), ("Tail", "ink", True, True), ("Stop payments", "err", True, True))
    for name, meaning, on, enabled in (*states, ("Stop", "ink", False, False)):
        switch = Switch(look, name, meaning=meaning)
        switch.setChecked(on)
        switch.setEnabled(enabled)
        found.append(switch)
    for words, on in (("Acted too early", True), ("Wrong fact", False)):
        chip = Chip(look, words)
        chip.setChecked(on)
        found.append(chip)
    return found


def signs(look: Look) -> list[QWidget]:
    """Return what tells something: notices, progress, titles."""
    known, unknown, wrong = ProgressBar(look, "Pilot"), ProgressBar(look, "Import"), ProgressBar(look, "Stopped")
    known.setRange(0, 93)
    known.setValue(47)
    unknown.setRange(0, 0)
    wrong.set_meaning("err")
    wrong.setValue(30)
    notice = Notice(look, "err", "The engine refused: the run has ended", "Nothing was sent. Open the run to see why.")
    notice.add(Button(look, "Open run", small=True))
    return [
        SectionTitle(look, "Exactly this will be sent", "payments.release"),
        Notice(look, "wait", "46 more cases needed: card blocks, 47 of 93 seen, about 15 days", _SENTENCE),
        notice, Notice(look, "ok", "Ledger verified"), known, unknown, wrong,
    ]  # fmt: skip


def banners(look: Look) -> list[QWidget]:
    """Return each kind of banner."""
    shadow = Banner(look, "shadow", "Shadow", "Nothing that Card support agent v7 does here reaches a customer.")
    lost = Banner(look, "error", "The engine stopped", "Nothing is lost. It starts again by itself in 3 s.")
    lost.add(Button(look, "Start now", small=True))
    return [shadow, lost, Banner(look, "info", "A new version is ready"), Banner(look, "wait", "Old figures", _LONG)]


def words(look: Look) -> list[QWidget]:
    """Return text in the styles of the tokens."""
    return [
        Label(look, "Which work should an agent try first?", "hero"),
        Label(look, "Pay 22,712.50 NOK to Snippevegen Mat AS, account NO93 8601 1117 947, today.", "title"),
        Label(look, "Blocked the card", "h1"), Label(look, _LONG, role="dim"),
        Label(look, "INV-2026-0418 · 22,712.50 NOK", "mono"), Label(look, _LONG, "small", "dim", selectable=True),
        Label(look, _LONG, wrap=False),
    ]  # fmt: skip


def panes(look: Look) -> list[QWidget]:
    """Return what holds other things: a split, quiet and folded cards, an empty room."""
    split = Split(look)
    left, right = Pane(look), Pane(look, "raised")
    for pane, text in ((left, "List"), (right, "Detail")):
        box = QVBoxLayout(pane)
        box.addWidget(Label(look, text, wrap=False))
        split.addWidget(pane)
    split.setMinimumHeight(look.px(72))
    folded = Card(look, ground="raised", line="line2", dashed=True)
    folded.column.addWidget(Label(look, "Folded until you have opened mail #3", "small", "dim"))
    empty = EmptyState(look, "inbox", "Nothing needs you", "When an agent asks, it shows here.", "Start a pilot")
    return [split, folded, empty]


Part = tuple[str, Callable[[Look], list[QWidget]], bool]
PARTS: Sequence[Part] = (
    ("Buttons", buttons, True), ("Pills and keys", pills, True), ("Choices", switches, True),
    ("Banners", banners, False), ("Fields", fields, False), ("Signs", signs, False), ("Words", words, False),
    ("Panes", panes, False),
)  # fmt: skip
"""Each part: its title, what it shows, and whether that stands in a row."""


class Gallery(Pane):
    """All of it in one scrolling page."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "ground")
        self.setWindowTitle(self.tr("Centaur: widgets"))
        self.resize(look.px(1280), look.px(860))
        self.theme = Segmented(look, [("light", self.tr("Light")), ("dark", self.tr("Dark"))], self.tr("Theme"))
        self.scale = Segmented(look, [("1.0", "100 %"), ("1.5", "150 %"), ("2.0", "200 %")], self.tr("Scale"))
        self.tabs = Tabs(look, [("needs", "Needs me"), ("waiting", "Waiting"), ("decided", "Decided")])
        self.tabs.set_count("needs", 9)
        self.tabs.set_count("waiting", 4)
        self.theme.choose(look.theme)
        self.scale.choose(f"{look.scale:.1f}")
        self.theme.chosen.connect(self._switch)
        self.scale.chosen.connect(self._switch)
        page = QWidget()
        self._page = QVBoxLayout(page)
        head = Flow(gap=24)
        for each in (self.tabs, self.theme, self.scale):
            head.addWidget(each)
        self._page.addLayout(head)
        for title, make, flows in PARTS:
            self._page.addWidget(self._part(title, make(look), flows=flows))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scroll(look, page))
        look.changed.connect(self._spaced)
        self._spaced()

    def _part(self, title: str, widgets: list[QWidget], *, flows: bool) -> Card:
        card = Card(self.look)
        card.column.addWidget(SectionTitle(self.look, title, style="h2"))
        row: QLayout = Flow() if flows else card.column
        for each in widgets:
            row.addWidget(each)
        if flows:
            card.column.addLayout(row)
        return card

    def _switch(self, _: str) -> None:
        self.look.switch("dark" if self.theme.current() == "dark" else "light", float(self.scale.current()))

    def _spaced(self) -> None:
        px = self.look.px
        self._page.setContentsMargins(px(24), px(24), px(24), px(24))
        self._page.setSpacing(px(16))


def show_gallery() -> int:
    """Open the gallery in an application of its own and return its exit code when it is closed."""
    from PySide6.QtWidgets import QApplication

    from console.fonts import load_fonts
    from console.theme.style import dress

    application = QApplication([])
    application.setApplicationName(QCoreApplication.translate("Gallery", "Centaur"))
    load_fonts()
    look = Look()
    dress(application, look)
    gallery = Gallery(look)
    gallery.show()
    return application.exec()
