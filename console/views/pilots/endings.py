"""How the runs of a pilot ended, where there is nothing to compare them with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agents.pilots.report_words import reading
from agents.pilots.shadow import ShadowReport
from console import words
from console.theme.look import Look
from console.widgets.button import Button
from console.widgets.card import Card, Pane
from console.widgets.charts.bars import Bar, Bars, Legend, Part
from console.widgets.label import Label
from console.widgets.section import SectionTitle


class Endings(Pane):
    """One bar, and why there is no more.

    Signals:
        opened: the person wants to see the runs.
    """

    opened = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "ground", parent)
        self._card = Card(look)
        self._title = SectionTitle(look, self.tr("How its runs stand"))
        self._bars = Bars(look, self.tr("How its runs stand"))
        self._words = Label(look, "", "body", "dim")
        self._hint = Label(look, self.tr(
            "Agreement needs to know what people did: put their outcome into a column of the case file, "
            "and map it when you start a pilot."
        ), "body", "dim")  # fmt: skip
        button = Button(look, self.tr("Open its runs"), icon="activity", key="L", kind="primary")
        button.clicked.connect(self.opened)
        self._card.column.addWidget(self._title)
        self._card.column.addWidget(Legend(look, [
            (self.tr("Finished"), "ok_f"), (self.tr("Handed to a person"), "wait_f"), (self.tr("Failed"), "err_f"),
            (self.tr("Not finished"), "shadow_f"),
        ]))  # fmt: skip
        for widget in (self._bars, self._words, self._hint):
            self._card.column.addWidget(widget)
        self._card.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(24), look.px(24), look.px(24), look.px(24))
        column.addWidget(self._card)
        column.addStretch(1)

    def show_report(self, report: ShadowReport, days: str) -> None:
        """Show another report.

        Args:
            days: when its runs were worked, in words.
        """
        finished = report.n - report.handed_off - report.failed - report.unfinished
        self._title.say(self.tr("How its runs stand"), days)
        self._bars.show_bars([Bar(
            report.title, words.counted(report.n, self.tr("case"), self.tr("cases")), (
                Part(self.tr("finished"), finished, "ok_f"), Part(self.tr("handed over"), report.handed_off, "wait_f"),
                Part(self.tr("failed"), report.failed, "err_f"),
                Part(self.tr("not finished"), report.unfinished, "shadow_f"),
            ), words.count(report.n),
        )])  # fmt: skip
        self._words.say(reading(report))
