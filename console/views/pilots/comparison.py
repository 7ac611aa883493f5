"""The left of a pilot's page: figures, the confusion matrix, agreement by case type, the coverage curve."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agents.pilots.report_words import reading
from agents.pilots.shadow import NO_ANSWER, ShadowReport
from console import words
from console.models.matrix import Matrix
from console.models.pilots import lowest_types, matrix, right_of, same
from console.theme.look import Look
from console.views.pilots.figures import Figures
from console.widgets.card import Pane
from console.widgets.charts.bars import Legend
from console.widgets.charts.heat_map import HeatMap
from console.widgets.charts.interval_rows import IntervalRow, IntervalRows
from console.widgets.charts.line_chart import Axes, LineChart, Point
from console.widgets.label import Label
from console.widgets.line import Line
from console.widgets.section import SectionTitle

_GUTTER, _GAP = 24, 14


class Comparison(Pane):
    """What the agent would have done beside what people did.

    Signals:
        pair_chosen: (person's answer, agent's answer) of a cell; "" for other answers.
    """

    pair_chosen = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "panel", parent)
        self._shown: Matrix | None = None
        self._figures = Figures(look)
        self._sentence = Label(look, "", "body", "dim")
        self._heading = SectionTitle(look, self.tr("What the person did, what the agent would have done"))
        self._map = HeatMap(look, self.tr("Confusion matrix"))
        self._map.opened.connect(self._chosen)
        self._legend = Legend(look, [(self.tr("same"), "run_f"), (self.tr("different; share of the row"), "err_f")])
        self._rest = Label(look, "", "small", "dim")
        self._types_heading = SectionTitle(look, self.tr("By case type"))
        self._types = IntervalRows(look, self.tr("Agreement by case type"))
        self._curve_heading = SectionTitle(look, self.tr("If it decided only what it is sure of"))
        self._curve = LineChart(look, self.tr("Agreement against the share of cases it would decide"), 210)
        self._curve_note = Label(look, "", "small", "dim")
        self._column = QVBoxLayout(self)
        self._parts: list[tuple[QWidget, ...]] = [
            (self._figures, self._sentence),
            (self._heading, self._map, self._legend, self._rest),
            (self._types_heading, self._types),
            (self._curve_heading, self._curve, self._curve_note),
        ]
        self._lines: list[Line] = []
        for number, part in enumerate(self._parts):
            if number:
                line = Line(look)
                self._lines.append(line)
                self._column.addWidget(line)
            for widget in part:
                self._column.addWidget(widget)
        self._column.addStretch(1)
        look.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        px = self.look.px
        self._column.setContentsMargins(px(_GUTTER), px(20), px(_GUTTER), px(20))
        self._column.setSpacing(px(_GAP))

    def show_report(self, report: ShadowReport) -> None:
        """Show another report."""
        self._figures.show_report(report)
        said = [reading(report), self.tr("In brackets: the 95 % interval.")]
        if report.unfinished:
            many = words.counted(report.unfinished, self.tr("case is"), self.tr("cases are"))
            said.insert(1, self.tr("{n} not finished and count as not agreed.").format(n=many))
        self._sentence.say(" ".join(said))
        self._show_matrix(report)
        self._show_types(report)
        self._show_curve(report)
        for number, part in enumerate(self._parts[1:]):
            there = bool(report.table) and (number < 2 or bool(report.curve))
            self._lines[number].setVisible(there)
            for widget in part:
                widget.setVisible(there)

    def _show_matrix(self, report: ShadowReport) -> None:
        shown = self._shown = matrix(report)
        named = tuple(words.in_words(row, capital=False) for row in shown.rows)
        self._map.show_matrix(shown._replace(rows=named, columns=tuple(map(self._column_name, shown.columns))))
        self._heading.say(
            self.tr("What the person did, what the agent would have done"),
            self.tr("{same} of {all} the same").format(
                same=words.count(same(report)), all=words.count(report.compared)
            ),
        )
        labels, missed = shown.left_out
        notes = [self.tr("Row: person, column: agent.")]
        if labels:
            notes.append(
                self.tr("{n} more answers with {m} differences are not shown; the list at the right has them all.")
                .format(n=labels, m=missed)
            )  # fmt: skip
        if NO_ANSWER in shown.columns:
            notes.append(self.tr("None: the run failed, did not end, or handed over without leaning to one."))
        self._rest.say(" ".join(notes))

    def _column_name(self, name: str) -> str:
        return self.tr("none") if name == NO_ANSWER else words.in_words(name, capital=False)

    def _show_types(self, report: ShadowReport) -> None:
        lowest = lowest_types(report)
        self._types.show_rows([
            IntervalRow(words.in_words(each.label, capital=False),
                        each.agreement.estimate if each.agreement.n else None, each.agreement.low,
                        each.agreement.high, right_of(each.agreement), each.agreement.sufficient)
            for each in lowest
        ])  # fmt: skip
        few = bool(lowest) and not lowest[0].agreement.sufficient
        if len(lowest) == len(report.by_type):
            right = self.tr("95 % interval")
        elif few:
            right = self.tr("the {n} largest of {all}, each too few to be read as a figure").format(
                n=len(lowest), all=len(report.by_type)
            )
        else:
            right = self.tr("the {n} lowest of {all}, 95 % interval").format(n=len(lowest), all=len(report.by_type))
        self._types_heading.say(self.tr("By case type"), right)

    def _show_curve(self, report: ShadowReport) -> None:
        enough = [point for point in report.curve if point.covered >= 10]
        points = []
        for point in sorted(enough, key=lambda each: each.covered):
            right = point.correct / point.covered
            points.append(Point(point.covered / point.n, right))
        at = report.at_threshold
        mark = None
        if at is not None and at.n:
            mark = (at.covered / at.n, self.tr("confidence ≥ {t}").format(t=words.percent(at.threshold / 1000)))
        axes = Axes(
            lambda value: f"{value:.2f}", [(0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1, "100 %")],
            (0.0, 1.0), at=mark,
        )  # fmt: skip
        said = "; ".join(f"{words.percent(p.x, 0)}: {words.figure(p.y)}" for p in points[:: max(1, len(points) // 8)])
        self._curve.show_points(points, axes, (), "run_f", said)
        if at is not None and at.n:
            self._curve_note.say(self.tr(
                "Across: the share of cases it would decide. At its threshold it decides {share} and agrees in {right}."
            ).format(share=words.percent(at.covered / at.n), right=words.figure(
                at.correct / at.covered if at.covered else None)))  # fmt: skip
        else:
            self._curve_note.say(self.tr("Across: the share of cases it would decide, the surest first."))

    def _chosen(self, row: int, column: int) -> None:
        shown = self._shown
        if shown is None:
            return
        proposed = shown.columns[column]
        known = proposed in shown.rows or proposed == NO_ANSWER
        self.pair_chosen.emit(shown.rows[row], proposed if known else "")
