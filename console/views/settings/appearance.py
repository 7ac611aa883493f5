"""How the window looks: theme, size of text, motion. What is chosen holds at once."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from console.console import Console
from console.shell.appearance import SCALE, SCALES, THEME, Choice, wanted
from console.views.settings.page import Page
from console.widgets.button import Button, IconButton
from console.widgets.label import Label
from console.widgets.segmented import Segmented
from console.widgets.switch import Switch

MOTION = "motion"
_CHOICES: tuple[Choice, ...] = ("system", "light", "dark")


class AppearancePage(Page):
    """Appearance."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, self.tr("Appearance"), self.tr("How this window looks. It changes at once."))
        look = self.look
        names = {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        self.theme = Segmented(look, [(id_, names[id_]) for id_ in _CHOICES], self.tr("Theme"))
        self.theme.chosen.connect(self._theme_chosen)
        card = self.card(self.tr("Theme"))
        card.column.addLayout(self._row(self.theme))
        card.column.addWidget(Label(look, self.tr(
            "As the system: light or dark with your desktop, where it says which. Ctrl Shift L switches."
        ), "small", "dim"))  # fmt: skip
        self._size_card()
        self._motion_card()
        self.finish()
        look.changed.connect(self._show_chosen)
        self._show_chosen()

    def _size_card(self) -> None:
        look = self.look
        self.smaller = IconButton(look, "minus", self.tr("Smaller text"))
        self.larger = IconButton(look, "plus", self.tr("Larger text"))
        self.scale = Label(look, "", "mono.strong", wrap=False, align="centre")
        self.normal = Button(look, self.tr("Normal size"))
        self.smaller.clicked.connect(self._make_smaller)
        self.larger.clicked.connect(self._make_larger)
        self.normal.clicked.connect(self._make_normal)
        card = self.card(self.tr("Size of text"))
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in (self.smaller, self.scale, self.larger, self.normal):
            row.addWidget(each)
        row.addStretch(1)
        card.column.addLayout(row)
        card.column.addWidget(Label(look, self.tr(
            "Everything grows with the text, 80 to 200 %. Ctrl + and Ctrl − do the same from every room."
        ), "small", "dim"))  # fmt: skip
        card.column.addWidget(Label(look, self.tr("The quick brown fox jumps over 4,600.00 EUR by 15:42."), "body"))

    def _motion_card(self) -> None:
        look = self.look
        self.motion = Switch(look, self.tr("Motion"))
        self.motion.clicked.connect(self._motion_chosen)
        card = self.card(self.tr("Motion"))
        row = QHBoxLayout()
        row.addWidget(Label(look, self.tr("Things may move, for at most 150 ms, where that explains something."),
                            "body", "dim"), 1)  # fmt: skip
        row.addWidget(self.motion)
        card.column.addLayout(row)

    def _row(self, widget: Segmented) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(widget)
        row.addStretch(1)
        return row

    # -- choosing -----------------------------------------------------------------------------------------------

    def _theme_chosen(self, choice: str) -> None:
        for known in _CHOICES:
            if known == choice:
                self.console.preferences.set(THEME, known)  # before the switch: who hears of it reads this
                self.look.switch(wanted(known))
        self.console.preferences.save()

    def _step(self, by: int) -> None:
        nearest = min(range(len(SCALES)), key=lambda at: abs(SCALES[at] - self.look.scale))
        self._resize(SCALES[max(0, min(len(SCALES) - 1, nearest + by))])

    def _resize(self, scale: float) -> None:
        self.console.preferences.set(SCALE, scale)
        self.look.switch(scale=scale)
        self.console.preferences.save()

    def _make_smaller(self) -> None:
        self._step(-1)

    def _make_larger(self) -> None:
        self._step(1)

    def _make_normal(self) -> None:
        self._resize(1.0)

    def _motion_chosen(self) -> None:
        self.look.motion = self.motion.isChecked()
        self.console.preferences.set(MOTION, self.motion.isChecked())
        self.console.preferences.save()

    def enter(self) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        found = self.console.preferences.get(THEME, "system")
        self.theme.choose(found if found in _CHOICES else "system")
        self.scale.say(f"{round(self.look.scale * 100)} %")
        self.scale.setFixedWidth(self.look.px(64))
        self.smaller.setEnabled(self.look.scale > SCALES[0])
        self.larger.setEnabled(self.look.scale < SCALES[-1])
        self.normal.setEnabled(self.look.scale != 1.0)
        self.motion.setChecked(self.look.motion)
